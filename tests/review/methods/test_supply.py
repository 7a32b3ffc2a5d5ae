"""What is missing before anything is solved."""

from dataclasses import replace

from hypothesis import given

from review.methods import assignment, supply
from review.methods.matching import Exclusion, Pair, Problem
from tests.review.methods.cases import examples, expert, nomination, problem, problems


@examples
@given(problems())
def test_supply_foretells_the_shortages(problem: Problem) -> None:
    found, told = assignment.assign(problem), supply.supply_and_demand(problem)
    assert told.fillable == len(found.pairs)
    assert told.seats - told.fillable == sum(shortage.missing for shortage in found.shortages)
    assert (told.bottleneck is None) == (not found.shortages)
    assert {lack.nomination for lack in told.lacks} <= {shortage.nomination for shortage in found.shortages}


@examples
@given(problems())
def test_bottleneck_holds_the_whole_shortage_and_only_busy_experts(problem: Problem) -> None:
    found, neck = assignment.assign(problem), supply.supply_and_demand(problem).bottleneck
    if neck is None:
        return
    loads = found.loads()
    assert neck.seats - neck.fillable == sum(shortage.missing for shortage in found.shortages)
    assert {shortage.nomination for shortage in found.shortages} <= set(neck.nominations)
    assert all(loads[e.id] == e.max_load for e in problem.experts if e.id in neck.experts)
    assert len([pair for pair in found.pairs if pair.nomination in neck.nominations]) == neck.fillable


@examples
@given(problems())
def test_bottleneck_asks_for_as_few_new_experts_as_suffice(problem: Problem) -> None:
    neck = supply.supply_and_demand(problem).bottleneck
    if neck is None:
        return
    load = max(e.max_load for e in problem.experts) or len(problem.nominations)

    def short_with(number: int) -> int:
        new = tuple(expert(f"new{i}", max_load=load) for i in range(number))
        return len(assignment.assign(replace(problem, experts=problem.experts + new)).shortages)

    assert short_with(neck.experts_needed) == 0
    assert short_with(neck.experts_needed - 1) > 0


def test_lack_names_number_field_and_province() -> None:
    pool = [expert("a"), expert("local", province="P1"), expert("g1", group="g"), expert("g2", group="g")]
    told = supply.supply_and_demand(problem([nomination("n", seats=4)], pool))
    (lack,) = told.lacks
    assert (lack.nomination, lack.province, lack.fields) == ("n", "P1", frozenset({"steel"}))
    assert (lack.seats, lack.free, lack.experts_needed) == (4, 2, 2)


def test_lack_counts_pinned_seats_as_filled() -> None:
    told = supply.supply_and_demand(problem([nomination("n", seats=2)], [expert("a"), expert("b")], pinned=frozenset({Pair("n", "a")})))
    assert (told.lacks, told.fillable, told.bottleneck) == ((), 2, None)


def test_field_lack_is_told_although_generalists_fill_the_seats() -> None:
    pool = [expert("a"), expert("local", province="P1"), *(expert(f"g{i}", core=frozenset()) for i in range(3))]
    told = supply.supply_and_demand(problem([nomination("n1", seats=3), nomination("n2", seats=2)], pool))
    (lack,) = told.field_lacks
    assert (lack.fields, lack.province, lack.nominations, lack.experts_needed) == (frozenset({"steel"}), "P1", ("n1", "n2"), 2)
    assert (told.lacks, told.bottleneck) == ((), None)


def test_bottleneck_names_the_nominations_that_compete() -> None:
    """Each nomination alone has enough experts; together n1 and n2 do not. n3 has its own."""
    pool = [expert("a", max_load=1), expert("b", max_load=1), expert("c", max_load=1)]
    barred = {Pair(n, "c"): Exclusion.RECUSED for n in ("n1", "n2")}
    barred |= {Pair("n3", e): Exclusion.RECUSED for e in ("a", "b")}
    told = supply.supply_and_demand(
        problem([nomination("n1", seats=2), nomination("n2", seats=2), nomination("n3")], pool, forbidden=barred)
    )
    assert told.lacks == ()
    neck = told.bottleneck
    assert neck is not None
    assert (neck.nominations, neck.experts) == (("n1", "n2"), ("a", "b"))
    assert (neck.seats, neck.fillable, neck.experts_needed) == (4, 2, 2)


def test_supply_compares_seats_and_loads() -> None:
    told = supply.supply_and_demand(problem([nomination("n", seats=3)], [expert("a", max_load=4), expert("b", max_load=3)]))
    assert (told.seats, told.capacity, told.fillable) == (3, 7, 2)
