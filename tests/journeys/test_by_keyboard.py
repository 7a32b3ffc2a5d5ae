"""Nominating, co-signing and selecting without a mouse, and selecting without scripts. The experts and whole nominations have files of
their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from applications.enums import Status, Verdict
from applications.models import CoSignature, Nomination
from pilotportal import clock
from pilotportal.accounts.models import User
from review.enums import SelectionStatus
from review.models import Selection
from tests import factories
from tests.factories import IN_TIME
from tests.journeys import looks
from tests.journeys.conftest import Visit
from tests.journeys.keys import go, said, tab_to
from tests.review import factories as review
from tests.review.factories import RANKED_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

OBJECTED = "The objection to the nomination of %(city)s has been recorded; the province has been told."
TWO = [factories.TANGSHAN, factories.TAIYUAN]


@pytest.fixture(autouse=True)
def simulated() -> Iterator[None]:
    yield
    Path(settings.CLOCK_FILE).unlink(missing_ok=True)


@pytest.fixture
def ready() -> Nomination:
    clock.set_simulated(IN_TIME, running=True)
    return factories.complete_draft(factories.opened_round())


@pytest.fixture
def ranked() -> tuple[User, User]:
    """Two of the staff, when the ranking is there and nobody has proposed a list."""
    clock.set_simulated(RANKED_AT, running=True)
    round = review.small_round(planned_places=1)
    review.ranked(round, cities=TWO, n=3)
    return review.staff_of(round), factories.staff()


def test_a_section_is_filled_in_by_keyboard(visit: Visit, ready: Nomination) -> None:
    page = visit(factories.handler())
    page.goto("/")
    go(page, said("Nominations"))
    go(page, "唐山市")
    go(page, "基本情况")
    tab_to(page, field="gdp")
    page.keyboard.press("Control+a")
    page.keyboard.type("many")
    go(page, said("Save and continue"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert looks.barriers(page) == []
    page.locator("[data-error-summary] a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name=gdp]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("9133.2")
    go(page, said("Save and continue"))
    ready.refresh_from_db()
    assert ready.content["gdp"] == "9133.20"


def test_a_nomination_is_submitted_by_keyboard(visit: Visit, ready: Nomination) -> None:
    page = visit(factories.approver())
    page.goto(f"/nominations/{ready.code}/")
    go(page, said("Check and submit"))
    tab_to(page, field="undertaking")
    page.keyboard.press("Space")
    go(page, said("Submit to the ministry"))
    expect(page.get_by_text(said("The nomination has arrived."))).to_be_visible()
    ready.refresh_from_db()
    assert ready.status == Status.SUBMITTED


def test_a_nomination_is_read_and_co_signed_by_keyboard(visit: Visit, ready: Nomination) -> None:
    factories.asked(ready)
    page = visit(factories.cosigner())
    page.goto("/")
    go(page, said("Read and co-sign the nomination of %(city)s"))
    page.keyboard.press("End")
    expect(page.locator("#decide")).to_be_in_viewport()
    go(page, said("Co-sign"))
    expect(page.get_by_role("status").first).to_contain_text(said("Your department has co-signed the nomination of %(city)s."))
    assert CoSignature.objects.get().verdict == Verdict.SIGNED


def test_an_objection_is_written_by_keyboard(visit: Visit, ready: Nomination) -> None:
    factories.asked(ready)
    page = visit(factories.cosigner())
    page.goto("/")
    go(page, said("Read and co-sign the nomination of %(city)s"))
    go(page, said("To the decision"))
    go(page, said("Raise the objection"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert looks.barriers(page) == []
    go(page, said("Reason of the objection"))
    expect(page.locator("[name=reason]")).to_be_focused()
    page.keyboard.insert_text("概况与统计公报不一致")
    go(page, said("Raise the objection"))
    expect(page.get_by_role("status").first).to_contain_text(said(OBJECTED))
    assert CoSignature.objects.get().reason == "概况与统计公报不一致"


def test_a_list_is_proposed_and_signed_off_by_keyboard(visit: Visit, ranked: tuple[User, User]) -> None:
    proposer, second = (visit(user) for user in ranked)
    proposer.goto("/review/selection/")
    go(proposer, said("Propose the list"))
    expect(proposer.get_by_text(said("You proposed this list. A second person signs it off."))).to_be_visible()
    second.goto("/review/selection/")
    go(second, said("Sign off this list"))
    assert looks.barriers(second) == []
    assert Selection.objects.get().status == SelectionStatus.SIGNED_OFF


def test_a_list_is_proposed_and_signed_off_without_scripts(visit: Visit, ranked: tuple[User, User]) -> None:
    proposer, second = (visit(user, scripts=False) for user in ranked)
    proposer.goto("/review/selection/")
    proposer.fill("[name=places]", "0")
    proposer.get_by_role("button", name=said("Propose the list")).click()
    expect(proposer.locator(".error-summary")).to_be_visible()
    proposer.fill("[name=places]", "1")
    proposer.get_by_role("button", name=said("Propose the list")).click()
    second.goto("/review/selection/")
    second.get_by_role("button", name=said("Sign off this list")).click()
    second.get_by_role("button", name=said("Begin the public notice")).click()
    expect(second.get_by_text(said("The public notice has begun."))).to_be_visible()
    assert Selection.objects.get().status == SelectionStatus.NOTICE
