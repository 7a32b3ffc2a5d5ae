"""Scores are exact, and what is absent is not zero."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.methods import scores
from review.methods.scores import Aggregation, Criterion, Scale, Sheet, Standing
from tests.review.methods.cases import examples

BASE = Criterion(code="base", weight=60, max_mark=10)
PLAN = Criterion(code="plan", weight=40, max_mark=100)


def scale(**changes: Any) -> Scale:
    return Scale(**{"criteria": (BASE, PLAN), "minimum_sheets": 3, **changes})


def sheet(expert: str, base: int | None, plan: int | None = 50, nomination: str = "n") -> Sheet:
    return Sheet(nomination=nomination, expert=expert, marks={"base": base, "plan": plan})


def test_total_weighs_each_criterion_by_its_share_of_the_highest_mark() -> None:
    assert scores.total(sheet("e", 7, 50), criteria=(BASE, PLAN)) == 62
    assert scores.total(sheet("e", 0, 0), criteria=(BASE, PLAN)) == 0
    assert scores.total(sheet("e", 10, 100), criteria=(BASE, PLAN)) == 100


def test_total_is_a_fraction_that_a_float_would_miss() -> None:
    thirds = (Criterion(code="base", weight=100, max_mark=3),)
    assert scores.total(sheet("e", 1), criteria=thirds) == Fraction(100, 3)


@pytest.mark.parametrize("marks", [{"base": 7}, {"base": 7, "plan": None}, {}])
def test_total_of_an_incomplete_sheet_is_absent(marks: dict[str, int | None]) -> None:
    assert scores.total(Sheet(nomination="n", expert="e", marks=marks), criteria=(BASE, PLAN)) is None


@pytest.mark.parametrize(("mark", "refused"), [(-1, True), (0, False), (10, False), (11, True)])
def test_total_refuses_a_mark_outside_its_range(mark: int, refused: bool) -> None:
    if refused:
        with pytest.raises(ValueError, match="outside"):
            scores.total(sheet("e", mark), criteria=(BASE, PLAN))
    else:
        assert scores.total(sheet("e", mark), criteria=(BASE, PLAN)) is not None


def test_score_is_the_exact_mean() -> None:
    found = scores.score(nomination="n", sheets=[sheet("a", 7), sheet("b", 8), sheet("c", 8)], scale=scale())
    assert found.score == Fraction(62 + 68 + 68, 3)
    assert found.means == {"base": Fraction(23, 3), "plan": 50}
    assert (found.standing, found.trimmed) == (Standing.SCORED, None)


def test_score_with_an_incomplete_sheet_ignores_it_and_says_so() -> None:
    sheets = [sheet("a", 7), sheet("b", 7), sheet("c", 7)]
    whole = scores.score(nomination="n", sheets=sheets, scale=scale())
    found = scores.score(nomination="n", sheets=[*sheets, sheet("d", None)], scale=scale())
    assert (found.score, found.means, found.incomplete) == (whole.score, whole.means, ("d",))


@pytest.mark.parametrize(("number", "standing"), [(0, Standing.TOO_FEW_SHEETS), (2, Standing.TOO_FEW_SHEETS), (3, Standing.SCORED)])
def test_score_needs_the_minimum_of_valid_sheets(number: int, standing: Standing) -> None:
    sheets = [sheet(f"e{i}", 5) for i in range(number)] + [sheet("cannot judge", None)]
    found = scores.score(nomination="n", sheets=sheets, scale=scale())
    assert found.standing is standing
    assert (found.score is None) == (standing is Standing.TOO_FEW_SHEETS)


@pytest.mark.parametrize(
    ("aggregation", "number", "expected", "trimmed"),
    [
        (Aggregation.TRIMMED, 4, Fraction(20 + 26 + 32 + 80, 4), None),
        (Aggregation.TRIMMED, 5, Fraction(26 + 32 + 38, 3), (20, 80)),
        (Aggregation.MEAN, 5, Fraction(20 + 26 + 32 + 38 + 80, 5), None),
    ],
)
def test_score_drops_one_highest_and_one_lowest_from_five_sheets_on(
    aggregation: Aggregation, number: int, expected: Fraction, trimmed: tuple[int, int] | None
) -> None:
    sheets = [sheet("a", 0), sheet("b", 1), sheet("c", 2), sheet("d", 10), sheet("e", 3)][:number]
    found = scores.score(nomination="n", sheets=sheets, scale=scale(aggregation=aggregation))
    assert (found.score, found.trimmed) == (expected, trimmed)
    assert found.means["base"] == Fraction(sum(s.marks["base"] or 0 for s in sheets), number), "means are over all valid sheets"


def test_score_drops_only_one_of_two_equal_extremes() -> None:
    found = scores.score(
        nomination="n",
        sheets=[sheet(f"e{i}", mark) for i, mark in enumerate([0, 0, 5, 10, 10])],
        scale=scale(aggregation=Aggregation.TRIMMED),
    )
    assert found.score == Fraction(20 + 50 + 80, 3)


@examples
@given(st.lists(st.integers(0, 10), min_size=3, max_size=8), st.randoms(use_true_random=False), st.sampled_from(Aggregation))
def test_score_does_not_depend_on_the_order_and_lies_between_the_extremes(
    marks: list[int], shuffle: Random, aggregation: Aggregation
) -> None:
    sheets = [sheet(f"e{i}", mark) for i, mark in enumerate(marks)]
    found = scores.score(nomination="n", sheets=sheets, scale=scale(aggregation=aggregation))
    shuffle.shuffle(sheets)
    assert scores.score(nomination="n", sheets=sheets, scale=scale(aggregation=aggregation)) == found
    assert found.score is not None
    assert min(found.totals.values()) <= found.score <= max(found.totals.values())


def test_scores_flags_a_nomination_without_any_sheet() -> None:
    found = scores.scores(nominations=["m", "n"], sheets=[sheet(f"e{i}", 5) for i in range(3)], scale=scale())
    assert [(s.nomination, s.standing) for s in found] == [("m", Standing.TOO_FEW_SHEETS), ("n", Standing.SCORED)]


@pytest.mark.parametrize("sheets", [[sheet("a", 5), sheet("a", 6)], [sheet("a", 5, nomination="other")]])
def test_score_refuses_sheets_that_do_not_belong(sheets: list[Sheet]) -> None:
    with pytest.raises(ValueError, match="one sheet, on this nomination"):
        scores.score(nomination="n", sheets=sheets, scale=scale())


@pytest.mark.parametrize(
    "broken",
    [
        {"criteria": (BASE, BASE)},
        {"criteria": (BASE,)},
        {"criteria": (Criterion(code="a", weight=100, max_mark=0),)},
        {"criteria": (Criterion(code="a", weight=100, max_mark=9), Criterion(code="b", weight=0, max_mark=9))},
        {"minimum_sheets": 0},
        {"trim_from": 2},
    ],
)
def test_scale_refuses_what_makes_no_sense(broken: dict[str, Any]) -> None:
    assert scale().criteria
    with pytest.raises(ValueError, match=r"twice|100|at least"):
        scale(**broken)
