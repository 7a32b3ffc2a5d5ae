"""The facts that an assignment starts from."""

import hashlib

import pytest

from review.methods import matching
from review.methods.matching import Costs, Exclusion, Fit, Pair, Problem
from tests.review.methods.cases import expert, nomination, problem


@pytest.mark.parametrize(
    ("core", "near", "expected"),
    [
        ({"steel"}, set(), Fit.CORE),
        ({"steel"}, {"steel"}, Fit.CORE),
        ({"chips"}, {"steel"}, Fit.NEAR),
        ({"chips"}, {"textile"}, Fit.GENERAL),
        (set(), set(), Fit.GENERAL),
    ],
)
def test_fit_takes_the_nearest_field(core: set[str], near: set[str], expected: Fit) -> None:
    judge = expert("e", core=frozenset(core), near=frozenset(near))
    assert matching.fit(nomination=nomination("n", fields=frozenset({"steel"})), expert=judge) is expected


def test_exclusion_names_the_recusal_before_the_province() -> None:
    city, local, other = nomination("n"), expert("local", province="P1"), expert("other")
    case = problem([city], [local, other])
    assert matching.exclusion(case, nomination=city, expert=local) is Exclusion.OWN_PROVINCE
    assert matching.exclusion(case, nomination=city, expert=other) is None
    recused = problem([city], [local], forbidden={Pair("n", "local"): Exclusion.RECUSED})
    assert matching.exclusion(recused, nomination=city, expert=local) is Exclusion.RECUSED


def test_exclusion_of_the_own_province_is_a_switch() -> None:
    city, local = nomination("n"), expert("local", province="P1")
    assert matching.exclusion(problem([city], [local], own_province_excluded=False), nomination=city, expert=local) is None


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_tie_is_the_first_forty_bits_of_the_published_text(digest: str) -> None:
    case = problem([], [], seed="s", digest=digest)
    expected = int(hashlib.new(digest, b"s|3|n1|e1").hexdigest()[:10], 16)
    assert matching.tie(case, attempt=3, nomination="n1", expert="e1") == expected


def test_openings_name_a_group_only_where_its_members_compete() -> None:
    city = nomination("n", seats=3)
    pool = [expert("a", group="g"), expert("b", group="g"), expert("c", group="h"), expert("d")]
    groups = {pair.expert: pair.group for pair in matching.openings(problem([city], pool)).pairs}
    assert groups == {"a": "g", "b": "g", "c": None, "d": None}


def test_openings_leave_out_what_a_pin_takes() -> None:
    pool = [expert("a", group="g", max_load=1), expert("b", group="g"), expert("c")]
    case = problem([nomination("n", seats=2), nomination("full")], pool, pinned=frozenset({Pair("n", "a"), Pair("full", "c")}))
    openings = matching.openings(case)
    assert openings.seats == {"n": 1}
    assert openings.loads == {"b": (0, 5), "c": (1, 5)}
    assert [(pair.nomination, pair.expert) for pair in openings.pairs] == [("n", "c")]


@pytest.mark.parametrize(
    "broken",
    [
        {"nominations": (nomination("n"), nomination("n"))},
        {"experts": (expert("e"), expert("e"))},
        {"nominations": (nomination("n", seats=-1),)},
        {"experts": (expert("e", max_load=-1),)},
        {"costs": Costs(near=-1)},
        {"costs": Costs(load=0)},
    ],
)
def test_problem_refuses_what_makes_no_sense(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"appears twice|must not be negative"):
        Problem(**{"nominations": (), "experts": (), "seed": "s", **broken})
