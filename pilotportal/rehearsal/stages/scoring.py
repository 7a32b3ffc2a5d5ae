"""Experts score, each with their own bearing, until the deadline for score sheets passes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from applications.models import Criterion
from pilotportal.rehearsal import moments, phrases
from pilotportal.rehearsal.cast import Bearing
from pilotportal.rehearsal.play import Act, Play
from review.enums import Refusal
from review.models import Mark, ScoreSheet
from review.rules import OPEN_SHEET
from review.services import scoring

Entries = dict[str, tuple[int | None, str]]
LAST_SHEETS = moments.at(8, 29, 16)
LEFT_OUT = 2  # sheets that a lazy expert never hands in
BIAS = {Bearing.GENEROUS: 9, Bearing.STRICT: -11}  # per cent of the highest mark
SPREAD = 13
OF_CRITERION = 10


@dataclass(frozen=True)
class Task:
    """One sheet on an expert's desk."""

    sheet: ScoreSheet
    bearing: Bearing
    number: int
    of: int

    @property
    def at(self) -> datetime:
        whole = int((LAST_SHEETS - moments.FIRST_SHEETS).total_seconds())
        return moments.FIRST_SHEETS + timedelta(seconds=whole * (self.number + 1) // self.of)

    @property
    def is_left_out(self) -> bool:
        return self.bearing is Bearing.LAZY and self.number >= self.of - LEFT_OUT

    @property
    def is_late(self) -> bool:
        return self.bearing is Bearing.TARDY and self.number == self.of - 1


def acts(play: Play) -> Iterator[Act]:
    criteria = list(play.round.criteria.order_by("position"))
    tasks = list(_tasks(play))
    for task in tasks:
        if task.is_late:
            yield Act(moments.SHEETS_CLOSE, partial(_try_late, play, task, criteria))
        elif not task.is_left_out:
            yield Act(task.at, partial(_score, play, task, criteria))
    punctual = [task for task in tasks if task.bearing is Bearing.PUNCTUAL]
    yield Act(moments.FIRST_SHEETS, partial(_try_on_an_open_sheet, play, punctual[-1], criteria))
    yield Act(moments.at(8, 29, 17), partial(_try_after_submission, play, punctual[0], criteria))
    yield Act(moments.at(8, 29, 18), partial(_reopen, play, punctual[0], criteria))


def _tasks(play: Play) -> Iterator[Task]:
    sheets = ScoreSheet.objects.filter(nomination__round=play.round, status__in=OPEN_SHEET)
    ordered = sheets.select_related("expert__user__organisation", "nomination").order_by("expert__user__username", "nomination__city")
    for username, group in groupby(ordered, key=lambda sheet: sheet.expert.user.username):
        own = play.chance.shuffled(list(group), "desk", username)
        for number, sheet in enumerate(own):
            yield Task(sheet, play.cast.bearings[username], number, len(own))


def _score(play: Play, task: Task, criteria: list[Criterion], at: datetime) -> None:
    _save(task, _entries(play, task, criteria), revision=0, at=at)
    _submit(task, at)


def _entries(play: Play, task: Task, criteria: list[Criterion]) -> Entries:
    """Marks follow from how good the nomination is, how strict the expert is, and chance; nothing of it from the order of the rows."""
    city, expert = task.sheet.nomination.city_id, task.sheet.expert.user.username
    quality = next(nominee.quality for nominee in play.lineup.nominees if nominee.city.pk == city and nominee.reaches_the_review)
    entries: Entries = {}
    for criterion in criteria:
        general = quality + play.chance.number(-OF_CRITERION, OF_CRITERION, "criterion", city, criterion.code)
        level = general + BIAS.get(task.bearing, 0) + play.chance.number(-SPREAD, SPREAD, "mark", expert, city, criterion.code)
        mark = min(criterion.max_mark, max(0, (level * criterion.max_mark + 50) // 100))
        words = phrases.COMMENTS["high" if level >= 80 else "middle" if level >= 60 else "low"]  # noqa: PLR2004
        entries[criterion.code] = (mark, play.chance.choice(words, "comment", expert, city, criterion.code))
    return entries


def _save(task: Task, entries: Mapping[str, tuple[int | None, str]], *, revision: int, at: datetime) -> None:
    scoring.save_sheet(sheet_id=task.sheet.pk, marks=entries, revision=revision, by=task.sheet.expert.user, at=at)


def _submit(task: Task, at: datetime) -> None:
    scoring.submit_sheet(sheet_id=task.sheet.pk, by=task.sheet.expert.user, at=at)


def _try_late(play: Play, task: Task, criteria: list[Criterion], at: datetime) -> None:
    save = partial(_save, task, _entries(play, task, criteria), revision=0, at=at)
    play.refused("sheet_late", _("a score sheet at the end of its deadline"), expected=Refusal.SHEET_CLOSED, act=save)


def _try_on_an_open_sheet(play: Play, task: Task, criteria: list[Criterion], at: datetime) -> None:
    whole = _entries(play, task, criteria)
    first = criteria[0]
    beyond = {**whole, first.code: (first.max_mark + 1, "（演示）")}
    out_of_range = partial(_save, task, beyond, revision=0, at=at)
    play.refused("mark_range", _("a mark outside its range"), expected=Refusal.MARK_RANGE, act=out_of_range)
    force = partial(_force_mark, task, first)
    play.forced("mark_range", act=force)
    hand_in = partial(_submit, task, at)
    play.refused("marks_missing", _("a score sheet without marks"), expected=Refusal.MARKS_MISSING, act=hand_in)


def _force_mark(task: Task, criterion: Criterion) -> None:
    Mark.objects.create(sheet=task.sheet, criterion=criterion, mark=criterion.max_mark + 1)


def _try_after_submission(play: Play, task: Task, criteria: list[Criterion], at: datetime) -> None:
    save = partial(_save, task, _entries(play, task, criteria), revision=1, at=at)
    play.refused("sheet_submitted", _("a change of a submitted score sheet"), expected=Refusal.SHEET_SUBMITTED, act=save)


def _reopen(play: Play, task: Task, criteria: list[Criterion], at: datetime) -> None:
    """Staff open a submitted sheet again; the expert changes a comment and hands in again."""
    scoring.reopen(sheet_id=task.sheet.pk, reason="专家申请更正评语（演示）", by=play.cast.staff, at=at)
    first = criteria[0].code
    entries = _entries(play, task, criteria)
    revision = ScoreSheet.objects.values_list("revision", flat=True).get(pk=task.sheet.pk)
    _save(task, {**entries, first: (entries[first][0], "更正：材料充分。")}, revision=revision, at=at)
    _submit(task, at)
