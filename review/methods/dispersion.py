"""How far the sheets agree. Advice for people: it never changes a score.

One-way analysis of variance over I nominations with n_i sheets each, N in all (Shrout & Fleiss, Psychological Bulletin 86, 1979, case 1):

    MSB = sum n_i (mean_i - mean)^2 / (I - 1)          MSW = sum (total - mean_i)^2 / (N - I)
    ICC(1,1) = (MSB - MSW) / (MSB + (n0 - 1) MSW)      n0 = (N - sum n_i^2 / N) / (I - 1), which is k where every n_i is k
    ICC(1,k) = (MSB - MSW) / MSB

It belongs to designs in which other experts judge every nomination. Never judge a panel by the agreement among the chosen alone: a narrow
range pulls it towards zero by construction.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from review.methods.scores import mean

Totals = Mapping[str, Mapping[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Spread:
    """One nomination: number of sheets, mean and sample standard deviation of the totals (None below two sheets), and their ends."""

    nomination: str
    sheets: int
    mean: Fraction
    deviation: float | None
    lowest: Fraction
    highest: Fraction


@dataclass(frozen=True, slots=True)
class Reliability:
    """ICC(1,1) of a single sheet and ICC(1,k) of the mean of `sheets` (n0) sheets; at most 1, negative when sheets disagree."""

    single: float
    average: float
    sheets: float


@dataclass(frozen=True, slots=True)
class Severity:
    """How an expert's totals differ on average from the mean of the other sheets on the same nominations, in points; below 0 is strict.

    `nominations` counts those with another sheet. Comparable only among experts whom shared nominations connect (see
    `assignment.components`).
    """

    expert: str
    deviation: Fraction
    nominations: int


def spreads(totals: Totals) -> tuple[Spread, ...]:
    """Of each nomination with a sheet; `totals` are by nomination, then by expert."""
    return tuple(_spread(nomination, sorted(by_expert.values())) for nomination, by_expert in sorted(totals.items()) if by_expert)


def reliability(totals: Totals) -> Reliability | None:
    """None where it is not defined: fewer than two nominations, nowhere two sheets, or all means equal."""
    groups = [list(by_expert.values()) for by_expert in totals.values() if by_expert]
    sheets = sum(len(group) for group in groups)
    if len(groups) < 2 or sheets == len(groups):  # noqa: PLR2004  nothing to compare
        return None
    grand = mean([value for group in groups for value in group])
    between = sum(len(group) * (mean(group) - grand) ** 2 for group in groups) / (len(groups) - 1)
    within = sum(_squares(group) for group in groups) / (sheets - len(groups))
    size = (sheets - Fraction(sum(len(group) ** 2 for group in groups), sheets)) / (len(groups) - 1)
    if between == 0:
        return None
    single = (between - within) / (between + (size - 1) * within)
    return Reliability(single=float(single), average=float((between - within) / between), sheets=float(size))


def severities(totals: Totals) -> tuple[Severity, ...]:
    """Of each expert who shares a nomination with another, the strictest first."""
    gaps: dict[str, list[Fraction]] = defaultdict(list)
    for by_expert in totals.values():
        whole = sum(by_expert.values(), Fraction(0))
        for expert, value in by_expert.items():
            if len(by_expert) > 1:
                gaps[expert].append(value - (whole - value) / (len(by_expert) - 1))
    found = [Severity(expert, mean(values), len(values)) for expert, values in gaps.items()]
    return tuple(sorted(found, key=lambda severity: (severity.deviation, severity.expert)))


def _spread(nomination: str, ordered: list[Fraction]) -> Spread:
    deviation = sqrt(_squares(ordered) / (len(ordered) - 1)) if len(ordered) > 1 else None
    return Spread(nomination, len(ordered), mean(ordered), deviation, ordered[0], ordered[-1])


def _squares(values: list[Fraction]) -> Fraction:
    centre = mean(values)
    return sum(((value - centre) ** 2 for value in values), Fraction(0))
