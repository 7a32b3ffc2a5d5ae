"""Provinces draft, upload their letters and hand in, each in its own manner, until the deadline cuts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from applications import permissions
from applications.definition import Section
from applications.enums import DeadlineKind, Refusal
from applications.models import Closing, Nomination
from applications.periodic import close_deadlines
from applications.services import holding, nominations
from pilotportal.accounts.enums import Level
from pilotportal.accounts.models import User
from pilotportal.rehearsal import invention, moments
from pilotportal.rehearsal.lineup import Nominee, Unit, Way
from pilotportal.rehearsal.play import Act, Play, wait_for
from pilotportal.rehearsal.stages import hands, lettering

LATE = "late"
LEVEL_REASON = "该地区为本省制造业集聚区，地级行政区划，先进制造业集群特征明显。（演示）"


@dataclass(frozen=True)
class Pace:
    """When a nomination is begun, when all of it is there, and when it is handed in.

    The entries are there some time before the rest: until then it is co-signed, and then the letter comes.
    """

    begun: datetime
    ready: datetime
    handed_in: datetime

    @property
    def written(self) -> datetime:
        return self.ready - hands.TAKES

    def step(self, number: int, of: int) -> datetime:
        """The moment of the section `number` (from 0) of `of`."""
        whole = int((self.written - self.begun).total_seconds())
        return self.begun + timedelta(seconds=whole * (number + 1) // (of + 1))


def acts(play: Play) -> Iterator[Act]:
    for unit in play.lineup.units:
        for number, nominee in enumerate(unit.nominees):
            yield from _nomination(play, unit, nominee, pace=_pace(play, nominee, number))
    yield Act(moments.CLOSED, lambda _at: close_nominations(play))


def _pace(play: Play, nominee: Nominee, number: int) -> Pace:
    if nominee.way is Way.LAST_SECOND:
        begun = (moments.at(6, 20, 9), moments.at(7, 10, 9), moments.at(7, 14, 9))[number % 3]
        ready = (moments.at(7, 15, 15), moments.at(7, 17, 15), moments.at(7, 18, 18))[number % 3]
        return Pace(begun, ready, moments.LAST_SECOND)
    if nominee.way is Way.LATE:
        return Pace(moments.at(7, 8, 9), moments.at(7, 18, 20), moments.DEADLINE)
    if nominee.way is Way.WITHDRAWN:
        return Pace(moments.at(6, 9, 9), moments.at(6, 20, 9), moments.at(6, 23, 10))
    handed_in = _office_hour(play, moments.at(7, 8), moments.at(7, 18), "handed in", nominee.city.pk)
    first, last = (moments.FIRST_DRAFTS, moments.LAST_DRAFTS) if number < _quota(play, nominee) else (moments.at(7, 1), moments.at(7, 4))
    begun = _office_hour(play, first, last, "begun", nominee.city.pk)
    return Pace(begun, handed_in - timedelta(hours=20), handed_in)


def _office_hour(play: Play, first: datetime, last: datetime, *about: object) -> datetime:
    source = play.chance.of(*about)
    day = first + timedelta(days=source.randint(0, (last - first).days))
    return day.replace(hour=source.randint(9, 16), minute=source.randint(0, 59), second=source.randint(0, 59))


def _quota(play: Play, nominee: Nominee) -> int:
    return play.lineup.unit_of(nominee.city.province_id).quota


def _nomination(play: Play, unit: Unit, nominee: Nominee, *, pace: Pace) -> Iterator[Act]:
    province = unit.division.pk
    handler, approver = play.cast.handlers[province], play.cast.approvers[province]
    sections = play.round.definition.sections
    yield Act(pace.begun, partial(_start, play, nominee, handler))
    written = sections[: len(sections) // 2] if nominee.way is Way.UNFINISHED else sections
    writers = hands.writers(play, nominee, of=len(sections))
    if play.cast.cities[nominee.city.pk] in writers:
        yield Act(pace.begun + hands.SOON, partial(hands.invite, nominee, handler))
        yield Act(pace.written + hands.SOON / 2, partial(hands.hand_back, nominee, play.cast.cities[nominee.city.pk]))
    for number, section in enumerate(written):
        yield Act(pace.step(number, len(sections)), partial(_write, play, nominee, section, writers[number]))
    if nominee.way is Way.UNFINISHED:
        return
    yield from hands.signatures_for(play, nominee, asked=pace.written + hands.SOON)
    yield Act(pace.ready, partial(lettering.attach, play, unit, nominee, handler))
    if nominee.way is Way.LATE:
        yield Act(pace.handed_in, partial(_try_late, play, nominee, approver))
        return
    yield Act(pace.handed_in, partial(submit, nominee, approver))
    if nominee.way is Way.WITHDRAWN:
        yield Act(moments.at(6, 27, 10), partial(_withdraw, nominee, approver))


def _start(play: Play, nominee: Nominee, by: User, at: datetime) -> None:
    reason = LEVEL_REASON if nominee.city.level == Level.OTHER_PREFECTURE else ""
    nominee.nomination_id = nominations.start(round_id=play.round.pk, city=nominee.city, level_reason=reason, by=by, at=at).pk


def _write(play: Play, nominee: Nominee, section: Section, by: User, at: datetime) -> None:
    if values := invention.section(section, city=nominee.city, chance=play.chance):
        nominations.save_section(nomination_id=nominee.nomination_id, section=section, values=values, revision=0, by=by, at=at)


def submit(nominee: Nominee, by: User, at: datetime) -> None:
    """Hand in as the approving official, who must have the right to, and gives the undertaking for exactly what was read."""
    code = Nomination.objects.values_list("code", flat=True).get(pk=nominee.nomination_id)
    nomination = permissions.nomination_for(by, code, can=permissions.can_submit)
    nominations.submit(nomination_id=nomination.pk, undertaken=True, seen=holding.draft_digest(nomination), by=by, at=at)


def _withdraw(nominee: Nominee, by: User, at: datetime) -> None:
    nominations.withdraw(nomination_id=nominee.nomination_id, reason="改报其他城市（演示）", by=by, at=at)


def _try_late(play: Play, nominee: Nominee, by: User, at: datetime) -> None:
    play.refused(LATE, _("a nomination at the closing instant"), expected=Refusal.CLOSED, act=lambda: submit(nominee, by, at))


def close_nominations(play: Play) -> None:
    """The worker seals the list; asked twice, it seals once."""
    for _time in range(2):
        close_deadlines.delay()
    closings = Closing.objects.filter(round=play.round, kind=DeadlineKind.NOMINATION)
    wait_for(closings.exists, what="closing of the nominations")
