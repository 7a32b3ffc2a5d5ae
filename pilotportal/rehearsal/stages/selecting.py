"""Ranking, the selection under its rules, its release by a second person, the public notice, the decision."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from pilotportal.rehearsal import moments
from pilotportal.rehearsal.play import Act, Play
from review import queries
from review.enums import Refusal, TieMethod
from review.models import Ranking, Selection
from review.services import ranking, selection

REASON = "结合申报质量和区域平衡，适当增加试点数量。（演示）"
DOCUMENT = "演示〔2025〕3号"
DECISION = "演示〔2025〕4号"


def acts(play: Play) -> Iterator[Act]:
    yield Act(moments.RANKED, partial(_rank, play))
    yield Act(moments.PROPOSED, partial(_propose, play))
    yield Act(moments.SIGNED_OFF, partial(_sign_off, play))
    yield Act(moments.NOTICE, partial(_publish, play))
    yield Act(moments.NOTICE + timedelta(days=1), partial(_try_to_decide_early, play))
    yield Act(moments.DECIDED, partial(_decide, play))


def try_too_early(play: Play) -> Iterator[Act]:
    """While score sheets are still out."""
    rank = partial(ranking.compute, round_id=play.round.pk, by=play.cast.staff)
    yield Act(
        moments.at(8, 27, 9),
        lambda at: play.refused("ranking_early", _("a ranking while sheets are out"), expected=Refusal.SHEETS_OUT, act=lambda: rank(at=at)),
    )


def _rank(play: Play, at: datetime) -> None:
    ranking.compute(round_id=play.round.pk, by=play.cast.staff, at=at)


def _propose(play: Play, at: datetime) -> None:
    propose = partial(selection.propose, round_id=play.round.pk, places=play.size.places, by=play.cast.staff, at=at)
    if play.size.places != play.round.planned_places:
        without = partial(propose, reason="", document_number="")
        play.refused("places", _("another number of places without a reason"), expected=Refusal.PLACES, act=without)
    _part_ties(play, at)
    propose(reason=REASON, document_number=DOCUMENT)


def _part_ties(play: Play, at: datetime) -> None:
    """Cities tied across the line draw lots in public."""
    standing = Ranking.objects.filter(round=play.round).latest("pk")
    codes = {entry["code"]: entry["nomination"] for entry in standing.entries}
    for tie in queries.outcome_of(standing, places=play.size.places).ties:
        lots = play.chance.shuffled(sorted(tie.nominations), "lots", tie.rank)
        ranking.resolve_tie(
            round_id=play.round.pk,
            order=[codes[city] for city in lots],
            reason="得分并列，公开抽签。（演示）",
            method=TieMethod.DRAW,
            by=play.cast.staff,
            at=at,
        )


def _sign_off(play: Play, at: datetime) -> None:
    proposed = _current(play)
    sign_off = partial(selection.sign_off, selection_id=proposed.pk, at=at)
    by_proposer = partial(sign_off, digest=proposed.digest, by=play.cast.staff)
    play.refused("same_person", _("release by the one who proposed"), expected=Refusal.SAME_PERSON, act=by_proposer)
    of_another_list = partial(sign_off, digest=f"{proposed.digest[:-4]}0000", by=play.cast.second)
    play.refused("list_not_seen", _("release of a list that was not seen"), expected=Refusal.DIGEST_CHANGED, act=of_another_list)
    sign_off(digest=proposed.digest, by=play.cast.second)


def _publish(play: Play, at: datetime) -> None:
    selection.publish_notice(selection_id=_current(play).pk, by=play.cast.staff, at=at)


def _try_to_decide_early(play: Play, at: datetime) -> None:
    decide = partial(selection.decide, selection_id=_current(play).pk, decision_number=DECISION, by=play.cast.staff, at=at)
    play.refused("notice_running", _("a decision while the notice runs"), expected=Refusal.NOTICE_RUNNING, act=decide)


def _decide(play: Play, at: datetime) -> None:
    selection.decide(selection_id=_current(play).pk, decision_number=DECISION, by=play.cast.staff, at=at)


def _current(play: Play) -> Selection:
    return Selection.objects.filter(round=play.round).latest("pk")
