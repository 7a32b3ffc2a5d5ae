"""One sentence for every clause, in both languages, from the facts alone."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation

from review import reasons
from review.enums import Clause, Place


@dataclass
class Entry:
    rank: int | None
    place: str
    clause: str
    facts: dict[str, Any] = field(default_factory=dict)


CASES = [
    (Entry(3, Place.CHOSEN, Clause.BY_RANK, {"number": 39}), "Ranked 3, within the 39 places."),
    (
        Entry(41, Place.CHOSEN, Clause.MOVED_UP, {"number": 39}),
        "Ranked 41; moved up within the 39 places because rules kept out cities ranked before it.",
    ),
    (
        Entry(60, Place.CHOSEN, Clause.FOR_MINIMUM, {"number": 2, "region": "northeast"}),
        "Ranked 60; on the list because region Northeast has at least 2 places.",
    ),
    (
        Entry(17, Place.PASSED_OVER, Clause.MAXIMUM_REACHED, {"number": 3, "region": "east", "holders": [1, 2, 4]}),
        "Limit by region: at most 3 cities of region East, used up by those ranked 1, 2, 4.",
    ),
    (
        Entry(30, Place.PASSED_OVER, Clause.KEPT_FOR_MINIMUM, {"kept": [{"region": "west", "number": 6, "places": 2}]}),
        "The remaining places were kept for minima not met yet: 2 for region West, which has at least 6.",
    ),
    (Entry(80, Place.PASSED_OVER, Clause.PLACES_FILLED, {"number": 39}), "All 39 places went to cities ranked before it."),
    (
        Entry(None, Place.NOT_RANKED, Clause.TOO_FEW_SHEETS, {"sheets": 2, "minimum": 3}),
        "Not ranked: 2 valid score sheets, where the rules of the round ask for at least 3.",
    ),
    (
        Entry(40, Place.RESERVE, Clause.PLACES_FILLED, {"number": 39, "first_for": ["east", "west"]}),
        "All 39 places went to cities ranked before it. First in line for a place that falls free in: East, West.",
    ),
]


@pytest.mark.parametrize(("entry", "expected"), CASES, ids=[f"{entry.clause}-{entry.place}" for entry, _text in CASES])
def test_sentence(entry, expected):
    with translation.override("en"):
        assert reasons.sentence(entry) == expected


def test_every_clause_has_a_sentence():
    assert {entry.clause for entry, _text in CASES} == set(Clause)


@pytest.mark.parametrize(
    ("clause", "region", "expected"),
    [
        ("minimum", "west", "at least 6 from region West"),
        ("maximum", "west", "at most 6 from region West"),
        ("places", "", "6 places in all"),
        ("available", "west", "only 6 ranked cities in region West"),
        ("available_in_all", "", "only 6 ranked cities in all"),
    ],
)
def test_a_rule_of_a_contradiction_in_words(clause, region, expected):
    with translation.override("en"):
        assert reasons.limit(clause, region, 6) == expected
