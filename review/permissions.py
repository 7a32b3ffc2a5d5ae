"""Who may do what in the review. `can_…` answers who; the rules answer when and in what state. Loaders give only what may be seen."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from applications.models import Round
from pilotportal.accounts.enums import REVIEW_READERS, Role
from pilotportal.accounts.models import User
from review import queries
from review.enums import SelectionStatus
from review.models import AssignmentRun, PanelMember, ScoreSheet, Selection


def can_check(user: User) -> bool:
    """The formal review."""
    return user.role == Role.STAFF


def can_draw(user: User) -> bool:
    return user.role == Role.STAFF


def can_assign(user: User) -> bool:
    return user.role == Role.STAFF


def can_watch(user: User) -> bool:
    """Progress, rankings and lists; marks have `can_see_marks`."""
    return user.role in REVIEW_READERS


def can_see_seats(user: User) -> bool:
    """Who is on the panel and who judges what: not for the partner ministries."""
    return user.role in queries.SEAT_READERS


def can_hold_sheets(user: User) -> bool:
    return user.role == Role.EXPERT


def can_score(user: User, sheet: ScoreSheet) -> bool:
    return user.role == Role.EXPERT and sheet.expert.user_id == user.pk


def can_recuse(user: User, sheet: ScoreSheet) -> bool:
    """The expert declares; staff may record what they were told."""
    return user.role == Role.STAFF or can_score(user, sheet)


def can_reopen(user: User, _sheet: ScoreSheet) -> bool:
    return user.role == Role.STAFF


def can_see_marks(user: User, round: Round, *, at: datetime) -> bool:
    return queries.sees_marks(user, round, at=at)


def can_rank(user: User) -> bool:
    return user.role == Role.STAFF


def can_select(user: User) -> bool:
    return user.role == Role.STAFF


def can_sign_off(user: User, selection: Selection) -> bool:
    return can_select(user) and user.pk != selection.proposed_by_id


def sheet_for(user: User, code: str, *, can: Callable[[User, ScoreSheet], bool] | None = None) -> ScoreSheet:
    """404 for what the user may not see, 403 for what they see but may not do."""
    sheet = get_object_or_404(queries.sheets_visible_to(user), code=code)
    if can and not can(user, sheet):
        raise PermissionDenied
    return sheet


def dossier_for(user: User, sheet: ScoreSheet) -> queries.Dossier:
    dossier = queries.dossier_for(user, sheet)
    if dossier is None:
        raise Http404
    return dossier


def member_for(user: User, round: Round, expert_id: int) -> PanelMember:
    """On the panel of the round."""
    return get_object_or_404(queries.members_visible_to(user), draw__round=round, expert=expert_id)


def run_for(user: User, round: Round, run_id: int) -> AssignmentRun:
    return get_object_or_404(queries.runs_visible_to(user), round=round, pk=run_id)


def selection_for(user: User, round: Round, *, can: Callable[[User, Selection], bool] | None = None) -> Selection:
    """The list in force of a round."""
    selection = get_object_or_404(queries.selections_visible_to(user).exclude(status=SelectionStatus.VOIDED), round=round)
    if can and not can(user, selection):
        raise PermissionDenied
    return selection
