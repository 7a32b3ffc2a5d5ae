"""The rules of nominations: plain functions of facts and a time. No query, no clock, no request.

Each `why_not_…` answers with a refusal or with nothing. Deadlines are exclusive: the closing instant itself is too late
(人社部发〔2025〕27号: 2025年7月18日前, so the last moment is the end of that day).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import TextChoices

from applications.enums import (
    CorrectionRefusal,
    DeadlineKind,
    LetterRefusal,
    PlanStatus,
    Refusal,
    SignatureState,
    Standing,
    Status,
    SummaryStatus,
    Verdict,
)
from pilotportal.moments import last_day, year_of

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
DEADLINES_IN_ORDER = (DeadlineKind.NOMINATION, DeadlineKind.SCORE_SHEETS, DeadlineKind.PLAN, DeadlineKind.SUMMARY)
BY_PROVINCE = frozenset({DeadlineKind.NOMINATION, DeadlineKind.PLAN, DeadlineKind.SUMMARY})  # experts belong to no province
FULL_WEIGHT = 100
DOCUMENT_NUMBER = re.compile(r"([^\s〔〕]{1,30})〔(\d{4})〕第?0*([1-9]\d{0,5})号?")
LONGEST_NUMBER = 60
BRACKETS = str.maketrans("[](){}【】﹝﹞［］（）", "〔〕" * 7)
NOMINATION_IN = frozenset(
    {Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED, Status.REJECTED, Status.SELECTED, Status.NOT_SELECTED, Status.STRUCK}
)


class Refused(Exception):
    """A rule said no. `str()` is the sentence for the person; `refusal` the reason for the programme."""

    def __init__(self, refusal: TextChoices, **facts: object) -> None:
        self.refusal, self.facts = refusal, facts
        super().__init__(refusal)

    def __str__(self) -> str:
        return str(self.refusal.label) % self.facts if self.facts else str(self.refusal.label)


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
    deadlines: Mapping[str, datetime]
    form_faults: Collection[str] = ()


def why_not_open(facts: RoundFacts) -> Iterator[Refused]:
    """Every reason that keeps a round from being opened, so that the page can show them all at once."""
    yield from _why_not_criteria(facts)
    if facts.minimum_sheets > facts.panel_size:
        yield Refused(Refusal.SHEETS)
    yield from _why_not_deadlines(facts.deadlines)
    if not any(facts.quotas):
        yield Refused(Refusal.NO_QUOTA)
    low, high = sum(minimum for minimum, _ in facts.region_limits), sum(maximum for _, maximum in facts.region_limits)
    if facts.region_limits and not low <= facts.planned_places <= high:
        yield Refused(Refusal.REGIONS, planned=facts.planned_places, low=low, high=high)
    yield from (Refused(Refusal.FORM, fault=fault) for fault in facts.form_faults)


def _why_not_criteria(facts: RoundFacts) -> Iterator[Refused]:
    if not facts.weights:
        yield Refused(Refusal.NO_CRITERIA)
    elif (total := sum(facts.weights.values())) != FULL_WEIGHT:
        yield Refused(Refusal.WEIGHTS, total=total)
    if unknown := sorted(set(facts.tie_rules) - set(facts.weights)):
        yield Refused(Refusal.TIE_RULES, codes=", ".join(unknown))


def _why_not_deadlines(deadlines: Mapping[str, datetime]) -> Iterator[Refused]:
    if missing := [kind for kind in DEADLINES_IN_ORDER if kind not in deadlines]:
        yield Refused(Refusal.NO_DEADLINE, kinds=", ".join(str(kind.label) for kind in missing))
    given = [kind for kind in DEADLINES_IN_ORDER if kind in deadlines]
    for earlier, later in pairwise(given):
        if deadlines[earlier] >= deadlines[later]:
            yield Refused(Refusal.DEADLINE_ORDER, earlier=earlier.label, later=later.label)


def deadline_in_force(*, original: datetime, general: datetime | None, own: datetime | None) -> datetime:
    """The instant that holds for a province: the one for all as last amended, or its own last amendment where that is later.

    So an extension for all never leaves a province that once got its own with less time than the others.
    """
    for_all = general or original
    return max(for_all, own) if own else for_all


def why_not_amend(
    kind: str,
    *,
    instant: datetime,
    in_force: datetime,
    for_all: datetime,
    of_province: bool,
    is_opened: bool,
    has_ground: bool,
    at: datetime,
) -> Refusal | None:
    """A deadline moves only forward of the present, with a reason and a document number (in reality they did move)."""
    if not is_opened:
        return Refusal.NOT_OPENED
    if of_province and kind not in BY_PROVINCE:
        return Refusal.NOT_BY_PROVINCE
    if not has_ground:
        return Refusal.NO_GROUND
    if instant == in_force:
        return Refusal.SAME_DEADLINE
    if instant <= at:
        return Refusal.NOT_AHEAD
    return Refusal.BEFORE_THE_OTHERS if of_province and instant < for_all else None


def may_become(old: str, new: str) -> bool:
    return new in TRANSITIONS.get(old, set())


def why_not_start(*, opened: bool, closes_at: datetime, nominated: int, places: int, at: datetime) -> Refusal | None:
    """Whether a province may name one more city."""
    if not opened:
        return Refusal.NOT_OPENED
    if at >= closes_at:
        return Refusal.CLOSED
    return Refusal.QUOTA if nominated >= places else None


def why_not_edit(status: str, *, closes_at: datetime, correction_closes_at: datetime | None, at: datetime) -> Refusal | None:
    """A draft is open until the deadline, a returned nomination until the end of its correction."""
    if status == Status.DRAFT:
        return Refusal.CLOSED if at >= closes_at else None
    if status == Status.RETURNED and correction_closes_at:
        return Refusal.CLOSED if at >= correction_closes_at else None
    return Refusal.NOT_EDITABLE


def why_not_submit(
    status: str,
    *,
    closes_at: datetime,
    correction_closes_at: datetime | None,
    gaps: int,
    objected: bool = False,
    unsigned: bool = False,
    has_letter: bool,
    at: datetime,
) -> Refusal | None:
    """The state comes first, then the deadline: a late, incomplete nomination is told that it is late. The letter comes last."""
    if status not in {Status.DRAFT, Status.RETURNED}:
        return Refusal.NOT_A_DRAFT
    if refusal := why_not_edit(status, closes_at=closes_at, correction_closes_at=correction_closes_at, at=at):
        return refusal
    if gaps:
        return Refusal.INCOMPLETE
    if objected:
        return Refusal.OBJECTED
    if unsigned:
        return Refusal.UNSIGNED
    return None if has_letter else Refusal.NO_LETTER


def why_not_invite(
    status: str, *, closes_at: datetime, correction_closes_at: datetime | None, nominates_itself: bool, invited: bool, at: datetime
) -> Refusal | None:
    """The city may draft wherever the province may edit: in the first draft, and in a correction."""
    if nominates_itself:
        return Refusal.OWN_CITY
    if refusal := why_not_edit(status, closes_at=closes_at, correction_closes_at=correction_closes_at, at=at):
        return refusal
    return Refusal.INVITED if invited else None


def signature_state(*, verdict: str | None, signed: str, current: str) -> SignatureState:
    """`signed` and `current` are digests. A signature holds for its content; an objection until the department says otherwise."""
    if verdict is None:
        return SignatureState.ASKED
    if verdict == Verdict.OBJECTED:
        return SignatureState.OBJECTED
    return SignatureState.SIGNED if signed == current else SignatureState.LAPSED


def why_not_ask(status: str, *, closes_at: datetime, at: datetime) -> Refusal | None:
    """Departments are asked, and sign, before the first submission: a correction stays within what they signed for."""
    if status != Status.DRAFT:
        return Refusal.COSIGNED_BEFORE
    return Refusal.CLOSED if at >= closes_at else None


def why_not_cancel_request(status: str, *, closes_at: datetime, required: bool, at: datetime) -> Refusal | None:
    return why_not_ask(status, closes_at=closes_at, at=at) or (Refusal.REQUIRED if required else None)


def why_not_cosign(status: str, *, verdict: str, closes_at: datetime, asked: bool, gaps: int, at: datetime) -> Refusal | None:
    """An objection may come at any time; a signature under something unfinished would lapse with the next entry."""
    if not asked:
        return Refusal.NOT_ASKED
    if refusal := why_not_ask(status, closes_at=closes_at, at=at):
        return refusal
    return Refusal.TO_COMPLETE if gaps and verdict == Verdict.SIGNED else None


def why_not_grant(
    *, opened: bool, closes_at: datetime, nominates_itself: bool, has_quota: bool, has_ground: bool, at: datetime
) -> Refusal | None:
    """More places for a province while it can still use them."""
    if not opened:
        return Refusal.NOT_OPENED
    if nominates_itself:
        return Refusal.NO_EXCEPTION_FOR_ITSELF
    if not has_quota:
        return Refusal.NO_QUOTA_TO_EXTEND
    if not has_ground:
        return Refusal.NO_GROUND
    return Refusal.CLOSED if at >= closes_at else None


def why_not_withdraw(status: str, *, closes_at: datetime, at: datetime) -> Refusal | None:
    if not may_become(status, Status.WITHDRAWN):
        return Refusal.NOT_WITHDRAWABLE
    return Refusal.CLOSED if at >= closes_at else None


def why_not_return(
    status: str, *, fields: Collection[str], known: Collection[str], without_note: Collection[str] = (), closes_at: datetime, at: datetime
) -> Refusal | CorrectionRefusal | None:
    """`known` are the entries that can be named: those of the form, and the kinds of files. Each says what is wrong with it."""
    if status != Status.SUBMITTED:
        return Refusal.NOT_SUBMITTED
    if not fields:
        return Refusal.NO_FIELDS
    if not set(fields) <= set(known):
        return Refusal.UNKNOWN_FIELDS
    if without_note:
        return CorrectionRefusal.NO_NOTE
    return None if closes_at > at else Refusal.CORRECTION_PAST


def why_not_judge(status: str, *, correction_closes_at: datetime | None, at: datetime) -> Refusal | None:
    """Accepting or rejecting: a submitted nomination, or a returned one whose correction has expired (its first version stands)."""
    if status == Status.SUBMITTED:
        return None
    expired = status == Status.RETURNED and correction_closes_at is not None and at >= correction_closes_at
    return None if expired else Refusal.NOT_SUBMITTED


def why_not_close(*, closes_at: datetime, at: datetime) -> Refusal | None:
    return Refusal.BEFORE_DEADLINE if at < closes_at else None


def nearest_reminder(*, days: Collection[int], since: datetime, closes_at: datetime, at: datetime) -> int | None:
    """The smallest distance (in days) to a deadline that has been reached, or none.

    So whoever was not reminded for a while is reminded once and not three times. A distance that had passed before there was
    anything owed, or before the deadline was moved to where it is, is nobody's to be reminded of.
    """
    if at >= closes_at:
        return None
    return min((distance for distance in days if since <= closes_at - timedelta(days=distance) <= at), default=None)


def years_to_report(*, selected_at: datetime, summary_closes_at: datetime, at: datetime) -> range:
    """From the year of the selection to the present one (nobody reports what has not happened yet), and not beyond the programme."""
    return range(year_of(selected_at), min(year_of(at), last_day(summary_closes_at).year) + 1)


def is_late(*, done_at: datetime, closes_at: datetime) -> bool:
    """For plans and summaries lateness is a fact to be shown; they are still taken."""
    return done_at >= closes_at


def standing(*, handed_in_at: datetime | None, closes_at: datetime, at: datetime) -> Standing:
    if handed_in_at is None:
        return Standing.OVERDUE if at >= closes_at else Standing.AWAITED
    return Standing.LATE if is_late(done_at=handed_in_at, closes_at=closes_at) else Standing.IN_TIME


def document_number(raw: str) -> str:
    """文号 as GB/T 9704 writes it, 冀人社函〔2025〕12号, from what a person typed; empty where it cannot be one.

    Brackets of any kind, full-width figures, spaces and leading zeros are put right.
    """
    plain = "".join(unicodedata.normalize("NFKC", raw.translate(BRACKETS)).translate(BRACKETS).split())
    found = DOCUMENT_NUMBER.fullmatch(plain)
    return f"{found[1]}〔{found[2]}〕{found[3]}号" if found and len(plain) <= LONGEST_NUMBER else ""


def why_not_move(status: str, *, counts: bool, named: bool, closes_at: datetime, at: datetime) -> LetterRefusal | Refusal | None:
    """The order of a province stands until it is handed in; what a stamped letter names is not moved under it."""
    if not counts:
        return LetterRefusal.NO_ORDER
    if status != Status.DRAFT or named:
        return LetterRefusal.PLACE_FIXED
    return Refusal.CLOSED if at >= closes_at else None
