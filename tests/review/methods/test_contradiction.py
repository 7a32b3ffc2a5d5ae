"""The smallest set of rules in contradiction, against every smaller set."""

from hypothesis import assume, given

from review.methods import contradiction, selection
from review.methods.contradiction import Available
from review.methods.quotas import NATION, Bound, Candidate, Level, Rule, Rules, Zone
from tests.review.methods import oracle
from tests.review.methods.cases import at_least, at_most, candidate, examples, rankings, rule_sets


@examples
@given(rankings(ties=True), rule_sets())
def test_smallest_cannot_be_made_smaller(ranking: list[Candidate], rules: Rules) -> None:
    found = contradiction.smallest(ranking, rules)
    size = oracle.smallest_contradiction(ranking, rules)
    assert (found and len(found.rules)) == size


@examples
@given(rankings(ties=True), rule_sets())
def test_smallest_names_rules_that_no_selection_keeps(ranking: list[Candidate], rules: Rules) -> None:
    found = contradiction.smallest(ranking, rules)
    assume(found is not None)
    assert set(found.rules) <= oracle.instances(ranking, rules)
    assert oracle.possible_sets(ranking, found.rules) == []
    assert found.asked > found.allowed


def test_too_few_candidates_contradict_the_number_of_places() -> None:
    found = contradiction.smallest([candidate("a", 1)], Rules(places=2))
    assert found is not None
    assert (found.zone, found.asked, found.allowed) == (NATION, 2, 1)
    assert found.rules == (Rule("places", NATION, Bound.EXACTLY, 2),)
    assert found.available == (Available(NATION, 1),)


def test_a_minimum_for_a_region_without_candidates_is_named() -> None:
    found = contradiction.smallest([candidate("a", 1)], Rules(places=1, limits=(at_least("ne", Level.REGION, 1, "northeast"),)))
    assert found is not None
    assert [rule.clause for rule in found.rules] == ["ne"]
    assert found.available == (Available(Zone(Level.REGION, "northeast"), 0),)


def test_caps_of_provinces_contradict_the_minimum_of_their_region() -> None:
    """P1 and P2 may have one each, yet the east must have three. The west and the places have no part in it."""
    ranking = [candidate(f"c{i}", i, province="P1" if i % 2 else "P2") for i in range(1, 9)] + [candidate("w", 9, province="P3")]
    rules = Rules(places=3, limits=(at_most("cap", Level.PROVINCE, 1), at_least("east", Level.REGION, 3, "east")))
    found = contradiction.smallest(ranking, rules)
    assert found is not None
    assert {(rule.clause, rule.zone.code) for rule in found.rules} == {("cap", "P1"), ("cap", "P2"), ("east", "east")}
    assert (found.zone, found.asked, found.allowed, found.available) == (Zone(Level.REGION, "east"), 3, 2, ())


def test_minima_that_exceed_the_places_are_named_without_the_others() -> None:
    ranking = [candidate(f"c{i}", i, province=province) for i, province in enumerate(["P1", "P1", "P1", "P3", "P3", "P3"], start=1)]
    limits = (at_least("e", Level.REGION, 3, "east"), at_least("w", Level.REGION, 2, "west"), at_most("cap", Level.PROVINCE, 3))
    found = contradiction.smallest(ranking, Rules(places=4, limits=limits))
    assert found is not None
    assert {rule.clause for rule in found.rules} == {"places", "e", "w"}
    assert (found.asked, found.allowed) == (5, 4)


def test_select_passes_the_contradiction_on_and_decides_nothing() -> None:
    found = selection.select([candidate("a", 1)], Rules(places=2))
    assert found.contradiction == contradiction.smallest([candidate("a", 1)], Rules(places=2))
    assert (found.decisions, found.selected, found.is_decided) == ((), (), False)
