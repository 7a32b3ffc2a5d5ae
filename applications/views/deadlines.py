"""Every deadline of a round: what holds, how it moved, who is in and who is missing, what the closing did and when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions, queries, rules
from applications.enums import DeadlineKind, Standing
from applications.forms.deadlines import AmendForm
from applications.models import Closing, Deadline, Pilot, Round
from applications.rules import Refused
from applications.services import rounds
from applications.views import acts
from pilotportal.accounts.models import Division
from pilotportal.accounts.requests import SignedInRequest


@dataclass
class Line:
    """One province at one deadline: how many are in, of how many, and what stands against it."""

    province: Division
    closes_at: datetime
    own: bool
    expected: int
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def handed_in(self) -> int:
        return self.counts[Standing.IN_TIME] + self.counts[Standing.LATE]

    @property
    def late(self) -> int:
        return self.counts[Standing.LATE]

    @property
    def missing(self) -> int:
        return max(self.expected - self.handed_in, 0)


@dataclass
class Board:
    """One deadline as the page shows it. `unsealed` are the instants whose list is due and not there."""

    deadline: Deadline
    closes_at: datetime
    lines: list[Line]
    closings: list[Closing]
    unsealed: list[datetime]

    @property
    def amendments(self) -> list[object]:
        return list(self.deadline.amendments.all())

    @property
    def exceptions(self) -> list[Line]:
        return [line for line in self.lines if line.own]

    @property
    def silent(self) -> list[Line]:
        """Provinces that could have handed something in and have handed in nothing."""
        return [line for line in self.lines if line.expected and not line.handed_in]

    @property
    def handed_in(self) -> int:
        return sum(line.handed_in for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)

    @property
    def expected(self) -> int:
        return sum(line.expected for line in self.lines)


@login_required
@require_safe
def index(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Of the round that was opened last, or of the one asked for."""
    if not permissions.can_watch_deadlines(request.user):
        raise PermissionDenied
    opened = list(queries.rounds_visible_to(request.user).filter(opened_at__isnull=False).order_by("-opened_at").defer("form"))
    round = permissions.round_for(request.user, code) if code else opened[0] if opened else None
    boards = _boards(round, at=request.received_at) if round else []
    context = {"round": round, "others": [each for each in opened if each != round], "boards": boards}
    return render(request, "applications/deadline_list.html", context | {"may_amend": permissions.can_amend_deadlines(request.user)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    round = permissions.round_for(request.user, code, can=permissions.can_amend_deadlines)
    deadline = get_object_or_404(queries.deadlines().prefetch_related("amendments__province"), round=round, kind=kind)
    form = AmendForm(acts.posted(request), deadline=deadline, provinces=queries.provincial_units())
    if request.method == "POST" and form.is_valid():
        try:
            rounds.amend_deadline(deadline_id=deadline.pk, by=request.user, at=request.received_at, **form.wanted())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The deadline has been moved. The original and the reason stay on record."))
            return redirect("applications:deadlines", round.code)
    own = [line for line in _lines(deadline, list(queries.provincial_units()), expected=Counter()) if line.own]
    context = {"round": round, "deadline": deadline, "closes_at": deadline.closes_at(None), "exceptions": own, "form": form}
    return acts.answer(request, "applications/deadline_amend.html", context, refused=form.is_bound)


def _boards(round: Round, *, at: datetime) -> list[Board]:
    units = list(queries.provincial_units())
    pilots = list(queries.pilots_of(round))
    closings = list(round.closings.order_by("closes_at"))
    deadlines = {
        deadline.kind: deadline
        for deadline in queries.deadlines().filter(round=round).prefetch_related("amendments__province", "amendments__amended_by")
    }
    boards = []
    for kind in rules.DEADLINES_IN_ORDER:
        if kind in deadlines:
            lines = _filled(kind, deadlines[kind], units=units, round=round, pilots=pilots, at=at)
            own = [closing for closing in closings if closing.kind == kind]
            boards.append(
                Board(deadlines[kind], deadlines[kind].closes_at(None), lines, own, _unsealed(deadlines[kind], units, own, at=at))
            )
    return boards


def _filled(
    kind: DeadlineKind, deadline: Deadline, *, units: list[Division], round: Round, pilots: list[Pilot], at: datetime
) -> list[Line]:
    if kind == DeadlineKind.NOMINATION:
        quotas = Counter(dict(round.quotas.values_list("province_id", "places")))
        return _count(_lines(deadline, units, expected=quotas), ((province, Standing.IN_TIME) for province in queries.provinces_in(round)))
    if kind == DeadlineKind.SCORE_SHEETS:
        return []
    expected = Counter(pilot.nomination.province_id for pilot in pilots)
    concerned = [unit for unit in units if expected[unit.pk]]
    return _count(
        _lines(deadline, concerned, expected=expected),
        ((pilot.nomination.province_id, pilot.standing(kind, at=at)) for pilot in pilots),
    )


def _lines(deadline: Deadline, units: list[Division], *, expected: Counter[str]) -> list[Line]:
    for_all = deadline.closes_at(None)
    return [
        Line(unit, closes_at, own=closes_at != for_all, expected=expected[unit.pk])
        for unit in units
        for closes_at in [deadline.closes_at(unit.pk)]
    ]


def _count(lines: list[Line], standings: Iterable[tuple[str, Standing]]) -> list[Line]:
    by_province = {line.province.pk: line for line in lines}
    for province, standing in standings:
        by_province[province].counts[standing] += 1
    return lines


def _unsealed(deadline: Deadline, units: list[Division], closings: list[Closing], *, at: datetime) -> list[datetime]:
    """Instants that passed longer than the settling time ago and have no sealed list: the closing task has not run."""
    if deadline.kind == DeadlineKind.SCORE_SHEETS:
        return []
    instants = set(queries.instants_of(deadline, [unit.pk for unit in units]))
    sealed = {closing.closes_at for closing in closings}
    return sorted(instant for instant in instants - sealed if instant + settings.CLOSING_SETTLES <= at)
