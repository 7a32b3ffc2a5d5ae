"""The assignment against a second solver, against its own certificate, and against what people rely on."""

import random
from collections import Counter
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from review.methods import assignment, certificate, matching
from review.methods.assignment import Assignment, Component
from review.methods.matching import Exclusion, Fit, Pair, PinError, PinTrouble, Problem
from tests.review.methods.cases import examples, expert, nomination, problem, problems

SCALE = 2**64


def second_opinion(problem: Problem, *, attempt: int) -> set[Pair]:
    """The same rules written down for networkx as one cost; a pinned pair is made irresistible instead of being taken out."""
    graph = nx.MultiDiGraph()
    seats = sum(n.seats for n in problem.nominations)
    graph.add_node("source", demand=-seats)
    price = matching.shortage_cost(problem)
    for e in problem.experts:
        for i in range(e.max_load):
            graph.add_edge("source", ("expert", e.id), capacity=1, weight=problem.costs.load * i * SCALE)
    for n in problem.nominations:
        graph.add_node(("nomination", n.id), demand=n.seats)
        for i in range(n.seats):
            graph.add_edge("source", ("nomination", n.id), capacity=1, weight=price * (i + 1) * SCALE)
        for e in problem.experts:
            if matching.exclusion(problem, nomination=n, expert=e):
                continue
            group = ("group", n.id, e.group or ("alone", e.id))
            cost = problem.costs.of(matching.fit(nomination=n, expert=e)) * SCALE
            cost += matching.tie(problem, attempt=attempt, nomination=n.id, expert=e.id)
            cost -= 10**9 * SCALE if (n.id, e.id) in problem.pinned else 0
            graph.add_edge(("expert", e.id), group, key=Pair(n.id, e.id), capacity=1, weight=cost)
            if not graph.has_edge(group, ("nomination", n.id)):
                graph.add_edge(group, ("nomination", n.id), capacity=1, weight=0)
    _, flow = nx.network_simplex(graph)
    arcs = (item for ends in flow.values() for keyed in ends.values() for item in keyed.items())
    return {key for key, units in arcs if units and isinstance(key, Pair)}


@examples
@given(problems())
def test_assign_finds_what_a_second_solver_finds(problem: Problem) -> None:
    found = assignment.assign(problem)
    assert set(found.pairs) == second_opinion(problem, attempt=found.certificate.attempt)
    assert certificate.check(problem, found) == ()


@examples
@given(problems(), st.integers())
def test_assign_does_not_depend_on_the_order_of_the_problem(problem: Problem, seed: int) -> None:
    shuffle = random.Random(seed)
    mixed = replace(
        problem,
        nominations=tuple(shuffle.sample(problem.nominations, len(problem.nominations))),
        experts=tuple(shuffle.sample(problem.experts, len(problem.experts))),
        forbidden=dict(shuffle.sample(sorted(problem.forbidden.items(), key=str), len(problem.forbidden))),
    )
    assert assignment.assign(mixed) == assignment.assign(problem)


@examples
@given(problems(), st.data())
def test_assign_keeps_pinned_pairs_and_is_best_around_them(problem: Problem, data: st.DataObject) -> None:
    """Pins come from another seed's assignment, so they are possible but seldom the best."""
    other = assignment.assign(replace(problem, seed="other")).pairs
    assume(other)
    pinned = replace(problem, pinned=data.draw(st.frozensets(st.sampled_from(other))))
    found = assignment.assign(pinned)
    assert pinned.pinned <= set(found.pairs)
    assert certificate.check(pinned, found) == ()
    assert set(found.pairs) == second_opinion(pinned, attempt=found.certificate.attempt)


@examples
@given(problems())
def test_assign_accounts_for_every_expert_at_a_shortage(problem: Problem) -> None:
    found = assignment.assign(problem)
    loads = found.loads()
    for shortage in found.shortages:
        seats = next(n.seats for n in problem.nominations if n.id == shortage.nomination)
        seated = [pair.expert for pair in found.pairs if pair.nomination == shortage.nomination]
        assert shortage.missing == seats - len(seated) > 0
        excluded = sum(shortage.excluded.values())
        assert len(seated) + excluded + shortage.same_group + shortage.full == len(problem.experts)
        spare = [c.expert for c in assignment.candidates(problem, found, nomination=shortage.nomination)]
        assert spare == [], "an expert with room could still have been seated"
        assert shortage.full <= sum(loads[e.id] == e.max_load for e in problem.experts)


def test_assign_evens_out_loads_before_fit() -> None:
    wanted = [nomination(f"n{i}") for i in range(4)]
    found = assignment.assign(problem(wanted, [expert("core"), expert("general", core=frozenset())]))
    assert found.loads() == {"core": 2, "general": 2}


def test_assign_prefers_core_to_near_to_general() -> None:
    pool = [expert("a", core=frozenset(), near=frozenset({"steel"})), expert("b"), expert("c", core=frozenset())]
    assert assignment.assign(problem([nomination("n", seats=1)], pool)).pairs == (("n", "b"),)
    assert assignment.assign(problem([nomination("n", seats=2)], pool)).pairs == (("n", "a"), ("n", "b"))


def test_assign_spreads_a_shortage_over_the_nominations() -> None:
    wanted = [nomination("n1", seats=3), nomination("n2", seats=3)]
    pool = [expert(f"e{i}", max_load=1) for i in range(4)]
    assert [shortage.missing for shortage in assignment.assign(problem(wanted, pool)).shortages] == [1, 1]


def test_assign_says_what_keeps_experts_away() -> None:
    pool = [
        expert("recused"),
        expert("local", province="P1"),
        expert("seated", group="g", max_load=1),
        expert("colleague", group="g"),
        expert("busy", max_load=0),
    ]
    found = assignment.assign(problem([nomination("n", seats=5)], pool, forbidden={Pair("n", "recused"): Exclusion.RECUSED}))
    (shortage,) = found.shortages
    assert (shortage.missing, shortage.same_group, shortage.full) == (4, 1, 1)
    assert shortage.excluded == {Exclusion.RECUSED: 1, Exclusion.OWN_PROVINCE: 1}


def test_assign_fills_every_seat_that_can_be_filled_whatever_it_costs() -> None:
    """One seat more means moving a long chain of experts to worse fits."""
    fields = [frozenset({str(i)}) for i in range(8)]
    wanted = [nomination(f"n{i}", fields=fields[i]) for i in range(8)]
    pool = [expert(f"e{i}", core=fields[i], max_load=1) for i in range(8)]
    chain = {Pair(f"n{i}", f"e{j}"): Exclusion.BARRED for i in range(8) for j in range(8) if j not in {i, i - 1}}
    found = assignment.assign(problem(wanted, pool[:7], forbidden=chain | {Pair("n0", "e7"): Exclusion.BARRED}))
    assert found.shortages[0].missing == 1
    assert len(found.pairs) == 7
    assert certificate.check(problem(wanted, pool[:7], forbidden=chain), found) == ()


def test_assign_ties_are_decided_by_the_seed() -> None:
    pool = [expert(f"e{i}") for i in range(20)]
    results = {assignment.assign(problem([nomination("n")], pool, seed=str(seed))).pairs for seed in range(10)}
    assert len(results) > 3


def test_assign_hashes_ties_anew_until_one_assignment_is_best(monkeypatch: pytest.MonkeyPatch) -> None:
    real = matching.tie
    monkeypatch.setattr(matching, "tie", lambda problem, *, attempt, **pair: 7 if attempt < 2 else real(problem, attempt=attempt, **pair))
    case = problem([nomination("n")], [expert("a"), expert("b")])
    found = assignment.assign(case)
    assert found.certificate.attempt == 2
    assert certificate.check(case, found) == ()


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_assign_takes_the_digest_by_name(digest: str) -> None:
    case = problem([nomination("n", seats=2)], [expert(f"e{i}") for i in range(9)], digest=digest)
    assert certificate.check(case, assignment.assign(case)) == ()


def test_assign_without_anything_is_empty() -> None:
    assert assignment.assign(problem([], [])).pairs == ()
    assert assignment.assign(problem([nomination("n", seats=0)], [expert("e")])).shortages == ()
    assert assignment.assign(problem([nomination("n", seats=2)], [])).shortages[0].missing == 2


@pytest.mark.parametrize(
    ("pinned", "changes", "trouble"),
    [
        ([("n1", "a")], {}, None),
        ([("n1", "x")], {}, PinTrouble.UNKNOWN),
        ([("n1", "local")], {}, PinTrouble.EXCLUDED),
        ([("n1", "a")], {"forbidden": {Pair("n1", "a"): Exclusion.RECUSED}}, PinTrouble.EXCLUDED),
        ([("n1", "a"), ("n1", "b"), ("n1", "c")], {}, PinTrouble.TOO_MANY_SEATS),
        ([("n1", "once"), ("n2", "once")], {}, PinTrouble.OVER_LOAD),
        ([("n1", "a"), ("n1", "colleague")], {}, PinTrouble.SAME_GROUP),
    ],
)
def test_assign_refuses_pins_that_break_the_rules(
    pinned: list[tuple[str, str]], changes: dict[str, object], trouble: PinTrouble | None
) -> None:
    pool = [expert("a", group="g"), expert("colleague", group="g"), expert("b"), expert("c")]
    pool += [expert("local", province="P1"), expert("once", max_load=1)]
    case = problem(
        [nomination("n1", seats=2), nomination("n2", seats=2)], pool, pinned=frozenset(Pair(*pair) for pair in pinned), **changes
    )
    if trouble is None:
        assert case.pinned <= set(assignment.assign(case).pairs)
        return
    with pytest.raises(PinError) as refused:
        assignment.assign(case)
    assert {conflict.trouble for conflict in refused.value.conflicts} == {trouble}
    assert [conflict.pair for conflict in refused.value.conflicts] == sorted(case.pinned)


@examples
@given(problems(), st.data())
def test_substitute_changes_nothing_but_the_declined_seats(problem: Problem, data: st.DataObject) -> None:
    before = assignment.assign(problem)
    assume(before.pairs)
    declined = data.draw(st.frozensets(st.sampled_from(before.pairs), min_size=1))
    after = assignment.substitute(problem, before, declined=declined)
    assert set(before.pairs) - declined <= set(after.assignment.pairs)
    assert not declined & set(after.assignment.pairs)
    assert certificate.check(after.problem, after.assignment) == ()
    new = set(after.assignment.pairs) - set(before.pairs)
    named = {Pair(r.nomination, e) for r in after.replacements for e in r.coming}
    assert named == new
    assert {Pair(r.nomination, e) for r in after.replacements for e in r.leaving} == declined
    assert {pair.nomination for pair in new} <= {pair.nomination for pair in declined}
    assert all(r.missing == len(r.leaving) - len(r.coming) >= 0 for r in after.replacements)


@examples
@given(problems(), st.data())
def test_substitute_of_one_seat_is_the_first_candidate(problem: Problem, data: st.DataObject) -> None:
    before = assignment.assign(problem)
    assume(before.pairs)
    gone = data.draw(st.sampled_from(before.pairs))
    left = Assignment(tuple(pair for pair in before.pairs if pair != gone), (), before.certificate)
    queue = [c.expert for c in assignment.candidates(problem, left, nomination=gone.nomination) if c.expert != gone.expert]
    (replacement,) = assignment.substitute(problem, before, declined=[gone]).replacements
    assert replacement.coming == tuple(queue[:1])


def test_substitute_leaves_older_shortages_alone() -> None:
    """A free expert who appears later must not slip into a seat that nobody declined."""
    case = problem([nomination("n1", seats=2), nomination("n2", seats=1)], [expert("a"), expert("b", max_load=1)])
    case = replace(case, forbidden={Pair("n2", "a"): Exclusion.RECUSED})
    before = assignment.assign(case)
    assert len(before.pairs) == 2
    richer = replace(case, experts=(*case.experts, expert("new")))
    (gone,) = [pair for pair in before.pairs if pair.expert == "a"]
    after = assignment.substitute(richer, before, declined=[gone])
    assert set(after.assignment.pairs) == set(before.pairs) - {gone} | {Pair(gone.nomination, "new")}


def test_substitute_refuses_a_seat_that_is_not_there() -> None:
    case = problem([nomination("n")], [expert("e")])
    with pytest.raises(ValueError, match="not in the assignment"):
        assignment.substitute(case, assignment.assign(case), declined=[Pair("n", "x")])


def test_candidates_are_ordered_by_load_then_fit_and_leave_out_the_barred() -> None:
    pool = [
        expert("general", core=frozenset()),
        expert("core"),
        expert("near", core=frozenset(), near=frozenset({"steel"})),
        expert("busy"),
        expert("local", province="P1"),
        expert("full", max_load=0),
    ]
    case = problem([nomination("n"), nomination("other")], pool, pinned=frozenset({Pair("other", "busy")}))
    seated = Assignment((Pair("other", "busy"),), (), assignment.assign(case).certificate)
    found = assignment.candidates(case, seated, nomination="n")
    assert [(c.expert, c.fit, c.load) for c in found] == [
        ("core", Fit.CORE, 0),
        ("near", Fit.NEAR, 0),
        ("general", Fit.GENERAL, 0),
        ("busy", Fit.CORE, 1),
    ]


@examples
@given(st.lists(st.builds(Pair, st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=12))
def test_components_are_those_of_networkx(pairs: list[Pair]) -> None:
    graph = nx.Graph()
    graph.add_edges_from((("n", pair.nomination), ("e", pair.expert)) for pair in pairs)
    expected = {frozenset(part) for part in nx.connected_components(graph)}
    found = assignment.components(pairs)
    assert {frozenset([("n", n) for n in c.nominations] + [("e", e) for e in c.experts]) for c in found} == expected
    assert [len(c.nominations) + len(c.experts) for c in found] == sorted((len(part) for part in expected), reverse=True)


def test_components_tell_two_islands_apart() -> None:
    pairs = [Pair("a", "x"), Pair("b", "x"), Pair("c", "y")]
    assert assignment.components(pairs) == (Component(("a", "b"), ("x",)), Component(("c",), ("y",)))


def test_loads_count_every_seat() -> None:
    case = problem([nomination("n1", seats=2), nomination("n2", seats=2)], [expert("a"), expert("b"), expert("c")])
    found = assignment.assign(case)
    assert found.loads() == Counter(pair.expert for pair in found.pairs)
    assert sorted(found.loads().values()) == [1, 1, 2]
