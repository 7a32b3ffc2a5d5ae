"""The 31 manufacturing divisions C13–C43 of GB/T 4754-2017, by code."""

import csv
from pathlib import Path

_DATA = Path(__file__).resolve().parent / "data" / "manufacturing_industries.csv"


def _load(column: str) -> dict[str, str]:
    with _DATA.open(encoding="utf-8") as stream:
        return {row["code"]: row[column] for row in csv.DictReader(stream)}


INDUSTRIES = _load("name")
ENGLISH = _load("english")


def label_of(code: str, language: str | None) -> str:
    """C36 汽车制造业; an unknown code stands for itself."""
    name = (ENGLISH if (language or "").startswith("en") else INDUSTRIES).get(code, "")
    return f"{code} {name}".strip()
