"""How far the experts are. No marks."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.models import Nomination, Round
from applications.permissions import nomination_for, round_for
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.listing import Listing, listing
from review import permissions, queries
from review.filters import ExpertProgressFilter, ProgressFilter
from review.forms import ReasonForm
from review.models import ScoreSheet
from review.services import scoring
from review.views.acts import Question, address, ask, chosen_round, posted

NUMBERS = {"held": "held", "submitted": "submitted_sheets", "begun": "begun", "given_up": "given_up"}
OF_NOMINATIONS = {"city": "city", "province": "province", **NUMBERS}
OF_EXPERTS = {"expert": "expert__user__name", **NUMBERS}


@login_required
@require_GET
def progress(request: SignedInRequest) -> HttpResponse:
    """By nomination for all who watch the review; by expert for those who know who the experts are."""
    round = chosen_round(request, can=permissions.can_watch)
    if round is None:
        return render(request, "review/progress.html", {"round": None})
    sees_seats = permissions.can_see_seats(request.user)
    by_expert = sees_seats and request.GET.get("by") == "experts"
    context = {
        "round": round,
        "count": queries.count_of(round),
        "closes_at": queries.sheets_close_at(round),
        "sees_seats": sees_seats,
        "by_expert": by_expert,
        "filter": (ExpertProgressFilter if by_expert else ProgressFilter)(request.GET),
        "tabs": _tabs(round, by_expert=by_expert),
        "kept": {"round": round.code, "by": "experts" if by_expert else ""},
        "listing": _experts(request, round) if by_expert else _nominations(request, round),
    }
    return render(request, "review/progress.html", context)


def _tabs(round: Round, *, by_expert: bool) -> list[tuple[str, str, bool]]:
    nominations = address("progress", round)
    return [(_("By nomination"), nominations, not by_expert), (_("By expert"), f"{nominations}&by=experts", by_expert)]


def _nominations(request: SignedInRequest, round: Round) -> Listing:
    found = ProgressFilter(request.GET).among(queries.nominations_by_progress(round), named=("city__name", "province__name"))
    return listing(found, request.GET, orders=OF_NOMINATIONS, default="city")


def _experts(request: SignedInRequest, round: Round) -> Listing:
    found = ExpertProgressFilter(request.GET).among(queries.panel_by_progress(round), named=("expert__user__name",))
    return listing(found, request.GET, orders=OF_EXPERTS, default="expert")


@login_required
@require_GET
def of_nomination(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = nomination_for(request.user, code, can=_may_see_seats)
    sheets = queries.sheets_visible_to(request.user).filter(nomination=nomination)
    return _held(request, sheets, title=nomination.city.full_name, round=nomination.round)


@login_required
@require_GET
def of_expert(request: SignedInRequest, code: str, expert_id: int) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_see_seats)
    member = permissions.member_for(request.user, round, expert_id)
    sheets = queries.sheets_visible_to(request.user).filter(nomination__round=round, expert=member.expert)
    return _held(request, sheets, title=str(member), round=round)


@login_required
@require_http_methods(["GET", "POST"])
def reopen(request: SignedInRequest, code: str) -> HttpResponse:
    sheet, form = permissions.sheet_for(request.user, code, can=permissions.can_reopen), ReasonForm(posted(request))
    sheets = reverse("review:nomination_sheets", args=[sheet.nomination.code])
    question = Question(
        title=_("Reopen a score sheet"),
        above=[(_("Progress of the review"), address("progress", sheet.nomination.round)), (sheet.nomination.city.name, sheets)],
        kicker=sheet,
        lead=_("The expert can change marks and comments again and submits anew. Every changed mark is kept with this reason."),
        act=_("Reopen the sheet"),
        done=_("The sheet is open again; every changed mark is on record."),
        to=sheets,
    )
    act = scoring.reopen
    return ask(request, question, form, lambda: act(sheet_id=sheet.pk, by=request.user, at=request.received_at, **form.cleaned_data))


def _may_see_seats(user: User, _nomination: Nomination) -> bool:
    return permissions.can_see_seats(user)


def _held(request: SignedInRequest, sheets: Iterable[ScoreSheet], **context: Any) -> HttpResponse:
    """Sheets with what staff may do about each."""
    return render(request, "review/held.html", context | {"sheets": sheets, "can_act": permissions.can_assign(request.user)})
