"""Exact order, announced tie rules, and ties that stay visible."""

from collections.abc import Iterable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.methods import draw, ranking
from review.methods.ranking import Ranking, Separation, Tie
from review.methods.scores import Score
from tests.review.methods.cases import examples, scored


def shown(found: Ranking) -> list[tuple[str, int, Separation, str | None]]:
    return [(p.nomination, p.rank, p.behind, p.criterion) for p in found.positions]


def ranked(*scores: Score, rules: Iterable[str] = ()) -> Ranking:
    return ranking.rank(scores, tie_rules=tuple(rules))


def test_rank_tells_apart_what_rounding_would_not() -> None:
    found = ranked(scored("b", Fraction(8000000000000001, 10**14)), scored("a", 80))
    assert shown(found) == [("b", 1, Separation.FIRST, None), ("a", 2, Separation.SCORE, None)]


def test_rank_sees_a_tie_that_floats_would_break() -> None:
    tenths = sum([Fraction(1, 10)] * 3, Fraction(0))
    assert float(tenths) != 0.1 + 0.1 + 0.1
    assert ranked(scored("a", tenths), scored("b", Fraction(3, 10))).ties() == (Tie(1, ("a", "b")),)


def test_rank_asks_the_tie_rules_in_their_order() -> None:
    scores = [
        scored("a", 80, base=5, plan=9),
        scored("b", 80, base=6, plan=1),
        scored("c", 80, base=5, plan=8),
        scored("d", 90, base=0, plan=0),
    ]
    assert shown(ranked(*scores, rules=["base", "plan"])) == [
        ("d", 1, Separation.FIRST, None),
        ("b", 2, Separation.SCORE, None),
        ("a", 3, Separation.CRITERION, "base"),
        ("c", 4, Separation.CRITERION, "plan"),
    ]


def test_rank_shares_a_rank_where_the_rules_end() -> None:
    scores = [scored("a", 80, base=5), scored("b", 80, base=5), scored("c", 80, base=4), scored("d", 70, base=9)]
    found = ranked(*scores, rules=["base"])
    assert shown(found) == [
        ("a", 1, Separation.FIRST, None),
        ("b", 1, Separation.TIED, None),
        ("c", 3, Separation.CRITERION, "base"),
        ("d", 4, Separation.SCORE, None),
    ]
    assert found.ties() == (Tie(1, ("a", "b")),)


def test_rank_leaves_out_and_names_what_has_too_few_sheets() -> None:
    found = ranked(scored("b", None), scored("a", 0))
    assert (shown(found), found.unranked) == ([("a", 1, Separation.FIRST, None)], ("b",))


def test_rank_refuses_a_rule_about_a_criterion_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        ranked(scored("a", 80, base=5), rules=["unknown"])


@examples
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8), st.randoms(use_true_random=False))
def test_rank_is_the_number_of_those_better_plus_one(values: list[tuple[int, int]], shuffle: Random) -> None:
    scores = [scored(f"n{i}", score, base=base) for i, (score, base) in enumerate(values)]
    found = ranking.rank(scores, tie_rules=["base"])
    for position in found.positions:
        own = values[int(position.nomination[1:])]
        assert position.rank == 1 + sum(other > own for other in values)
    shuffle.shuffle(scores)
    assert ranking.rank(scores, tie_rules=["base"]) == found


TIED = ranked(scored("z", 90), scored("a", 80), scored("b", 80), scored("c", 80), scored("d", 70))


def test_settle_parts_a_tie_and_leaves_the_rest() -> None:
    found = ranking.settle(TIED, order=["c", "a", "b"], by=Separation.PEOPLE)
    assert shown(found) == [
        ("z", 1, Separation.FIRST, None),
        ("c", 2, Separation.SCORE, None),
        ("a", 3, Separation.PEOPLE, None),
        ("b", 4, Separation.PEOPLE, None),
        ("d", 5, Separation.SCORE, None),
    ]
    assert found.ties() == ()


@pytest.mark.parametrize("order", [["a", "b"], ["a", "b", "c", "d"], ["a", "b", "b"], ["z"], []])
def test_settle_refuses_anything_but_one_whole_tie(order: list[str]) -> None:
    with pytest.raises(ValueError, match="exactly the nominations of one tie"):
        ranking.settle(TIED, order=order, by=Separation.PEOPLE)


def test_settle_refuses_a_ground_that_settles_nothing() -> None:
    with pytest.raises(ValueError, match="by a draw or by people"):
        ranking.settle(TIED, order=["a", "b", "c"], by=Separation.SCORE)


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_settle_by_draw_follows_the_lots(digest: str) -> None:
    (tie,) = TIED.ties()
    found = ranking.settle_by_draw(TIED, tie=tie, seed=b"seed", digest=digest)
    lots = sorted("abc", key=lambda name: draw.ticket(name, seed=b"seed", digest=digest))
    assert [p.nomination for p in found.positions] == ["z", *lots, "d"]
    assert [p.behind for p in found.positions][2:4] == [Separation.DRAW] * 2
