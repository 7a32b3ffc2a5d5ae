"""How far the experts are, and what staff do about a single sheet."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.models import Round
from pilotportal.accounts.enums import Role
from review.enums import SheetStatus
from review.models import ScoreSheet
from tests import factories
from tests.review import factories as review
from tests.review.factories import SCORED_AT, SHEETS_CLOSE
from tests.review.visits import Visitor, moment

pytestmark = pytest.mark.django_db
CITIES = sorted(review.CITIES)[:3]


@pytest.fixture(autouse=True)
def while_they_score() -> Iterator[None]:
    with moment(SCORED_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round()


@pytest.fixture
def staff(round: Round) -> Visitor:
    return Visitor(review.staff_of(round))


@pytest.fixture
def sheet(round: Round) -> ScoreSheet:
    """A submitted one, of a round with one nomination."""
    review.assigned(round, cities=CITIES[:1])
    review.pledge(round)
    return review.submit(review.sheets(round)[0])


def status_of(sheet: ScoreSheet) -> str:
    return ScoreSheet.objects.values_list("status", flat=True).get(pk=sheet.pk)


def test_progress_by_expert_and_by_nomination(round: Round, staff: Visitor, sheet: ScoreSheet) -> None:
    page = staff.get("progress")
    assert page.says("3 score sheets, still out: 2")
    assert page.heads == [sheet.nomination.city.name]
    assert sheet.expert.user.name in staff.get("progress", by="experts").heads


def test_progress_is_sorted_and_narrowed(round: Round, staff: Visitor, sheet: ScoreSheet) -> None:
    city, other = sheet.nomination.city.name, "没有这个城市"
    assert staff.get("progress", sort="-submitted", find=city[:2]).heads == [city]
    assert staff.get("progress", missing="on").heads == [city]
    page = staff.get("progress", find=other)
    assert page.heads == []
    assert page.says("Nothing matches")


def test_the_partner_does_not_get_the_experts_by_asking_for_them(round: Round, sheet: ScoreSheet) -> None:
    page = Visitor(factories.user(Role.PARTNER)).get("progress", by="experts", find=sheet.expert.user.name, sort="expert")
    assert page.heads == []
    assert sheet.expert.user.username not in page.html


def test_partner_ministries_do_not_learn_who_judges_what(round: Round, sheet: ScoreSheet) -> None:
    partner = Visitor(factories.user(Role.PARTNER))
    page = partner.get("progress")
    assert page.heads == [sheet.nomination.city.name]
    assert sheet.expert.user.name not in page.html
    assert partner.get("nomination_sheets", sheet.nomination.code).status == 403
    assert partner.get("expert_sheets", round.code, sheet.expert_id).status == 403


def test_the_sheets_of_a_nomination_and_of_an_expert(round: Round, staff: Visitor, sheet: ScoreSheet) -> None:
    assert len(staff.get("nomination_sheets", sheet.nomination.code).heads) == 3
    page = staff.get("expert_sheets", round.code, sheet.expert_id)
    assert page.heads == [sheet.nomination.city.name]
    assert page.document.one("a", href=f"/review/sheets/{sheet.code}/reopen/")
    supervisor = Visitor(factories.user(Role.SUPERVISOR))
    page = supervisor.get("expert_sheets", round.code, sheet.expert_id)
    assert page.heads == [sheet.nomination.city.name]
    assert not page.document.all("a", href=f"/review/sheets/{sheet.code}/reopen/")


def test_no_mark_stands_on_the_pages_of_the_progress(round: Round, staff: Visitor, sheet: ScoreSheet) -> None:
    comment = sheet.marks.first().comment
    for page in (
        staff.get("progress"),
        staff.get("nomination_sheets", sheet.nomination.code),
        staff.get("expert_sheets", round.code, sheet.expert_id),
    ):
        assert comment not in page.html
        assert "80.00" not in page.html


def test_reopening_needs_a_reason(staff: Visitor, sheet: ScoreSheet) -> None:
    page = staff.post("reopen", sheet.code, reason="")
    assert (page.status, page.errors) == (422, ["Reason: This field is required."])
    page = staff.follow(staff.post("reopen", sheet.code, reason="分数与评语不符"))
    assert page.says("The sheet is open again; every changed mark is on record.")
    assert page.says("Reopened 分数与评语不符")
    assert status_of(sheet) == SheetStatus.REOPENED


def test_reopening_past_the_deadline_keeps_the_reason(staff: Visitor, sheet: ScoreSheet) -> None:
    with moment(SHEETS_CLOSE):
        page = staff.post("reopen", sheet.code, reason="分数与评语不符")
    assert page.status == 422
    assert page.says("The deadline for score sheets has passed")
    assert page.value("reason") == "分数与评语不符"
    assert status_of(sheet) == SheetStatus.SUBMITTED


def test_staff_record_what_an_expert_told_them(round: Round, staff: Visitor, sheet: ScoreSheet) -> None:
    first, second = (found for found in review.sheets(round) if found != sheet)
    page = staff.follow(staff.post("recuse", first.code, ground="kin", note="电话告知"))
    assert page.says("is on record.")
    page = staff.follow(staff.post("decline", second.code, reason="专业不符"))
    assert page.says("Declined 专业不符")
    assert (status_of(first), status_of(second)) == (SheetStatus.RECUSED, SheetStatus.DECLINED)


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_the_same_queries_however_many_rows(
    round: Round, staff: Visitor, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review.assigned(round, cities=CITIES[:number], n=2 + number)
    sheet = review.sheets(round)[0]
    with django_assert_num_queries(11):
        staff.get("progress")
    with django_assert_num_queries(13):
        staff.get("nomination_sheets", sheet.nomination.code)
    with django_assert_num_queries(9):
        staff.get("expert_sheets", round.code, sheet.expert_id)
