"""Who scores what: proposed, looked at, applied, undone as a whole, and its empty seats filled."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from applications.models import Round
from applications.permissions import round_for
from applications.rules import Refused
from pilotportal.accounts.requests import SignedInRequest
from review import permissions, queries, reasons
from review.enums import RunStatus
from review.methods.assignment import Assignment
from review.models import AssignmentRun
from review.queries import facts
from review.services import assignment
from review.views.acts import address, answer


@login_required
@require_POST
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_assign)
    act = partial(assignment.propose, round_id=round.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("An assignment has been proposed. Look at it, then apply it."), to=address("panel", round))


@login_required
@require_POST
def apply(request: SignedInRequest, code: str, run_id: int) -> HttpResponse:
    run = _run(request, code, run_id)
    act = partial(assignment.apply, run_id=run.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The assignment is in force; every expert has the score sheets."), to=address("panel", run.round))


@login_required
@require_POST
def undo(request: SignedInRequest, code: str, run_id: int) -> HttpResponse:
    run = _run(request, code, run_id)
    act = partial(assignment.undo, run_id=run.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The assignment has been undone as a whole."), to=address("panel", run.round))


@login_required
@require_http_methods(["GET", "POST"])
def fill(request: SignedInRequest, code: str) -> HttpResponse:
    """The empty seats with those who would take them, and the act."""
    round = round_for(request.user, code, can=permissions.can_assign)
    try:
        if request.method == "GET":
            return render(request, "review/fill.html", {"round": round} | _filling(round))
        made = assignment.fill_vacancies(round_id=round.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address("panel", round))
    done = ngettext("%(count)s empty seat has been filled.", "%(count)s empty seats have been filled.", len(made))
    messages.success(request, done % {"count": len(made)} if made else _("No seat could be filled."))
    return redirect(address("panel", round))


def facts_of_assignment(request: SignedInRequest, round: Round) -> dict[str, Any]:
    """What the page of the panel shows below its members."""
    in_force = queries.run_in_force(round)
    runs = queries.runs_visible_to(request.user).filter(round=round, base__isnull=True, status=RunStatus.PROPOSED)
    proposed = None if in_force else runs.last()
    return {
        "in_force": in_force,
        "proposed": proposed,
        "proved": proposed and not facts.findings(proposed),
        "seats": _named(round, [(seat["nomination"], seat["expert"]) for seat in proposed.seats]) if proposed else [],
        "shortages": _shortages(round, proposed.unfilled) if proposed else [],
        "awaiting": queries.awaiting_formal_review(round).count(),
        "sheets": queries.count_of(round).sheets,
        "empty": queries.empty_seats(round) if in_force else 0,
        "untouched": in_force and queries.is_untouched(in_force),
    }


def _filling(round: Round) -> dict[str, Any]:
    filling = assignment.vacancies(round)
    names = {str(expert.pk): str(expert) for _place, expert in filling.called}
    return {
        "seats": _named(round, filling.seats, more=names),
        "called": filling.called,
        "shortages": _shortages(round, _records(filling.assignment)),
    }


def _records(found: Assignment) -> list[dict[str, Any]]:
    return [facts.shortage_record(shortage) for shortage in found.shortages]


def _named(round: Round, seats: Iterable[tuple[str, str]], *, more: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Seats as people read them: each city with its experts."""
    names = {str(member.expert_id): member.expert.user.name for member in queries.panel_of(round)} | dict(more or {})
    cities = _cities(round)
    seated: dict[str, list[str]] = {}
    for city, expert in seats:
        seated.setdefault(city, []).append(names[expert])
    return [(cities[code], reasons.listed(experts)) for code, experts in sorted(seated.items())]


def _shortages(round: Round, records: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    cities = _cities(round)
    return [(cities[record["nomination"]], reasons.shortage(record)) for record in records]


def _cities(round: Round) -> dict[str, str]:
    return dict(round.nominations.values_list("city_id", "city__name"))


def _run(request: SignedInRequest, code: str, run_id: int) -> AssignmentRun:
    return permissions.run_for(request.user, round_for(request.user, code, can=permissions.can_assign), run_id)
