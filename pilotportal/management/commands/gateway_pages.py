"""Writes the pages with which the proxy answers while the portal cannot."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pilotportal import gateway


class Command(BaseCommand):
    help = "Writes the pages with which the proxy answers while the portal cannot: gateway_pages /srv/gateway"
    requires_system_checks: list[str] = []  # they would ask for the database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **_options: Any) -> None:
        for file in gateway.written(folder):
            self.stdout.write(str(file))
