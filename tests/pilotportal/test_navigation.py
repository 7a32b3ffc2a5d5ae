import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotportal import navigation
from pilotportal.accounts.enums import PROVINCE_ROLES, Role
from tests.factories import HEBEI, TANGSHAN, user
from tests.pilotportal.pages import read

MOST = 7
DIVISIONS = dict.fromkeys(PROVINCE_ROLES | {Role.CO_DEPARTMENT, Role.EXPERT}, HEBEI) | {Role.CITY: TANGSHAN}


def labels(role: Role, path: str = "/") -> list[str]:
    return [section.label for section in navigation.links_for(role, path=path)]


@pytest.mark.parametrize("role", Role)
def test_nobody_has_more_than_seven_sections(role: Role) -> None:
    assert 1 <= len(labels(role)) <= MOST


@pytest.mark.parametrize("role", Role)
def test_everybody_begins_with_what_is_due(role: Role) -> None:
    assert navigation.links_for(role, path="/")[0].url == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entry", "role"), [(entry, role) for section in navigation.SECTIONS for entry in section.pages for role in Role if role in entry.roles]
)
def test_every_entry_leads_to_a_page_of_the_same_name_that_the_role_may_see(client: Client, entry: navigation.Page, role: Role) -> None:
    client.force_login(user(role, DIVISIONS.get(role)))
    response = client.get(reverse(entry.url_name))
    assert response.status_code == 200
    assert read(response.content.decode()).one("h1").text == str(entry.label)


def test_a_section_with_one_page_bears_its_name() -> None:
    """An expert's only file page is their own files; staff have exports beside it."""
    assert "我的文件" in labels(Role.EXPERT)
    assert "文件" in labels(Role.STAFF)


def test_administrators_see_no_business() -> None:
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        assert labels(role) == ["待办事项", str(_("Accounts"))]


@pytest.mark.parametrize(
    ("path", "current"), [("/", "/"), ("/jobs/", "/jobs/"), ("/jobs/abc/", "/jobs/"), ("/accounts/password/change/", None)]
)
def test_the_present_page_is_marked(path: str, current: str | None) -> None:
    sections = navigation.links_for(Role.STAFF, path=path)
    marked = [page.url for section in sections for page in section.links if page.current]
    assert marked == ([current] if current else [])
    assert [section.current for section in sections].count(True) == len(marked)


@pytest.mark.parametrize(
    ("name", "role", "listed_as"),
    [
        ("review:check", Role.STAFF, "review:queue"),
        ("review:reject", Role.STAFF, "review:queue"),
        ("review:reopen", Role.STAFF, "review:progress"),
        ("review:marks", Role.SUPERVISOR, "review:ranking"),
        ("review:pledge", Role.EXPERT, "review:sheets"),
    ],
)
def test_a_page_with_an_address_of_its_own_is_marked_where_it_belongs(name: str, role: Role, listed_as: str) -> None:
    path = reverse(name, args=["K7M2QX9P"])
    marked = [link.url for section in navigation.links_for(role, path=path, view_name=name) for link in section.links if link.current]
    assert marked == [reverse(listed_as)]


def test_pages_that_belong_elsewhere_exist() -> None:
    for section in navigation.SECTIONS:
        for page in section.pages:
            for name in page.also:
                assert reverse(name, args=["K7M2QX9P"])
