"""The documents name what is there: every link leads somewhere, every path exists, every command is one."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PATH = re.compile(
    r"`((?:applications|review|reporting|pilotportal|tests|templates|static|docs|scripts|deploy|benchmarks|locale|requirements)/[\w./-]+)`"
)
COMMAND = re.compile(r"`?(?:manage\.py) (\w+)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_paths_exist(page):
    assert [path for path in PATH.findall(page.read_text()) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_of_manage_exist(page):
    assert set(COMMAND.findall(page.read_text())) - get_commands().keys() == set()


def test_the_searches_find_something():
    """Else the tests above would hold for any page."""
    everything = "\n".join(page.read_text() for page in PAGES)
    assert len(PATH.findall(everything)) > 10
    assert COMMAND.findall(everything)
