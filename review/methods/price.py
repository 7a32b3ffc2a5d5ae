"""The price of each rule: what the list would be without it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from review.methods import selection
from review.methods.contradiction import Contradiction
from review.methods.quotas import Candidate, Rules
from review.methods.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one clause costs: the total score given up for it, and who would enter or leave the list without it.

    With `contradiction` the other clauses cannot hold without this one (it is an exception from a stricter one): nothing else is said.
    While a tie is open (`is_decided` false) only those who enter or leave in any case are named.
    """

    clause: str
    given_up: Fraction
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    is_decided: bool
    contradiction: Contradiction | None = None


def prices(candidates: Iterable[Candidate], rules: Rules) -> tuple[Price, ...]:
    """The price of every limit and of the threshold, in the order of the rules. Raises ValueError when the rules contradict each other."""
    ranked = list(candidates)
    real = selection.select(ranked, rules)
    if real.contradiction:
        raise ValueError("rules that contradict each other have no price")
    without = {limit.clause: replace(rules, limits=tuple(other for other in rules.limits if other != limit)) for limit in rules.limits}
    if rules.threshold is not None:
        without[rules.threshold_clause] = replace(rules, threshold=None)
    return tuple(_price(clause, real, selection.select(ranked, others)) for clause, others in without.items())


def _price(clause: str, real: Selection, without: Selection) -> Price:
    if without.contradiction:
        nothing = Fraction(0)
        return Price(clause=clause, given_up=nothing, entering=(), leaving=(), is_decided=False, contradiction=without.contradiction)
    return Price(
        clause=clause,
        given_up=without.total - real.total,
        entering=tuple(name for name in without.selected if name not in _possible(real)),
        leaving=tuple(name for name in real.selected if name not in _possible(without)),
        is_decided=real.is_decided and without.is_decided,
    )


def _possible(found: Selection) -> set[str]:
    """Who is on the list, or may come onto it through an open tie."""
    return {*found.selected, *(name for tie in found.ties for name in tie.nominations)}
