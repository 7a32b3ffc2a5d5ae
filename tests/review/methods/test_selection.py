"""The walk against every possible set and against integer programming; its reasons against the rules that they cite."""

import random
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from review.methods import selection
from review.methods.quotas import NATION, Bound, Candidate, Level, Rule, Rules, Zone
from review.methods.selection import Decision, Kept, OpenTie, Outcome, Reason, Reserve
from tests.review.methods import oracle
from tests.review.methods.cases import REGION_OF, at_least, at_most, candidate, examples, rulings


def decision(found: selection.Selection, name: str) -> Decision:
    return next(d for d in found.decisions if d.candidate.nomination == name)


def names(candidates: tuple[Candidate, ...]) -> list[str]:
    return [c.nomination for c in candidates]


@examples
@given(rulings(ties=True))
def test_select_takes_exactly_those_whom_every_resolution_of_the_ties_takes(case: tuple[list[Candidate], Rules]) -> None:
    ranking, rules = case
    sets = [frozenset(names(chosen)) for chosen in oracle.possible_sets(ranking, oracle.instances(ranking, rules))]
    found = selection.select(ranking, rules)
    assert (found.contradiction is None) == bool(sets)
    if not sets:
        return
    results = {oracle.walked(order, sets) for order in oracle.orders(ranking)}
    contested = {name for tie in found.ties for name in tie.nominations}
    assert set(found.selected) == frozenset.intersection(*results)
    assert contested == frozenset.union(*results) - set(found.selected)
    assert contested == {d.candidate.nomination for d in found.decisions if d.outcome is Outcome.UNDECIDED}
    for tie in found.ties:
        assert {len(result & set(tie.nominations)) for result in results} == {tie.places}
    assert found.is_decided == (len(results) == 1)


@examples
@given(rulings(ties=True))
def test_select_attains_the_greatest_total(case: tuple[list[Candidate], Rules]) -> None:
    ranking, rules = case
    best = oracle.best_total(ranking, rules)
    found = selection.select(ranking, rules)
    assert (found.contradiction is None) == (best is not None)
    assert best is None or found.total == best


def test_select_attains_the_greatest_total_at_full_size() -> None:
    """120 cities, 32 provinces, 39 places: caps and minima as a ministry would set them, thirty times over."""
    shuffle = random.Random(20250718)
    for _ in range(30):
        region_of = {f"p{i}": f"r{i % 4}" for i in range(32)}
        scores = sorted((Fraction(shuffle.randint(5000, 9500), 97) for _ in range(120)), reverse=True)
        ranking = [
            Candidate(
                nomination=f"c{i}", rank=i + 1, score=score, province=(home := shuffle.choice(list(region_of))), region=region_of[home]
            )
            for i, score in enumerate(scores)
        ]
        limits = [at_most("cap", Level.PROVINCE, 2), at_most("big", Level.PROVINCE, 3, "p1")]
        limits += [at_least(f"min {r}", Level.REGION, shuffle.randint(3, 11), r) for r in ("r0", "r1", "r2")]
        limits += [at_most("max", Level.REGION, shuffle.randint(10, 15), "r3")]
        rules = Rules(places=39, limits=tuple(limits))
        assert selection.select(ranking, rules).total == (oracle.best_total(ranking, rules) or 0)


@examples
@given(rulings(ties=False))
def test_select_cites_rules_that_bear_out_the_reason(case: tuple[list[Candidate], Rules]) -> None:
    ranking, rules = case
    found = selection.select(ranking, rules)
    chosen = [d.candidate for d in found.decisions if d.outcome is Outcome.SELECTED]
    first = names(tuple(ranking[: rules.places]))
    for made in found.decisions:
        inside = [c for c in chosen if made.rule.zone in oracle.zones_of(c)]
        if made.reason is Reason.MAXIMUM_REACHED:
            assert len(made.holders) == made.rule.number
            assert set(made.holders) <= set(inside)
            assert all(holder.rank < made.candidate.rank for holder in made.holders)
        elif made.reason is Reason.KEPT_FOR_MINIMUM:
            assert len(made.holders) + sum(kept.places for kept in made.kept) == made.rule.number
            assert not any(kept.rule.zone in oracle.zones_of(made.candidate) and kept.rule.zone == made.rule.zone for kept in made.kept)
        elif made.reason is Reason.PLACES_FILLED:
            assert sum(c.rank < made.candidate.rank for c in chosen) == rules.places
        elif made.reason is Reason.BELOW_THRESHOLD:
            assert made.candidate.score < made.rule.number
        elif made.reason is Reason.FOR_MINIMUM:
            assert (made.rule.bound, len(inside)) == (Bound.MINIMUM, made.rule.number)
            assert made.rule.zone in oracle.zones_of(made.candidate)
        else:
            assert (made.candidate.nomination in first) == (made.reason is Reason.BY_RANK)


@examples
@given(rulings(ties=True))
def test_select_without_one_city_takes_its_stand_in(case: tuple[list[Candidate], Rules]) -> None:
    """Exactly one other moves up; nobody else is touched."""
    ranking, rules = case
    found = selection.select(ranking, rules)
    assume(found.is_decided)
    each_zone_stays = {c.province for c in ranking}
    for fallen in found.selected:
        others = [c for c in ranking if c.nomination != fallen]
        if {c.province for c in others} != each_zone_stays:
            continue  # a limit for "each province with a candidate" would no longer ask for this one
        again = selection.select(others, rules)
        stand_ins = found.stand_ins[fallen]
        assert (again.contradiction is None) == bool(stand_ins)
        if len(stand_ins) == 1:
            assert set(again.selected) == set(found.selected) - {fallen} | set(stand_ins)
        elif stand_ins:
            assert again.ties[0].nominations == stand_ins


@examples
@given(rulings(ties=True))
def test_reserves_are_those_whom_an_exchange_could_bring_in(case: tuple[list[Candidate], Rules]) -> None:
    ranking, rules = case
    found = selection.select(ranking, rules)
    assume(found.is_decided)
    sets = {frozenset(names(chosen)) for chosen in oracle.possible_sets(ranking, oracle.instances(ranking, rules))}
    possible = {
        (c.nomination, fallen)
        for c in ranking
        for fallen in found.selected
        if c.nomination not in found.selected and frozenset(found.selected) - {fallen} | {c.nomination} in sets
    }
    assert {(r.nomination, fallen) for r in found.reserves for fallen in r.possible_for} == possible
    assert {(r.nomination, fallen) for r in found.reserves for fallen in r.first_for} == {
        (name, fallen) for fallen, stand_ins in found.stand_ins.items() for name in stand_ins
    }
    assert [r.rank for r in found.reserves] == sorted(r.rank for r in found.reserves)


def test_a_city_behind_a_full_province_is_told_who_filled_it() -> None:
    ranking = [candidate("a", 1), candidate("b", 2), candidate("c", 3), candidate("d", 4, province="P3")]
    found = selection.select(ranking, Rules(places=3, limits=(at_most("3.1", Level.PROVINCE, 2),)))
    assert found.selected == ("a", "b", "d")
    passed = decision(found, "c")
    assert (passed.reason, passed.rule) == (Reason.MAXIMUM_REACHED, Rule("3.1", Zone(Level.PROVINCE, "P1"), Bound.MAXIMUM, 2))
    assert [(holder.nomination, holder.rank) for holder in passed.holders] == [("a", 1), ("b", 2)]
    assert decision(found, "d").reason is Reason.MOVED_UP
    assert decision(found, "a").reason is Reason.BY_RANK
    assert decision(found, "a").rule == Rule("places", NATION, Bound.EXACTLY, 3)


def test_a_city_gives_way_to_a_minimum_and_is_told_which() -> None:
    ranking = [candidate("a", 1), candidate("b", 2), candidate("c", 3, province="P3")]
    found = selection.select(ranking, Rules(places=2, limits=(at_least("3.2", Level.REGION, 1, "west"),)))
    west = Rule("3.2", Zone(Level.REGION, "west"), Bound.MINIMUM, 1)
    assert found.selected == ("a", "c")
    passed = decision(found, "b")
    assert (passed.reason, passed.rule.clause, passed.kept) == (Reason.KEPT_FOR_MINIMUM, "places", (Kept(west, 1),))
    assert names(passed.holders) == ["a"]
    assert (decision(found, "c").reason, decision(found, "c").rule) == (Reason.FOR_MINIMUM, west)


def test_the_minimum_cited_is_the_one_that_is_met_exactly() -> None:
    """The west would reach its minimum without c; P4 would not."""
    ranking = [candidate("a", 1), candidate("w", 2, province="P3"), candidate("b", 3), candidate("c", 4, province="P4")]
    limits = (at_least("west", Level.REGION, 1, "west"), at_least("P4", Level.PROVINCE, 1, "P4"))
    found = selection.select(ranking, Rules(places=3, limits=limits))
    assert found.selected == ("a", "w", "c")
    assert (decision(found, "c").reason, decision(found, "c").rule.clause) == (Reason.FOR_MINIMUM, "P4")


def test_a_region_keeps_room_for_the_minimum_of_a_province() -> None:
    ranking = [candidate("a", 1), candidate("b", 2), candidate("c", 3, province="P2"), candidate("d", 4, province="P3")]
    rules = Rules(places=3, limits=(at_most("2", Level.REGION, 2, "east"), at_least("3", Level.PROVINCE, 1, "P2")))
    found = selection.select(ranking, rules)
    assert found.selected == ("a", "c", "d")
    passed = decision(found, "b")
    assert (passed.reason, passed.rule.clause) == (Reason.KEPT_FOR_MINIMUM, "2")
    assert passed.kept == (Kept(Rule("3", Zone(Level.PROVINCE, "P2"), Bound.MINIMUM, 1), 1),)


def test_a_limit_for_one_province_takes_the_place_of_that_for_each() -> None:
    ranking = [candidate(f"c{i}", i) for i in range(1, 4)] + [candidate("d", 4, province="P2"), candidate("e", 5, province="P2")]
    rules = Rules(places=4, limits=(at_most("each", Level.PROVINCE, 1), at_most("P1", Level.PROVINCE, 3, "P1")))
    assert selection.select(ranking, rules).selected == ("c1", "c2", "c3", "d")


def test_the_threshold_keeps_out_even_where_a_place_would_stay_empty() -> None:
    ranking = [candidate("a", 1, score=Fraction(80)), candidate("b", 2, score=Fraction(60)), candidate("c", 3, score=Fraction(5999, 100))]
    assert selection.select(ranking, Rules(places=2, threshold=Fraction(60))).selected == ("a", "b")
    assert decision(selection.select(ranking, Rules(places=2, threshold=Fraction(60))), "c").reason is Reason.BELOW_THRESHOLD
    assert selection.select(ranking, Rules(places=3, threshold=Fraction(60))).contradiction is not None


def test_a_tie_across_the_line_stays_open_and_those_behind_it_are_decided() -> None:
    ranking = [candidate("a", 1), candidate("b", 2, province="P2"), candidate("c", 2, province="P3"), candidate("d", 4)]
    found = selection.select(ranking, Rules(places=2))
    assert (found.selected, found.is_decided) == (("a",), False)
    assert found.ties == (OpenTie(2, ("b", "c"), 1),)
    assert decision(found, "b").outcome is Outcome.UNDECIDED
    assert decision(found, "d").reason is Reason.PLACES_FILLED
    assert (found.reserves, found.stand_ins) == ((), {})


def test_a_tie_that_fits_or_misses_as_a_whole_is_no_question() -> None:
    ranking = [candidate("a", 1), candidate("b", 1), candidate("c", 3), candidate("d", 3)]
    found = selection.select(ranking, Rules(places=2))
    assert (found.selected, found.ties) == (("a", "b"), ())


def test_a_rule_may_part_a_tie() -> None:
    """b and c are tied for the last place, but the west still needs one."""
    ranking = [candidate("a", 1), candidate("b", 2), candidate("c", 2, province="P3")]
    found = selection.select(ranking, Rules(places=2, limits=(at_least("west", Level.REGION, 1, "west"),)))
    assert (found.selected, found.is_decided) == (("a", "c"), True)


def test_the_reserve_who_steps_up_depends_on_who_falls() -> None:
    ranking = [
        candidate("east 1", 1),
        candidate("west 1", 2, province="P3"),
        candidate("east 2", 3),
        candidate("east 3", 4),
        candidate("west 2", 5, province="P3"),
    ]
    limits = (at_most("max", Level.REGION, 2, "east"), at_least("min", Level.REGION, 1, "west"))
    found = selection.select(ranking, Rules(places=3, limits=limits))
    assert found.selected == ("east 1", "west 1", "east 2")
    assert found.stand_ins == {"east 1": ("east 3",), "west 1": ("west 2",), "east 2": ("east 3",)}
    assert found.reserves == (
        Reserve("east 3", 4, ("east 1", "east 2"), ("east 1", "east 2")),
        Reserve("west 2", 5, ("west 1",), ("east 1", "west 1", "east 2")),
    )


def test_nobody_stands_in_when_a_minimum_leaves_no_one() -> None:
    ranking = [candidate("east 1", 1), candidate("west 1", 2, province="P3"), candidate("east 2", 3)]
    found = selection.select(ranking, Rules(places=2, limits=(at_least("min", Level.REGION, 1, "west"),)))
    assert found.stand_ins == {"east 1": ("east 2",), "west 1": ()}


@examples
@given(rulings(ties=True), st.randoms(use_true_random=False))
def test_select_does_not_depend_on_the_order_in_which_candidates_come(case: tuple[list[Candidate], Rules], shuffle: random.Random) -> None:
    ranking, rules = case
    mixed = shuffle.sample(ranking, len(ranking))
    assert selection.select(mixed, rules) == selection.select(ranking, rules)


def test_select_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="appears twice"):
        selection.select([candidate("a", 1), candidate("a", 2)], Rules(places=1))
    other = REGION_OF | {"P1": "west"}
    moved = Candidate(nomination="b", rank=2, score=Fraction(1), province="P1", region=other["P1"])
    with pytest.raises(ValueError, match="two regions"):
        selection.select([candidate("a", 1), moved], Rules(places=1))


@pytest.mark.parametrize(
    "broken",
    [
        {"limits": (at_most("a", Level.PROVINCE, 1), at_most("a", Level.REGION, 1))},
        {"limits": (at_most("places", Level.PROVINCE, 1),)},
        {"limits": (at_most("a", Level.PROVINCE, -1),)},
        {"limits": (at_most("a", Level.NATION, 1),)},
        {"limits": (at_most("a", Level.PROVINCE, 1), at_most("b", Level.PROVINCE, 2))},
        {"places": -1},
    ],
)
def test_rules_refuse_what_makes_no_sense(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"twice|negative|bounds|bound the same"):
        Rules(**{"places": 1, **broken})
