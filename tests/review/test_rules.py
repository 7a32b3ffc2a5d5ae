"""The rules of the review as tables: every state, and the moments around every deadline."""

from datetime import datetime, timedelta

import pytest

from pilotportal.clock import BEIJING
from review import rules
from review.enums import Ground, Refusal, RunStatus, SelectionStatus, SheetStatus

CLOSES = datetime(2025, 8, 30, 0, 0, tzinfo=BEIJING)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("table", [rules.SHEET_TRANSITIONS, rules.RUN_TRANSITIONS, rules.SELECTION_TRANSITIONS])
def test_every_state_stands_in_its_table_and_leads_only_to_states(table):
    states = set(type(next(iter(table))))
    assert set(table) == states
    assert all(news <= states for news in table.values())


@pytest.mark.parametrize(("at", "expected"), [(CLOSES - TICK, Refusal.BEFORE_DEADLINE), (CLOSES, None), (CLOSES + TICK, None)])
def test_the_formal_review_judges_from_the_deadline_on(at, expected):
    assert rules.why_not_check(closes_at=CLOSES, at=at) == expected


@pytest.mark.parametrize(
    ("status", "pledged", "expected"),
    [
        *((status, True, None) for status in SheetStatus if status not in {SheetStatus.RECUSED, SheetStatus.DECLINED}),
        *((status, False, Refusal.NO_PLEDGE) for status in SheetStatus if status not in {SheetStatus.RECUSED, SheetStatus.DECLINED}),
        (SheetStatus.RECUSED, True, Refusal.GIVEN_UP),
        (SheetStatus.DECLINED, True, Refusal.GIVEN_UP),
    ],
)
def test_the_dossier_opens_after_the_pledge_and_closes_with_the_sheet(status, pledged, expected):
    assert rules.why_not_read(status, pledged=pledged) == expected


@pytest.mark.parametrize(
    ("status", "at", "expected"),
    [
        (SheetStatus.ASSIGNED, CLOSES - TICK, None),
        (SheetStatus.DRAFT, CLOSES - TICK, None),
        (SheetStatus.REOPENED, CLOSES - TICK, None),
        (SheetStatus.DRAFT, CLOSES, Refusal.SHEET_CLOSED),
        (SheetStatus.REOPENED, CLOSES + TICK, Refusal.SHEET_CLOSED),
        (SheetStatus.SUBMITTED, CLOSES - TICK, Refusal.SHEET_SUBMITTED),
        (SheetStatus.SUBMITTED, CLOSES + TICK, Refusal.SHEET_SUBMITTED),
        (SheetStatus.RECUSED, CLOSES - TICK, Refusal.GIVEN_UP),
        (SheetStatus.DECLINED, CLOSES - TICK, Refusal.GIVEN_UP),
    ],
)
def test_scoring_by_state_and_around_the_deadline(status, at, expected):
    assert rules.why_not_score(status, pledged=True, closes_at=CLOSES, at=at) == expected


@pytest.mark.parametrize("status", SheetStatus)
def test_recusal_is_open_until_the_sheet_was_given_up(status):
    expected = Refusal.GIVEN_UP if status in rules.GIVEN_UP else None
    assert rules.why_not_recuse(status, ground=Ground.KIN, note="") == expected


@pytest.mark.parametrize(("note", "expected"), [("曾参与编制", None), ("", Refusal.GROUND), ("  ", Refusal.GROUND)])
def test_other_circumstances_must_be_named(note, expected):
    assert rules.why_not_recuse(SheetStatus.ASSIGNED, ground=Ground.OTHER, note=note) == expected


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (SheetStatus.ASSIGNED, "无法判断", None),
        (SheetStatus.DRAFT, "无法判断", None),
        (SheetStatus.REOPENED, "无法判断", None),
        (SheetStatus.DRAFT, " ", Refusal.NO_REASON),
        (SheetStatus.SUBMITTED, "无法判断", Refusal.SHEET_SUBMITTED),
        (SheetStatus.DECLINED, "无法判断", Refusal.GIVEN_UP),
        (SheetStatus.RECUSED, "无法判断", Refusal.GIVEN_UP),
    ],
)
def test_declining(status, reason, expected):
    assert rules.why_not_decline(status, reason=reason) == expected


@pytest.mark.parametrize(
    ("status", "reason", "at", "expected"),
    [
        (SheetStatus.SUBMITTED, "更正", CLOSES - TICK, None),
        (SheetStatus.SUBMITTED, "更正", CLOSES, Refusal.SHEET_CLOSED),
        (SheetStatus.SUBMITTED, "", CLOSES - TICK, Refusal.NO_REASON),
        *((status, "更正", CLOSES - TICK, Refusal.NOT_REOPENABLE) for status in SheetStatus if status != SheetStatus.SUBMITTED),
    ],
)
def test_reopening(status, reason, at, expected):
    assert rules.why_not_reopen(status, reason=reason, closes_at=CLOSES, at=at) == expected


@pytest.mark.parametrize(
    ("out", "at", "expected"),
    [(0, CLOSES - TICK, None), (1, CLOSES - TICK, Refusal.SHEETS_OUT), (1, CLOSES, None), (0, CLOSES, None)],
)
def test_ranking_waits_for_the_sheets_or_their_deadline(out, at, expected):
    assert rules.why_not_rank(sheets_out=out, closes_at=CLOSES, at=at) == expected


@pytest.mark.parametrize(
    ("sheets", "out", "at", "expected"),
    [
        (0, 0, CLOSES - TICK, False),
        (5, 1, CLOSES - TICK, False),
        (5, 0, CLOSES - TICK, True),
        (5, 5, CLOSES, True),
    ],
)
def test_marks_are_seen_once_nobody_can_be_influenced(sheets, out, at, expected):
    assert rules.may_see_marks(sheets=sheets, sheets_out=out, closes_at=CLOSES, at=at) is expected


@pytest.mark.parametrize(
    ("places", "reason", "document", "expected"),
    [
        (30, "", "", None),
        (39, "择优", "人社函〔2025〕9号", None),
        (39, "择优", "", Refusal.PLACES),
        (39, " ", "人社函〔2025〕9号", Refusal.PLACES),
        (0, "择优", "人社函〔2025〕9号", Refusal.NO_PLACES),
    ],
)
def test_another_number_of_places_needs_its_ground(places, reason, document, expected):
    assert rules.why_not_places(places, planned=30, reason=reason, document_number=document) == expected


@pytest.mark.parametrize("status", SelectionStatus)
def test_only_a_proposed_list_is_signed_off(status):
    expected = None if status == SelectionStatus.PROPOSED else Refusal.NOT_TO_SIGN
    assert rules.why_not_sign_off(status, proposed_by=1, by=2, digest="sm3:a", seen="sm3:a") == expected


def test_the_proposer_cannot_release_and_nobody_what_they_did_not_see():
    ask = {"proposed_by": 1, "digest": "sm3:a"}
    assert rules.why_not_sign_off(SelectionStatus.PROPOSED, by=1, seen="sm3:a", **ask) == Refusal.SAME_PERSON
    assert rules.why_not_sign_off(SelectionStatus.PROPOSED, by=2, seen="sm3:b", **ask) == Refusal.DIGEST_CHANGED


@pytest.mark.parametrize("status", SelectionStatus)
def test_only_a_signed_list_is_published(status):
    assert rules.why_not_publish(status) == (None if status == SelectionStatus.SIGNED_OFF else Refusal.NOT_SIGNED_OFF)


@pytest.mark.parametrize(
    ("status", "number", "at", "expected"),
    [
        (SelectionStatus.NOTICE, "1号", CLOSES, None),
        (SelectionStatus.NOTICE, "1号", CLOSES - TICK, Refusal.NOTICE_RUNNING),
        (SelectionStatus.NOTICE, " ", CLOSES, Refusal.NO_DECISION_NUMBER),
        *((status, "1号", CLOSES, Refusal.NOT_ON_NOTICE) for status in SelectionStatus if status != SelectionStatus.NOTICE),
    ],
)
def test_deciding(status, number, at, expected):
    assert rules.why_not_decide(status, notice_until=CLOSES, decision_number=number, at=at) == expected


@pytest.mark.parametrize("status", SelectionStatus)
def test_voiding(status):
    final = status in {SelectionStatus.DECIDED, SelectionStatus.VOIDED}
    assert rules.why_not_void(status, reason="有异议") == (Refusal.FINAL if final else None)
    assert rules.why_not_void(status, reason="") == (Refusal.FINAL if final else Refusal.NO_REASON)


@pytest.mark.parametrize(
    ("published", "days", "until"),
    [
        ("2025-09-08T10:00", 5, "2025-09-16T00:00"),  # a Monday: Tuesday to Friday, and the Monday after
        ("2025-09-08T23:59", 5, "2025-09-16T00:00"),  # the day of publication is not counted, however early
        ("2025-09-09T00:00", 5, "2025-09-17T00:00"),
        ("2025-09-12T10:00", 5, "2025-09-20T00:00"),  # a Friday
        ("2025-09-25T10:00", 5, "2025-10-10T00:00"),  # Sunday 28 September is worked, 1 to 8 October are free
        ("2025-10-09T10:00", 2, "2025-10-12T00:00"),  # Saturday 11 October is worked
        ("2026-02-12T10:00", 3, "2026-02-25T00:00"),  # over the Spring Festival of 2026, with Saturday 14 February worked
        ("2027-05-03T10:00", 1, "2027-05-05T00:00"),  # not announced: only weekends are free
    ],
)
def test_the_notice_lasts_full_working_days_after_the_day_of_publication(published, days, until):
    notice_from = datetime.fromisoformat(published).replace(tzinfo=BEIJING)
    assert rules.notice_until(notice_from=notice_from, working_days=days) == datetime.fromisoformat(until).replace(tzinfo=BEIJING)


def test_the_years_without_announced_holidays_are_named():
    first, last = datetime(2026, 12, 30, tzinfo=BEIJING), datetime(2027, 1, 6, tzinfo=BEIJING)
    assert list(rules.unannounced_years(first, last)) == [2027]
    assert list(rules.unannounced_years(first, first)) == []


def test_the_states_of_a_run_and_of_a_list_end_where_they_should():
    assert rules.RUN_TRANSITIONS[RunStatus.UNDONE] == set()
    assert rules.SELECTION_TRANSITIONS[SelectionStatus.DECIDED] == set()
