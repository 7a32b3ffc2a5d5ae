"""The rules of a selection as data: places, limits by province and region, a threshold; and the arithmetic of what they leave possible.

Provinces lie in regions and regions in the nation, so the limits form a laminar family. A set can be completed to a full selection iff,
from the provinces up to the nation, low <= high in every zone, where

    low  = max(minimum, chosen, sum of low below)          what the zone must still come to
    high = min(maximum, sum of high below)                 what it can come to; in a province, at most its candidates
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Level(Enum):
    """Which kind of zone a rule speaks of."""

    PROVINCE = "province"
    """The cities of one province."""
    REGION = "region"
    """The cities of the provinces of one region."""
    NATION = "nation"
    """All cities."""


class Bound(Enum):
    """Which side a rule bounds."""

    MINIMUM = "minimum"
    """At least so many."""
    MAXIMUM = "maximum"
    """At most so many."""
    EXACTLY = "exactly"
    """The number of places, no more and no fewer."""
    THRESHOLD = "threshold"
    """A score below the mark is not chosen."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A province, a region or the nation (code "")."""

    level: Level
    code: str = ""


NATION = Zone(Level.NATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A clause, announced under that number, that bounds one province or region, or, with code None, each that has a candidate.

    On the same side, a limit for one zone takes the place of the limit for each.
    """

    clause: str
    level: Level
    bound: Bound
    number: int
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that the selection obeys. Raises ValueError for clauses named twice, negative numbers, and limits on no zone."""

    places: int
    limits: tuple[Limit, ...] = ()
    threshold: Fraction | None = None
    places_clause: str = "places"
    threshold_clause: str = "threshold"

    def __post_init__(self) -> None:
        clauses = [self.places_clause, self.threshold_clause, *(limit.clause for limit in self.limits)]
        if len(set(clauses)) != len(clauses):
            raise ValueError("a clause appears twice")
        if self.places < 0 or any(limit.number < 0 for limit in self.limits):
            raise ValueError("a number of places is not negative")
        if any(limit.level is Level.NATION or limit.bound not in {Bound.MINIMUM, Bound.MAXIMUM} for limit in self.limits):
            raise ValueError("a limit bounds provinces or regions, from below or from above")
        if len({(limit.level, limit.code, limit.bound) for limit in self.limits}) != len(self.limits):
            raise ValueError("two limits bound the same side of the same zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ranked nomination. Candidates of equal rank are tied."""

    nomination: str
    rank: int
    score: Fraction
    province: str
    region: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause as it applies to one zone. `number` is the bound, or the threshold."""

    clause: str
    zone: Zone
    bound: Bound
    number: int | Fraction


class Tree:
    """The zones of the candidates, provinces first and the nation last, with the rules that apply to each.

    `above` names the zone around each, `below` those inside; `available` counts the candidates of a province who reach the threshold.
    Raises ValueError when a province lies in two regions.
    """

    def __init__(self, candidates: Iterable[Candidate], rules: Rules) -> None:
        found = list(candidates)
        self.above = _above(found, rules)
        self.zones = (*self.above, NATION)
        self.below: dict[Zone, list[Zone]] = {zone: [] for zone in self.zones}
        for zone, around in self.above.items():
            self.below[around].append(zone)
        self.available = Counter(Zone(Level.PROVINCE, candidate.province) for candidate in found if passes(candidate, rules))
        self.minimum = {zone: rule for zone in self.above if (rule := _applying(rules, zone, Bound.MINIMUM))}
        self.maximum = {zone: rule for zone in self.above if (rule := _applying(rules, zone, Bound.MAXIMUM))}
        self.places = Rule(rules.places_clause, NATION, Bound.EXACTLY, rules.places)
        self.maximum[NATION] = self.places
        self.high: dict[Zone, int] = {}
        for zone in self.zones:
            reachable = self.available[zone] + sum(self.high[inner] for inner in self.below[zone])
            self.high[zone] = min(reachable, int(self.maximum[zone].number)) if zone in self.maximum else reachable

        self.paths = {zone.code: (zone, around, NATION) for zone, around in self.above.items() if zone.level is Level.PROVINCE}

    def path(self, candidate: Candidate) -> tuple[Zone, ...]:
        """The zones that the candidate lies in, innermost first."""
        return self.paths[candidate.province]

    def inside(self, zone: Zone) -> Iterator[Zone]:
        """The zone and all zones inside it, innermost first."""
        for inner in self.below[zone]:
            yield from self.inside(inner)
        yield zone


class Tally:
    """The candidates taken so far, and what each zone must still come to.

    `floor` is what those taken and the minima of inner zones bind of a zone; `low` is floor or the zone's own minimum, if greater.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.taken: list[Candidate] = []
        self.floor: dict[Zone, int] = {}
        self.low: dict[Zone, int] = {}
        for zone in tree.zones:
            self.floor[zone] = sum(self.low[inner] for inner in tree.below[zone])
            self.low[zone] = max(self.floor[zone], int(tree.minimum[zone].number) if zone in tree.minimum else 0)

    def copy(self) -> "Tally":
        """The same state, to go on from separately."""
        twin = Tally.__new__(Tally)
        twin.tree, twin.taken, twin.floor, twin.low = self.tree, self.taken.copy(), self.floor.copy(), self.low.copy()
        return twin

    def possible(self) -> bool:
        """Whether the selection can be completed at all."""
        within = all(self.low[zone] <= self.tree.high[zone] for zone in self.tree.zones)
        return within and self.tree.high[NATION] == self.tree.places.number

    def obstacle(self, candidate: Candidate) -> Zone | None:
        """The innermost zone without room for the candidate, or None when the selection can still be completed with it."""
        for zone in self.tree.path(candidate):
            if self.floor[zone] < self.low[zone]:
                return None  # the candidate counts towards a minimum that was bound anyway
            if self.low[zone] == self.tree.high[zone]:
                return zone
        return None

    def take(self, candidate: Candidate) -> None:
        """Add the candidate, for whom there must be no obstacle."""
        self.taken.append(candidate)
        for zone in self.tree.path(candidate):
            self.floor[zone] += 1
            if self.floor[zone] <= self.low[zone]:
                return
            self.low[zone] = self.floor[zone]

    def count(self, zone: Zone) -> int:
        """Candidates taken in the zone."""
        return sum(zone in self.tree.path(candidate) for candidate in self.taken)

    def unmet(self, zone: Zone) -> dict[Rule, int]:
        """The minima in and under the zone that bind places for candidates yet to come, with the number of those places."""
        return {self.tree.minimum[z]: self.low[z] - self.floor[z] for z in self.tree.inside(zone) if self.floor[z] < self.low[z]}


def passes(candidate: Candidate, rules: Rules) -> bool:
    """Whether the score reaches the threshold, if there is one."""
    return rules.threshold is None or candidate.score >= rules.threshold


def _above(candidates: Iterable[Candidate], rules: Rules) -> dict[Zone, Zone]:
    """The zone around each; zones that a limit names but no candidate comes from lie straight in the nation."""
    regions: dict[str, str] = {}
    for candidate in candidates:
        if regions.setdefault(candidate.province, candidate.region) != candidate.region:
            raise ValueError(f"province {candidate.province} lies in two regions")
    above = {Zone(Level.PROVINCE, province): Zone(Level.REGION, regions[province]) for province in sorted(regions)}
    named = [Zone(limit.level, limit.code) for limit in rules.limits if limit.code is not None]
    bare = {zone: NATION for zone in named if zone.level is Level.PROVINCE and zone not in above}
    around = [*sorted(set(regions.values())), *(zone.code for zone in named if zone.level is Level.REGION)]
    return above | bare | {Zone(Level.REGION, region): NATION for region in around}


def _applying(rules: Rules, zone: Zone, bound: Bound) -> Rule | None:
    """The limit of the zone itself, or else that of each such zone."""
    limits = {limit.code: limit for limit in rules.limits if limit.level is zone.level and limit.bound is bound}
    limit = limits.get(zone.code) or limits.get(None)
    return Rule(limit.clause, zone, bound, limit.number) if limit else None
