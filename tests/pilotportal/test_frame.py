"""What stands around every page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from pilotportal.accounts.enums import Role
from tests.factories import HEBEI, user
from tests.pilotportal.pages import Element, read

PAGES = (
    "/accounts/login/",
    "/styleguide/",
    "/jobs/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/inactive/",
    "/nowhere/",
)
LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}

pytestmark = pytest.mark.django_db


def page(client: Client, path: str, language: str = "zh-hans") -> Element:
    return read(client.get(path, headers={"Accept-Language": language}).content.decode())


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(user(Role.PROVINCE_HANDLER, HEBEI, name="王一"))
    return client


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES[1:])
def test_every_page_has_its_landmarks(official: Client, path: str, language: str) -> None:
    found = page(official, path, language)
    assert found.one("html").attributes["lang"] == LANGUAGES[language]
    assert len(found.all("h1")) == 1
    assert found.one("main").attributes["id"] == "content"
    assert found.one("a", class_="skip-link").attributes["href"] == "#content"
    assert len(found.all("header")) == len(found.all("footer")) == 1
    assert (
        found.one("head")
        .one("title")
        .text.endswith("试点申报与评审平台" if language == "zh-hans" else "Pilot Nomination and Review Portal")
    )
    assert not found.one("head").one("title").text.startswith("·")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_has_no_navigation(client: Client, language: str) -> None:
    found = page(client, "/accounts/login/", language)
    assert not found.all("nav")
    assert not found.all("details")
    assert found.one("h1").text == ("登录" if language == "zh-hans" else "Sign in")


def test_the_head_says_who_is_signed_in_in_which_role_and_for_whom(official: Client) -> None:
    menu = page(official, "/jobs/").one("details", class_="menu")
    assert menu.one("summary").text == "王一 · 省级经办人河北省省级人力资源社会保障部门"
    assert [value.text for value in menu.all("dd")][1:] == ["省级经办人", "河北省省级人力资源社会保障部门"]


def test_one_signs_out_with_a_post(official: Client) -> None:
    form = page(official, "/jobs/").one("form", action="/accounts/logout/")
    assert form.attributes["method"] == "post"
    assert form.one("input", name="csrfmiddlewaretoken").attributes["value"]


def test_the_language_switch_keeps_the_page(official: Client) -> None:
    form = page(official, "/jobs/?page=1").one("form", action="/language/setlang/")
    assert form.one("input", name="next").attributes["value"] == "/jobs/?page=1"
    response = official.post("/language/setlang/", {"language": "en", "next": "/jobs/?page=1"})
    assert response.headers["Location"] == "/jobs/?page=1"
    assert page(official, "/jobs/?page=1", "zh-hans").one("html").attributes["lang"] == "en"


def test_the_language_switch_leads_nowhere_else(official: Client) -> None:
    response = official.post("/language/setlang/", {"language": "en", "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("path", PAGES)
def test_a_demonstration_says_so_on_every_page(client: Client, settings: Settings, path: str) -> None:
    settings.DEMONSTRATION = True
    client.force_login(user(Role.STAFF)) if path != "/accounts/login/" else None
    banner = page(client, path).one("aside", class_="demonstration-banner").text
    assert "虚构" in banner
    assert "北京、天津、唐山" in banner
    assert "Only Beijing, Tianjin and Tangshan" in page(client, path, "en").one("aside", class_="demonstration-banner").text


@pytest.mark.parametrize("path", PAGES)
def test_a_real_installation_does_not(client: Client, settings: Settings, path: str) -> None:
    settings.DEMONSTRATION = False
    client.force_login(user(Role.STAFF)) if path != "/accounts/login/" else None
    assert not page(client, path).all("aside")


def test_the_foot_shows_the_servers_time(official: Client) -> None:
    foot = page(official, "/jobs/").one("footer")
    assert foot.one("time", data_clock="").text.count(":") == 1
    assert foot.text.endswith("（北京时间）")


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_no_inline_script_or_style(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == "'self'"
    assert rules["frame-ancestors"] == ("'self'" if path == "/styleguide/" else "'none'")  # it frames itself, as narrow as a phone
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_page_of_the_frame_asks_the_database_twice(official: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    official.get("/accounts/logout/")
    with django_assert_num_queries(2):  # the session; the person with organisation and division
        official.get("/accounts/logout/")
