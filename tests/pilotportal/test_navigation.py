import pytest
from django.urls import NoReverseMatch, reverse

from pilotportal import navigation
from pilotportal.accounts.enums import Role

MOST = 7


def labels(role: Role, path: str = "/") -> list[str]:
    return [section.label for section in navigation.links_for(role, path=path)]


@pytest.mark.parametrize("role", Role)
def test_nobody_has_more_than_seven_sections(role: Role) -> None:
    """Counted on what is planned, so that a page that comes to exist breaks nothing."""
    sections = [section for section in navigation.SECTIONS if any(role in page.roles for page in section.pages)]
    assert 1 <= len(sections) <= MOST


@pytest.mark.parametrize("role", Role)
def test_everybody_begins_with_what_is_due(role: Role) -> None:
    assert navigation.links_for(role, path="/")[0].url == "/"


def exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def test_awaited_pages_really_do_not_exist_yet() -> None:
    """When one comes to exist it leaves the list, and from then on a broken name is an error."""
    assert {name for name in navigation.AWAITED if exists(name)} == set()


def test_a_page_that_is_neither_there_nor_awaited_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    page = navigation.Page("Nowhere", "nowhere:at_all", frozenset(Role))
    monkeypatch.setattr(navigation, "SECTIONS", (navigation.Section("Nowhere", (page,)),))
    with pytest.raises(NoReverseMatch):
        navigation.links_for(Role.STAFF, path="/")


def test_a_section_with_one_page_bears_its_name() -> None:
    """An expert's only file page is their own files; staff have exports beside it."""
    assert "我的文件" in labels(Role.EXPERT)
    assert "文件" in labels(Role.STAFF)


def test_administrators_see_no_business() -> None:
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        assert labels(role) == ["待办事项"]


@pytest.mark.parametrize(
    ("path", "current"), [("/", "/"), ("/jobs/", "/jobs/"), ("/jobs/abc/", "/jobs/"), ("/accounts/password/change/", None)]
)
def test_the_present_page_is_marked(path: str, current: str | None) -> None:
    sections = navigation.links_for(Role.STAFF, path=path)
    marked = [page.url for section in sections for page in section.links if page.current]
    assert marked == ([current] if current else [])
    assert [section.current for section in sections].count(True) == len(marked)
