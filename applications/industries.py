"""The 31 manufacturing divisions C13–C43 of GB/T 4754-2017, by code."""

import csv
from pathlib import Path

_DATA = Path(__file__).resolve().parent / "data" / "manufacturing_industries.csv"


def _load() -> dict[str, str]:
    with _DATA.open(encoding="utf-8") as stream:
        return {row["code"]: row["name"] for row in csv.DictReader(stream)}


INDUSTRIES = _load()
