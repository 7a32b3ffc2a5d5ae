"""Exact min-cost flow over arcs of capacity one, with two costs that count one after the other, and its dual prices.

The first cost is minimised; among the flows that attain that minimum the second one decides. Both passes are integer programmes that
Google's cost-scaling push-relabel code solves exactly (Goldberg, J. Algorithms 22, 1997). The second pass keeps to the optimal face
of the first: by complementary slackness an arc of positive reduced cost is unused and one of negative reduced cost is used in *every*
optimal flow, so only the arcs of reduced cost zero remain to be decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNREACHED = np.int64(2**62)


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of capacity 1 from tail[i] to head[i]; supply[v] > 0 enters at node v, supply[v] < 0 leaves there. Supplies sum to 0."""

    tail: Integers
    head: Integers
    supply: Integers


@dataclass(frozen=True, slots=True)
class Optimum:
    """The arcs that the best flow uses, the prices of the nodes under both costs, and whether any other flow is as good."""

    used: Flags
    first_prices: Integers
    second_prices: Integers
    unique: bool


def solve(network: Network, *, first: Integers, second: Callable[[Integers], Integers]) -> Optimum:
    """The flow of least (first, second) cost. `second` is asked only for the arcs, by index, on which it can matter.

    Node 0 must reach every node through unused arcs and the reverse of used ones. Raises ValueError when the network has no flow.
    """
    used = _cheapest(network, first)
    first_prices = _prices(network, used, first)
    undecided = np.flatnonzero(_reduced(network, first, first_prices) == 0)
    face = _restrict(network, used, undecided)
    costs = second(undecided)
    used[undecided] = _cheapest(face, costs)
    second_prices = _prices(face, used[undecided], costs)
    tight = undecided[_reduced(face, costs, second_prices) == 0]
    return Optimum(used, first_prices, second_prices, unique=not _has_cycle(network, used, tight))


def _cheapest(network: Network, cost: Integers) -> Flags:
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, np.ones_like(cost), cost)
    solver.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ValueError(f"the network has no optimal flow: {status.name}")
    used: Flags = solver.flows(np.arange(len(cost))) > 0
    return used


def _restrict(network: Network, used: Flags, kept: Integers) -> Network:
    """The network of the `kept` arcs alone; the flow on the others is settled and moves into the supplies."""
    settled = used.copy()
    settled[kept] = False
    nodes = len(network.supply)
    left = network.supply - np.bincount(network.tail[settled], minlength=nodes) + np.bincount(network.head[settled], minlength=nodes)
    return Network(network.tail[kept], network.head[kept], left)


def _prices(network: Network, used: Flags, cost: Integers) -> Integers:
    """Least cost from node 0 over the residual arcs (Bellman–Ford, all arcs at once); no residual arc contradicts them."""
    start, end = np.where(used, network.head, network.tail), np.where(used, network.tail, network.head)
    length = np.where(used, -cost, cost)
    prices = np.full(len(network.supply), UNREACHED)
    prices[0] = 0
    while True:
        before = prices.copy()
        live = before[start] < UNREACHED
        np.minimum.at(prices, end[live], before[start[live]] + length[live])
        if np.array_equal(before, prices):
            return prices


def _reduced(network: Network, cost: Integers, prices: Integers) -> Integers:
    return cost + prices[network.tail] - prices[network.head]


def _has_cycle(network: Network, used: Flags, tight: Integers) -> bool:
    """Whether flow can go round a cycle at no cost: then, and only then, another flow is as good."""
    graph = TopologicalSorter[int]()
    for arc in tight:
        ends = (int(network.tail[arc]), int(network.head[arc]))
        start, end = reversed(ends) if used[arc] else ends
        graph.add(end, start)
    try:
        graph.prepare()
    except CycleError:
        return True
    return False
