"""Which round a page is about, and that it stays so."""

from datetime import timedelta

import pytest
from django.test import Client

from applications.services import rounds
from pilotportal.accounts.enums import Role
from tests import factories
from tests.factories import HEBEI, OPENING, TANGSHAN
from tests.pilotportal.pages import Element, read
from tests.project.scene import NEXT_YEARS

pytestmark = pytest.mark.django_db
FOLLOWING = ("/review/formal/", "/review/panel/", "/review/progress/", "/review/ranking/", "/review/selection/", "/deadlines/", "/exports/")


@pytest.fixture
def older():
    return factories.opened_round(code="2025", title_en="Older round")


@pytest.fixture
def newer(older):
    made = factories.preparing_round(code="2026", title_en="Newer round", deadlines=NEXT_YEARS)
    return rounds.open_round(round_id=made.pk, by=factories.staff(), at=OPENING + timedelta(days=1))


def client_of(user) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def page(client: Client, path: str) -> Element:
    response = client.get(path)
    assert response.status_code == 200, path
    return read(response.content.decode())


def switcher(found: Element) -> Element:
    return found.one("details", class_="menu round-switcher")


def shown(found: Element) -> str:
    return switcher(found).one("span", class_="round-name").text


def test_with_one_round_there_is_nothing_to_switch(older):
    assert not page(client_of(factories.staff()), "/").all("details", class_="menu round-switcher")


@pytest.mark.parametrize("path", FOLLOWING)
def test_a_page_is_about_the_latest_until_another_is_chosen(older, newer, path):
    client = client_of(factories.staff())
    assert shown(page(client, path)) == "Newer round"
    link = next(link for link in switcher(page(client, path)).all("a") if link.text.startswith("Older round"))
    found = page(client, link.attributes["href"])
    assert shown(found) == "Older round"
    assert "Older round" in found.one("main").text
    assert "Newer round" not in found.one("main").text


def test_what_was_chosen_holds_for_the_session_and_on_every_page(older, newer):
    client = client_of(factories.staff())
    client.get("/review/ranking/?round=2025")
    for path in ("/", "/notices/", "/review/selection/", "/exports/"):
        assert shown(page(client, path)) == "Older round", path
    assert shown(page(client_of(factories.staff()), "/")) == "Newer round"


def test_the_navigation_names_the_round_so_that_its_addresses_can_be_sent_on(older, newer):
    client = client_of(factories.staff())
    client.get("/review/ranking/?round=2025")
    links = {link.attributes["href"] for link in page(client, "/review/ranking/").one("nav", class_="frame-nav").all("a")}
    assert {"/review/ranking/?round=2025", "/nominations/?round=2025", "/exports/?round=2025"} <= links


def test_a_page_of_one_round_says_that_round_whatever_was_chosen(older, newer):
    nomination = factories.submitted(older)
    client = client_of(factories.staff())
    found = page(client, f"/review/nominations/{nomination.code}/")
    assert shown(found) == "Older round"
    assert [link.attributes["href"] for link in switcher(found).all("a")] == ["/review/formal/?round=2026", "/review/formal/?round=2025"]
    assert shown(page(client, "/")) == "Newer round"


def test_a_province_sees_the_round_that_it_chose(older, newer):
    factories.draft(older, city=TANGSHAN)
    client = client_of(factories.handler(HEBEI))
    assert "唐山市" in page(client, "/nominations/?round=2025").one("main").text
    assert "唐山市" not in page(client, "/nominations/?round=2026").one("main").text


def test_the_ministries_list_is_of_the_round_and_its_filter_keeps_it(older, newer):
    factories.submitted(older)
    client = client_of(factories.staff())
    found = page(client, "/nominations/?round=2025&province=130000")
    assert "唐山市" in found.one("main").text
    assert found.one("main").one("input", name="round").attributes["value"] == "2025"
    assert "唐山市" not in page(client, "/nominations/?round=2026").one("main").text


@pytest.mark.parametrize("path", [*FOLLOWING[:5], "/exports/", "/nominations/"])
def test_a_round_that_one_may_not_see_is_no_round(older, newer, path):
    factories.preparing_round(code="2027")
    client = client_of(factories.staff())
    for code in ("2027", "1999"):
        assert client.get(f"{path}?round={code}").status_code == 404
    assert shown(page(client, "/")) == "Newer round"


def test_one_in_preparation_is_offered_to_the_staff_where_the_page_has_it(older, newer):
    factories.preparing_round(code="2027", title_en="Next round")
    staff, partner = client_of(factories.staff()), client_of(factories.user(Role.PARTNER))
    links = [link.attributes["href"] for link in switcher(page(staff, "/deadlines/")).all("a")]
    assert links == ["/deadlines/2026/", "/deadlines/2025/", "/deadlines/2027/"]
    assert shown(page(staff, "/deadlines/2027/")) == "Next round"
    assert "Next round" not in page(partner, "/deadlines/").text
    assert "Next round" not in switcher(page(staff, "/review/formal/")).text


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_learn_of_no_round(older, newer, role):
    assert "round" not in page(client_of(factories.user(role)), "/").text.lower().replace("rounds", "")


def test_the_rounds_in_the_head_cost_no_query(older, newer, django_assert_num_queries):
    client = client_of(factories.staff())
    client.get("/accounts/logout/")
    with django_assert_num_queries(2):  # the session; the person with everything that the frame shows
        client.get("/accounts/logout/")
