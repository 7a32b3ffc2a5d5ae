"""The other hands of a nomination: every third city of a province drafts by invitation, and all required departments co-sign.

In 河北 one of them objects first; the province answers by changing the entry, and those who had signed before sign again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from applications import permissions, queries
from applications.enums import Verdict
from applications.models import Nomination
from applications.services import holding, invitations, nominations, signatures
from pilotportal.accounts.enums import SELF_NOMINATING, Branch
from pilotportal.accounts.models import User
from pilotportal.rehearsal.lineup import HEBEI, Nominee, Unit
from pilotportal.rehearsal.play import Act, Play

TAKES = timedelta(hours=30)  # from the last entry to the letter
SOON = timedelta(minutes=30)
DRAFTED_BY_CITIES = 3  # one in so many of a province
ENTRY = "overview"
OBJECTION = "总体情况所列制造业数据未注明来源，请核对后重新会签。（演示）"
ANSWER = "（数据已与统计部门核对。）"


def writers(play: Play, nominee: Nominee, *, of: int) -> list[User]:
    """Who writes each of `of` sections: the handling official, or from the second one on the city that is invited."""
    handler = play.cast.handlers[nominee.city.province_id]
    if not _drafts(play.lineup.unit_of(nominee.city.province_id), nominee):
        return [handler] * of
    return [handler, *[play.cast.cities[nominee.city.pk]] * (of - 1)]


def _drafts(unit: Unit, nominee: Nominee) -> bool:
    return nominee.city.level not in SELF_NOMINATING and unit.nominees.index(nominee) % DRAFTED_BY_CITIES == DRAFTED_BY_CITIES - 1


def invite(nominee: Nominee, by: User, at: datetime) -> None:
    note = "请贵市起草申报书，按时交回。（演示）"
    invitations.invite(nomination_id=nominee.nomination_id, note=note, by=by, at=at)


def hand_back(nominee: Nominee, by: User, at: datetime) -> None:
    nomination = permissions.nomination_for(by, _code(nominee), can=permissions.can_draft)
    invitations.hand_back(nomination_id=nomination.pk, by=by, at=at)


def signatures_for(play: Play, nominee: Nominee, *, asked: datetime) -> Iterator[Act]:
    """Asked at one moment, answered in the course of the next day."""
    province = nominee.city.province_id
    departments = [play.cast.co_departments[province][Branch(branch)] for branch in play.round.co_departments]
    if not departments:
        return
    handler = play.cast.handlers[province]
    yield Act(asked, partial(_ask, play, nominee, handler))
    if province == HEBEI and play.lineup.unit_of(province).nominees[0] is nominee:
        yield Act(asked + timedelta(hours=1), partial(_answer, nominee, Verdict.SIGNED, departments[-1]))
        yield Act(asked + timedelta(hours=2), partial(_answer, nominee, Verdict.OBJECTED, departments[0]))
        yield Act(asked + timedelta(hours=4), partial(_change, nominee, handler))
    for number, by in enumerate(departments):
        yield Act(asked + timedelta(hours=6 * (number + 1)), partial(_answer, nominee, Verdict.SIGNED, by))


def _ask(play: Play, nominee: Nominee, by: User, at: datetime) -> None:
    wanted = queries.co_departments_of(nominee.city.province_id).filter(branch__in=play.round.co_departments)
    signatures.ask(nomination_id=nominee.nomination_id, organisations=list(wanted), by=by, at=at)


def _answer(nominee: Nominee, verdict: Verdict, by: User, at: datetime) -> None:
    """For exactly what the department was shown."""
    nomination = permissions.nomination_for(by, _code(nominee), can=permissions.can_cosign)
    seen = holding.recommended_digest(nomination)
    reason = OBJECTION if verdict == Verdict.OBJECTED else ""
    signatures.answer(nomination_id=nomination.pk, verdict=verdict, reason=reason, seen=seen, by=by, at=at)


def _change(nominee: Nominee, by: User, at: datetime) -> None:
    nomination = permissions.nomination_for(by, _code(nominee), can=permissions.can_edit)
    section = nomination.round.definition.section_of(ENTRY)
    nominations.save_section(
        nomination_id=nomination.pk,
        section=section,
        values={ENTRY: f"{nomination.content[ENTRY]}{ANSWER}"},
        revision=nomination.revision_of(section.code),
        by=by,
        at=at,
    )


def _code(nominee: Nominee) -> str:
    return Nomination.objects.values_list("code", flat=True).get(pk=nominee.nomination_id)
