"""The panel: commitment, draw, assignment; and how far the experts are."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from applications.models import Round
from applications.permissions import round_for
from applications.rules import Refused
from pilotportal.accounts.requests import SignedInRequest
from review import permissions, queries
from review.enums import RunStatus
from review.forms import CommitForm, DrawForm, ReasonForm
from review.models import AssignmentRun
from review.queries import facts
from review.services import assignment, panel, scoring
from review.views.acts import answer, chosen_round


@login_required
@require_GET
def page(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_draw(request.user):
        raise PermissionDenied
    round = chosen_round(request)
    if round is None:
        return render(request, "review/panel.html", {"round": None})
    return _page(request, round)


@login_required
@require_POST
def commit(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    form = CommitForm(request.POST)
    if not form.is_valid():
        return _page(request, round, committing=form, status=422)
    try:
        panel.commit(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, round, committing=form, status=409)
    return redirect(_address(round))


@login_required
@require_POST
def withdraw_commitment(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    reason = request.POST.get("reason", "")
    act = partial(panel.withdraw_commitment, round_id=round.pk, reason=reason, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The commitment has been withdrawn; it stays on record."), to=_address(round))


@login_required
@require_POST
def draw(request: SignedInRequest, code: str) -> HttpResponse:
    """Opens the commitment; without one there is nothing to open."""
    round = _round(request, code)
    form, commitment = DrawForm(request.POST), queries.commitment_in_force(round)
    if not form.is_valid() or commitment is None:
        return _page(request, round, drawing=form, status=422)
    try:
        panel.draw(round_id=round.pk, size=commitment.size, by=request.user, at=request.received_at, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, round, drawing=form, status=409)
    return redirect(_address(round))


@login_required
@require_POST
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    act = partial(assignment.propose, round_id=round.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("An assignment has been proposed. Look at it, then apply it."), to=_address(round))


@login_required
@require_POST
def apply(request: SignedInRequest, code: str, run_id: int) -> HttpResponse:
    run = _run(request, code, run_id)
    act = partial(assignment.apply, run_id=run.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The assignment is in force; every expert has the score sheets."), to=_address(run.round))


@login_required
@require_POST
def undo(request: SignedInRequest, code: str, run_id: int) -> HttpResponse:
    run = _run(request, code, run_id)
    act = partial(assignment.undo, run_id=run.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The assignment has been undone as a whole."), to=_address(run.round))


@login_required
@require_POST
def fill(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    try:
        made = assignment.fill_vacancies(round_id=round.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = ngettext("%(count)s empty seat has been filled.", "%(count)s empty seats have been filled.", len(made))
        messages.success(request, done % {"count": len(made)} if made else _("No seat could be filled."))
    return redirect(_address(round))


@login_required
@require_POST
def excuse(request: SignedInRequest, code: str, expert_id: int) -> HttpResponse:
    """Release an expert from the panel: open sheets are given back, submitted ones stand."""
    round = _round(request, code)
    reason = request.POST.get("reason", "")
    act = partial(scoring.excuse, round_id=round.pk, expert_id=expert_id, reason=reason, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The expert has been released; the open sheets have been given back."), to=_address(round))


@login_required
@require_GET
def progress(request: SignedInRequest) -> HttpResponse:
    """How far experts and nominations are. No marks."""
    if not permissions.can_assign(request.user):
        raise PermissionDenied
    round = chosen_round(request)
    if round is None:
        return render(request, "review/progress.html", {"round": None})
    context = {
        "round": round,
        "count": queries.count_of(round),
        "closes_at": queries.sheets_close_at(round),
        "members": queries.panel_by_progress(round),
        "nominations": queries.nominations_by_progress(round),
    }
    return render(request, "review/progress.html", context)


def _page(
    request: SignedInRequest, round: Round, *, committing: CommitForm | None = None, drawing: DrawForm | None = None, status: int = 200
) -> HttpResponse:
    drawn, in_force = queries.draw_of(round), queries.run_in_force(round)
    proposed = queries.runs_visible_to(request.user).filter(round=round, status=RunStatus.PROPOSED).last()
    context: dict[str, Any] = {
        "round": round,
        "pool": queries.pool().count(),
        "commitment": queries.commitment_in_force(round),
        "draw": drawn,
        "members": queries.panel_by_progress(round) if drawn else [],
        "awaiting": queries.awaiting_formal_review(round).count(),
        "committing": committing or CommitForm(initial=CommitForm.proposal(round)),
        "drawing": drawing or DrawForm(),
        "withdrawing": ReasonForm(),
        "in_force": in_force,
        "proposed": proposed,
        "findings": facts.findings(proposed) if proposed else (),
        "seats": _seats(round, proposed) if proposed else [],
    }
    return render(request, "review/panel.html", context, status=status)


def _seats(round: Round, run: AssignmentRun) -> list[tuple[str, list[str]]]:
    """The proposal as people read it: each city with its experts."""
    names = {str(member.expert_id): member.expert.user.name for member in queries.panel_of(round)}
    cities = dict(round.nominations.values_list("city_id", "city__name"))
    seats: dict[str, list[str]] = {}
    for seat in run.seats:
        seats.setdefault(seat["nomination"], []).append(names.get(seat["expert"], seat["expert"]))
    return [(cities[code], experts) for code, experts in sorted(seats.items())]


def _round(request: SignedInRequest, code: str) -> Round:
    round = round_for(request.user, code)
    if not permissions.can_draw(request.user):
        raise PermissionDenied
    return round


def _run(request: SignedInRequest, code: str, run_id: int) -> AssignmentRun:
    return permissions.run_for(request.user, _round(request, code), run_id)


def _address(round: Round) -> str:
    return f"{reverse('review:panel')}?round={round.code}"
