"""The rules of letters and of the order, as tables."""

from datetime import timedelta

import pytest

from applications import rules
from applications.enums import LetterRefusal, Refusal, Status
from tests.factories import DEADLINE


@pytest.mark.parametrize(
    "typed",
    [
        "冀人社函〔2025〕12号",
        "冀人社函[2025]12号",
        "冀人社函（2025）12号",
        "冀人社函(2025)12",
        "冀人社函【2025】第12号",
        "冀人社函［２０２５］０１２号",
        " 冀人社函 〔2025〕 12 号 ",
        "冀人社函﹝2025﹞012号",
    ],
)
def test_a_number_is_read_however_its_brackets_are_typed(typed):
    assert rules.document_number(typed) == "冀人社函〔2025〕12号"


@pytest.mark.parametrize(
    "typed",
    ["", "冀人社函12号", "冀人社函〔25〕12号", "〔2025〕12号", "冀人社函〔2025〕号", "冀人社函〔2025〕0号", "冀" * 60 + "〔2025〕1号"],
)
def test_what_is_no_number_is_not_taken_for_one(typed):
    assert rules.document_number(typed) == ""


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(
    ("left", "in_time"), [(timedelta(microseconds=1), True), (timedelta(0), False), (timedelta(microseconds=-1), False)]
)
def test_places_change_while_it_is_a_draft_and_before_the_deadline(status, left, in_time):
    refusal = rules.why_not_move(status, counts=True, named=False, closes_at=DEADLINE, at=DEADLINE - left)
    expected = LetterRefusal.PLACE_FIXED if status != Status.DRAFT else None if in_time else Refusal.CLOSED
    assert refusal == expected


def test_a_place_that_a_scanned_letter_names_is_fixed():
    facts = {"closes_at": DEADLINE, "at": DEADLINE - timedelta(days=1)}
    assert rules.why_not_move(Status.DRAFT, counts=True, named=True, **facts) == LetterRefusal.PLACE_FIXED
    assert rules.why_not_move(Status.DRAFT, counts=False, named=False, **facts) == LetterRefusal.NO_ORDER
