"""docs/architecture.md says what the code does: its state diagrams are drawn from the tables, and every room stands on its map."""

import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from applications import rules as applications
from pilotportal.audit import rules as audit
from pilotportal.files import rules as files
from pilotportal.jobs import rules as jobs
from reporting.management.commands import draw_states
from review import rules as review

RULES = (audit, files, jobs, applications, review)
ROOMS = ("applications", "review", "reporting")


@pytest.fixture
def page(tmp_path, monkeypatch):
    copy = tmp_path / "architecture.md"
    copy.write_text(draw_states.PAGE.read_text())
    monkeypatch.setattr(draw_states, "PAGE", copy)
    return copy


def test_the_diagrams_are_in_step():
    call_command("draw_states", check=True)


def test_every_state_table_is_drawn():
    tables = [table for module in RULES for name, table in vars(module).items() if name.endswith("TRANSITIONS")]
    assert len(tables) == 7
    drawn = [id(table) for table in draw_states.TABLES.values()]
    assert sorted(map(id, tables)) == sorted(drawn)


def test_a_line_that_no_table_holds_is_found_and_drawn_away(page):
    drawn = page.read_text()
    page.write_text(drawn.replace("    draft --> issued\n", "    draft --> filed\n"))
    with pytest.raises(CommandError, match="out of step"):
        call_command("draw_states", check=True)
    call_command("draw_states")
    assert page.read_text() == drawn


def test_states_lead_where_the_table_says():
    assert draw_states.drawing("Plan", {"draft": {"issued", "dropped"}, "issued": set(), "dropped": set()}).split("\n") == [
        "### Plan",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> draft",
        "    draft --> dropped",
        "    draft --> issued",
        "    issued --> [*]",
        "    dropped --> [*]",
        "```",
        "",
        "",
    ]


def test_every_room_stands_on_the_map():
    map_of_rooms = re.search(r"## The map\n\n```\n(.*?)```", draw_states.PAGE.read_text(), re.DOTALL)
    assert map_of_rooms
    platform = settings.BASE_DIR / "pilotportal"
    rooms = [f"pilotportal/{path.name}" for path in platform.iterdir() if (path / "__init__.py").exists()]
    missing = [room for room in (*rooms, *ROOMS) if not re.search(rf"^{room}\b", map_of_rooms[1], re.MULTILINE)]
    assert missing == ["pilotportal/templatetags"]  # no room: what templates may call
