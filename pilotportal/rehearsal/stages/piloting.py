"""The chosen cities file their plans, some of them late, report every year and sum up; provinces file and endorse, the ministry accepts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from applications import permissions
from applications.enums import DeadlineKind
from applications.models import Closing, Deadline, Indicator, Pilot
from applications.periodic import close_deadlines
from applications.services import pilots, rounds
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from pilotportal.audit.periodic import seal_events
from pilotportal.files.services import store_upload
from pilotportal.rehearsal import invention, moments, paper, phrases
from pilotportal.rehearsal.play import Act, Play, wait_for

TANGSHAN = "130200"
LATE_PLANS, LATE_SUMMARIES = 7, 10  # one in so many is late
TITLE = "{city}人力资源服务业与制造业融合发展试点实施方案（演示）"
REPORTS = (2025, 2026, 2027)


def amend(play: Play) -> Iterator[Act]:
    """The deadline for plans moves before it passes, since the decision takes longer than was planned."""
    yield Act(moments.PLAN_AMENDED, partial(_amend, play))


def acts(play: Play) -> Iterator[Act]:
    made = Pilot.objects.filter(nomination__round=play.round).select_related("nomination__city").order_by("nomination__city")
    last = len(made) - 1
    for number, pilot in enumerate(made):
        yield from _plan(play, pilot, number, first_day=_first_day(number, pilot, last))
        yield from _reports(play, pilot, number)
        yield from _summary(play, pilot, number, late=number % LATE_SUMMARIES == LATE_SUMMARIES - 1 or number == last)
    yield Act(moments.PLANS_CLOSED, partial(_close, play, DeadlineKind.PLAN, moments.PLAN_DEADLINE))
    yield Act(moments.SUMMARY_DEADLINE + timedelta(hours=9), partial(_close, play, DeadlineKind.SUMMARY, moments.SUMMARY_DEADLINE))
    yield Act(moments.SEALED, lambda _at: _seal())


def _amend(play: Play, at: datetime) -> None:
    deadline = Deadline.objects.get(round=play.round, kind=DeadlineKind.PLAN)
    rounds.amend_deadline(
        deadline_id=deadline.pk,
        province=None,
        instant=moments.PLAN_DEADLINE,
        reason="遴选工作尚未结束，顺延实施方案报送时间。（演示）",
        document_number="演示〔2025〕2号",
        by=play.cast.staff,
        at=at,
    )


def _first_day(number: int, pilot: Pilot, last: int) -> datetime:
    """From which the city's plan can be expected: in time, late, or long overdue."""
    if pilot.nomination.city_id == TANGSHAN:
        return moments.at(12, 4, 10)
    if number == last:
        return moments.at(4, 7, 10, year=2026)
    return moments.at(1, 12, 10, year=2026) if number % LATE_PLANS == LATE_PLANS - 1 else moments.at(12, 4, 10)


def _plan(play: Play, pilot: Pilot, number: int, *, first_day: datetime) -> Iterator[Act]:
    issued = first_day + timedelta(days=play.chance.number(0, 20, "plan", pilot.nomination.city_id), minutes=number)
    yield Act(issued - timedelta(days=3), partial(_draft_plan, play, pilot))
    yield Act(issued, partial(_issue_plan, play, pilot))
    yield Act(issued + timedelta(days=6), partial(_file_plan, play, pilot))
    if pilot.nomination.city_id == TANGSHAN:
        yield Act(moments.at(3, 2, 10, year=2026), partial(_draft_plan, play, pilot))
        yield Act(moments.at(3, 4, 10, year=2026), partial(_issue_plan, play, pilot))
        yield Act(moments.at(3, 20, 10, year=2026), partial(_file_plan, play, pilot))


def _reports(play: Play, pilot: Pilot, number: int) -> Iterator[Act]:
    for year in REPORTS:
        day = moments.at(2, 9, 9, year=year + 1) if year < REPORTS[-1] else moments.at(11, 22, 9, year=year)
        yield Act(day + timedelta(hours=number), partial(_report, play, pilot, year))


def _summary(play: Play, pilot: Pilot, number: int, *, late: bool) -> Iterator[Act]:
    handed_in = moments.at(1, 6, 10, year=2028) if late else moments.at(12, 20, 10, year=2027)
    handed_in += timedelta(minutes=37 * number)
    yield Act(handed_in - timedelta(days=2), partial(_draft_summary, play, pilot))
    yield Act(handed_in, partial(_hand_in_summary, play, pilot))
    yield Act(handed_in + timedelta(days=4), partial(_endorse, play, pilot))
    yield Act(moments.ACCEPTED + timedelta(minutes=number), partial(_accept, play, pilot))


def _draft_plan(play: Play, pilot: Pilot, at: datetime) -> None:
    by, own = _city(play, pilot)
    outline = _invented(play, own, phrases.SENTENCES["focus_3"] + phrases.SENTENCES["focus_4"], "outline")
    pilots.save_plan(pilot_id=own.pk, title=TITLE.format(city=own.nomination.city.name), outline=outline, by=by, at=at)


def _issue_plan(play: Play, pilot: Pilot, at: datetime) -> None:
    by, own = _city(play, pilot)
    plan = own.plans.latest("number")
    file = store_upload(_issued_document(own, plan.number, by, at), at=at)
    pilots.issue_plan(plan_id=plan.pk, document_number=f"演示〔{at.year}〕{plan.number}号", file=file, by=by, at=at)


def _issued_document(pilot: Pilot, number: int, by: User, at: datetime) -> bytes:
    return paper.page(
        title="试点实施方案",
        paragraphs=[TITLE.format(city=pilot.nomination.city.name), f"第{number}版，随平台报送。"],
        signed=str(by.organisation),
        dated=f"{at.year}年{at.month}月{at.day}日",
    )


def _file_plan(play: Play, pilot: Pilot, at: datetime) -> None:
    by = play.cast.handlers[pilot.nomination.province_id]
    own = permissions.pilot_for(by, pilot.code, can=permissions.can_file_plan)
    plan = own.plans.latest("number")
    pilots.file_plan(plan_id=plan.pk, filing_number=f"演示备〔{at.year}〕{pilot.nomination.city_id}-{plan.number}", by=by, at=at)


def _report(play: Play, pilot: Pilot, year: int, at: datetime) -> None:
    by, own = _city(play, pilot)
    actuals = {indicator.pk: _actual(play, own, indicator, year) for indicator in own.indicators.all()}
    work = _invented(play, own, phrases.WORK, "work", year)
    problems = play.chance.choice(phrases.PROBLEMS, "problems", own.nomination.city_id, year)
    pilots.report_progress(pilot_id=own.pk, year=year, work=work, problems=problems, actuals=actuals, by=by, at=at)


def _actual(play: Play, pilot: Pilot, indicator: Indicator, year: int) -> Decimal:
    """Part of the way from the baseline to the target, more every year; some overshoot."""
    share = Decimal(play.chance.number(70, 115, "actual", pilot.nomination.city_id, indicator.name, year)) / 100
    years = Decimal(year - REPORTS[0] + 1) / len(REPORTS)
    return (indicator.baseline + (indicator.target - indicator.baseline) * years * share).quantize(Decimal("0.01"))


def _draft_summary(play: Play, pilot: Pilot, at: datetime) -> None:
    by, own = _city(play, pilot)
    parts = {
        "overview": _invented(play, own, phrases.SENTENCES[""], "overview"),
        "results": _invented(play, own, phrases.WORK + phrases.SENTENCES["focus_3"], "results"),
        "problems": _invented(play, own, phrases.PROBLEMS, "problems"),
        "suggestions": _invented(play, own, phrases.SUGGESTIONS, "suggestions"),
    }
    pilots.save_summary(pilot_id=own.pk, parts=parts, revision=0, by=by, at=at)


def _hand_in_summary(play: Play, pilot: Pilot, at: datetime) -> None:
    by, own = _city(play, pilot)
    pilots.submit_summary(pilot_id=own.pk, by=by, at=at)


def _endorse(play: Play, pilot: Pilot, at: datetime) -> None:
    by = play.cast.approvers[pilot.nomination.province_id]
    own = permissions.pilot_for(by, pilot.code, can=permissions.can_endorse_summary)
    pilots.endorse_summary(pilot_id=own.pk, by=by, at=at)


def _accept(play: Play, pilot: Pilot, at: datetime) -> None:
    own = permissions.pilot_for(play.cast.staff, pilot.code, can=permissions.can_accept_summary)
    pilots.accept_summary(pilot_id=own.pk, by=play.cast.staff, at=at)


def _city(play: Play, pilot: Pilot) -> tuple[User, Pilot]:
    """The city's official, and the pilot as they may see it."""
    by = play.cast.cities[pilot.nomination.city_id]
    return by, permissions.pilot_for(by, pilot.code, can=permissions.can_write_pilot)


def _invented(play: Play, pilot: Pilot, sentences: tuple[str, ...], *about: object) -> str:
    city = pilot.nomination.city
    return invention.paragraph(sentences, city=city, source=play.chance.of(*about, city.pk))


def _close(play: Play, kind: DeadlineKind, instant: datetime, _at: datetime) -> None:
    close_deadlines.delay()
    closing = Closing.objects.filter(round=play.round, kind=kind, closes_at=instant)
    wait_for(closing.exists, what=f"closing of {kind}")


def _seal() -> None:
    """The worker seals what has happened since."""
    seal_events.delay()
    wait_for(lambda: not Event.objects.filter(sealed__isnull=True).exists(), what="sealing of the record")
