"""`scripts/rehearse` as a whole: own database, own queue, a real worker, and what it leaves behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from pilotportal.rehearsal import programme, reading
from pilotportal.rehearsal.acceptance import figures
from pilotportal.rehearsal.stages import opening
from tests.rehearsal.conftest import SMALL

COUNTS = {
    "nominations_in", "refused_late", "returned", "rejected", "seats", "recusals", "sheets", "plans_filed", "plans_late", "summaries",
}  # fmt: skip
SEED = 7


@pytest.mark.timeout(180)
@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_a_rehearsal_is_green_leaves_its_files_and_plays_the_same_round_again(tmp_path: Path, marked_as_demonstration: Path, eager: None):
    out = tmp_path / "out"
    running = _start(out)
    again = _figures_played_here()
    said, _ = running.communicate()
    assert running.returncode == 0, said[-4000:]
    report = json.loads((out / "acceptance.json").read_text())
    assert json.dumps(report["figures"]) == json.dumps(again)
    _assert_report(report)
    _assert_files(out, nominations=report["figures"]["nominations_in"])
    assert "演示数据" in (out / "acceptance.txt").read_text()


def _start(out: Path) -> subprocess.Popen[str]:
    options = (f"--seed={SEED}", f"--units={SMALL.units}", f"--places={SMALL.places}", f"--experts={SMALL.experts}")
    command = [sys.executable, "-m", "pilotportal.trial.rehearsal", f"--out={out}", *options]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _figures_played_here() -> dict[str, Any]:
    """In another process, another database, and without a worker."""
    with translation.override("zh-hans"):
        play = opening.prepare(size=SMALL, seed=SEED)
        for stage in (*programme.BEFORE_EXPORTS, programme.PILOTING):
            play.perform(stage)
        return figures.of(play)


def _assert_report(report: dict[str, Any]) -> None:
    assert report.keys() == {"checks", "figures"}
    assert len(report["checks"]) > 60
    assert all(check.keys() == {"name", "ok", "detail"} and check["ok"] for check in report["checks"])
    names = [check["name"] for check in report["checks"]]
    assert len(set(names)) == len(names)
    figures = report["figures"]
    assert figures.keys() >= COUNTS
    assert all(type(figures[name]) is int and figures[name] > 0 for name in COUNTS)
    assert len(figures["selected"]) == 3
    assert [city["code"] for city in figures["selected"]] == sorted(city["code"] for city in figures["selected"])
    assert all(city.keys() == {"code", "name", "region"} for city in figures["selected"])
    assert {city["region"] for city in figures["selected"]} <= {"east", "central", "west", "northeast"}


def _assert_files(out: Path, *, nominations: int) -> None:
    dossiers = list((out / "dossiers").glob("*.pdf"))
    assert len(dossiers) == nominations
    for pdf in (out / "selection.pdf", dossiers[0]):
        assert all("演示数据" in page for page in reading.pages_of(pdf.read_bytes()))
    assert len(reading.sheets_of((out / "ranking.xlsx").read_bytes())) >= 3
    assert set(json.loads((out / "timings.json").read_text())) >= {"nominating", "scoring", "exporting", "piloting"}
