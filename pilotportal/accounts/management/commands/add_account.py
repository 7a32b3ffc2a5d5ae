"""The first accounts of an installation, from the shell of the operator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from pilotportal import clock
from pilotportal.accounts.enums import Branch, Role
from pilotportal.accounts.models import Division
from pilotportal.accounts.services import add_account


class Command(BaseCommand):
    help = "Makes an account and prints its password once: add_account zhangsan 张三 --role staff --organisation 人力资源流动管理司"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--organisation", required=True, help="its name; made when it is not there")
        parser.add_argument("--division", help="code by GB/T 2260, for provinces, cities, co-departments and experts")
        parser.add_argument("--branch", choices=Branch.values, default="", help="of a co-department")
        parser.add_argument(
            "--email", default="", help="where reminders, receipts and notices go; without one they stand in the portal only"
        )

    def handle(self, *, role: str, division: str | None, **options: Any) -> None:
        place = Division.objects.filter(pk=division).first() if division else None
        if division and place is None:
            raise CommandError(f"There is no division {division}.")
        try:
            given = {name: options[name] for name in ("username", "name", "organisation", "branch", "email")}
            person, password = add_account(role=Role(role), division=place, at=clock.now(), must_change=True, **given)
        except IntegrityError as error:
            raise CommandError(f"The account cannot be made: {error}") from error
        self.stdout.write(f"{person.username}\t{password}")
