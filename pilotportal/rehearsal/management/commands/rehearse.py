"""Plays a whole round in an empty database and accepts it, or not."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from pilotportal.rehearsal import programme
from pilotportal.rehearsal.acceptance import files, report
from pilotportal.rehearsal.management.ground import require_empty_demonstration
from pilotportal.rehearsal.play import Play
from pilotportal.rehearsal.size import Size, SizeError
from pilotportal.rehearsal.stages import opening


class Command(BaseCommand):
    help = "Plays a whole round on a simulated clock and writes the acceptance report and all exports to a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = Size()
        parser.add_argument("--out", type=Path, required=True, help="folder for the report and the exports")
        parser.add_argument("--seed", type=int, default=programme.SEED, help="the same seed plays the same round (default: %(default)s)")
        parser.add_argument("--units", type=int, default=usual.units, help="provincial units that take part (default: %(default)s)")
        parser.add_argument("--places", type=int, default=usual.places, help="cities to select (default: %(default)s)")
        parser.add_argument("--experts", type=int, default=usual.experts, help="experts in the pool (default: %(default)s)")

    def handle(self, *_arguments: Any, out: Path, seed: int, units: int, places: int, experts: int, **_options: Any) -> None:
        require_empty_demonstration()
        files.clear(out)
        with translation.override("zh-hans"):
            try:
                play = opening.prepare(size=Size(units=units, places=places, experts=experts), seed=seed)
            except SizeError as error:
                raise CommandError(str(error)) from error
            self._play(play, out)
            with play.timed("acceptance"):
                accepted = report.of(play)
            files.write(play, out)
            report.write(accepted, out)
        timings = {name: asdict(timing) for name, timing in play.timings.items()}
        (out / "timings.json").write_text(json.dumps(timings, indent=1) + "\n")
        self.stdout.write(accepted.text())
        if not accepted.ok:
            raise CommandError("The rehearsal is not accepted.")

    def _play(self, play: Play, out: Path) -> None:
        for stage in programme.WHOLE:
            try:
                play.perform(stage)
            except Exception as fault:
                report.write(report.of_failure(fault, stage=stage.name), out)
                raise
            self.stdout.write(f"{stage.name}: {play.timings[stage.name].seconds:.1f} s")
