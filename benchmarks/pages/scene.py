"""One round with many accepted nominations, five sheets on each, written in bulk past the limits that a real round has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from applications.enums import Status
from applications.models import Nomination, NominationVersion, Round
from pilotportal import clock
from pilotportal.accounts.enums import Kind, Role
from pilotportal.accounts.models import Division, Organisation, User
from pilotportal.digests import digest_of
from review.enums import RunStatus, SheetStatus
from review.models import AssignmentRun, Expert, Mark, Pledge, ScoreSheet
from tests import factories

SHEETS = 5
LOAD = 15  # nominations of one expert
PASSWORD = "correct horse battery"  # noqa: S105 (of invented people in a scratch database)


@dataclass(frozen=True)
class Scene:
    round: Round
    staff: User
    official: User
    expert: User
    nomination: Nomination
    sheet: ScoreSheet
    open_sheet: ScoreSheet


def build(size: int) -> Scene:
    """Scoring is under way: every sheet is in but one of the expert who is looked at."""
    clock.set_simulated(factories.DEADLINE + timedelta(days=20), running=False)
    source = Random(2025)
    round = factories.opened_round(maximum_load=1000)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # without triggers: the quotas are far smaller than this
    nominations = _nominations(round, _cities(size))
    experts = _experts(max(SHEETS + 3, size * SHEETS // LOAD))
    _score(round, nominations, experts, source)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    return _scene(round, nominations, experts)


def _scene(round: Round, nominations: list[Nomination], experts: list[Expert]) -> Scene:
    sheets = ScoreSheet.objects.filter(expert=experts[0]).order_by("pk")
    official = factories.handler(nominations[0].province_id)
    for person in (official, experts[0].user):
        person.password = make_password(PASSWORD)
        person.save()
    open_sheet = ScoreSheet.objects.get(expert=experts[0], status=SheetStatus.DRAFT)
    done = sheets.filter(status=SheetStatus.SUBMITTED)[0]
    return Scene(round, factories.staff(), official, experts[0].user, nominations[0], done, open_sheet)


def _cities(size: int) -> list[Division]:
    real = list(Division.objects.filter(level__in=["prefecture_city", "municipality"]).order_by("code"))
    provinces = list(Division.objects.filter(level="province").order_by("code"))
    invented = [
        Division(
            code=f"{province.pk[:2]}{number:04}", name=f"示例{number}市", province=province, level="prefecture_city", region=province.region
        )
        for number in range(9900, 9900 - max(0, size - len(real)) // len(provinces) - 1, -1)
        for province in provinces
    ]
    Division.objects.bulk_create(invented[: max(0, size - len(real))])
    return [*real, *invented][:size]


def _nominations(round: Round, cities: list[Division]) -> list[Nomination]:
    content, staff = factories.complete_content(round.definition), factories.staff()
    at = factories.IN_TIME
    nominations = Nomination.objects.bulk_create(
        Nomination(
            round=round,
            province_id=city.province_id,
            city=city,
            status=Status.ACCEPTED,
            content=content,
            created_by=staff,
            created_at=at,
            submitted_at=at,
            submitted_by=staff,
        )
        for city in cities
    )
    NominationVersion.objects.bulk_create(_version(nomination, content, staff, at) for nomination in nominations)
    return nominations


def _version(nomination: Nomination, content: dict[str, Any], by: User, at: datetime) -> NominationVersion:
    version = NominationVersion(nomination=nomination, number=1, content=content, files=[], submitted_at=at, submitted_by=by)
    version.digest = digest_of(version.record())
    return version


def _experts(number: int) -> list[Expert]:
    provinces = list(Division.objects.filter(level="province").order_by("code"))
    employers = Organisation.objects.bulk_create(
        Organisation(name=f"示例大学{index}", kind=Kind.INSTITUTE, division=provinces[index % len(provinces)]) for index in range(number)
    )
    users = User.objects.bulk_create(
        User(username=f"expert{index}", name=f"专家{index}", role=Role.EXPERT, organisation=employer)
        for index, employer in enumerate(employers)
    )
    return Expert.objects.bulk_create(
        Expert(user=user, province=employer.division, title="教授", field="人力资源管理", industries=["C36"])
        for user, employer in zip(users, employers, strict=True)
    )


def _score(round: Round, nominations: list[Nomination], experts: list[Expert], source: Random) -> None:
    at = factories.DEADLINE + timedelta(days=10)
    run = AssignmentRun.objects.create(
        round=round, status=RunStatus.APPLIED, seed="-", problem={}, seats=[], certificate={}, digest="-",
        proposed_by=factories.staff(), proposed_at=at, applied_at=at,
    )  # fmt: skip
    Pledge.objects.bulk_create(Pledge(round=round, expert=expert, text_digest="-", signed_at=at) for expert in experts)
    sheets = ScoreSheet.objects.bulk_create(
        ScoreSheet(
            run=run, nomination=nomination, expert=experts[(index * SHEETS + seat) % len(experts)], status=SheetStatus.SUBMITTED,
            assigned_at=at, saved_at=at, submitted_at=at, digest="-",
        )
        for index, nomination in enumerate(nominations)
        for seat in range(SHEETS)
    )  # fmt: skip
    criteria = list(round.criteria.all())
    Mark.objects.bulk_create(
        (
            Mark(sheet=sheet, criterion=criterion, mark=source.randint(4, 10), comment="材料充分，措施可行。")
            for sheet in sheets
            for criterion in criteria
        ),
        batch_size=5000,
    )
    last = max((sheet for sheet in sheets if sheet.expert_id == experts[0].pk), key=lambda sheet: sheet.pk)
    ScoreSheet.objects.filter(pk=last.pk).update(status=SheetStatus.DRAFT)
