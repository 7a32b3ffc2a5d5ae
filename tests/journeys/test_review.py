"""An expert's work in a browser by keyboard, and again without scripts. The days of the ministry stand in days/test_ministry.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from applications.models import Round
from pilotportal import clock
from review.enums import SheetStatus
from review.models import Recusal, ScoreSheet
from tests import factories
from tests.journeys.conftest import Visit
from tests.journeys.keys import go, said, tab_to
from tests.journeys.looks import accessible
from tests.review import factories as review
from tests.review.factories import SCORED_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

TWO = [factories.TANGSHAN, factories.TAIYUAN]
CODES = ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards"]


@pytest.fixture(autouse=True)
def at() -> Iterator[None]:
    clock.set_simulated(SCORED_AT, running=True)
    yield
    Path(settings.CLOCK_FILE).unlink()


@pytest.fixture
def round() -> Round:
    return review.small_round(planned_places=1)


@pytest.fixture
def sheets(round: Round) -> list[ScoreSheet]:
    """The two of one expert who has not pledged yet."""
    review.assigned(round, cities=TWO, n=3)
    first = review.sheets(round)[0]
    return [sheet for sheet in review.sheets(round) if sheet.expert_id == first.expert_id]


def score_by_keyboard(page: Page, *, marks: dict[str, str]) -> None:
    for code in CODES:
        tab_to(page, field=f"mark-{code}")
        page.keyboard.type(marks.get(code, "8"))
        tab_to(page, field=f"comment-{code}")
        page.keyboard.insert_text("材料充分，措施可行。")


def test_an_expert_works_by_keyboard_alone(visit: Visit, round: Round, sheets: list[ScoreSheet]) -> None:
    page = visit(sheets[0].expert.user)
    page.goto("/")
    go(page, said("My score sheets"))
    accessible(page)
    go(page, said("Read and sign the pledge"))
    accessible(page)
    go(page, said("I sign this pledge"))
    expect(page.get_by_text(said("You have signed the pledge. The dossiers are open to you now."))).to_be_visible()
    go(page, said("Go on with %(city)s"))
    accessible(page)
    first = page.get_by_role("heading", level=1).inner_text()
    score_by_keyboard(page, marks={"plan": "11"})
    go(page, said("Save and submit"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    accessible(page)
    go(page, "“试点思路和重点任务”")
    expect(page.locator("[name=mark-plan]")).to_be_focused()
    expect(page.locator("[name=mark-plan]")).to_have_value("11")
    page.keyboard.press("Control+a")
    page.keyboard.type("９")
    tab_to(page, said("Dossier"))
    page.keyboard.press("End")
    expect(page.locator("#section-basics")).not_to_be_in_viewport()
    page.locator("[name=mark-plan]").focus()
    go(page, said("Save and submit"))
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator(".following")).to_have_count(1)
    accessible(page)
    go(page, said("Go on with %(city)s"))
    assert page.get_by_role("heading", level=1).inner_text() != first
    go(page, said("I must step aside from this nomination"))
    accessible(page)
    tab_to(page, field="ground")
    page.keyboard.press("ArrowDown")
    tab_to(page, field="note")
    page.keyboard.insert_text("曾任该市顾问")
    go(page, said("Declare the recusal"))
    expect(page.get_by_text(said("All your sheets are in. Thank you."))).to_be_visible()
    submitted = ScoreSheet.objects.get(status=SheetStatus.SUBMITTED)
    assert submitted.marks.get(criterion__code="plan").mark == 9
    assert Recusal.objects.get().expert == sheets[0].expert


def test_an_expert_works_without_scripts(visit: Visit, round: Round, sheets: list[ScoreSheet]) -> None:
    page = visit(sheets[0].expert.user, scripts=False)
    page.goto("/review/sheets/")
    page.get_by_role("link", name=said("Read and sign the pledge")).click()
    page.get_by_role("button", name=said("I sign this pledge")).click()
    page.get_by_role("link", name=said("Go on with %(city)s")).click()
    page.fill("[name=mark-plan]", "九")
    page.fill("[name=comment-plan]", "思路清楚。")
    page.press("[name=comment-talent]", "Tab")
    page.press("[name=mark-talent]", "Enter")  # saves the draft: what cannot be read is said, the rest is kept
    expect(page.locator("#id_mark-plan_error")).to_be_visible()
    expect(page.locator("[name=mark-plan]")).to_have_value("九")
    for code in CODES:
        page.fill(f"[name=mark-{code}]", "9")
        page.fill(f"[name=comment-{code}]", "材料充分。")
    page.get_by_role("button", name=said("Save and submit")).click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.get_by_role("link", name=said("Go on with %(city)s")).click()
    page.get_by_role("link", name=said("No conflict, but I cannot judge this nomination")).click()
    page.fill("[name=reason]", "专业不符")
    page.get_by_role("button", name=said("Give the sheet back")).click()
    expect(page.get_by_text(said("All your sheets are in. Thank you."))).to_be_visible()
    assert set(ScoreSheet.objects.filter(expert=sheets[0].expert).values_list("status", flat=True)) == {
        SheetStatus.SUBMITTED,
        SheetStatus.DECLINED,
    }
