"""Experts are drawn, assigned, pledge, and step aside where they must; empty seats are filled again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Nomination
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.cast import Bearing
from pilotportal.rehearsal.play import Act, Play
from review.enums import Ground, Refusal, SheetStatus
from review.models import AssignmentRun, Expert, PanelMember, Pledge, ScoreSheet
from review.services import assignment, panel, scoring

PUBLIC_NUMBER = "演示开奖号码 {}"
GROUNDS = (Ground.EMPLOYMENT, Ground.ADVISED, Ground.KIN, Ground.SAME_EMPLOYER)


def acts(play: Play) -> Iterator[Act]:
    yield Act(moments.DRAWN - timedelta(days=3), partial(_commit, play))
    yield Act(moments.DRAWN, partial(_draw, play))
    yield Act(moments.ASSIGNED, partial(_assign_and_undo, play))
    yield Act(moments.ASSIGNED + timedelta(hours=1), partial(_assign, play))
    yield Act(moments.ASSIGNED + timedelta(hours=2), partial(_try_an_expert_of_the_province, play))
    yield Act(moments.PLEDGES - timedelta(hours=1), partial(_try_without_pledge, play))
    yield Act(moments.PLEDGES, partial(_pledge, play))
    yield Act(moments.RECUSALS, partial(_recuse, play))
    yield Act(moments.VACANCIES, partial(_fill, play))
    yield Act(moments.VACANCIES + timedelta(hours=1), partial(_pledge, play))


def _secret(play: Play) -> str:
    return play.chance.of("nonce").randbytes(32).hex()


def _size(play: Play) -> int:
    return play.size.drawn(play.round.panel_size)


def _commit(play: Play, at: datetime) -> None:
    panel.commit(round_id=play.round.pk, size=_size(play), nonce=_secret(play), by=play.cast.staff, at=at)


def _draw(play: Play, at: datetime) -> None:
    number = PUBLIC_NUMBER.format(play.chance.number(0, 9_999_999, "public number"))
    draw = partial(panel.draw, round_id=play.round.pk, size=_size(play), public_number=number, by=play.cast.staff, at=at)
    play.refused(
        "other_secret",
        _("a draw with another secret number"),
        expected=Refusal.NOT_THE_COMMITMENT,
        act=lambda: draw(nonce=_secret(play)[::-1]),
    )
    draw(nonce=_secret(play))
    play.refused("second_draw", _("a second draw"), expected=Refusal.DRAWN, act=lambda: draw(nonce=_secret(play)))


def _assign_and_undo(play: Play, at: datetime) -> None:
    run = assignment.propose(round_id=play.round.pk, by=play.cast.staff, at=at)
    assignment.apply(run_id=run.pk, by=play.cast.staff, at=at)
    assignment.undo(run_id=run.pk, by=play.cast.staff, at=at)


def _assign(play: Play, at: datetime) -> None:
    run = assignment.propose(round_id=play.round.pk, by=play.cast.staff, at=at)
    assignment.apply(run_id=run.pk, by=play.cast.staff, at=at)


def _try_an_expert_of_the_province(play: Play, at: datetime) -> None:
    nominations = Nomination.objects.filter(round=play.round, sheets__isnull=False).order_by("city")
    pairs = ((nomination, Expert.objects.filter(province=nomination.province).first()) for nomination in nominations)
    if pair := next(((nomination, expert) for nomination, expert in pairs if expert), None):
        force = partial(_force_sheet, play, *pair, at)
        play.refused(
            "expert_of_the_province", _("an expert from the city's province"), expected="IntegrityError", by=IntegrityError, act=force
        )


def _force_sheet(play: Play, nomination: Nomination, expert: Expert, at: datetime) -> None:
    run = AssignmentRun.objects.filter(round=play.round).latest("pk")
    ScoreSheet.objects.create(run=run, nomination=nomination, expert=expert, assigned_at=at)


def _try_without_pledge(play: Play, at: datetime) -> None:
    sheet = _sheets(play).select_related("expert__user__organisation")[0]
    save = partial(scoring.save_sheet, sheet_id=sheet.pk, marks={}, revision=0, by=sheet.expert.user, at=at)
    play.refused("no_pledge", _("a score sheet before the pledge"), expected=Refusal.NO_PLEDGE, act=save)


def _pledge(play: Play, at: datetime) -> None:
    """Everybody on the panel who has not yet."""
    signed = Pledge.objects.filter(round=play.round).values("expert")
    members = PanelMember.objects.filter(draw__round=play.round).exclude(expert__in=signed)
    for member in members.select_related("expert__user__organisation").order_by("position"):
        scoring.sign_pledge(round_id=play.round.pk, by=member.expert.user, at=at)


def _recuse(play: Play, at: datetime) -> None:
    """Each conflicted expert steps aside from one nomination."""
    for username in sorted(name for name, bearing in play.cast.bearings.items() if bearing is Bearing.CONFLICTED):
        own = _sheets(play).filter(expert__user__username=username, status=SheetStatus.ASSIGNED)
        if sheets := list(own.select_related("expert__user__organisation")):
            sheet = play.chance.choice(sheets, "recusal", username)
            ground = play.chance.choice(GROUNDS, "ground", username)
            scoring.recuse(sheet_id=sheet.pk, ground=ground, note="（演示）", by=sheet.expert.user, at=at)


def _fill(play: Play, at: datetime) -> None:
    assignment.fill_vacancies(round_id=play.round.pk, by=play.cast.staff, at=at)


def _sheets(play: Play) -> QuerySet[ScoreSheet]:
    """In an order that does not depend on codes or numbers of rows."""
    return ScoreSheet.objects.filter(nomination__round=play.round).order_by("nomination__city", "expert__user__username")
