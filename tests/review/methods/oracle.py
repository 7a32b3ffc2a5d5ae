"""Selections by trying every set, and by integer programming: two other ways to the same answer."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, groupby, permutations, product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from review.methods.quotas import NATION, Bound, Candidate, Level, Rule, Rules, Zone

Chosen = frozenset[str]


def zones_of(candidate: Candidate) -> tuple[Zone, ...]:
    return Zone(Level.PROVINCE, candidate.province), Zone(Level.REGION, candidate.region), NATION


def instances(candidates: Collection[Candidate], rules: Rules) -> set[Rule]:
    """Each clause as it applies to each zone; what is written for one zone goes before what is written for each."""
    zones = {zone for candidate in candidates for zone in zones_of(candidate)}
    zones |= {Zone(limit.level, limit.code) for limit in rules.limits if limit.code}
    found = {Rule(rules.places_clause, NATION, Bound.EXACTLY, rules.places)}
    if rules.threshold is not None:
        found.add(Rule(rules.threshold_clause, NATION, Bound.THRESHOLD, rules.threshold))
    for zone, bound in product(zones, (Bound.MINIMUM, Bound.MAXIMUM)):
        fitting = [
            limit for limit in rules.limits if limit.level is zone.level and limit.bound is bound and limit.code in {None, zone.code}
        ]
        for limit in sorted(fitting, key=lambda limit: limit.code is None)[:1]:
            found.add(Rule(limit.clause, zone, bound, limit.number))
    return found


def keeps(rule: Rule, chosen: Iterable[Candidate]) -> bool:
    inside = [candidate for candidate in chosen if rule.zone in zones_of(candidate)]
    if rule.bound is Bound.THRESHOLD:
        return all(candidate.score >= rule.number for candidate in inside)
    if rule.bound is Bound.MINIMUM:
        return len(inside) >= rule.number
    return len(inside) == rule.number if rule.bound is Bound.EXACTLY else len(inside) <= rule.number


def possible_sets(candidates: Sequence[Candidate], rules: Iterable[Rule]) -> list[tuple[Candidate, ...]]:
    ruled = list(rules)
    subsets = chain.from_iterable(combinations(candidates, size) for size in range(len(candidates) + 1))
    return [subset for subset in subsets if all(keeps(rule, subset) for rule in ruled)]


def orders(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """The ranking with each tie resolved in every way."""
    groups = [list(group) for _, group in groupby(candidates, key=lambda candidate: candidate.rank)]
    for resolved in product(*(permutations(group) for group in groups)):
        yield list(chain.from_iterable(resolved))


def walked(order: list[Candidate], sets: list[Chosen]) -> Chosen:
    """Take each in turn when some possible set still holds everybody taken."""
    taken: Chosen = frozenset()
    for candidate in order:
        more = taken | {candidate.nomination}
        if any(more <= possible for possible in sets):
            taken = more
    return taken


def smallest_contradiction(candidates: Sequence[Candidate], rules: Rules) -> int | None:
    """The size of the smallest set of rules that no selection keeps."""
    ruled = sorted(instances(candidates, rules), key=str)
    for size in range(len(ruled) + 1):
        if any(not possible_sets(candidates, some) for some in combinations(ruled, size)):
            return size
    return None


def best_total(candidates: Sequence[Candidate], rules: Rules) -> Fraction | None:
    """The greatest total score by integer programming (HiGHS), recomputed exactly from the set that it finds."""
    ruled = instances(candidates, rules)
    eligible = np.array([all(keeps(rule, [c]) for rule in ruled if rule.bound is Bound.THRESHOLD) for c in candidates], dtype=float)
    constraints = []
    for rule in ruled:
        if rule.bound is not Bound.THRESHOLD:
            inside = np.array([[float(rule.zone in zones_of(candidate)) for candidate in candidates]])
            low = -np.inf if rule.bound is Bound.MAXIMUM else float(rule.number)
            constraints.append(LinearConstraint(inside, low, np.inf if rule.bound is Bound.MINIMUM else float(rule.number)))
    gain = -np.array([float(candidate.score) for candidate in candidates])
    answer = milp(gain, constraints=constraints, integrality=np.ones(len(candidates)), bounds=Bounds(0, eligible))
    if answer.x is None:
        return None
    return sum((c.score for c, taken in zip(candidates, answer.x, strict=True) if taken > 0.5), Fraction(0))
