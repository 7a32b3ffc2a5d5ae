"""排序: exact scores from the submitted sheets, ties broken by the announced criteria, and past that by people on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction

from applications.enums import Status
from applications.models import Nomination, Round
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.moments import until
from review import queries, rules
from review.enums import Refusal, TieMethod
from review.methods import ranking as ordering
from review.methods import scores as scoring
from review.models import Ranking, TieResolution
from review.queries import facts
from review.services.guards import locked_round, refuse_if_selected, refuse_unless_staff

Entries = list[dict[str, Any]]


@transaction.atomic
def compute(*, round_id: int, by: User, at: datetime) -> Ranking:
    """Rank the accepted nominations once all sheets are in or their deadline has passed. The same marks give the same digest.

    Ties that people have parted for exactly these marks stay parted. Writes a new row and seals. Raises Refused.

    Each entry: `nomination` (its code), `code` of the division, `city`, `province` and `province_code`, `region`, `rank` (shared by those
    tied; None without enough sheets), `score` and the mean mark of each of `criteria` as "num/den", number of `sheets`, whether `tied`
    or `flagged` (too few sheets), what puts it `behind` the one above, and by which `criterion`.
    """
    refuse_unless_staff(by)
    round = locked_round(round_id)
    refuse_if_selected(round)
    _refuse_early(round, at=at)
    found, nominations = _scored(round)
    return _write(round, found, nominations, by=by, at=at)


@transaction.atomic
def resolve_tie(
    *, round_id: int, order: Sequence[str], reason: str, method: TieMethod = TieMethod.PEOPLE, by: User, at: datetime
) -> Ranking:
    """Part one tie of the present ranking: `order` names its nominations by code, the first to stand highest. Raises Refused.

    Writes the resolution, which never changes and lapses when a mark changes, and the ranking that follows from it.
    """
    refuse_unless_staff(by)
    round = locked_round(round_id)
    refuse_if_selected(round)
    if not reason.strip():
        raise Refused(Refusal.NO_REASON)
    ranking = current_ranking(round)
    found, nominations = _scored(round)
    cities = {nomination.code: city for city, nomination in nominations.items()}
    tie = _tie_of(_settled(round, found.ranking, base=ranking.base), [cities.get(code, "") for code in order])
    made = TieResolution.objects.create(
        round=round,
        base=ranking.base,
        rank=tie.rank,
        order=[cities[code] for code in order],
        method=method,
        reason=reason,
        resolved_by=by,
        resolved_at=at,
    )
    audit.record(
        "ranking.tie_parted",
        at=at,
        by=by,
        target=made,
        round_code=round.code,
        base=made.base,
        order=made.order,
        method=method,
        reason=reason,
    )
    return _write(round, found, nominations, by=by, at=at)


def current_ranking(round: Round) -> Ranking:
    """The last ranking, which must still follow from the marks as they stand. Raises Refused."""
    ranking = queries.latest_ranking(round)
    if ranking is None:
        raise Refused(Refusal.NO_RANKING)
    found, nominations = _scored(round)
    if digest_of(_entries(found, found.ranking, nominations)) != ranking.base:
        raise Refused(Refusal.RANKING_OLD)
    return ranking


class _Scored:
    """Scores by city, and the ranking that follows from them and the tie rules alone."""

    def __init__(self, round: Round, cities: Sequence[str]) -> None:
        sheets = [sheet for sheet in facts.submitted_sheets(round) if sheet.nomination in set(cities)]
        found = scoring.scores(nominations=cities, sheets=sheets, scale=facts.scale_of(round))
        self.scores = {score.nomination: score for score in found}
        self.ranking = ordering.rank(found, tie_rules=round.tie_rules)


def _scored(round: Round) -> tuple[_Scored, Mapping[str, Nomination]]:
    accepted = Nomination.objects.filter(round=round, status=Status.ACCEPTED).select_related("city", "province").order_by("city")
    nominations = {nomination.city_id: nomination for nomination in accepted}
    return _Scored(round, list(nominations)), nominations


def _refuse_early(round: Round, *, at: datetime) -> None:
    if not Nomination.objects.filter(round=round, status=Status.ACCEPTED).exists():
        raise Refused(Refusal.NOTHING_ACCEPTED)
    if queries.run_in_force(round) is None:
        raise Refused(Refusal.NOT_IN_FORCE)
    out, closes_at = queries.count_of(round).out, queries.sheets_close_at(round)
    if refusal := rules.why_not_rank(sheets_out=out, closes_at=closes_at, at=at):
        raise Refused(refusal, count=out, closed_at=until(closes_at))


def _write(round: Round, found: _Scored, nominations: Mapping[str, Nomination], *, by: User, at: datetime) -> Ranking:
    base = digest_of(_entries(found, found.ranking, nominations))
    entries = _entries(found, _settled(round, found.ranking, base=base), nominations)
    digest = digest_of(entries)
    ranking = Ranking.objects.create(round=round, entries=entries, base=base, digest=digest, computed_by=by, computed_at=at)
    audit.record("ranking.computed", at=at, by=by, target=ranking, round_code=round.code, base=base, digest=digest, ranked=len(entries))
    audit.seal_all(reason=f"ranking {round.code}", at=at)
    return ranking


def _settled(round: Round, ranking: ordering.Ranking, *, base: str) -> ordering.Ranking:
    """With every resolution that was made for exactly this ranking."""
    for resolution in TieResolution.objects.filter(round=round, base=base).order_by("pk"):
        ranking = ordering.settle(ranking, order=resolution.order, by=ordering.Separation(resolution.method))
    return ranking


def _tie_of(ranking: ordering.Ranking, cities: Sequence[str]) -> ordering.Tie:
    tie = next((tie for tie in ranking.ties() if sorted(tie.nominations) == sorted(cities)), None)
    if tie is None:
        raise Refused(Refusal.NO_SUCH_TIE)
    return tie


def _entries(found: _Scored, ranking: ordering.Ranking, nominations: Mapping[str, Nomination]) -> Entries:
    """The positions from first to last, then those without a rank in the order of divisions."""
    tied = {name for tie in ranking.ties() for name in tie.nominations}
    ranked = [
        _entry(nominations[position.nomination], found.scores[position.nomination], position, tied=position.nomination in tied)
        for position in ranking.positions
    ]
    return ranked + [_entry(nominations[city], found.scores[city], None, tied=False) for city in ranking.unranked]


def _entry(nomination: Nomination, score: scoring.Score, position: ordering.Position | None, *, tied: bool) -> dict[str, Any]:
    return {
        "nomination": nomination.code,
        "code": nomination.city_id,
        "city": nomination.city.name,
        "province": nomination.province.name,
        "province_code": nomination.province_id,
        "region": nomination.city.region,
        "rank": position.rank if position else None,
        "score": exact(score.score) if score.score is not None else None,
        "sheets": len(score.totals),
        "tied": tied,
        "flagged": position is None,
        "behind": position.behind.value if position else "",
        "criterion": (position.criterion or "") if position else "",
        "criteria": {code: exact(mean) for code, mean in score.means.items()},
    }


def exact(value: Fraction) -> str:
    """A fraction in lowest terms as "num/den", which `Fraction` reads back."""
    return f"{value.numerator}/{value.denominator}"
