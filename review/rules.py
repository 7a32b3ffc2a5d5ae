"""States and rules of the review: plain functions of facts and a time. No query, no clock, no request.

Each `why_not_…` answers with a refusal or with nothing. The arithmetic stands in `review.methods`.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils import timezone

from applications.enums import Status
from pilotportal.moments import end_of
from review.enums import Ground, Refusal, RunStatus, SelectionStatus, SheetStatus
from review.shipped import CALENDAR

SHEET_TRANSITIONS: dict[str, set[str]] = {
    SheetStatus.ASSIGNED: {SheetStatus.DRAFT, SheetStatus.SUBMITTED, SheetStatus.RECUSED, SheetStatus.DECLINED},
    SheetStatus.DRAFT: {SheetStatus.SUBMITTED, SheetStatus.RECUSED, SheetStatus.DECLINED},
    SheetStatus.SUBMITTED: {SheetStatus.REOPENED, SheetStatus.RECUSED},
    SheetStatus.REOPENED: {SheetStatus.SUBMITTED, SheetStatus.RECUSED, SheetStatus.DECLINED},
    SheetStatus.RECUSED: set(),
    SheetStatus.DECLINED: set(),
}
RUN_TRANSITIONS: dict[str, set[str]] = {
    RunStatus.PROPOSED: {RunStatus.APPLIED, RunStatus.UNDONE},
    RunStatus.APPLIED: {RunStatus.UNDONE},
    RunStatus.UNDONE: set(),
}
SELECTION_TRANSITIONS: dict[str, set[str]] = {
    SelectionStatus.PROPOSED: {SelectionStatus.SIGNED_OFF, SelectionStatus.VOIDED},
    SelectionStatus.SIGNED_OFF: {SelectionStatus.NOTICE, SelectionStatus.VOIDED},
    SelectionStatus.NOTICE: {SelectionStatus.DECIDED, SelectionStatus.VOIDED},
    SelectionStatus.DECIDED: set(),
    SelectionStatus.VOIDED: set(),
}
OPEN_SHEET = frozenset({SheetStatus.ASSIGNED, SheetStatus.DRAFT, SheetStatus.REOPENED})
GIVEN_UP = frozenset({SheetStatus.RECUSED, SheetStatus.DECLINED})
REVIEWED = frozenset({Status.ACCEPTED, Status.SELECTED, Status.NOT_SELECTED})


def why_not_check(*, closes_at: datetime, at: datetime) -> Refusal | None:
    """Accepting and rejecting wait for the deadline: until then the province may withdraw the nomination."""
    return Refusal.BEFORE_DEADLINE if at < closes_at else None


def why_not_read(status: str, *, pledged: bool) -> Refusal | None:
    """Opening the dossier behind a sheet: the pledge comes first, and a sheet given back closes it."""
    if status in GIVEN_UP:
        return Refusal.GIVEN_UP
    return None if pledged else Refusal.NO_PLEDGE


def why_not_score(status: str, *, pledged: bool, closes_at: datetime, at: datetime) -> Refusal | None:
    """Saving or submitting a sheet. The state comes before the deadline: who has submitted in time is not told that it is late."""
    if refusal := why_not_read(status, pledged=pledged):
        return refusal
    if status not in OPEN_SHEET:
        return Refusal.SHEET_SUBMITTED
    return Refusal.SHEET_CLOSED if at >= closes_at else None


def why_not_recuse(status: str, *, ground: str, note: str) -> Refusal | None:
    """Also from a submitted sheet, whose marks then no longer count."""
    if SheetStatus.RECUSED not in SHEET_TRANSITIONS[status]:
        return Refusal.GIVEN_UP
    return Refusal.GROUND if ground == Ground.OTHER and not note.strip() else None


def why_not_decline(status: str, *, reason: str) -> Refusal | None:
    """An expert who cannot judge gives the sheet back; once submitted it stands."""
    if status in GIVEN_UP:
        return Refusal.GIVEN_UP
    if SheetStatus.DECLINED not in SHEET_TRANSITIONS[status]:
        return Refusal.SHEET_SUBMITTED
    return None if reason.strip() else Refusal.NO_REASON


def why_not_reopen(status: str, *, reason: str, closes_at: datetime, at: datetime) -> Refusal | None:
    """Past the deadline a sheet opens again only when the deadline is moved first, by a document."""
    if SheetStatus.REOPENED not in SHEET_TRANSITIONS[status]:
        return Refusal.NOT_REOPENABLE
    if not reason.strip():
        return Refusal.NO_REASON
    return Refusal.SHEET_CLOSED if at >= closes_at else None


def why_not_rank(*, sheets_out: int, closes_at: datetime, at: datetime) -> Refusal | None:
    return Refusal.SHEETS_OUT if sheets_out and at < closes_at else None


def may_see_marks(*, sheets: int, sheets_out: int, closes_at: datetime, at: datetime) -> bool:
    """Staff see marks once nobody can be influenced: all sheets are in, or their deadline has passed."""
    return at >= closes_at or (sheets > 0 and sheets_out == 0)


def why_not_places(places: int, *, planned: int, reason: str, document_number: str) -> Refusal | None:
    if places < 1:
        return Refusal.NO_PLACES
    grounded = reason.strip() and document_number.strip()
    return None if places == planned or grounded else Refusal.PLACES


def why_not_sign_off(status: str, *, proposed_by: int, by: int, digest: str, seen: str) -> Refusal | None:
    """A second person releases exactly the list that they saw."""
    if status != SelectionStatus.PROPOSED:
        return Refusal.NOT_TO_SIGN
    if by == proposed_by:
        return Refusal.SAME_PERSON
    return None if seen == digest else Refusal.DIGEST_CHANGED


def why_not_publish(status: str) -> Refusal | None:
    return None if status == SelectionStatus.SIGNED_OFF else Refusal.NOT_SIGNED_OFF


def why_not_decide(status: str, *, notice_until: datetime | None, decision_number: str, at: datetime) -> Refusal | None:
    if status != SelectionStatus.NOTICE or notice_until is None:
        return Refusal.NOT_ON_NOTICE
    if at < notice_until:
        return Refusal.NOTICE_RUNNING
    return None if decision_number.strip() else Refusal.NO_DECISION_NUMBER


def why_not_void(status: str, *, reason: str) -> Refusal | None:
    if SelectionStatus.VOIDED not in SELECTION_TRANSITIONS[status]:
        return Refusal.FINAL
    return None if reason.strip() else Refusal.NO_REASON


def notice_until(*, notice_from: datetime, working_days: int) -> datetime:
    """The exclusive end of the public notice: so many full working days in Beijing after the day of publication.

    That day itself is not counted (《民法典》第二百零一条). Ours: the call names no period.
    """
    day = beijing_date(notice_from)
    for _ in range(working_days):
        day = next_working_day(day)
    return end_of(day)


def beijing_date(instant: datetime) -> date:
    return timezone.localdate(instant, timezone.get_default_timezone())


def next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while not CALENDAR.is_working(day):
        day += timedelta(days=1)
    return day


def unannounced_years(first: datetime, last: datetime) -> Collection[int]:
    """The years of a period whose public holidays the calendar does not know: only weekends are free there."""
    years = range(beijing_date(first).year, beijing_date(last).year + 1)
    return [year for year in years if year not in CALENDAR.sources]
