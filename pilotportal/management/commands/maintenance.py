"""Closes the portal for maintenance and opens it again; needs neither database nor queue."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pilotportal import maintenance
from pilotportal.clock import BEIJING
from pilotportal.maintenance import Maintenance


class Command(BaseCommand):
    help = (
        'Closes or opens the portal: maintenance on --until "2025-07-12 22:00" --zh 系统升级 --en Upgrade | maintenance off | maintenance'
    )
    requires_system_checks: list[str] = []  # they would ask for the database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("state", nargs="?", choices=["on", "off", "show"], default="show")
        parser.add_argument("--until", default="", help="Beijing time, as 2025-07-12 22:00")
        parser.add_argument("--zh", default="", help="why, in Chinese")
        parser.add_argument("--en", default="", help="why, in English")

    def handle(self, *, state: str, until: str, zh: str, en: str, **_options: Any) -> None:
        if state == "on":
            maintenance.begin(Maintenance(zh, en, _instant(until)))
        elif state == "off":
            maintenance.end()
        found = maintenance.announced()
        self.stdout.write(f"closed until {found.until or 'it is opened again'}" if found else "open")


def _instant(until: str) -> datetime | None:
    try:
        return datetime.fromisoformat(until).replace(tzinfo=BEIJING) if until else None
    except ValueError as error:
        raise CommandError("Write the time as 2025-07-12 22:00.") from error
