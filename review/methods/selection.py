"""Walk down the ranking and take each city iff a full selection under all rules still exists: exactly optimal, with a reason for each.

The full selections are the bases of a matroid (laminar bounds, one total), so the walk attains the greatest total score, and what
becomes of the cities behind a tie does not depend on how the tie is resolved.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cache
from itertools import groupby, takewhile

from review.methods import contradiction
from review.methods.contradiction import Contradiction
from review.methods.quotas import NATION, Bound, Candidate, Rule, Rules, Tally, Tree, Zone, passes


class Outcome(Enum):
    """What the rules make of a candidate."""

    SELECTED = "selected"
    """On the list."""
    PASSED_OVER = "passed_over"
    """Not on the list."""
    UNDECIDED = "undecided"
    """Tied across the line: people or a public draw decide."""


class Reason(Enum):
    """Why."""

    BY_RANK = "by_rank"
    """Selected: stands among the first, as many as there are places."""
    MOVED_UP = "moved_up"
    """Selected: stands behind them, and moved up because a rule kept others out."""
    FOR_MINIMUM = "for_minimum"
    """Selected: only because `rule`, a minimum, asked for it."""
    MAXIMUM_REACHED = "maximum_reached"
    """Passed over: `holders` had already reached `rule`, a maximum."""
    KEPT_FOR_MINIMUM = "kept_for_minimum"
    """Passed over: the room left under `rule` (the places, or a maximum) was needed for the minima in `kept`."""
    PLACES_FILLED = "places_filled"
    """Passed over: all places went to cities ranked before it."""
    BELOW_THRESHOLD = "below_threshold"
    """Passed over: the score is below `rule`, the threshold."""
    TIED_AT_LINE = "tied_at_line"
    """Undecided: tied with others for fewer places."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Places kept for a minimum that was not yet met."""

    rule: Rule
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one candidate, and the clause that did it.

    `holders` are, in order of rank, the candidates who had used up `rule`. While a tie is open they include all those tied.
    """

    candidate: Candidate
    outcome: Outcome
    reason: Reason
    rule: Rule
    holders: tuple[Candidate, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenTie:
    """Candidates of equal rank who contend for fewer places; whichever of them are taken, nobody else is affected."""

    rank: int
    nominations: tuple[str, ...]
    places: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """Somebody who would step up (递补): `first_for` when that city alone falls; `possible_for` where the rules would allow it."""

    nomination: str
    rank: int
    first_for: tuple[str, ...]
    possible_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The outcome, candidates in order of rank. With a contradiction there are no decisions; with open ties there are no reserves.

    `total` is the sum of the scores of a full list, however the ties are resolved. `stand_ins` names for each selected city who
    would step up if it fell: several when they are tied, none when no one may.
    """

    decisions: tuple[Decision, ...]
    ties: tuple[OpenTie, ...]
    reserves: tuple[Reserve, ...]
    stand_ins: Mapping[str, tuple[str, ...]]
    total: Fraction
    contradiction: Contradiction | None = None

    @property
    def is_decided(self) -> bool:
        """Whether the list is complete and beyond doubt."""
        return self.contradiction is None and not self.ties

    @property
    def selected(self) -> tuple[str, ...]:
        """The nominations on the list, in order of rank."""
        return tuple(d.candidate.nomination for d in self.decisions if d.outcome is Outcome.SELECTED)


def select(candidates: Iterable[Candidate], rules: Rules) -> Selection:
    """Apply the rules to the ranking. Raises ValueError for a nomination named twice or a province in two regions."""
    ranked = sorted(candidates, key=_place)
    if len({candidate.nomination for candidate in ranked}) != len(ranked):
        raise ValueError("a nomination appears twice")
    tally = Tally(Tree(ranked, rules))
    if not tally.possible():
        found = contradiction.smallest(ranked, rules)
        return Selection(decisions=(), ties=(), reserves=(), stand_ins={}, total=Fraction(0), contradiction=found)
    walk = _Walk(ranked, rules, tally)
    decisions = tuple(walk.decided[candidate.nomination] for candidate in ranked)
    possible = {} if walk.ties else _replacements(tally, [c for c in ranked if passes(c, rules)])
    return Selection(
        decisions=_with_reasons(decisions, walk, ranked, rules),
        ties=tuple(walk.ties),
        reserves=_reserves(possible),
        stand_ins={fallen: tuple(c.nomination for c in _first(others)) for fallen, others in possible.items()},
        total=sum((candidate.score for candidate in tally.taken), Fraction(0)),
    )


class _Walk:
    """One pass over the ranking, tied candidates together."""

    def __init__(self, ranked: Sequence[Candidate], rules: Rules, tally: Tally) -> None:
        self.tally = tally
        self.ties: list[OpenTie] = []
        self.contenders: list[Candidate] = []
        self.decided: dict[str, Decision] = {}
        threshold = Rule(rules.threshold_clause, NATION, Bound.THRESHOLD, rules.threshold or 0)
        for rank, group in groupby(ranked, key=lambda candidate: candidate.rank):
            tied = list(group)
            for candidate in tied:
                if not passes(candidate, rules):
                    self._pass_over(candidate, Reason.BELOW_THRESHOLD, threshold)
            self._take(rank, [candidate for candidate in tied if passes(candidate, rules)])

    def _take(self, rank: int, tied: list[Candidate]) -> None:
        """Take who is taken in every order of the tied; pass over who is taken in none; leave the others undecided."""
        fit = []
        for candidate in tied:
            if zone := self.tally.obstacle(candidate):
                self._explain(candidate, zone)
            else:
                fit.append(candidate)
        one_of_each = {candidate.province: candidate for candidate in fit}  # those of one province have the same prospects
        safe = {province for province, candidate in one_of_each.items() if _taken_last(self.tally, candidate, fit)}
        for candidate in fit:
            if candidate.province in safe:
                self.tally.take(candidate)
                self._decide(candidate, Outcome.SELECTED, Reason.BY_RANK)
        self._contest(rank, [candidate for candidate in fit if candidate.province not in safe])

    def _contest(self, rank: int, contenders: list[Candidate]) -> None:
        """Take as many of the contenders as there is room for, on behalf of all of them."""
        already = len(self.tally.taken)
        for candidate in contenders:
            self._decide(candidate, Outcome.UNDECIDED, Reason.TIED_AT_LINE)
            if self.tally.obstacle(candidate) is None:
                self.tally.take(candidate)
        if contenders:
            self.ties.append(OpenTie(rank, tuple(c.nomination for c in contenders), len(self.tally.taken) - already))
            self.contenders += contenders

    def _explain(self, candidate: Candidate, zone: Zone) -> None:
        """Pass over a candidate for whom the zone has no room."""
        rule = self.tally.tree.maximum[zone]
        if unmet := self.tally.unmet(zone):
            kept = tuple(Kept(minimum, places) for minimum, places in unmet.items())
            self._pass_over(candidate, Reason.KEPT_FOR_MINIMUM, rule, holders=self._holders(zone), kept=kept)
        elif zone == NATION:
            self._pass_over(candidate, Reason.PLACES_FILLED, rule)
        else:
            self._pass_over(candidate, Reason.MAXIMUM_REACHED, rule, holders=self._holders(zone))

    def _holders(self, zone: Zone) -> tuple[Candidate, ...]:
        found = {c.nomination: c for c in (*self.tally.taken, *self.contenders) if zone in self.tally.tree.path(c)}
        return tuple(sorted(found.values(), key=_place))

    def _decide(self, candidate: Candidate, outcome: Outcome, reason: Reason) -> None:
        places = self.tally.tree.places
        self.decided[candidate.nomination] = Decision(candidate=candidate, outcome=outcome, reason=reason, rule=places)

    def _pass_over(
        self, candidate: Candidate, reason: Reason, rule: Rule, *, holders: tuple[Candidate, ...] = (), kept: tuple[Kept, ...] = ()
    ) -> None:
        self.decided[candidate.nomination] = Decision(
            candidate=candidate, outcome=Outcome.PASSED_OVER, reason=reason, rule=rule, holders=holders, kept=kept
        )


def _place(candidate: Candidate) -> tuple[int, str]:
    return candidate.rank, candidate.nomination


def _taken_last(tally: Tally, candidate: Candidate, tied: Iterable[Candidate]) -> bool:
    """Whether the candidate is taken even when all those tied with it come first."""
    after = tally.copy()
    for other in tied:
        if other is not candidate and after.obstacle(other) is None:
            after.take(other)
    return after.obstacle(candidate) is None


def _with_reasons(decisions: tuple[Decision, ...], walk: _Walk, ranked: Sequence[Candidate], rules: Rules) -> tuple[Decision, ...]:
    """Say of each selected city whether its rank, the maxima for others, or a minimum brought it in.

    A minimum did when the city would not be safe without the minima; then some minimum around it is met exactly (otherwise the city could
    be exchanged for one ranked before it).
    """
    first = {candidate.nomination for candidate in ranked[: rules.places]}
    free = replace(rules, limits=tuple(limit for limit in rules.limits if limit.bound is Bound.MAXIMUM))
    without_minima = _Walk(ranked, free, Tally(Tree(ranked, free))).decided if free != rules else walk.decided

    def explained(decision: Decision) -> Decision:
        name = decision.candidate.nomination
        if decision.outcome is not Outcome.SELECTED:
            return decision
        if without_minima[name].outcome is not Outcome.SELECTED:
            return replace(decision, reason=Reason.FOR_MINIMUM, rule=_tightest_minimum(walk.tally, decision.candidate))
        return decision if name in first else replace(decision, reason=Reason.MOVED_UP)

    return tuple(explained(decision) for decision in decisions)


def _tightest_minimum(tally: Tally, candidate: Candidate) -> Rule:
    around = [zone for zone in tally.tree.path(candidate) if zone in tally.tree.minimum]
    return tally.tree.minimum[min(around, key=lambda zone: tally.count(zone) - tally.tree.minimum[zone].number)]


def _replacements(tally: Tally, ranked: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """For each selected city, in order of rank, those who could take its place alone."""
    tree, chosen = tally.tree, {candidate.nomination for candidate in tally.taken}
    counts = {zone: tally.count(zone) for zone in tree.zones}
    others = [candidate for candidate in ranked if candidate.nomination not in chosen]

    @cache
    def exchangeable(leaves: tuple[Zone, ...], enters: tuple[Zone, ...]) -> bool:
        missed = any(counts[zone] == tree.minimum[zone].number for zone in leaves if zone not in enters and zone in tree.minimum)
        over = any(counts[zone] == tree.maximum[zone].number for zone in enters if zone not in leaves and zone in tree.maximum)
        return not missed and not over

    return {
        fallen.nomination: [other for other in others if exchangeable(tree.path(fallen), tree.path(other))]
        for fallen in ranked
        if fallen.nomination in chosen
    }


def _first(others: list[Candidate]) -> list[Candidate]:
    return list(takewhile(lambda other: other.rank == others[0].rank, others))


def _reserves(possible: Mapping[str, list[Candidate]]) -> tuple[Reserve, ...]:
    first_for: dict[Candidate, list[str]] = defaultdict(list)
    possible_for: dict[Candidate, list[str]] = defaultdict(list)
    for fallen, others in possible.items():
        for other in others:
            possible_for[other].append(fallen)
        for other in _first(others):
            first_for[other].append(fallen)
    ordered = sorted(possible_for, key=_place)
    return tuple(Reserve(other.nomination, other.rank, tuple(first_for[other]), tuple(possible_for[other])) for other in ordered)
