"""What each rule costs."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from review.methods import price, selection
from review.methods.quotas import Candidate, Level, Rules
from tests.review.methods import oracle
from tests.review.methods.cases import at_least, at_most, candidate, examples, rulings

RANKING = [
    candidate("a", 1, score=Fraction(90)),
    candidate("b", 2, score=Fraction(80)),
    candidate("c", 3, score=Fraction(70), province="P2"),
    candidate("d", 4, score=Fraction(50), province="P3"),
]


def test_price_says_what_is_given_up_and_who_would_change_places() -> None:
    rules = Rules(places=2, limits=(at_most("cap", Level.PROVINCE, 1), at_least("west", Level.REGION, 1, "west")))
    cap, west = price.prices(RANKING, rules)
    assert (cap.clause, cap.given_up, cap.entering, cap.leaving) == ("cap", 0, (), ())
    assert (west.clause, west.given_up, west.entering, west.leaving) == ("west", 20, ("c",), ("d",))


def test_price_of_the_threshold_is_nothing_when_the_list_stands_without_it() -> None:
    (found,) = price.prices(RANKING, Rules(places=2, threshold=Fraction(60)))
    assert (found.clause, found.given_up, found.is_decided) == ("threshold", 0, True)


def test_price_of_an_exception_without_which_the_rest_contradict() -> None:
    rules = Rules(
        places=3,
        limits=(at_most("each", Level.PROVINCE, 0), at_most("P1", Level.PROVINCE, 3, "P1"), at_most("P2", Level.PROVINCE, 1, "P2")),
    )
    found = {one.clause: one for one in price.prices(RANKING, rules)}
    assert found["P1"].contradiction is not None
    assert found["each"].contradiction is None


def test_price_names_nobody_who_hangs_on_an_open_tie() -> None:
    tied = [candidate("a", 1), candidate("b", 2), candidate("c", 2, province="P3"), candidate("d", 4, province="P4")]
    (found,) = price.prices(tied, Rules(places=2, limits=(at_least("P4", Level.PROVINCE, 1, "P4"),)))
    assert (found.entering, found.leaving, found.is_decided) == ((), ("d",), False)


def test_prices_of_contradictory_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="no price"):
        price.prices(RANKING, Rules(places=9))


@settings(examples, max_examples=40)
@given(rulings(ties=False))
def test_price_is_the_difference_of_two_best_totals(case: tuple[list[Candidate], Rules]) -> None:
    ranking, rules = case
    assume(selection.select(ranking, rules).contradiction is None)
    for found in price.prices(ranking, rules):
        others = replace(rules, limits=tuple(limit for limit in rules.limits if limit.clause != found.clause))
        if found.clause == rules.threshold_clause:
            others = replace(rules, threshold=None)
        best = oracle.best_total(ranking, others)
        assert (best is None) == (found.contradiction is not None)
        if best is not None:
            assert found.given_up == best - selection.select(ranking, rules).total
            assert bool(found.entering) == bool(found.leaving)
