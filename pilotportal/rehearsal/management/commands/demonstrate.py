"""Loads a demonstration: the 2025 round, played up to a stage, from where its clock runs on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from pilotportal.rehearsal import demonstration, programme
from pilotportal.rehearsal.management.ground import require_demonstration, require_empty_demonstration


class Command(BaseCommand):
    help = "Plays the 2025 round up to a stage, once, and writes one account for every role to accounts.txt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=list(programme.STANDSTILLS), default="nominating", help="default: %(default)s")

    def handle(self, *_arguments: Any, stage: str, **_options: Any) -> None:
        require_demonstration()
        if loaded := demonstration.loaded_stage():
            self.stdout.write(f"A demonstration at stage {loaded} is loaded already; nothing was done.")
            return
        require_empty_demonstration()
        with translation.override("zh-hans"):
            demonstration.load(programme.STANDSTILLS[stage])
        self.stdout.write(f"The demonstration is loaded (stage {stage}).")
