"""Who may do what. `can_…` answers who; the rules answer when and in what state. Loaders give only what may be seen."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from applications import queries
from applications.enums import AttachmentKind
from applications.models import Letter, Nomination, Pilot, Round
from pilotportal.accounts.enums import PROVINCE_ROLES, REVIEW_READERS, Role
from pilotportal.accounts.models import User
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.models import StoredFile
from pilotportal.files.rules import why_not_serve


def can_prepare_rounds(user: User) -> bool:
    return user.role == Role.STAFF


def can_amend_deadlines(user: User) -> bool:
    return user.role == Role.STAFF


def can_watch_deadlines(user: User) -> bool:
    """Who is in and who is missing in every province."""
    return user.role in REVIEW_READERS


def can_see_drafts_progress(user: User) -> bool:
    """How many drafts a province has and how much they lack, so that it can be reminded; what they say is the province's alone."""
    return user.role == Role.STAFF


def can_nominate(user: User) -> bool:
    return user.role in PROVINCE_ROLES


def can_read_nominations(user: User) -> bool:
    return user.role in PROVINCE_ROLES | REVIEW_READERS | {Role.CITY, Role.CO_DEPARTMENT}


def can_grant_places(user: User) -> bool:
    return user.role == Role.STAFF


def can_handle(user: User, nomination: Nomination) -> bool:
    """The province's officials: they prepare, invite the city, ask for co-signatures and have the letter."""
    return user.role in PROVINCE_ROLES and user.division_id == nomination.province_id


def can_draft(user: User, nomination: Nomination) -> bool:
    """The city's officials, as long as the province lets them."""
    return user.role == Role.CITY and user.division_id == nomination.city_id and nomination.open_invitation is not None


def can_edit(user: User, nomination: Nomination) -> bool:
    """Entries and evidence."""
    return can_handle(user, nomination) or can_draft(user, nomination)


def can_attach(user: User, nomination: Nomination, *, kind: str) -> bool:
    """The letter is the province's."""
    return can_handle(user, nomination) or (kind == AttachmentKind.EVIDENCE and can_draft(user, nomination))


def can_cosign(user: User, nomination: Nomination) -> bool:
    """An official of a department that is asked."""
    asked = {request.organisation_id for request in nomination.requests_in_force}
    return user.role == Role.CO_DEPARTMENT and user.organisation_id in asked


def can_read_signatures(user: User, nomination: Nomination) -> bool:
    """Who said what: for the province that asks and for those who read for the review. A department sees its own alone."""
    return user.role in REVIEW_READERS or can_handle(user, nomination)


def can_submit(user: User, nomination: Nomination) -> bool:
    """The approving official hands in; the handling official prepares."""
    return user.role == Role.PROVINCE_APPROVER and user.division_id == nomination.province_id


def can_withdraw(user: User, nomination: Nomination) -> bool:
    return can_submit(user, nomination)


def can_read_corrections(user: User, nomination: Nomination) -> bool:
    """What the ministry asks of a returned nomination: not for the departments, which have no hand in a correction."""
    return (
        user.role in REVIEW_READERS or can_handle(user, nomination) or (user.role == Role.CITY and user.division_id == nomination.city_id)
    )


def can_read_contacts(user: User, nomination: Nomination) -> bool:
    """Names and telephones of persons: for its province, the city while it drafts, and the staff (个人信息保护法 51).

    A co-department vouches for the facts and needs nobody's telephone; a city that has handed back has no more to do with them.
    """
    return user.role == Role.STAFF or can_edit(user, nomination)


def can_read_pilots(user: User) -> bool:
    return user.role in PROVINCE_ROLES | REVIEW_READERS | {Role.CITY}


def can_write_pilot(user: User, pilot: Pilot) -> bool:
    return user.role == Role.CITY and user.division_id == pilot.nomination.city_id


def can_file_plan(user: User, pilot: Pilot) -> bool:
    return user.role in PROVINCE_ROLES and user.division_id == pilot.nomination.province_id


def can_endorse_summary(user: User, pilot: Pilot) -> bool:
    """Like a submission, an act of the approving official."""
    return user.role == Role.PROVINCE_APPROVER and user.division_id == pilot.nomination.province_id


def can_accept_summary(user: User, _pilot: Pilot) -> bool:
    return user.role == Role.STAFF


def round_for(user: User, code: str, *, can: Callable[[User], bool] | None = None) -> Round:
    """404 for what the user may not see, 403 for what they see but may not do."""
    round = get_object_or_404(queries.rounds_visible_to(user), code=code)
    if can and not can(user):
        raise PermissionDenied
    return round


def nomination_for(user: User, code: str, *, can: Callable[[User, Nomination], bool] | None = None) -> Nomination:
    """404 for what the user may not see, 403 for what they see but may not do."""
    nomination = get_object_or_404(queries.nominations_visible_to(user), code=code)
    if can and not can(user, nomination):
        raise PermissionDenied
    return nomination


def pilot_for(user: User, code: str, *, can: Callable[[User, Pilot], bool] | None = None) -> Pilot:
    pilot = get_object_or_404(queries.pilots_visible_to(user), code=code)
    if can and not can(user, pilot):
        raise PermissionDenied
    return pilot


def letter_for(user: User, code: str) -> Letter:
    """Whoever sees a letter is of its province and may do with it what the province does."""
    return get_object_or_404(queries.letters_visible_to(user), code=code)


def why_not_open(user: User, nomination: Nomination, file: StoredFile, *, kind: str) -> FileRefusal | None:
    """Of a file that the user may see: whether malware was found in it, or is still being looked for."""
    return why_not_serve(file.scan_state, own=can_attach(user, nomination, kind=kind))
