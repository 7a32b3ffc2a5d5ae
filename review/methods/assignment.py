"""Assign experts to nominations by one exact min-cost flow in integers.

    source -> expert                      the i-th nomination of an expert costs load·i        (loads come out even)
    expert -> (nomination, group)         cost of the fit; no arc where the expert is excluded
    (nomination, group) -> nomination     at most one expert of a group on a nomination
    source -> nomination                  the i-th empty seat costs i·P                        (always feasible, shortages spread evenly)

Among assignments of equal cost the least sum of `matching.tie` wins. When that is not unique either (the chance is below one in a
million), the ties are hashed anew with the next attempt number, so the result depends on the problem alone: not on the order in which it
was written down, nor on the solver. The prices of the nodes prove it optimal; `certificate.check` needs no solver.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Self

import numpy as np

from review.methods import flow, matching
from review.methods.matching import Exclusion, Fit, Nomination, Openings, Pair, Problem

Price = tuple[int, int]
Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Prices (cost, tie) of the nodes, the source being (0, 0); nodes that pinned pairs fill completely have none."""

    attempt: int
    experts: Mapping[str, Price]
    groups: Mapping[Group, Price]
    nominations: Mapping[str, Price]

    def as_data(self) -> dict[str, Any]:
        """Lists and integers for JSON; for fewer than 8,000 experts every integer stays within 2^53, as RFC 8785 asks."""
        return {
            "attempt": self.attempt,
            "experts": [[name, *price] for name, price in sorted(self.experts.items())],
            "groups": [[*key, *price] for key, price in sorted(self.groups.items())],
            "nominations": [[name, *price] for name, price in sorted(self.nominations.items())],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The certificate that `as_data` wrote."""
        return cls(
            attempt=data["attempt"],
            experts={name: (cost, tie) for name, cost, tie in data["experts"]},
            groups={(nomination, group): (cost, tie) for nomination, group, cost, tie in data["groups"]},
            nominations={name: (cost, tie) for name, cost, tie in data["nominations"]},
        )


@dataclass(frozen=True, slots=True)
class Shortage:
    """A nomination with `missing` empty seats, and what keeps each expert who does not sit on it away.

    `excluded` counts by reason; `same_group` may, but someone of their group sits there already; `full` may, but carry their greatest
    load. Together with the seated experts these are all experts.
    """

    nomination: str
    missing: int
    excluded: Mapping[Exclusion, int]
    same_group: int
    full: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """All pairs, pinned ones included, in order; the seats that nobody can fill; the proof that nothing better exists."""

    pairs: tuple[Pair, ...]
    shortages: tuple[Shortage, ...]
    certificate: Certificate

    def loads(self) -> Counter[str]:
        """Number of nominations of each expert who has any."""
        return Counter(pair.expert for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Component:
    """Nominations and experts that shared seats connect; marks can be compared only inside one."""

    nominations: tuple[str, ...]
    experts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert who could take a seat: fit, and load before taking it."""

    expert: str
    fit: Fit
    load: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """What happens on one nomination: who leaves, who comes, how many seats stay empty."""

    nomination: str
    leaving: tuple[str, ...]
    coming: tuple[str, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Substitution:
    """The problem in which every other seat is pinned, its assignment, and the changes by nomination."""

    problem: Problem
    assignment: Assignment
    replacements: tuple[Replacement, ...]


def assign(problem: Problem) -> Assignment:
    """The best assignment, which is the same whatever the order of the problem's parts. Raises matching.PinError for bad pins."""
    openings = matching.openings(problem)
    drawing = _Drawing(problem, openings)
    attempt, optimum = next((n, found) for n in count() if (found := drawing.solve(attempt=n)).unique)
    chosen = {
        Pair(pair.nomination, pair.expert) for pair, used in zip(openings.pairs, optimum.used[drawing.pairs_at :], strict=True) if used
    }
    pairs = tuple(sorted(problem.pinned | chosen))
    return Assignment(pairs, shortages(problem, pairs=pairs), drawing.certificate(attempt, optimum))


def substitute(problem: Problem, assignment: Assignment, *, declined: Iterable[Pair]) -> Substitution:
    """Fill the declined seats at least cost while every other seat, filled or empty, stays as it is."""
    gone = frozenset(declined)
    if missing := gone - set(assignment.pairs):
        raise ValueError(f"not in the assignment: {sorted(missing)}")
    kept = frozenset(assignment.pairs) - gone
    filled, freed = Counter(pair.nomination for pair in kept), Counter(pair.nomination for pair in gone)
    narrowed = replace(
        problem,
        nominations=tuple(replace(n, seats=filled[n.id] + freed[n.id]) for n in problem.nominations),
        forbidden={**problem.forbidden, **dict.fromkeys(gone, Exclusion.DECLINED)},
        pinned=kept,
    )
    found = assign(narrowed)
    return Substitution(narrowed, found, tuple(_replacement(nomination, gone, kept, found) for nomination in sorted(freed)))


def candidates(problem: Problem, assignment: Assignment, *, nomination: str) -> tuple[Candidate, ...]:
    """Experts who could take one more seat on the nomination, best first: fit and load as the costs weigh them, then the tie."""
    wanted = next(n for n in problem.nominations if n.id == nomination)
    loads, seated = assignment.loads(), {pair.expert for pair in assignment.pairs if pair.nomination == nomination}
    groups = {expert.group for expert in problem.experts if expert.id in seated} - {None}
    free = [
        Candidate(expert.id, matching.fit(nomination=wanted, expert=expert), loads[expert.id])
        for expert in problem.experts
        if loads[expert.id] < expert.max_load
        and expert.id not in seated
        and expert.group not in groups
        and matching.exclusion(problem, nomination=wanted, expert=expert) is None
    ]
    return tuple(sorted(free, key=lambda candidate: _order(problem, nomination, candidate)))


def shortages(problem: Problem, *, pairs: Iterable[Pair]) -> tuple[Shortage, ...]:
    """The nominations with fewer experts than seats, and what keeps the others away."""
    seated: dict[str, set[str]] = {nomination.id: set() for nomination in problem.nominations}
    for pair in pairs:
        seated[pair.nomination].add(pair.expert)
    short = [n for n in problem.nominations if len(seated[n.id]) < n.seats]
    return tuple(_shortage(problem, n, seated[n.id]) for n in sorted(short, key=lambda n: n.id))


def components(pairs: Iterable[Pair]) -> tuple[Component, ...]:
    """The connected parts of the graph of seats, largest first. More than one: severity cannot be compared across them."""
    parts: dict[tuple[bool, str], set[tuple[bool, str]]] = {}
    for pair in pairs:
        left, right = (False, pair.nomination), (True, pair.expert)
        small, large = sorted((parts.get(left, {left}), parts.get(right, {right})), key=len)
        if small is not large:
            large |= small
            parts.update(dict.fromkeys(small, large))
        parts[left] = parts[right] = large
    distinct = {id(part): part for part in parts.values()}.values()
    found = [Component(_side(part, experts=False), _side(part, experts=True)) for part in distinct]
    return tuple(sorted(found, key=lambda c: (-len(c.nominations) - len(c.experts), c.nominations)))


def _side(part: set[tuple[bool, str]], *, experts: bool) -> tuple[str, ...]:
    return tuple(sorted(name for is_expert, name in part if is_expert is experts))


def _replacement(nomination: str, gone: frozenset[Pair], kept: frozenset[Pair], found: Assignment) -> Replacement:
    leaving = tuple(sorted(pair.expert for pair in gone if pair.nomination == nomination))
    coming = tuple(pair.expert for pair in found.pairs if pair.nomination == nomination and pair not in kept)
    return Replacement(nomination, leaving, coming, len(leaving) - len(coming))


def _order(problem: Problem, nomination: str, candidate: Candidate) -> Price:
    cost = problem.costs.of(candidate.fit) + problem.costs.load * candidate.load
    return cost, matching.tie(problem, attempt=0, nomination=nomination, expert=candidate.expert)


def _shortage(problem: Problem, nomination: Nomination, seated: set[str]) -> Shortage:
    groups = {expert.group for expert in problem.experts if expert.id in seated} - {None}
    away = [expert for expert in problem.experts if expert.id not in seated]
    reasons = {expert.id: matching.exclusion(problem, nomination=nomination, expert=expert) for expert in away}
    free = [expert for expert in away if reasons[expert.id] is None]
    same_group = sum(expert.group in groups for expert in free)
    excluded = Counter(reason for reason in reasons.values() if reason)
    return Shortage(nomination.id, nomination.seats - len(seated), excluded, same_group, len(free) - same_group)


class _Drawing:
    """The network of the openings: node 0 is the source, then experts, nominations and shared groups; arcs of pairs come last."""

    def __init__(self, problem: Problem, openings: Openings) -> None:
        self.problem, self.openings = problem, openings
        names = [*openings.loads, *openings.seats]
        self.experts = {name: 1 + i for i, name in enumerate(openings.loads)}
        self.nominations = {name: 1 + len(self.experts) + i for i, name in enumerate(openings.seats)}
        shared = dict.fromkeys((pair.nomination, pair.group) for pair in openings.pairs if pair.group is not None)
        self.groups: dict[Group, int] = {key: 1 + len(names) + i for i, key in enumerate(shared)}
        arcs = [*self._loads(), *self._empty_seats(), *self._group_limits()]
        self.pairs_at = len(arcs)
        tail, head, cost = np.array([*arcs, *self._pairs()], dtype=np.int64).reshape(-1, 3).T
        self.network, self.cost = flow.Network(tail, head, self._supply()), cost

    def solve(self, *, attempt: int) -> flow.Optimum:
        """The best flow under the ties of this attempt."""

        def ties(arcs: flow.Integers) -> flow.Integers:
            return np.array([self._tie(int(arc) - self.pairs_at, attempt) for arc in arcs], dtype=np.int64)

        return flow.solve(self.network, first=self.cost, second=ties)

    def certificate(self, attempt: int, optimum: flow.Optimum) -> Certificate:
        """The prices by name."""
        prices = list(zip(optimum.first_prices.tolist(), optimum.second_prices.tolist(), strict=True))
        named = [{name: prices[node] for name, node in nodes.items()} for nodes in (self.experts, self.nominations)]
        return Certificate(attempt, named[0], {key: prices[node] for key, node in self.groups.items()}, named[1])

    def _tie(self, index: int, attempt: int) -> int:
        if index < 0:
            return 0
        pair = self.openings.pairs[index]
        return matching.tie(self.problem, attempt=attempt, nomination=pair.nomination, expert=pair.expert)

    def _loads(self) -> Iterable[tuple[int, int, int]]:
        for name, (load, greatest) in self.openings.loads.items():
            for i in range(load, greatest):
                yield 0, self.experts[name], self.problem.costs.load * i

    def _empty_seats(self) -> Iterable[tuple[int, int, int]]:
        """One arc more than there are seats, so that the source reaches the nomination even when all of them are empty."""
        price = matching.shortage_cost(self.problem)
        for name, seats in self.openings.seats.items():
            for i in range(1, seats + 2):
                yield 0, self.nominations[name], price * i

    def _group_limits(self) -> Iterable[tuple[int, int, int]]:
        for (nomination, _), node in self.groups.items():
            yield node, self.nominations[nomination], 0

    def _pairs(self) -> Iterable[tuple[int, int, int]]:
        for pair in self.openings.pairs:
            end = self.nominations[pair.nomination] if pair.group is None else self.groups[pair.nomination, pair.group]
            yield self.experts[pair.expert], end, pair.cost

    def _supply(self) -> flow.Integers:
        supply = np.zeros(1 + len(self.experts) + len(self.nominations) + len(self.groups), dtype=np.int64)
        for name, seats in self.openings.seats.items():
            supply[self.nominations[name]] = -seats
        supply[0] = -supply.sum()
        return supply
