"""Advisory statistics against published figures and direct computation."""

from fractions import Fraction
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.methods import dispersion
from tests.review.methods.cases import examples

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def totals(rows: list[list[int]]) -> dict[str, dict[str, Fraction]]:
    return {f"n{i}": {f"e{j}": Fraction(value) for j, value in enumerate(row)} for i, row in enumerate(rows)}


def test_reliability_gives_the_figures_of_shrout_and_fleiss() -> None:
    found = dispersion.reliability(totals(SHROUT_FLEISS))
    assert found is not None
    assert (round(found.single, 2), round(found.average, 2), found.sheets) == (0.17, 0.44, 4)


def test_reliability_with_unequal_numbers_uses_their_effective_size() -> None:
    """Groups of 3, 2, 2: n0 = (7 - 17/7) / 2; mean squares by hand."""
    found = dispersion.reliability(totals([[1, 2, 3], [4, 6], [9, 9]]))
    assert found is not None
    between, within = (3 * (2 - 34 / 7) ** 2 + 2 * (5 - 34 / 7) ** 2 + 2 * (9 - 34 / 7) ** 2) / 2, (2 + 2 + 0) / 4
    size = (7 - 17 / 7) / 2
    assert found.sheets == pytest.approx(size)
    assert found.single == pytest.approx((between - within) / (between + (size - 1) * within))
    assert found.average == pytest.approx((between - within) / between)


@pytest.mark.parametrize(
    ("rows", "single"),
    [([[5, 5], [7, 7]], 1.0), ([[1, 9], [2, 8]], None), ([[1, 2, 3]], None), ([[1], [2]], None), ([], None), ([[], [1, 2]], None)],
)
def test_reliability_is_absent_where_it_has_no_meaning(rows: list[list[int]], single: float | None) -> None:
    found = dispersion.reliability(totals(rows))
    assert (found and found.single) == single


def test_reliability_is_negative_when_sheets_disagree_more_than_nominations() -> None:
    found = dispersion.reliability(totals([[1, 9], [2, 10]]))
    assert found is not None
    assert found.single < 0


@examples
@given(st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=6), max_size=5))
def test_spreads_are_those_of_the_standard_library(rows: list[list[int]]) -> None:
    for spread, row in zip(dispersion.spreads(totals(rows)), rows, strict=True):
        assert (spread.sheets, spread.lowest, spread.highest) == (len(row), min(row), max(row))
        assert spread.mean == mean(map(Fraction, row))
        assert spread.deviation == (None if len(row) == 1 else pytest.approx(stdev(row)))


def test_spreads_leave_out_a_nomination_without_sheets() -> None:
    assert dispersion.spreads({"n": {}}) == ()


def test_severities_compare_with_the_others_of_the_same_nominations_only() -> None:
    """The strict expert gives 10 less than the peers everywhere; that some nominations are weaker does not count."""
    found = dispersion.severities(
        {
            "strong": {"strict": Fraction(80), "a": Fraction(90), "b": Fraction(90)},
            "weak": {"strict": Fraction(30), "c": Fraction(40)},
            "alone": {"a": Fraction(0)},
        }
    )
    assert [(s.expert, s.deviation, s.nominations) for s in found] == [
        ("strict", -10, 2),
        ("a", 5, 1),
        ("b", 5, 1),
        ("c", 10, 1),
    ]


@examples
@given(st.lists(st.lists(st.integers(0, 100), min_size=2, max_size=4), min_size=1, max_size=5))
def test_severities_of_one_nomination_cancel_out(rows: list[list[int]]) -> None:
    for name, by_expert in totals(rows).items():
        assert sum(s.deviation for s in dispersion.severities({name: by_expert})) == 0
