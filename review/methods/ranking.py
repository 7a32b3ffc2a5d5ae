"""Rank exact scores; break ties by the announced criteria, in order; show what is still tied for people or a public draw to decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from itertools import groupby

from review.methods import draw
from review.methods.scores import Score, Standing


class Separation(Enum):
    """What puts a nomination behind the one above it."""

    FIRST = "first"
    """Nothing stands above it."""
    SCORE = "score"
    """A lower score."""
    CRITERION = "criterion"
    """The same score, and a lower mean mark of the criterion named."""
    TIED = "tied"
    """Nothing: both share the rank."""
    DRAW = "draw"
    """The public draw."""
    PEOPLE = "people"
    """A recorded decision by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A nomination in the ranking. `rank` is shared by those tied (1, 2, 2, 4); `criterion` is the code when `behind` is CRITERION."""

    nomination: str
    rank: int
    score: Fraction
    behind: Separation
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Nominations that the rules do not part, known by the rank that they share; in the order of their ids, which means nothing."""

    rank: int
    nominations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The positions from first to last, and the nominations that could not be ranked."""

    positions: tuple[Position, ...]
    unranked: tuple[str, ...]

    def ties(self) -> tuple[Tie, ...]:
        """What people or a draw have still to decide, where it matters."""
        groups = ((rank, tuple(p.nomination for p in group)) for rank, group in groupby(self.positions, key=lambda p: p.rank))
        return tuple(Tie(rank, nominations) for rank, nominations in groups if len(nominations) > 1)


def rank(scores: Iterable[Score], *, tie_rules: Sequence[str]) -> Ranking:
    """Rank the scored nominations, highest first; among equal scores the higher mean mark of each criterion in `tie_rules` decides.

    The order in which the scores come in does not matter. Raises KeyError for a tie rule that no criterion bears.
    """
    found = sorted(scores, key=lambda score: score.nomination)
    scored = [score for score in found if score.standing is Standing.SCORED]
    keys = {score.nomination: (_exact(score), *(score.means[code] for code in tie_rules)) for score in scored}
    ordered = sorted(keys, key=lambda nomination: keys[nomination], reverse=True)
    positions: list[Position] = []
    for number, nomination in enumerate(ordered, start=1):
        behind, criterion = _separation(keys[ordered[number - 2]] if positions else None, keys[nomination], tie_rules)
        at = positions[-1].rank if behind is Separation.TIED else number
        positions.append(Position(nomination=nomination, rank=at, score=keys[nomination][0], behind=behind, criterion=criterion))
    return Ranking(tuple(positions), tuple(score.nomination for score in found if score.standing is not Standing.SCORED))


def settle(ranking: Ranking, *, order: Sequence[str], by: Separation) -> Ranking:
    """Part the nominations of one tie in the `order` given, as a draw or people decided (`by` is DRAW or PEOPLE).

    Raises ValueError unless `order` names exactly the nominations of one tie.
    """
    tie = next((tie for tie in ranking.ties() if sorted(tie.nominations) == sorted(order)), None)
    if tie is None or by not in {Separation.DRAW, Separation.PEOPLE}:
        raise ValueError("the order must name exactly the nominations of one tie, decided by a draw or by people")
    start = next(i for i, position in enumerate(ranking.positions) if position.rank == tie.rank)
    tied = {position.nomination: position for position in ranking.positions[start : start + len(order)]}
    head = ranking.positions[start]
    settled = [
        replace(tied[nomination], rank=tie.rank + i, behind=by if i else head.behind, criterion=None if i else head.criterion)
        for i, nomination in enumerate(order)
    ]
    return replace(ranking, positions=(*ranking.positions[:start], *settled, *ranking.positions[start + len(order) :]))


def settle_by_draw(ranking: Ranking, *, tie: Tie, seed: bytes, digest: str) -> Ranking:
    """Part one tie by lot: ascending H(seed || id), as in `draw`."""
    return settle(ranking, order=draw.order(tie.nominations, seed=seed, digest=digest), by=Separation.DRAW)


def _exact(score: Score) -> Fraction:
    if score.score is None:
        raise ValueError(f"{score.nomination} is scored without a score")
    return score.score


def _separation(above: tuple[Fraction, ...] | None, own: tuple[Fraction, ...], tie_rules: Sequence[str]) -> tuple[Separation, str | None]:
    if above is None:
        return Separation.FIRST, None
    decisive = next((i for i, (higher, lower) in enumerate(zip(above, own, strict=True)) if higher != lower), None)
    if decisive is None:
        return Separation.TIED, None
    return (Separation.CRITERION, tie_rules[decisive - 1]) if decisive else (Separation.SCORE, None)
