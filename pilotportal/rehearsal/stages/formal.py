"""Formal review: most are accepted, some returned with named fields, one never answers, some are rejected with a reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from applications.definition import GroupDefinition, Section
from applications.enums import Refusal
from applications.models import Nomination
from applications.services import nominations
from pilotportal.rehearsal import moments, phrases
from pilotportal.rehearsal.lineup import Fate, Nominee
from pilotportal.rehearsal.play import Act, Play
from pilotportal.rehearsal.stages.nominating import submit
from review.services import formal

RETURNED, ANSWERED, ACCEPTED_AGAIN, REJECTED = moments.at(7, 22, 10), moments.at(7, 28, 10), moments.at(7, 29, 15), moments.at(7, 24, 10)
FIELDS_RETURNED = 2


def acts(play: Play) -> Iterator[Act]:
    inside = [nominee for nominee in play.lineup.nominees if nominee.is_in]
    yield Act(moments.FORMAL_REVIEW, partial(_accept_at_once, play, [nominee for nominee in inside if nominee.fate is Fate.ACCEPTED]))
    for number, nominee in enumerate(nominee for nominee in inside if nominee.fate is not Fate.ACCEPTED):
        yield from _troubled(play, nominee, pause=timedelta(minutes=10 * number))


def _troubled(play: Play, nominee: Nominee, *, pause: timedelta) -> Iterator[Act]:
    if nominee.fate is Fate.REJECTED:
        yield Act(REJECTED + pause, partial(_reject, play, nominee))
        return
    yield Act(RETURNED + pause, partial(_return, play, nominee))
    if nominee.fate is Fate.ANSWERED:
        yield Act(ANSWERED + pause, partial(_answer, play, nominee))
        yield Act(ACCEPTED_AGAIN + pause, partial(_accept, play, nominee))
    else:
        yield Act(moments.CORRECTIONS_CLOSE, partial(_answer_too_late, play, nominee))
        yield Act(moments.FORMAL_REVIEW_ENDS, partial(_accept, play, nominee))


def _accept_at_once(play: Play, nominees: list[Nominee], at: datetime) -> None:
    formal.accept_many(nomination_ids=[nominee.nomination_id for nominee in nominees], by=play.cast.staff, at=at)


def _accept(play: Play, nominee: Nominee, at: datetime) -> None:
    formal.accept(nomination_id=nominee.nomination_id, by=play.cast.staff, at=at)


def _reject(play: Play, nominee: Nominee, at: datetime) -> None:
    reason = play.chance.choice(phrases.REJECTIONS, "rejection", nominee.city.pk)
    formal.reject(nomination_id=nominee.nomination_id, reason=reason, by=play.cast.staff, at=at)


def _return(play: Play, nominee: Nominee, at: datetime) -> None:
    notes = [
        {"code": code, "note": play.chance.choice(phrases.NOTES, "note", nominee.city.pk, code)} for code in _to_correct(play, nominee)
    ]
    formal.return_for_correction(
        nomination_id=nominee.nomination_id,
        fields=notes,
        closes_at=moments.CORRECTIONS_CLOSE,
        reason="部分内容需补充修改。（演示）",
        by=play.cast.staff,
        at=at,
    )


def _answer(play: Play, nominee: Nominee, at: datetime) -> None:
    """Correct the named fields, and nothing else; then hand in again."""
    for code in _to_correct(play, nominee):
        _rewrite(play, nominee, code, at)
    submit(nominee, play.cast.approvers[nominee.city.province_id], at)


def _answer_too_late(play: Play, nominee: Nominee, at: datetime) -> None:
    code = _to_correct(play, nominee)[0]
    play.refused(
        "answer_late",
        _("an answer after the end of its correction"),
        expected=Refusal.CLOSED,
        act=lambda: _rewrite(play, nominee, code, at),
    )


def _rewrite(play: Play, nominee: Nominee, code: str, at: datetime) -> None:
    nomination = Nomination.objects.get(pk=nominee.nomination_id)
    section = play.round.definition.section_of(code)
    standing = {name: nomination.content.get(name) for name in section.codes}
    nominations.save_section(
        nomination_id=nomination.pk,
        section=section,
        values=standing | {code: _corrected(section, code, standing[code])},
        revision=nomination.sections[section.code]["revision"],
        by=play.cast.handlers[nominee.city.province_id],
        at=at,
    )


def _corrected(section: Section, code: str, standing: str) -> str:
    limit = next(field.max_length for field in section.fields if field.code == code)
    return f"补充：已明确责任单位和时间安排。{standing}"[: limit - len(phrases.CLOSING)] + phrases.CLOSING


def _to_correct(play: Play, nominee: Nominee) -> list[str]:
    """Long texts, from the seed."""
    texts = [
        item.code for _section, item in play.round.definition.items() if not isinstance(item, GroupDefinition) and item.type == "long_text"
    ]
    return play.chance.shuffled(texts, "to correct", nominee.city.pk)[:FIELDS_RETURNED]
