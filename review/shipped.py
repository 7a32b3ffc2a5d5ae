"""What ships with the portal: the text of the pledge in each of its versions, and the calendar of working days.

The notice of the call is silent on both: they are the portal's defaults. The calendar holds the years that the State Council has
announced; in any other year Saturdays and Sundays are free and nothing else.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent / "data"
_SATURDAY = 5


@dataclass(frozen=True)
class PledgeText:
    """The paragraphs of the pledge. `record` is what its digest covers: both languages, so that a signature names one text."""

    version: int
    zh: tuple[str, ...]
    en: tuple[str, ...]

    def in_language(self, language: str | None) -> tuple[str, ...]:
        return self.en if (language or "").startswith("en") else self.zh

    def record(self) -> dict[str, Any]:
        return {"pledge": self.version, "zh": list(self.zh), "en": list(self.en)}


@dataclass(frozen=True)
class Calendar:
    """Free days and working weekends of the announced years, each with the document that announced it."""

    sources: dict[int, str]
    free: frozenset[date]
    working: frozenset[date]

    def is_working(self, day: date) -> bool:
        return day in self.working or (day.weekday() < _SATURDAY and day not in self.free)


def _load(name: str) -> Any:
    return json.loads((_DATA / name).read_text(encoding="utf-8"))


def _calendar() -> Calendar:
    announced = {int(year): entry for year, entry in _load("working_days.json").items()}
    spans = [(_day(year, first), _day(year, last)) for year, entry in announced.items() for first, last in entry["holidays"]]
    return Calendar(
        sources={year: entry["source"] for year, entry in announced.items()},
        free=frozenset(first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)),
        working=frozenset(_day(year, day) for year, entry in announced.items() for day in entry["working_weekends"]),
    )


def _day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")


PLEDGES = tuple(PledgeText(entry["version"], tuple(entry["zh"]), tuple(entry["en"])) for entry in _load("pledges.json"))
PLEDGE = PLEDGES[-1]
CALENDAR = _calendar()
