"""What provinces try and must not succeed with: refused by the rule and, where it can, by the database."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from applications import permissions
from applications.content import Invalid
from applications.enums import Problem, Refusal
from applications.models import Nomination
from applications.services import nominations
from pilotportal.accounts.models import Division
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.lineup import HEBEI, Nominee, Unit
from pilotportal.rehearsal.play import Act, Play

SUB_SECTORS = "sub_sectors"


def acts(play: Play) -> Iterator[Act]:
    """All by 河北, which has three places and hands in at the last second."""
    unit = play.lineup.unit_of(HEBEI)
    first, second, _third = unit.nominees
    yield Act(moments.at(6, 11, 9), partial(_other_province, play, unit))
    yield Act(moments.at(7, 14, 9), partial(_twice, play, first))
    yield Act(moments.at(7, 14, 10), partial(_fourth_sub_sector, play, second))
    yield Act(moments.at(7, 14, 11), partial(_incomplete, play, second))
    yield Act(moments.at(7, 14, 12), partial(_objected, play, first))
    yield Act(moments.at(7, 15, 16), partial(_without_the_right, play, first))
    yield Act(moments.at(7, 18, 10), partial(_above_quota, play, unit))
    yield Act(moments.DEADLINE - timedelta(microseconds=1), partial(_second_submission, play, first))
    yield Act(moments.DEADLINE, partial(_withdrawal_too_late, play, first))


def _other_province(play: Play, unit: Unit, at: datetime) -> None:
    city = Division.objects.exclude(province=unit.division).filter(level="prefecture_city").order_by("pk")[0]
    start = _starting(play, unit, city, at)
    play.refused("other_province", _("a city of another province"), expected=Refusal.OTHER_PROVINCE, act=start)
    forced = partial(_force, play, unit.division, city, at)
    play.forced("other_province", act=forced)


def _twice(play: Play, nominee: Nominee, at: datetime) -> None:
    start = _starting(play, play.lineup.unit_of(HEBEI), nominee.city, at)
    play.refused("twice", _("the same city twice"), expected=Refusal.TWICE, act=start)
    forced = partial(_force, play, nominee.city.province, nominee.city, at)
    play.forced("twice", act=forced)


def _above_quota(play: Play, unit: Unit, at: datetime) -> None:
    named = [nominee.city.pk for nominee in unit.nominees]
    city = Division.objects.filter(province=unit.division, level="prefecture_city").exclude(pk__in=named).order_by("pk")[0]
    play.refused("quota", _("a city above the quota"), expected=Refusal.QUOTA, act=_starting(play, unit, city, at))
    forced = partial(_force, play, unit.division, city, at)
    play.forced("quota", act=forced)


def _fourth_sub_sector(play: Play, nominee: Nominee, at: datetime) -> None:
    section = play.round.definition.section_of(SUB_SECTORS)
    rows = [{"industry": code, "description": "（演示）"} for code in ("C34", "C35", "C36", "C37")]
    save = partial(
        nominations.save_section,
        nomination_id=nominee.nomination_id,
        section=section,
        values={SUB_SECTORS: rows},
        revision=0,
        by=play.cast.handlers[HEBEI],
        at=at,
    )
    play.refused("fourth_sub_sector", _("a fourth sub-sector"), expected=Problem.TOO_MANY_ROWS, by=Invalid, act=save)
    forced = partial(_force_content, nominee, {SUB_SECTORS: rows})
    play.forced("fourth_sub_sector", act=forced)


def _incomplete(play: Play, nominee: Nominee, at: datetime) -> None:
    hand_in = partial(nominations.submit, nomination_id=nominee.nomination_id, undertaken=True, by=play.cast.approvers[HEBEI], at=at)
    play.refused("incomplete", _("an incomplete nomination"), expected=Refusal.INCOMPLETE, act=hand_in)


def _objected(play: Play, nominee: Nominee, at: datetime) -> None:
    hand_in = partial(nominations.submit, nomination_id=nominee.nomination_id, undertaken=True, by=play.cast.approvers[HEBEI], at=at)
    play.refused("objected", _("a nomination to which a department objects"), expected=Refusal.OBJECTED, act=hand_in)


def _without_the_right(play: Play, nominee: Nominee, _at: datetime) -> None:
    code = Nomination.objects.values_list("code", flat=True).get(pk=nominee.nomination_id)
    stranger = next(user for province, user in play.cast.approvers.items() if province != HEBEI)
    as_handler = partial(permissions.nomination_for, play.cast.handlers[HEBEI], code, can=permissions.can_submit)
    as_stranger = partial(permissions.nomination_for, stranger, code)
    play.refused(
        "handler_submits", _("submission by the handling official"), expected="PermissionDenied", by=PermissionDenied, act=as_handler
    )
    play.refused("stranger_looks", _("a look at another province's nomination"), expected="Http404", by=Http404, act=as_stranger)


def _second_submission(play: Play, nominee: Nominee, at: datetime) -> None:
    hand_in = partial(nominations.submit, nomination_id=nominee.nomination_id, undertaken=True, by=play.cast.approvers[HEBEI], at=at)
    play.refused("second_submission", _("a second submission"), expected=Refusal.NOT_A_DRAFT, act=hand_in)


def _withdrawal_too_late(play: Play, nominee: Nominee, at: datetime) -> None:
    take_back = partial(nominations.withdraw, nomination_id=nominee.nomination_id, reason="（演示）", by=play.cast.approvers[HEBEI], at=at)
    play.refused("withdrawal_late", _("a withdrawal after the deadline"), expected=Refusal.CLOSED, act=take_back)


def _starting(play: Play, unit: Unit, city: Division, at: datetime) -> Callable[[], object]:
    return partial(nominations.start, round_id=play.round.pk, city=city, by=play.cast.handlers[unit.division.pk], at=at)


def _force(play: Play, province: Division, city: Division, at: datetime) -> None:
    Nomination.objects.create(round=play.round, province=province, city=city, created_by=play.cast.staff, created_at=at)


def _force_content(nominee: Nominee, content: dict[str, object]) -> None:
    Nomination.objects.filter(pk=nominee.nomination_id).update(content=content)
