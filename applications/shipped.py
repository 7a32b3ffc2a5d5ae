"""The 2025 round as it ships with the portal: 人社部发〔2025〕27号, with each rule's basis."""

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent / "data"


def round_2025() -> dict[str, Any]:
    """The record that `services.rounds.create` takes."""
    record = json.loads((_DATA / "round_2025.json").read_text(encoding="utf-8"))
    record["form"] = json.loads((_DATA / "form_2025.json").read_text(encoding="utf-8"))
    return record
