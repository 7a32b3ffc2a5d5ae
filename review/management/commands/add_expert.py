"""Experts enter the pool from the shell of the operator, after their account has been made (`add_account`)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from applications.rules import Refused
from pilotportal import clock
from pilotportal.accounts.models import User
from review.services.pool import add_expert


class Command(BaseCommand):
    help = "Puts the account of an expert into the pool: add_expert lisi --title 教授 --field 人力资源管理 --industries C36 C38"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--title", required=True)
        parser.add_argument("--field", required=True)
        parser.add_argument("--industries", nargs="*", default=[], help="codes of manufacturing divisions, C13 to C43")

    def handle(self, *, username: str, title: str, field: str, industries: list[str], **_options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        try:
            expert = add_expert(user_id=user.pk, title=title, field=field, industries=industries, at=clock.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{expert.user.name} ({expert.province.name})")
