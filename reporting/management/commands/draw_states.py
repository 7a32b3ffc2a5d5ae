"""Draws the state tables of the rules into docs/architecture.md, so that the page cannot differ from the code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from applications import rules as applications
from pilotportal.jobs import rules as jobs
from review import rules as review

PAGE = Path(settings.BASE_DIR) / "docs" / "architecture.md"
BEGIN, END = "<!-- states: drawn by manage.py draw_states -->\n", "<!-- end of states -->\n"
TABLES: Mapping[str, Mapping[str, Any]] = {
    "Nomination": applications.TRANSITIONS,
    "Implementation plan": applications.PLAN_TRANSITIONS,
    "Summary": applications.SUMMARY_TRANSITIONS,
    "Score sheet": review.SHEET_TRANSITIONS,
    "Assignment": review.RUN_TRANSITIONS,
    "Selection": review.SELECTION_TRANSITIONS,
    "Job": jobs.TRANSITIONS,
}


class Command(BaseCommand):
    help = "Draw the state tables into docs/architecture.md; --check only says whether they are in step."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, **_options: Any) -> None:
        page = PAGE.read_text(encoding="utf-8")
        drawn = redrawn(page)
        if check and drawn != page:
            raise CommandError("docs/architecture.md is out of step with the rules; run manage.py draw_states.")
        if not check:
            PAGE.write_text(drawn, encoding="utf-8")


def redrawn(page: str) -> str:
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return before + BEGIN + "".join(drawing(name, table) for name, table in TABLES.items()) + END + after


def drawing(name: str, table: Mapping[str, Any]) -> str:
    """A Mermaid state diagram; a state that leads nowhere ends."""
    lines = [f"    {old} --> {new}" for old, news in table.items() for new in sorted(news)]
    first = next(iter(table))
    ends = [f"    {old} --> [*]" for old, news in table.items() if not news]
    return "\n".join([f"### {name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, *ends, "```", "", ""])
