"""Abnormal marks are found against the other sheets of the same nomination, and sound ones are left in peace."""

from fractions import Fraction

import pytest

from review.methods import outliers
from review.methods.outliers import Direction, Limits, Outlier
from review.methods.scores import Criterion, Scale, Sheet

SCALE = Scale(criteria=(Criterion(code="a", weight=50, max_mark=10), Criterion(code="b", weight=50, max_mark=10)), minimum_sheets=1)


def found(*marks: tuple[int | None, int], limits: Limits) -> list[tuple[str, str | None, Direction]]:
    sheets = [Sheet(nomination="n", expert=f"e{i}", marks={"a": a, "b": b}) for i, (a, b) in enumerate(marks)]
    return [(o.expert, o.criterion, o.direction) for o in outliers.outliers(nomination="n", sheets=sheets, scale=SCALE, limits=limits)]


TOTALS = Limits(total=Fraction(20))


def test_a_low_sheet_is_flagged_and_the_sound_ones_are_not() -> None:
    """80, 80, 20: before the low sheet is set aside each sound one stands 30 above the mean of its others."""
    assert found((8, 8), (8, 8), (2, 2), limits=TOTALS) == [("e2", None, Direction.LOW)]


def test_a_high_and_a_low_sheet_are_both_flagged() -> None:
    assert found((6, 6), (6, 6), (6, 6), (1, 1), (10, 10), limits=TOTALS) == [("e3", None, Direction.LOW), ("e4", None, Direction.HIGH)]


@pytest.mark.parametrize(("mark", "flagged"), [(4, False), (3, True)])
def test_the_limit_itself_is_still_sound(mark: int, flagged: bool) -> None:
    """60, 60 against 40 is exactly 20 away."""
    assert bool(found((6, 6), (6, 6), (mark, mark), limits=TOTALS)) is flagged


def test_equally_far_sheets_are_flagged_together() -> None:
    assert found((2, 2), (5, 5), (8, 8), limits=TOTALS) == [("e0", None, Direction.LOW), ("e2", None, Direction.HIGH)]


@pytest.mark.parametrize(("fewest", "flagged"), [(3, []), (2, ["e0", "e1"])])
def test_two_sheets_accuse_nobody_unless_the_round_says_so(fewest: int, flagged: list[str]) -> None:
    assert [expert for expert, _, _ in found((1, 1), (9, 9), limits=Limits(fewest=fewest))] == flagged


def test_a_criterion_is_looked_at_on_its_own_scale() -> None:
    """Equal totals hide marks of 10 and 0."""
    limits = Limits(total=Fraction(20), criterion=Fraction(40))
    assert found((5, 5), (5, 5), (10, 0), limits=limits) == [("e2", "a", Direction.HIGH), ("e2", "b", Direction.LOW)]


def test_nothing_is_looked_at_without_a_limit() -> None:
    assert found((8, 8), (8, 8), (0, 0), limits=Limits(total=None)) == []


def test_an_incomplete_sheet_takes_no_part() -> None:
    assert found((8, 8), (8, 8), (None, 0), limits=TOTALS) == []


def test_the_figures_are_exact() -> None:
    sheets = [Sheet(nomination="n", expert=name, marks={"a": a, "b": 9}) for name, a in (("x", 9), ("y", 8), ("z", 8), ("w", 0))]
    assert outliers.outliers(nomination="n", sheets=sheets, scale=SCALE, limits=Limits(total=Fraction(30))) == (
        Outlier(
            nomination="n",
            expert="w",
            criterion=None,
            direction=Direction.LOW,
            value=Fraction(45),
            others=Fraction(90 + 85 + 85, 3),
            distance=Fraction(260, 3) - 45,
        ),
    )
