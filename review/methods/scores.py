"""From marks to the score of a nomination, in exact fractions; rounding happens only on the page.

    total of a sheet   = sum over criteria of weight · mark / max_mark            weights sum to 100, so 0 <= total <= 100
    score, mean        = mean of the totals of the valid sheets
    score, trimmed     = the same without one highest and one lowest total, once there are `trim_from` valid sheets

A sheet counts only when every criterion bears a mark. "Cannot judge" is not zero, and it is not passed on to the other criteria either:
an expert who cannot judge declines the sheet and is replaced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

WEIGHTS = 100


class Aggregation(Enum):
    """How the totals of the sheets become the score."""

    MEAN = "mean"
    """The mean of all valid sheets."""
    TRIMMED = "trimmed"
    """The mean without one highest and one lowest, once there are enough sheets."""


class Standing(Enum):
    """Whether a nomination can be ranked."""

    SCORED = "scored"
    """There are enough valid sheets."""
    TOO_FEW_SHEETS = "too_few_sheets"
    """Fewer valid sheets than the round asks for: flagged, not ranked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion of the round: integer weight, marks from 0 to max_mark."""

    code: str
    weight: int
    max_mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the round scores. Raises ValueError for weights that do not sum to 100, criteria named twice, or senseless numbers."""

    criteria: tuple[Criterion, ...]
    minimum_sheets: int
    aggregation: Aggregation = Aggregation.MEAN
    trim_from: int = 5

    def __post_init__(self) -> None:
        if len({criterion.code for criterion in self.criteria}) != len(self.criteria):
            raise ValueError("a criterion appears twice")
        if sum(criterion.weight for criterion in self.criteria) != WEIGHTS:
            raise ValueError("the weights do not sum to 100")
        if any(criterion.weight < 1 or criterion.max_mark < 1 for criterion in self.criteria):
            raise ValueError("weights and highest marks are at least 1")
        if self.minimum_sheets < 1 or self.trim_from < 3:  # noqa: PLR2004  fewer than three sheets leave nothing once trimmed
            raise ValueError("at least one sheet is needed for a score, three for a trimmed mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A submitted sheet: marks by the code of the criterion; None or absent where the expert gave none."""

    nomination: str
    expert: str
    marks: Mapping[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the valid sheets of one nomination say; `score` is None unless `standing` is SCORED.

    `totals` are by expert; `trimmed` holds the totals left out (lowest, highest); `means` are the mean marks by criterion over all
    valid sheets, trimmed or not, from 0 to max_mark; `incomplete` names the experts whose sheet lacks a mark.
    """

    nomination: str
    standing: Standing
    score: Fraction | None
    totals: Mapping[str, Fraction]
    trimmed: tuple[Fraction, Fraction] | None
    means: Mapping[str, Fraction]
    incomplete: tuple[str, ...]


def total(sheet: Sheet, *, criteria: Iterable[Criterion]) -> Fraction | None:
    """The total from 0 to 100, or None when a mark is absent. Raises ValueError for a mark outside its range."""
    result = Fraction(0)
    for criterion in criteria:
        mark = sheet.marks.get(criterion.code)
        if mark is None:
            return None
        if not 0 <= mark <= criterion.max_mark:
            raise ValueError(f"mark {mark} is outside 0 to {criterion.max_mark}")
        result += Fraction(criterion.weight * mark, criterion.max_mark)
    return result


def score(*, nomination: str, sheets: Iterable[Sheet], scale: Scale) -> Score:
    """The score of one nomination. Raises ValueError for a sheet of another nomination or two sheets of one expert."""
    own = sorted(sheets, key=lambda sheet: sheet.expert)
    if any(sheet.nomination != nomination for sheet in own) or len({sheet.expert for sheet in own}) != len(own):
        raise ValueError("each expert hands in one sheet, on this nomination")
    totals = {sheet.expert: total(sheet, criteria=scale.criteria) for sheet in own}
    valid = {expert: value for expert, value in totals.items() if value is not None}
    enough = len(valid) >= scale.minimum_sheets
    kept, trimmed = _trim(sorted(valid.values()), scale) if enough else ([], None)
    return Score(
        nomination=nomination,
        standing=Standing.SCORED if enough else Standing.TOO_FEW_SHEETS,
        score=mean(kept) if enough else None,
        totals=valid,
        trimmed=trimmed,
        means=_means([sheet for sheet in own if sheet.expert in valid], scale.criteria),
        incomplete=tuple(expert for expert in totals if expert not in valid),
    )


def scores(*, nominations: Iterable[str], sheets: Iterable[Sheet], scale: Scale) -> tuple[Score, ...]:
    """One score for each nomination, in the order given; a nomination without a sheet is flagged, not left out."""
    by_nomination: dict[str, list[Sheet]] = {nomination: [] for nomination in nominations}
    for sheet in sheets:
        by_nomination[sheet.nomination].append(sheet)
    return tuple(score(nomination=nomination, sheets=own, scale=scale) for nomination, own in by_nomination.items())


def mean(values: list[Fraction]) -> Fraction:
    """The exact mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def _trim(ordered: list[Fraction], scale: Scale) -> tuple[list[Fraction], tuple[Fraction, Fraction] | None]:
    if scale.aggregation is Aggregation.MEAN or len(ordered) < scale.trim_from:
        return ordered, None
    return ordered[1:-1], (ordered[0], ordered[-1])


def _means(sheets: list[Sheet], criteria: Iterable[Criterion]) -> dict[str, Fraction]:
    if not sheets:
        return {}
    return {criterion.code: Fraction(sum(sheet.marks[criterion.code] or 0 for sheet in sheets), len(sheets)) for criterion in criteria}
