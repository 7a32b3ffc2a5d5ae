"""Who scores what: proposed, looked at, applied as one transaction, and undone as one until somebody has acted on it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from applications.enums import DeadlineKind, Status
from applications.models import Nomination, Round
from applications.models.nominations import deadline_of
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.moments import until
from review import queries
from review.enums import Refusal, RunStatus, SheetStatus
from review.methods import assignment as seating
from review.methods.matching import Pair, PinError, Problem, exclusion
from review.models import AssignmentRun, Expert, PanelDraw, ScoreSheet
from review.queries import facts
from review.services import panel
from review.services.guards import locked_round, refuse_if_selected, refuse_unless_staff


@dataclass(frozen=True)
class Filling:
    """What filling the empty seats would do: the problem and its answer, the new seats, and the substitutes called up for them."""

    problem: Problem
    assignment: seating.Assignment
    seats: tuple[Pair, ...]
    called: tuple[tuple[int, Expert], ...]


@transaction.atomic
def propose(*, round_id: int, by: User, at: datetime) -> AssignmentRun:
    """Compute the best assignment of the panel to all accepted nominations, with its certificate.

    The same facts give the same run: where it has been proposed already, that one is returned. Older proposals lapse. Raises Refused.
    """
    refuse_unless_staff(by)
    round = locked_round(round_id)
    draw = _draw_for(round, at=at)
    if queries.run_in_force(round):
        raise Refused(Refusal.IN_FORCE)
    problem = facts.problem_of(round, draw=draw)
    assignment = _solved(problem)
    proposed = AssignmentRun.objects.filter(round=round, status=RunStatus.PROPOSED)
    if same := proposed.filter(digest=_digest(problem, assignment)).first():
        return same
    for older in proposed:
        _become(older, RunStatus.UNDONE, by=by, at=at, superseded=True)
    return _propose(round, problem, assignment, base=None, by=by, at=at)


@transaction.atomic
def apply(*, run_id: int, by: User, at: datetime) -> AssignmentRun:
    """Put a proposed run in force: one score sheet for each seat. Applying it twice changes nothing. Raises Refused."""
    refuse_unless_staff(by)
    run = _locked(run_id)
    if run.status == RunStatus.APPLIED:
        return run
    if run.status != RunStatus.PROPOSED:
        raise Refused(Refusal.NOT_PROPOSED)
    if queries.run_in_force(run.round):
        raise Refused(Refusal.IN_FORCE)
    if facts.problem_record(facts.problem_of(run.round, draw=_draw_for(run.round, at=at))) != run.problem:
        raise Refused(Refusal.FACTS_CHANGED)
    _make_sheets(run, [Pair(seat["nomination"], seat["expert"]) for seat in run.seats], at=at)
    _become(run, RunStatus.APPLIED, by=by, at=at, sheets=len(run.seats))
    audit.seal_all(reason=f"assignment {run.round.code}", at=at)
    return run


@transaction.atomic
def undo(*, run_id: int, by: User, at: datetime) -> AssignmentRun:
    """Take the run back with all its sheets, while no expert has acted on one: not begun, nor recused, nor declined. Raises Refused."""
    refuse_unless_staff(by)
    run = _locked(run_id)
    if run.status != RunStatus.APPLIED:
        raise Refused(Refusal.NOT_IN_FORCE)
    fillings = list(run.fillings.filter(status=RunStatus.APPLIED))
    sheets = ScoreSheet.objects.filter(run__in=[run, *fillings]).order_by("pk")
    held = list(sheets.select_for_update())
    if any(sheet.status != SheetStatus.ASSIGNED for sheet in held):
        raise Refused(Refusal.IN_USE)
    sheets.delete()
    for undone in (*fillings, run):
        _become(undone, RunStatus.UNDONE, by=by, at=at, removed=[sheet.code for sheet in held if sheet.run_id == undone.pk])
    return run


def vacancies(round: Round) -> Filling:
    """What `fill_vacancies` would do now. The same facts give the same answer, so this is its preview. Raises Refused.

    The panel comes first. While a seat stays empty, the next in the order of the draw who could take one joins.
    """
    draw = queries.draw_of(round)
    if draw is None or queries.run_in_force(round) is None:
        raise Refused(Refusal.NOT_IN_FORCE)
    called: list[tuple[int, Expert]] = []
    waiting = {str(expert.pk): (place, expert) for place, expert in queries.called_next(draw)}
    everybody = facts.problem_of(round, draw=draw, called_up=[expert for _place, expert in waiting.values()])
    problem = _without(everybody, set(waiting))
    assignment = _solved(problem)
    while name := _first_useful(everybody, assignment, waiting):
        called.append(waiting.pop(name))
        problem = _without(everybody, set(waiting))
        assignment = _solved(problem)
    return Filling(problem, assignment, seats=tuple(pair for pair in assignment.pairs if pair not in problem.pinned), called=tuple(called))


@transaction.atomic
def fill_vacancies(*, round_id: int, by: User, at: datetime) -> list[ScoreSheet]:
    """Give every empty seat to somebody who may take it, while all that is held stays as it is; see `vacancies`.

    Writes a run of its own on top of the one in force, the substitutes and the new sheets. Raises Refused.
    """
    refuse_unless_staff(by)
    round = locked_round(round_id)
    refuse_if_selected(round)
    if at >= (closes_at := queries.sheets_close_at(round)):
        raise Refused(Refusal.SHEET_CLOSED, closed_at=until(closes_at))
    filling, base, draw = vacancies(round), queries.run_in_force(round), queries.draw_of(round)
    if base is None or draw is None or not filling.seats:
        return []
    panel.call_up(draw=draw, called=filling.called, by=by, at=at)
    run = _propose(round, filling.problem, filling.assignment, base=base, by=by, at=at)
    sheets = _make_sheets(run, filling.seats, at=at)
    _become(run, RunStatus.APPLIED, by=by, at=at, sheets=[list(pair) for pair in filling.seats])
    return sheets


def _draw_for(round: Round, *, at: datetime) -> PanelDraw:
    """The draw of a round that is ripe for its assignment: all deadlines past, all nominations judged, somebody to judge them."""
    draw = queries.draw_of(round)
    if draw is None:
        raise Refused(Refusal.NOT_DRAWN)
    last = max(deadline_of(round, DeadlineKind.NOMINATION, quota.province_id) for quota in round.quotas.all())
    if at < last:
        raise Refused(Refusal.BEFORE_DEADLINE, closed_at=until(last))
    if waiting := queries.awaiting_formal_review(round).count():
        raise Refused(Refusal.OPEN_CHECKS, count=waiting)
    if not Nomination.objects.filter(round=round, status=Status.ACCEPTED).exists():
        raise Refused(Refusal.NOTHING_ACCEPTED)
    return draw


def _solved(problem: Problem) -> seating.Assignment:
    try:
        return seating.assign(problem)
    except PinError as error:
        seats = ", ".join(f"{conflict.pair.nomination}/{conflict.pair.expert}" for conflict in error.conflicts)
        raise Refused(Refusal.SEATS_CONTRADICT, seats=seats) from error


def _without(problem: Problem, absent: Collection[str]) -> Problem:
    """The same problem for the experts who take part."""
    return replace(
        problem,
        experts=tuple(expert for expert in problem.experts if expert.id not in absent),
        forbidden={pair: reason for pair, reason in problem.forbidden.items() if pair.expert not in absent},
    )


def _first_useful(everybody: Problem, assignment: seating.Assignment, waiting: Iterable[str]) -> str | None:
    """The first in the order of the draw who may judge a nomination that is short, where nobody of the same employer sits."""
    short = {shortage.nomination for shortage in assignment.shortages}
    nominations = [nomination for nomination in everybody.nominations if nomination.id in short]
    experts = {expert.id: expert for expert in everybody.experts}
    seated = {(pair.nomination, experts[pair.expert].group) for pair in assignment.pairs}

    def is_useful(name: str) -> bool:
        expert = experts[name]
        free = [nomination for nomination in nominations if (nomination.id, expert.group) not in seated]
        return any(exclusion(everybody, nomination=nomination, expert=expert) is None for nomination in free)

    return next((name for name in waiting if is_useful(name)), None)


def _propose(
    round: Round, problem: Problem, assignment: seating.Assignment, *, base: AssignmentRun | None, by: User, at: datetime
) -> AssignmentRun:
    run = AssignmentRun.objects.create(
        round=round,
        base=base,
        seed=problem.seed,
        problem=facts.problem_record(problem),
        **facts.assignment_record(assignment),
        digest=_digest(problem, assignment),
        proposed_by=by,
        proposed_at=at,
    )
    missing = sum(shortage.missing for shortage in assignment.shortages)
    audit.record(
        "assignment.proposed", at=at, by=by, target=run, round_code=round.code, digest=run.digest, seats=len(run.seats), unfilled=missing
    )
    return run


def _digest(problem: Problem, assignment: seating.Assignment) -> str:
    return digest_of({"problem": facts.problem_record(problem), **facts.assignment_record(assignment)})


def _make_sheets(run: AssignmentRun, seats: Iterable[Pair], *, at: datetime) -> list[ScoreSheet]:
    nominations = dict(Nomination.objects.filter(round=run.round, status=Status.ACCEPTED).values_list("city_id", "pk"))
    return ScoreSheet.objects.bulk_create(
        ScoreSheet(run=run, nomination_id=nominations[pair.nomination], expert_id=int(pair.expert), assigned_at=at) for pair in seats
    )


def _become(run: AssignmentRun, status: RunStatus, *, by: User, at: datetime, **particulars: object) -> None:
    run.status = status
    setattr(run, f"{status}_at", at)
    run.save(update_fields=["status", f"{status}_at"])
    audit.record(f"assignment.{status}", at=at, by=by, target=run, round_code=run.round.code, digest=run.digest, **particulars)


def _locked(run_id: int) -> AssignmentRun:
    """The round under lock, then the run as it stands after the lock was had."""
    round = locked_round(AssignmentRun.objects.values_list("round_id", flat=True).get(pk=run_id))
    run = AssignmentRun.objects.get(pk=run_id)
    run.round = round
    return run
