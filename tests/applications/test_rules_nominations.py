"""The rules of a nomination as tables: every state against every act, and the moments around each deadline."""

from datetime import timedelta

import pytest

from applications import rules
from applications.enums import Refusal, Status
from tests.factories import DEADLINE

MICROSECOND, DAY = timedelta(microseconds=1), timedelta(days=1)
CORRECTION = DEADLINE + 10 * DAY
AROUND = [(DEADLINE - MICROSECOND, None), (DEADLINE, Refusal.CLOSED), (DEADLINE + MICROSECOND, Refusal.CLOSED)]
EDITABLE = {Status.DRAFT, Status.RETURNED}


def edit(status, at, correction=CORRECTION):
    return rules.why_not_edit(status, closes_at=DEADLINE, correction_closes_at=correction, at=at)


def submit(status, at, *, gaps=0, has_letter=True):
    return rules.why_not_submit(status, closes_at=DEADLINE, correction_closes_at=CORRECTION, gaps=gaps, has_letter=has_letter, at=at)


def give_back(status, *, fields=("overview",), closes_at=CORRECTION, at=DEADLINE):
    return rules.why_not_return(status, fields=fields, known={"overview", "letter"}, closes_at=closes_at, at=at)


@pytest.mark.parametrize("status", Status)
def test_every_state_against_every_act(status):
    at = DEADLINE - DAY
    assert edit(status, at) == (None if status in EDITABLE else Refusal.NOT_EDITABLE)
    assert submit(status, at) == (None if status in EDITABLE else Refusal.NOT_A_DRAFT)
    withdrawable = {Status.DRAFT, Status.SUBMITTED}
    assert rules.why_not_withdraw(status, closes_at=DEADLINE, at=at) == (None if status in withdrawable else Refusal.NOT_WITHDRAWABLE)
    assert give_back(status) == (None if status == Status.SUBMITTED else Refusal.NOT_SUBMITTED)
    judged = rules.why_not_judge(status, correction_closes_at=CORRECTION, at=at)
    assert judged == (None if status == Status.SUBMITTED else Refusal.NOT_SUBMITTED)


@pytest.mark.parametrize(("at", "refusal"), AROUND)
def test_a_draft_is_open_until_the_deadline_and_not_at_it(at, refusal):
    assert edit(Status.DRAFT, at) == refusal
    assert submit(Status.DRAFT, at) == refusal
    assert rules.why_not_withdraw(Status.SUBMITTED, closes_at=DEADLINE, at=at) == refusal
    assert rules.why_not_start(opened=True, closes_at=DEADLINE, nominated=0, places=1, at=at) == refusal


@pytest.mark.parametrize(
    ("at", "refusal"), [(CORRECTION - MICROSECOND, None), (CORRECTION, Refusal.CLOSED), (CORRECTION + MICROSECOND, Refusal.CLOSED)]
)
def test_a_correction_has_its_own_deadline(at, refusal):
    assert edit(Status.RETURNED, at) == refusal
    assert submit(Status.RETURNED, at) == refusal
    judged = rules.why_not_judge(Status.RETURNED, correction_closes_at=CORRECTION, at=at)
    assert judged == (None if refusal else Refusal.NOT_SUBMITTED)  # from then on the first version stands


@pytest.mark.parametrize(
    ("gaps", "has_letter", "late", "refusal"),
    [
        (0, True, False, None),
        (3, True, False, Refusal.INCOMPLETE),
        (0, False, False, Refusal.NO_LETTER),
        (3, False, False, Refusal.INCOMPLETE),
        (3, False, True, Refusal.CLOSED),
    ],
)
def test_a_late_and_incomplete_nomination_is_told_that_it_is_late(gaps, has_letter, late, refusal):
    assert submit(Status.DRAFT, DEADLINE if late else DEADLINE - DAY, gaps=gaps, has_letter=has_letter) == refusal


@pytest.mark.parametrize(
    ("opened", "nominated", "places", "refusal"),
    [
        (False, 0, 3, Refusal.NOT_OPENED),
        (True, 0, 0, Refusal.QUOTA),
        (True, 2, 3, None),
        (True, 3, 3, Refusal.QUOTA),
        (True, 4, 3, Refusal.QUOTA),
    ],
)
def test_the_quota_and_the_opening_decide_whether_one_more_city_can_be_named(opened, nominated, places, refusal):
    found = rules.why_not_start(opened=opened, closes_at=DEADLINE, nominated=nominated, places=places, at=DEADLINE - DAY)
    assert found == refusal


@pytest.mark.parametrize(
    ("fields", "closes_at", "refusal"),
    [
        (["overview"], DEADLINE + MICROSECOND, None),
        (["overview"], DEADLINE, Refusal.CORRECTION_PAST),
        ([], CORRECTION, Refusal.NO_FIELDS),
        (["overview", "colour"], CORRECTION, Refusal.UNKNOWN_FIELDS),
        (["letter"], CORRECTION, None),
    ],
)
def test_a_return_names_known_entries_and_leaves_time(fields, closes_at, refusal):
    assert give_back(Status.SUBMITTED, fields=fields, closes_at=closes_at) == refusal


EDGES = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"returned", "accepted", "rejected", "withdrawn"},
    "returned": {"submitted", "accepted", "rejected"},
    "accepted": {"selected", "not_selected", "struck"},
}


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_what_may_become_what(old, new):
    assert rules.may_become(old, new) == (new.value in EDGES.get(old.value, set()))
