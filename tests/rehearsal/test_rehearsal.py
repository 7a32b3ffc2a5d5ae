"""`scripts/rehearse` as a whole: own database, own queue, a real worker, and what it leaves behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from pilotportal.rehearsal import reading

COUNTS = {
    "nominations_in", "refused_late", "returned", "rejected", "seats", "recusals", "sheets", "plans_filed", "plans_late", "summaries",
}  # fmt: skip
OPTIONS = ("--seed=7", "--units=4", "--places=3", "--experts=8")


def _start(out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pilotportal.trial.rehearsal", f"--out={out}", *OPTIONS]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _accepted(process: subprocess.Popen[str], out: Path) -> dict[str, Any]:
    said, _ = process.communicate()
    assert process.returncode == 0, said[-4000:]
    return json.loads((out / "acceptance.json").read_text())


@pytest.mark.timeout(180)
def test_a_rehearsal_is_green_leaves_its_files_and_repeats_itself(tmp_path: Path):
    first_out, second_out = tmp_path / "first", tmp_path / "second"
    running = [_start(first_out), _start(second_out)]
    first, second = (_accepted(process, out) for process, out in zip(running, (first_out, second_out), strict=True))
    assert json.dumps(first["figures"]) == json.dumps(second["figures"])
    _assert_report(first)
    _assert_files(first_out, nominations=first["figures"]["nominations_in"])
    assert "演示数据" in (first_out / "acceptance.txt").read_text()


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
