"""The check must catch every kind of wrong assignment, and pass none that is not proved."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from review.methods import assignment, certificate, matching
from review.methods.assignment import Assignment, Certificate
from review.methods.certificate import Flaw
from review.methods.matching import Exclusion, Pair, Problem
from tests.review.methods.cases import examples, expert, nomination, problem, problems


def flaws(case: Problem, found: Assignment) -> set[Flaw]:
    return {finding.flaw for finding in certificate.check(case, found)}


@pytest.fixture
def case() -> Problem:
    pool = [expert("a", group="g"), expert("b", group="g"), expert("c"), expert("d", core=frozenset()), expert("full", max_load=1)]
    wanted = [nomination("n1", seats=2), nomination("n2", seats=2)]
    return problem(wanted, pool, forbidden={Pair("n1", "c"): Exclusion.RECUSED})


def test_a_certificate_survives_json(case: Problem) -> None:
    found = assignment.assign(case)
    assert found.certificate.groups
    read = Certificate.from_data(json.loads(json.dumps(found.certificate.as_data())))
    assert read == found.certificate
    assert flaws(case, replace(found, certificate=read)) == set()


def with_pairs(found: Assignment, *pairs: tuple[str, str]) -> Assignment:
    return replace(found, pairs=tuple(sorted(Pair(*pair) for pair in pairs)))


def test_check_accepts_the_assignment_itself(case: Problem) -> None:
    assert flaws(case, assignment.assign(case)) == set()


@pytest.mark.parametrize(
    ("pairs", "flaw"),
    [
        ([("n1", "c")], Flaw.PAIR_NOT_ALLOWED),
        ([("n1", "stranger")], Flaw.PAIR_NOT_ALLOWED),
        ([("n1", "a"), ("n1", "b")], Flaw.SAME_GROUP),
        ([("n2", "a"), ("n2", "c"), ("n2", "d")], Flaw.TOO_MANY_SEATS),
        ([("n1", "full"), ("n2", "full")], Flaw.OVER_LOAD),
        ([("n1", "a")], Flaw.NOT_OPTIMAL),
    ],
)
def test_check_finds_the_broken_rule(case: Problem, pairs: list[tuple[str, str]], flaw: Flaw) -> None:
    assert flaws(case, with_pairs(assignment.assign(case), *pairs)) == {flaw}


def test_check_misses_a_pinned_pair(case: Problem) -> None:
    pinned = replace(case, pinned=frozenset({Pair("n2", "d")}))
    found = assignment.assign(pinned)
    without = with_pairs(found, *(pair for pair in found.pairs if pair != ("n2", "d")))
    assert Flaw.PINNED_PAIR_MISSING in flaws(pinned, without)


def test_check_misses_a_price(case: Problem) -> None:
    found = assignment.assign(case)
    short = replace(found.certificate, experts={"a": found.certificate.experts["a"]})
    assert flaws(case, replace(found, certificate=short)) == {Flaw.PRICE_MISSING}


def test_check_does_not_believe_other_prices(case: Problem) -> None:
    found = assignment.assign(case)
    cheap = replace(found.certificate, nominations=dict.fromkeys(found.certificate.nominations, (0, 0)))
    assert flaws(case, replace(found, certificate=cheap)) == {Flaw.NOT_OPTIMAL}


def test_check_does_not_believe_another_attempt() -> None:
    case = problem([nomination("n")], [expert(f"e{i}") for i in range(12)])
    found = assignment.assign(case)
    assert flaws(case, replace(found, certificate=replace(found.certificate, attempt=1))) == {Flaw.NOT_OPTIMAL}


def test_check_sees_that_another_assignment_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    case = problem([nomination("n")], [expert("a"), expert("b")])
    found = assignment.assign(case)
    monkeypatch.setattr(matching, "tie", lambda *args, **kwargs: 7)
    level = replace(found.certificate, experts={"a": (0, 0), "b": (0, 0)}, nominations={"n": (0, 7)})
    assert flaws(case, replace(found, certificate=level)) == {Flaw.NOT_UNIQUE}


@examples
@given(problems(), st.data())
def test_check_refuses_any_other_assignment(problem: Problem, data: st.DataObject) -> None:
    """Whatever allowed pairs somebody puts in its place, the prices do not bear them out."""
    found = assignment.assign(problem)
    allowed = [Pair(pair.nomination, pair.expert) for pair in matching.openings(problem).pairs]
    assume(allowed)
    other = tuple(sorted(data.draw(st.sets(st.sampled_from(allowed)))))
    assume(other != found.pairs)
    assert certificate.check(problem, replace(found, pairs=other))
