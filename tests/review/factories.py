"""Experts, panels, sheets and results for the tests, made through the same services that people use.

A small round has three experts on each nomination and room for every region, so that a handful of cities makes a whole review.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from applications.models import Nomination, Round
from applications.services import nominations
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import Organisation, User
from pilotportal.clock import BEIJING
from pilotportal.digests import digest_of
from review import queries
from review.enums import SheetStatus
from review.models import AssignmentRun, Expert, Mark, PanelDraw, Ranking, ScoreSheet, Selection
from review.services import assignment, formal, ranking, scoring, selection
from review.services import panel as drawing
from tests import factories

NONCE, PUBLIC_NUMBER = "ab" * 32, "第2025091期 03 11 17 22 29 33"
DRAWN_AT = factories.DEADLINE + timedelta(days=10)
SCORED_AT = factories.DEADLINE + timedelta(days=20)
SHEETS_CLOSE = datetime(2025, 8, 30, 0, 0, tzinfo=BEIJING)
RANKED_AT = SHEETS_CLOSE + timedelta(days=3)

HOMES = ["310000", "330000", "440000", "510000", "420000", "610000", "370000", "350000"]  # none of them nominates in these tests
ROOM = {"east": [0, 9], "central": [0, 9], "west": [0, 9], "northeast": [0, 9]}
CITIES = [factories.TANGSHAN, factories.SHIJIAZHUANG, factories.TAIYUAN, factories.BEIJING_CODE]
Marks = Callable[[str, int, str], int]
"""The mark for a city by the expert at a position on the panel, by criterion code."""


def expert(
    province: str = "310000", *, industries: Iterable[str] = ("C36",), employer: Organisation | None = None, **fields: Any
) -> Expert:
    """An expert of the pool whose workplace lies in `province`, with an employer of their own unless one is given."""
    user = factories.user(Role.EXPERT, province)
    if employer:
        user.organisation = employer
        user.save(update_fields=["organisation"])
    return Expert.objects.create(user=user, province_id=province, title="教授", field="人力资源管理", industries=list(industries), **fields)


def experts(number: int) -> list[Expert]:
    return [expert(HOMES[index % len(HOMES)]) for index in range(number)]


def small_round(**changes: Any) -> Round:
    rules = {"panel_size": 3, "minimum_sheets": 2, "planned_places": 2, "region_limits": ROOM}
    return factories.opened_round(**rules | changes)


def submitted(round: Round, city: str, **content: Any) -> Nomination:
    """Handed in with a proof; whatever `content` names differs from the complete form."""
    nomination = factories.complete_draft(round, city=city, **content)
    factories.attached_evidence(nomination)
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(nomination.province_id), at=factories.IN_TIME)
    return Nomination.objects.get(pk=nomination.pk)


def accepted(round: Round, cities: Iterable[str] = CITIES) -> list[Nomination]:
    inside = [submitted(round, city) for city in cities]
    formal.accept_many(nomination_ids=[nomination.pk for nomination in inside], by=staff_of(round), at=factories.REVIEW_TIME)
    return [Nomination.objects.get(pk=nomination.pk) for nomination in inside]


def staff_of(round: Round) -> User:
    return factories.made_by(round)


def panel(round: Round, n: int = 4, *, waiting: int = 0) -> PanelDraw:
    """A panel of `n`; the pool is first filled up with new experts until `waiting` remain when it has been drawn."""
    experts(n + waiting - queries.pool().count())
    return drawing.draw(round_id=round.pk, size=n, nonce=NONCE, public_number=PUBLIC_NUMBER, by=staff_of(round), at=DRAWN_AT)


def assigned(round: Round, *, cities: Iterable[str] = CITIES, n: int = 4, waiting: int = 0) -> AssignmentRun:
    """Cities accepted, panel drawn, assignment in force; nobody has pledged yet."""
    accepted(round, cities)
    panel(round, n, waiting=waiting)
    run = assignment.propose(round_id=round.pk, by=staff_of(round), at=DRAWN_AT)
    return assignment.apply(run_id=run.pk, by=staff_of(round), at=DRAWN_AT)


def pledge(round: Round, *, at: datetime = DRAWN_AT) -> None:
    for member in round.panel_draw.members.filter(excused_at__isnull=True).select_related("expert__user"):
        scoring.sign_pledge(round_id=round.pk, by=member.expert.user, at=at)


def one_sheet(**changes: Any) -> ScoreSheet:
    """The first sheet of a small round in which everybody has pledged."""
    round = small_round(**changes)
    assigned(round)
    pledge(round)
    return sheets(round)[0]


def sheets(round: Round) -> list[ScoreSheet]:
    found = ScoreSheet.objects.filter(nomination__round=round).select_related("expert__user", "nomination__round", "nomination__city")
    return list(found.order_by("nomination__city", "expert"))


def entries(round: Round, mark: int | Mapping[str, int] = 8) -> dict[str, tuple[int | None, str]]:
    codes = [criterion.code for criterion in round.criteria.all()]
    return {code: (mark if isinstance(mark, int) else mark[code], f"{code}：材料充分。") for code in codes}


def fill_in(sheet: ScoreSheet, mark: int | Mapping[str, int] = 8, *, at: datetime = SCORED_AT) -> ScoreSheet:
    """Save a complete draft."""
    revision = ScoreSheet.objects.values_list("revision", flat=True).get(pk=sheet.pk)
    marks = entries(sheet.nomination.round, mark)
    return scoring.save_sheet(sheet_id=sheet.pk, marks=marks, revision=revision, by=sheet.expert.user, at=at)


def submit(sheet: ScoreSheet, mark: int | Mapping[str, int] = 8, *, at: datetime = SCORED_AT) -> ScoreSheet:
    fill_in(sheet, mark, at=at)
    return scoring.submit_sheet(sheet_id=sheet.pk, by=sheet.expert.user, at=at)


def varied(city: str, position: int, criterion: str) -> int:
    """Marks in which every city of `CITIES` comes out different: the earlier in the list, the better."""
    base = 9 - CITIES.index(city) if city in CITIES else 4
    return max(0, min(10, base - position % 2 + (criterion == "plan")))


def scored(round: Round, *, cities: Iterable[str] = CITIES, marks: Marks = varied, n: int = 4) -> list[ScoreSheet]:
    """Everything up to the last sheet handed in. The sheets are written as the services leave them, but together, to save time."""
    assigned(round, cities=cities, n=n)
    pledge(round)
    criteria, found = list(round.criteria.all()), sheets(round)
    positions = dict(round.panel_draw.members.values_list("expert_id", "position"))
    for sheet in found:
        given = {c: marks(sheet.nomination.city_id, positions[sheet.expert_id], c.code) for c in criteria}
        Mark.objects.bulk_create(Mark(sheet=sheet, criterion=c, mark=mark, comment=f"{c.code}：材料充分。") for c, mark in given.items())
        sheet.status, sheet.revision, sheet.saved_at, sheet.submitted_at = SheetStatus.SUBMITTED, 1, SCORED_AT, SCORED_AT
        sheet.digest = digest_of(scoring.sheet_record(sheet, {c.code: (mark, f"{c.code}：材料充分。") for c, mark in given.items()}))
    ScoreSheet.objects.bulk_update(found, ["status", "revision", "saved_at", "submitted_at", "digest"])
    return found


def ranked(round: Round, **scoring_of: Any) -> Ranking:
    scored(round, **scoring_of)
    return ranking.compute(round_id=round.pk, by=staff_of(round), at=RANKED_AT)


def proposed(round: Round, *, places: int | None = None, **scoring_of: Any) -> Selection:
    ranked(round, **scoring_of)
    places = round.planned_places if places is None else places
    ground = {"reason": "报名城市质量较高", "document_number": "人社函〔2025〕9号"} if places != round.planned_places else {}
    return selection.propose(
        round_id=round.pk, places=places, by=staff_of(round), at=RANKED_AT, **{"reason": "", "document_number": ""} | ground
    )


def signed_off(round: Round, **proposal: Any) -> Selection:
    made = proposed(round, **proposal)
    return selection.sign_off(selection_id=made.pk, digest=made.digest, by=factories.staff(), at=RANKED_AT)


def on_notice(round: Round, *, at: datetime = RANKED_AT, **proposal: Any) -> Selection:
    made = signed_off(round, **proposal)
    return selection.publish_notice(selection_id=made.pk, by=staff_of(round), at=at)


def decided(round: Round, **proposal: Any) -> Selection:
    made = on_notice(round, **proposal)
    selection.decide(selection_id=made.pk, decision_number="人社部函〔2025〕100号", by=staff_of(round), at=made.notice_until)
    return Selection.objects.get(pk=made.pk)
