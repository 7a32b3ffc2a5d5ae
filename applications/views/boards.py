"""What the page of the deadlines shows: each deadline with its provinces, the corrections, and what the tasks did."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import content, queries, rules
from applications.enums import DeadlineKind, Standing, Status
from applications.models import Closing, Correction, Deadline, Nomination, Pilot, Round
from pilotportal.accounts.models import Division
from pilotportal.jobs.models import PeriodicRun
from pilotportal.jobs.queries import eventful_runs, latest_runs

SHOWN_RUNS = 30
TASKS = {
    "applications.close_deadlines": gettext_lazy("Closing of deadlines"),
    "applications.remind": gettext_lazy("Reminders"),
    "notices.mail_missing": gettext_lazy("Mails that had been lost"),
}


@dataclass
class Line:
    """One province at one deadline: how many are in, of how many, and what stands against it."""

    province: Division
    closes_at: datetime
    own: bool
    expected: int
    counts: Counter[str] = field(default_factory=Counter)
    drafts: list[int] = field(default_factory=list)  # how many entries each of them lacks

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
    def drafts(self) -> int:
        return sum(len(line.drafts) for line in self.lines)

    @property
    def expected(self) -> int:
        return sum(line.expected for line in self.lines)


def of_deadlines(round: Round, *, at: datetime, drafts: bool) -> list[Board]:
    """With how far the drafts are only for those who remind the provinces."""
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
            lines = _filled(kind, deadlines[kind], units=units, round=round, pilots=pilots, at=at, drafts=drafts)
            own = [closing for closing in closings if closing.kind == kind]
            boards.append(
                Board(deadlines[kind], deadlines[kind].closes_at(None), lines, own, _unsealed(deadlines[kind], units, own, at=at))
            )
    return boards


def _filled(
    kind: DeadlineKind, deadline: Deadline, *, units: list[Division], round: Round, pilots: list[Pilot], at: datetime, drafts: bool
) -> list[Line]:
    if kind == DeadlineKind.NOMINATION:
        lines = _lines(deadline, units, expected=Counter(queries.places_by_province(round)))
        if drafts:
            _add_drafts(lines, round)
        return _count(lines, ((province, Standing.IN_TIME) for province in queries.provinces_in(round)))
    if kind == DeadlineKind.SCORE_SHEETS:
        return []
    expected = Counter(pilot.nomination.province_id for pilot in pilots)
    concerned = [unit for unit in units if expected[unit.pk]]
    return _count(
        _lines(deadline, concerned, expected=expected),
        ((pilot.nomination.province_id, pilot.standing(kind, at=at)) for pilot in pilots),
    )


def own_deadlines(deadline: Deadline, units: list[Division]) -> list[Line]:
    """The provinces whose deadline is another than that for all."""
    return [line for line in _lines(deadline, units, expected=Counter()) if line.own]


def _add_drafts(lines: list[Line], round: Round) -> None:
    """How far a draft is, not what it says: it is the province's alone until it is handed in."""
    by_province = {line.province.pk: line for line in lines}
    for province, written in (
        Nomination.objects.filter(round=round, status=Status.DRAFT).order_by("pk").values_list("province_id", "content")
    ):
        by_province[province].drafts.append(sum(1 for _gap in content.gaps(round.definition, written)))


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
    instants = {due.closes_at for due in queries.lists_of(deadline, [unit.pk for unit in units])}
    return _not_in(instants, closings, at=at)


def _not_in(instants: set[datetime], closings: list[Closing], *, at: datetime) -> list[datetime]:
    sealed = {closing.closes_at for closing in closings}
    return sorted(instant for instant in instants - sealed if instant + settings.CLOSING_SETTLES <= at)


@dataclass
class Return:
    """One correction: until when, and whether it is in, open, or has expired, so that the version before it stands."""

    correction: Correction
    state: str
    label: str


@dataclass
class Corrections:
    returns: list[Return]
    closings: list[Closing]
    unsealed: list[datetime]


def of_corrections(round: Round, *, at: datetime) -> Corrections:
    returned = Correction.objects.filter(nomination__round=round).select_related("nomination__city__province", "version")
    corrections = list(returned.prefetch_related("nomination__versions").order_by("closes_at", "nomination__city", "pk"))
    closings = list(round.closings.filter(kind=DeadlineKind.CORRECTION).order_by("closes_at"))
    instants = {correction.closes_at for correction in corrections}
    return Corrections([_return(correction, at=at) for correction in corrections], closings, _not_in(instants, closings, at=at))


def _return(correction: Correction, *, at: datetime) -> Return:
    if any(version.number > correction.version.number for version in correction.nomination.versions.all()):
        return Return(correction, "submitted", _("handed in"))
    if at < correction.closes_at:
        return Return(correction, "draft", _("open"))
    return Return(correction, "returned", _("expired; version %(number)s stands") % {"number": correction.version.number})


@dataclass
class Task:
    """A task of the clock: when it ran last, and what it did of late."""

    title: str
    latest: PeriodicRun | None
    runs: list[PeriodicRun]


def of_tasks() -> list[Task]:
    latest = latest_runs(TASKS)
    runs = list(eventful_runs(TASKS)[:SHOWN_RUNS])
    return [Task(str(title), latest.get(name), [run for run in runs if run.name == name]) for name, title in TASKS.items()]
