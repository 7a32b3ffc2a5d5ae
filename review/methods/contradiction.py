"""The smallest set of rules that cannot hold together.

In a tree of zones the rules contradict each other iff in some zone what is asked for from below exceeds what is allowed from below or
available. For every zone and value a table holds the fewest rules that prove "at least so many" and the fewest that prove "at most so
many"; the smallest contradiction is the cheapest pair of proofs that collide. Tables of inner zones are summed like a knapsack.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from operator import ge, le

from review.methods.quotas import NATION, Bound, Candidate, Rule, Rules, Tree, Zone


@dataclass(frozen=True, slots=True)
class Available:
    """A fact: so many candidates of the zone may be chosen at all."""

    zone: Zone
    number: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """As few rules as possible that cannot hold together, given the candidates that there are.

    It shows in `zone`: the rules ask for at least `asked` cities there and allow, or find, no more than `allowed`.
    """

    zone: Zone
    asked: int
    allowed: int
    rules: tuple[Rule, ...]
    available: tuple[Available, ...]


@dataclass(frozen=True, slots=True)
class _Proof:
    rules: frozenset[Rule] = frozenset()
    facts: frozenset[Available] = frozenset()

    @property
    def size(self) -> tuple[int, int]:
        return len(self.rules), len(self.facts)

    def __or__(self, other: "_Proof") -> "_Proof":
        return _Proof(self.rules | other.rules, self.facts | other.facts)


_Table = dict[int, _Proof]
_NOTHING: _Table = {0: _Proof()}


def smallest(candidates: Iterable[Candidate], rules: Rules) -> Contradiction | None:
    """The smallest contradiction, or None when the rules can hold together. The threshold counts as a rule when it is needed."""
    found = list(candidates)
    lenient = _smallest(Tree(found, replace(rules, threshold=None)), frozenset())
    if rules.threshold is None:
        return lenient
    threshold = Rule(rules.threshold_clause, NATION, Bound.THRESHOLD, rules.threshold)
    strict = _smallest(Tree(found, rules), frozenset({threshold}))
    return min((one for one in (lenient, strict) if one), key=_size, default=None)


def _smallest(tree: Tree, assumed: frozenset[Rule]) -> Contradiction | None:
    best: Contradiction | None = None
    least: dict[Zone, _Table] = {}
    most: dict[Zone, _Table] = {}
    for zone in tree.zones:
        least[zone] = _least(tree, zone, least)
        most[zone] = _most(tree, zone, most)
        for asked, below in least[zone].items():
            for allowed, above in most[zone].items():
                if asked > allowed:
                    both = below | above
                    found = _contradiction(zone, asked, allowed, _Proof(both.rules | assumed, both.facts))
                    best = found if best is None or _size(found) < _size(best) else best
    return best


def _least(tree: Tree, zone: Zone, inner: dict[Zone, _Table]) -> _Table:
    table = _NOTHING
    for below in tree.below[zone]:
        table = _summed(table, inner[below], ge)
    rule = tree.places if zone == NATION else tree.minimum.get(zone)
    return _thinned([*_asserted(rule), *table.items()], ge)


def _most(tree: Tree, zone: Zone, inner: dict[Zone, _Table]) -> _Table:
    table = _NOTHING
    for below in tree.below[zone]:
        table = _summed(table, inner[below], le)
    there = sum(tree.available[z] for z in tree.inside(zone))
    fact = (there, _Proof(facts=frozenset({Available(zone, there)})))
    summed = table.items() if tree.below[zone] else ()
    return _thinned([fact, *_asserted(tree.maximum.get(zone)), *summed], le)


def _asserted(rule: Rule | None) -> list[tuple[int, _Proof]]:
    return [(int(rule.number), _Proof(frozenset({rule})))] if rule else []


def _summed(one: _Table, other: _Table, stronger: Callable[[int, int], bool]) -> _Table:
    return _thinned([(a + b, p | q) for a, p in one.items() for b, q in other.items()], stronger)


def _thinned(entries: list[tuple[int, _Proof]], stronger: Callable[[int, int], bool]) -> _Table:
    """Keep a value only when no proof of at most its size proves as strong a one."""
    kept: _Table = {}
    for value, proof in sorted(entries, key=lambda entry: (entry[1].size, -entry[0] if stronger is ge else entry[0])):
        if not any(stronger(known, value) for known in kept):
            kept[value] = proof
    return kept


def _contradiction(zone: Zone, asked: int, allowed: int, proof: _Proof) -> Contradiction:
    rules = sorted(proof.rules, key=lambda rule: (rule.zone.level.value, rule.zone.code, rule.clause))
    facts = sorted(proof.facts, key=lambda fact: (fact.zone.level.value, fact.zone.code))
    return Contradiction(zone, asked, allowed, tuple(rules), tuple(facts))


def _size(found: Contradiction) -> tuple[int, int]:
    return len(found.rules), len(found.available)
