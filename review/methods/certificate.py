"""Check an assignment against its prices in plain Python, without a solver.

Weak duality: let d be the price of a node. If d[head] <= d[tail] + cost on every unused arc and d[tail] <= d[head] - cost on every used
one, no cycle of changes lowers the cost, so the assignment is optimal. Costs and prices are pairs (cost, tie) that compare one after
the other, which counts the ties only where the costs are equal. It is the only optimum when the arcs on which the prices are exactly met
form no cycle.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from review.methods import matching
from review.methods.assignment import Assignment, Price
from review.methods.matching import Openings, Problem


class Flaw(Enum):
    """What is wrong with an assignment."""

    PINNED_PAIR_MISSING = "pinned_pair_missing"
    """A pair that people settled is not in the assignment."""
    PAIR_NOT_ALLOWED = "pair_not_allowed"
    """The expert is excluded, unknown, or kept out by a pinned pair."""
    TOO_MANY_SEATS = "too_many_seats"
    """The nomination has more experts than seats."""
    OVER_LOAD = "over_load"
    """The expert has more nominations than allowed."""
    SAME_GROUP = "same_group"
    """Two experts of one group sit on the nomination."""
    PRICE_MISSING = "price_missing"
    """The certificate does not name a node."""
    NOT_OPTIMAL = "not_optimal"
    """The prices do not bear out that the assignment is the best."""
    NOT_UNIQUE = "not_unique"
    """Another assignment is exactly as good, so the solver and not the rule has chosen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw and the names of the nomination, group or expert that it touches."""

    flaw: Flaw
    where: tuple[str, ...]


class _Arc(NamedTuple):
    """A residual arc: a change that could be made, at this cost; `tie_of` names the pair whose tie counts, with its sign."""

    tail: tuple[str, ...]
    head: tuple[str, ...]
    cost: int
    tie_of: tuple[str, str] | None = None
    sign: int = 1


def check(problem: Problem, assignment: Assignment) -> tuple[Finding, ...]:
    """Everything that is wrong; empty when the assignment keeps the rules and is proved to be the only best one."""
    openings = matching.openings(problem)
    if broken := tuple(_broken_rules(problem, openings, assignment)):
        return broken
    prices = _prices(assignment)
    arcs = list(_residual(problem, openings, assignment))
    if unpriced := {end for arc in arcs for end in (arc.tail, arc.head)} - prices.keys():
        return tuple(Finding(Flaw.PRICE_MISSING, node) for node in sorted(unpriced))
    slack = {arc: _slack(problem, assignment.certificate.attempt, prices, arc) for arc in arcs}
    if contradicted := [arc for arc in arcs if slack[arc] < (0, 0)]:
        return tuple(Finding(Flaw.NOT_OPTIMAL, arc.tail + arc.head) for arc in contradicted)
    return _ambiguity([arc for arc in arcs if slack[arc] == (0, 0)])


def _broken_rules(problem: Problem, openings: Openings, assignment: Assignment) -> Iterator[Finding]:
    groups = {expert.id: expert.group for expert in problem.experts}
    seats, loads = Counter(pair.nomination for pair in assignment.pairs), Counter(pair.expert for pair in assignment.pairs)
    grouped = Counter((pair.nomination, groups[pair.expert]) for pair in assignment.pairs if groups.get(pair.expert) is not None)
    allowed = problem.pinned | {(pair.nomination, pair.expert) for pair in openings.pairs}
    yield from (Finding(Flaw.PINNED_PAIR_MISSING, pair) for pair in sorted(problem.pinned - set(assignment.pairs)))
    yield from (Finding(Flaw.PAIR_NOT_ALLOWED, pair) for pair in assignment.pairs if pair not in allowed)
    yield from (Finding(Flaw.TOO_MANY_SEATS, (n.id,)) for n in problem.nominations if seats[n.id] > n.seats)
    yield from (Finding(Flaw.OVER_LOAD, (e.id,)) for e in problem.experts if loads[e.id] > e.max_load)
    yield from (Finding(Flaw.SAME_GROUP, (n, str(g))) for (n, g), number in grouped.items() if number > 1)


def _prices(assignment: Assignment) -> dict[tuple[str, ...], Price]:
    certificate = assignment.certificate
    prices: dict[tuple[str, ...], Price] = {("source",): (0, 0)}
    prices |= {("expert", name): price for name, price in certificate.experts.items()}
    prices |= {("nomination", name): price for name, price in certificate.nominations.items()}
    return prices | {("group", *key): price for key, price in certificate.groups.items()}


def _residual(problem: Problem, openings: Openings, assignment: Assignment) -> Iterator[_Arc]:
    """Every single change that capacity allows: one more or one fewer on each arc of the network in `assignment`."""
    yield from _load_changes(problem, openings, assignment)
    yield from _seat_changes(problem, openings, assignment)
    chosen = set(assignment.pairs)
    crowded = {(p.nomination, p.group) for p in openings.pairs if p.group is not None and (p.nomination, p.expert) in chosen}
    for pair in openings.pairs:
        end = ("nomination", pair.nomination) if pair.group is None else ("group", pair.nomination, pair.group)
        name = (pair.nomination, pair.expert)
        arc = _Arc(("expert", pair.expert), end, pair.cost, name)
        yield _Arc(arc.head, arc.tail, -arc.cost, name, -1) if name in chosen else arc
    for nomination, group in {(pair.nomination, pair.group) for pair in openings.pairs if pair.group is not None}:
        tail, head = ("group", nomination, group), ("nomination", nomination)
        yield _Arc(head, tail, 0) if (nomination, group) in crowded else _Arc(tail, head, 0)


def _load_changes(problem: Problem, openings: Openings, assignment: Assignment) -> Iterator[_Arc]:
    loads = assignment.loads()
    for name, (pinned, greatest) in openings.loads.items():
        load = loads[name]
        if load < greatest:
            yield _Arc(("source",), ("expert", name), problem.costs.load * load)
        if load > pinned:
            yield _Arc(("expert", name), ("source",), -problem.costs.load * (load - 1))


def _seat_changes(problem: Problem, openings: Openings, assignment: Assignment) -> Iterator[_Arc]:
    price, seats = matching.shortage_cost(problem), {nomination.id: nomination.seats for nomination in problem.nominations}
    filled = Counter(pair.nomination for pair in assignment.pairs)
    for name in openings.seats:
        empty = seats[name] - filled[name]
        yield _Arc(("source",), ("nomination", name), price * (empty + 1))
        if empty:
            yield _Arc(("nomination", name), ("source",), -price * empty)


def _slack(problem: Problem, attempt: int, prices: dict[tuple[str, ...], Price], arc: _Arc) -> Price:
    """By how much the change would raise the total, in (cost, tie). The tie is hashed only where the cost leaves it open."""
    (tail, tail_tie), (head, head_tie) = prices[arc.tail], prices[arc.head]
    if (cost := arc.cost + tail - head) or arc.tie_of is None:
        return cost, tail_tie - head_tie
    nomination, expert = arc.tie_of
    return 0, arc.sign * matching.tie(problem, attempt=attempt, nomination=nomination, expert=expert) + tail_tie - head_tie


def _ambiguity(tight: list[_Arc]) -> tuple[Finding, ...]:
    graph = TopologicalSorter[tuple[str, ...]]()
    for arc in tight:
        graph.add(arc.head, arc.tail)
    try:
        graph.prepare()
    except CycleError as cycle:
        return tuple(Finding(Flaw.NOT_UNIQUE, node) for node in cycle.args[1])
    return ()
