"""Abnormally high and low marks (畸高畸低), each against the other sheets of the same nomination.

The sheet farthest from the mean of the others is flagged when the distance exceeds the limit; it is then set aside, because it pulls
that mean towards itself and would make sound sheets look abnormal, and the rest are looked at again while enough sheets remain. Nothing is
changed: the expert is asked to confirm or explain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from review.methods.scores import Scale, Sheet, mean, total


class Direction(Enum):
    """On which side of the others a value stands."""

    HIGH = "high"
    """畸高: far above the others."""
    LOW = "low"
    """畸低: far below the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far is too far, in points of 100; a criterion's marks are first scaled to 100. None: not looked at.

    Below `fewest` sheets nobody can say which of them is the abnormal one.
    """

    total: Fraction | None = Fraction(20)
    criterion: Fraction | None = None
    fewest: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """A value far from the others'; `criterion` is None for the total. All three figures are in points of 100; distance > 0."""

    nomination: str
    expert: str
    criterion: str | None
    direction: Direction
    value: Fraction
    others: Fraction
    distance: Fraction


def outliers(*, nomination: str, sheets: Iterable[Sheet], scale: Scale, limits: Limits) -> tuple[Outlier, ...]:
    """The abnormal totals, then the abnormal marks in the order of the criteria. Incomplete sheets take no part."""
    totals = {sheet.expert: (sheet, value) for sheet in sheets if (value := total(sheet, criteria=scale.criteria)) is not None}
    found = list(_far(nomination, None, {expert: value for expert, (_, value) in totals.items()}, limits.total, limits.fewest))
    for criterion in scale.criteria:
        marks = {expert: Fraction(100 * (sheet.marks[criterion.code] or 0), criterion.max_mark) for expert, (sheet, _) in totals.items()}
        found += _far(nomination, criterion.code, marks, limits.criterion, limits.fewest)
    return tuple(found)


def _far(nomination: str, criterion: str | None, values: Mapping[str, Fraction], limit: Fraction | None, fewest: int) -> Iterable[Outlier]:
    left = dict(sorted(values.items()))
    while limit is not None and len(left) >= max(fewest, 2):
        others = {expert: mean([other for name, other in left.items() if name != expert]) for expert in left}
        greatest = max(abs(value - others[expert]) for expert, value in left.items())
        if greatest <= limit:
            return
        for expert in [name for name, value in left.items() if abs(value - others[name]) == greatest]:
            value = left.pop(expert)
            yield Outlier(
                nomination=nomination,
                expert=expert,
                criterion=criterion,
                direction=Direction.HIGH if value > others[expert] else Direction.LOW,
                value=value,
                others=others[expert],
                distance=greatest,
            )
