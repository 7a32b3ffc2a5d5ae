"""The rules of nominations: plain functions of facts and a time. No query, no clock, no request.

Each `why_not_…` answers with a refusal or with nothing. Deadlines are exclusive: the closing instant itself is too late
(人社部发〔2025〕27号: 2025年7月18日前, so the last moment is the end of that day).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from applications.enums import PlanStatus, Refusal, Status, SummaryStatus

TRANSITIONS: dict[str, set[str]] = {
    Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.RETURNED, Status.ACCEPTED, Status.REJECTED, Status.WITHDRAWN},
    Status.RETURNED: {Status.SUBMITTED, Status.ACCEPTED, Status.REJECTED},
    Status.ACCEPTED: {Status.SELECTED, Status.NOT_SELECTED, Status.STRUCK},
    Status.REJECTED: set(),
    Status.WITHDRAWN: set(),
    Status.SELECTED: set(),
    Status.NOT_SELECTED: set(),
    Status.STRUCK: set(),
}
PLAN_TRANSITIONS: dict[str, set[str]] = {
    PlanStatus.DRAFT: {PlanStatus.ISSUED},
    PlanStatus.ISSUED: {PlanStatus.FILED},
    PlanStatus.FILED: set(),
}
SUMMARY_TRANSITIONS: dict[str, set[str]] = {
    SummaryStatus.DRAFT: {SummaryStatus.SUBMITTED},
    SummaryStatus.SUBMITTED: {SummaryStatus.ENDORSED, SummaryStatus.DRAFT},
    SummaryStatus.ENDORSED: {SummaryStatus.ACCEPTED, SummaryStatus.DRAFT},
    SummaryStatus.ACCEPTED: set(),
}
FULL_WEIGHT = 100
NOMINATION_IN = frozenset(
    {Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED, Status.REJECTED, Status.SELECTED, Status.NOT_SELECTED, Status.STRUCK}
)


class Refused(Exception):
    """A rule said no. `str()` is the sentence for the person; `refusal` the reason for the programme."""

    def __init__(self, refusal: Refusal, **facts: object) -> None:
        self.refusal, self.facts = refusal, facts
        super().__init__(refusal)

    def __str__(self) -> str:
        return str(self.refusal.label) % self.facts if self.facts else str(self.refusal.label)


class Weighted(Protocol):
    code: str
    weight: int


class Limited(Protocol):
    minimum: int
    maximum: int


@dataclass(frozen=True)
class RoundFacts:
    """What opening asks of a round."""

    planned_places: int
    panel_size: int
    minimum_sheets: int
    tie_rules: Collection[str]
    weights: Mapping[str, int]
    region_limits: Collection[tuple[int, int]]
    quotas: Collection[int]
    deadline_kinds: Collection[str]
    needed_kinds: Collection[str]


def why_not_open(facts: RoundFacts) -> Iterable[Refused]:
    """Every reason that keeps a round from being opened, so that the page can show them all at once."""
    if not facts.weights:
        yield Refused(Refusal.NO_CRITERIA)
    elif (total := sum(facts.weights.values())) != FULL_WEIGHT:
        yield Refused(Refusal.WEIGHTS, total=total)
    if unknown := sorted(set(facts.tie_rules) - set(facts.weights)):
        yield Refused(Refusal.TIE_RULES, codes=", ".join(unknown))
    if facts.minimum_sheets > facts.panel_size:
        yield Refused(Refusal.SHEETS)
    if missing := sorted(set(facts.needed_kinds) - set(facts.deadline_kinds)):
        yield Refused(Refusal.NO_DEADLINE, kinds=", ".join(missing))
    if not any(facts.quotas):
        yield Refused(Refusal.NO_QUOTA)
    low, high = sum(minimum for minimum, _ in facts.region_limits), sum(maximum for _, maximum in facts.region_limits)
    if facts.region_limits and not low <= facts.planned_places <= high:
        yield Refused(Refusal.REGIONS, planned=facts.planned_places, low=low, high=high)


def may_become(old: str, new: str) -> bool:
    return new in TRANSITIONS.get(old, set())


def why_not_edit(status: str, *, closes_at: datetime, correction_closes_at: datetime | None, at: datetime) -> Refusal | None:
    """A draft is open until the deadline, a returned nomination until the end of its correction."""
    if status == Status.DRAFT:
        return Refusal.CLOSED if at >= closes_at else None
    if status == Status.RETURNED and correction_closes_at:
        return Refusal.CLOSED if at >= correction_closes_at else None
    return Refusal.NOT_EDITABLE


def why_not_submit(
    status: str, *, closes_at: datetime, correction_closes_at: datetime | None, gaps: int, has_letter: bool, at: datetime
) -> Refusal | None:
    """The state comes first, then the deadline: a late, incomplete nomination is told that it is late."""
    if status not in {Status.DRAFT, Status.RETURNED}:
        return Refusal.NOT_A_DRAFT
    if refusal := why_not_edit(status, closes_at=closes_at, correction_closes_at=correction_closes_at, at=at):
        return refusal
    if gaps:
        return Refusal.INCOMPLETE
    return None if has_letter else Refusal.NO_LETTER


def why_not_withdraw(status: str, *, closes_at: datetime, at: datetime) -> Refusal | None:
    if not may_become(status, Status.WITHDRAWN):
        return Refusal.NOT_WITHDRAWABLE
    return Refusal.CLOSED if at >= closes_at else None


def why_not_return(status: str, *, fields: Collection[str]) -> Refusal | None:
    if status != Status.SUBMITTED:
        return Refusal.NOT_SUBMITTED
    return None if fields else Refusal.NO_FIELDS


def why_not_judge(status: str, *, correction_closes_at: datetime | None, at: datetime) -> Refusal | None:
    """Accepting or rejecting: a submitted nomination, or a returned one whose correction has expired (its first version stands)."""
    if status == Status.SUBMITTED:
        return None
    expired = status == Status.RETURNED and correction_closes_at is not None and at >= correction_closes_at
    return None if expired else Refusal.NOT_SUBMITTED


def why_not_close(*, closes_at: datetime, at: datetime) -> Refusal | None:
    return Refusal.BEFORE_DEADLINE if at < closes_at else None


def is_late(*, done_at: datetime, closes_at: datetime) -> bool:
    """For plans and summaries lateness is a fact to be shown; they are still taken."""
    return done_at >= closes_at
