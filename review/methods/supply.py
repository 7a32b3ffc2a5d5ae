"""Compare the supply of experts with the demand for them before anything is solved, and say what is missing.

Whether all seats can be filled is a maximum flow, and when they cannot, the minimum cut on the side of the sink names the nominations
that compete for too few experts (Ford & Fulkerson 1956; Hall's condition with capacities).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from ortools.graph.python import max_flow

from review.methods import matching
from review.methods.matching import Expert, Fit, Nomination, Openings, OpenPair, Problem


@dataclass(frozen=True, slots=True)
class Lack:
    """A nomination for which fewer experts are free than it has seats, whatever the loads.

    `free` counts experts who may sit on it, one for each group. `experts_needed` more are wanted, who are free of `province`.
    """

    nomination: str
    province: str
    fields: frozenset[str]
    seats: int
    free: int
    experts_needed: int


@dataclass(frozen=True, slots=True)
class FieldLack:
    """Nominations of one province about the same fields, for which the experts with a core field among them are too few.

    Not an obstacle: experts of near or general fit can fill the seats.
    """

    fields: frozenset[str]
    province: str
    nominations: tuple[str, ...]
    experts_needed: int


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Nominations whose open seats exceed what the experts free for them can take; every one of those experts is at the greatest load.

    `experts_needed` is the least number of new experts, free for every nomination and of the greatest load in the pool, who would fill
    all seats.
    """

    nominations: tuple[str, ...]
    experts: tuple[str, ...]
    seats: int
    fillable: int
    experts_needed: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Seats wanted, seats the experts could take by their loads alone, seats that can really be filled, and what is missing."""

    seats: int
    capacity: int
    fillable: int
    lacks: tuple[Lack, ...]
    field_lacks: tuple[FieldLack, ...]
    bottleneck: Bottleneck | None


def supply_and_demand(problem: Problem) -> Supply:
    """What the pool can do for this round. Pinned pairs count as filled. Raises matching.PinError."""
    openings = matching.openings(problem)
    network = _Network(openings)
    return Supply(
        seats=sum(nomination.seats for nomination in problem.nominations),
        capacity=sum(expert.max_load for expert in problem.experts),
        fillable=len(problem.pinned) + network.fillable,
        lacks=tuple(_lacks(problem, openings)),
        field_lacks=tuple(_field_lacks(problem)),
        bottleneck=_bottleneck(problem, openings, network),
    )


def _lacks(problem: Problem, openings: Openings) -> Iterable[Lack]:
    pinned = Counter(pair.nomination for pair in problem.pinned)
    free = _free(openings.pairs)
    for nomination in sorted(problem.nominations, key=lambda n: n.id):
        number = pinned[nomination.id] + free.get(nomination.id, 0)
        if number < nomination.seats:
            needed = nomination.seats - number
            yield Lack(nomination.id, nomination.province, nomination.fields, nomination.seats, number, needed)


def _free(pairs: Iterable[OpenPair]) -> Mapping[str, int]:
    """Open experts by nomination, one for each group."""
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in pairs:
        groups[pair.nomination].add(("expert", pair.expert) if pair.group is None else ("group", pair.group))
    return {nomination: len(distinct) for nomination, distinct in groups.items()}


def _field_lacks(problem: Problem) -> Iterable[FieldLack]:
    wanted: dict[tuple[tuple[str, ...], str], list[tuple[str, int]]] = defaultdict(list)
    for nomination in sorted(problem.nominations, key=lambda n: n.id):
        if (needed := nomination.seats - _core_experts(problem, nomination)) > 0:
            wanted[tuple(sorted(nomination.fields)), nomination.province].append((nomination.id, needed))
    for (fields, province), found in sorted(wanted.items()):
        yield FieldLack(frozenset(fields), province, tuple(name for name, _ in found), max(needed for _, needed in found))


def _core_experts(problem: Problem, nomination: Nomination) -> int:
    """Experts with a core field of the nomination who may sit on it, one for each group."""
    able = [expert for expert in problem.experts if _may_judge_at_heart(problem, nomination, expert)]
    return len({("expert", expert.id) if expert.group is None else ("group", expert.group) for expert in able})


def _may_judge_at_heart(problem: Problem, nomination: Nomination, expert: Expert) -> bool:
    if expert.max_load == 0 or matching.fit(nomination=nomination, expert=expert) is not Fit.CORE:
        return False
    return matching.exclusion(problem, nomination=nomination, expert=expert) is None


def _bottleneck(problem: Problem, openings: Openings, network: "_Network") -> Bottleneck | None:
    names, experts = network.starved()
    if not names:
        return None
    seats, fillable = sum(openings.seats[name] for name in names), sum(network.filled[name] for name in names)
    return Bottleneck(names, experts, seats, fillable, _experts_needed(problem, openings, seats - fillable))


def _experts_needed(problem: Problem, openings: Openings, missing: int) -> int:
    load = max((expert.max_load for expert in problem.experts), default=0) or len(problem.nominations)
    wanted = sum(openings.seats.values())
    return next(number for number in count(-(-missing // load)) if _Network(openings, new=(number, load)).fillable == wanted)


class _Network:
    """As many seats as possible: source 0, sink 1, `new` experts who may sit anywhere 2, then experts, nominations, shared groups."""

    def __init__(self, openings: Openings, *, new: tuple[int, int] = (0, 0)) -> None:
        self.experts = {name: 3 + i for i, name in enumerate(openings.loads)}
        self.nominations = {name: 3 + len(self.experts) + i for i, name in enumerate(openings.seats)}
        groups = dict.fromkeys((pair.nomination, pair.group) for pair in openings.pairs if pair.group is not None)
        base = 3 + len(self.experts) + len(self.nominations)
        self.groups = {key: base + i for i, key in enumerate(groups)}
        self.solver = max_flow.SimpleMaxFlow()
        arcs = np.array([*self._ends(openings, *new), *self._pairs(openings)], dtype=np.int64).T
        self.solver.add_arcs_with_capacity(*arcs)
        self.solver.solve(0, 1)
        self.fillable: int = self.solver.optimal_flow()
        filled = self.solver.flows(np.arange(len(openings.seats)))  # the arcs of the seats come first
        self.filled: dict[str, int] = dict(zip(openings.seats, filled.tolist(), strict=True))

    def starved(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Nominations and experts that can still reach the sink: the cut nearest to it."""
        side = set(self.solver.get_sink_side_min_cut())
        return (
            tuple(name for name, node in self.nominations.items() if node in side),
            tuple(name for name, node in self.experts.items() if node in side),
        )

    def _ends(self, openings: Openings, number: int, load: int) -> Iterable[tuple[int, int, int]]:
        yield from ((self.nominations[name], 1, seats) for name, seats in openings.seats.items())
        yield from ((0, self.experts[name], greatest - carried) for name, (carried, greatest) in openings.loads.items())
        yield 0, 2, number * load
        yield from ((2, node, number) for node in self.nominations.values())

    def _pairs(self, openings: Openings) -> Iterable[tuple[int, int, int]]:
        yield from ((node, self.nominations[nomination], 1) for (nomination, _), node in self.groups.items())
        for pair in openings.pairs:
            end = self.nominations[pair.nomination] if pair.group is None else self.groups[pair.nomination, pair.group]
            yield self.experts[pair.expert], end, 1
