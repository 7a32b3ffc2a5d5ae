"""When a deadline holds, for whom, and how it may move; when a round may be opened."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from applications import rules
from applications.enums import DeadlineKind, Refusal
from applications.rules import RoundFacts
from pilotportal.clock import BEIJING
from pilotportal.moments import end_of, last_day

D19, D20, D25 = (datetime(2025, 7, day, tzinfo=BEIJING) for day in (19, 20, 25))
NOW = datetime(2025, 7, 10, 9, tzinfo=BEIJING)
FACTS = RoundFacts(
    planned_places=30,
    panel_size=7,
    minimum_sheets=3,
    tie_rules=["a"],
    weights={"a": 60, "b": 40},
    region_limits=[(8, 15), (5, 20)],
    quotas=[3, 1],
    deadlines={
        "nomination": D19,
        "score_sheets": D20,
        "plan": D25,
        "summary": datetime(2028, 1, 1, tzinfo=BEIJING),
    },
)


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2025, 7, 18), "2025-07-19T00:00:00+08:00"),
        (date(2028, 2, 29), "2028-03-01T00:00:00+08:00"),
        (date(2027, 12, 31), "2028-01-01T00:00:00+08:00"),
    ],
)
def test_a_day_is_in_time_to_its_end_in_beijing(day, instant):
    assert end_of(day).isoformat() == instant
    assert last_day(end_of(day)) == day
    assert last_day(end_of(day) + timedelta(microseconds=1)) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("general", "own", "expected"),
    [
        (None, None, D19),
        (D20, None, D20),
        (None, D25, D25),
        (D20, D25, D25),
        (D25, D20, D25),  # an extension for all reaches the province that got its own before
    ],
)
def test_the_instant_in_force_for_a_province(general, own, expected):
    assert rules.deadline_in_force(original=D19, general=general, own=own) == expected


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, None),
        ({"is_opened": False}, Refusal.NOT_OPENED),
        ({"kind": DeadlineKind.SCORE_SHEETS, "of_province": True}, Refusal.NOT_BY_PROVINCE),
        ({"has_ground": False}, Refusal.NO_GROUND),
        ({"instant": D19}, Refusal.SAME_DEADLINE),
        ({"instant": NOW}, Refusal.NOT_AHEAD),
        ({"instant": NOW + timedelta(microseconds=1)}, None),
        ({"instant": NOW + timedelta(days=1), "of_province": True}, Refusal.BEFORE_THE_OTHERS),
        ({"instant": D19, "in_force": D25, "of_province": True}, None),
    ],
)
def test_a_deadline_moves_only_to_the_future_and_with_a_ground(changed, refusal):
    facts = {
        "kind": DeadlineKind.NOMINATION,
        "instant": D20,
        "in_force": D19,
        "for_all": D19,
        "of_province": False,
        "is_opened": True,
        "has_ground": True,
        "at": NOW,
    } | changed
    assert rules.why_not_amend(facts.pop("kind"), **facts) == refusal


@pytest.mark.parametrize(
    ("changed", "refusals"),
    [
        ({}, []),
        ({"weights": {"a": 60, "b": 39}}, [Refusal.WEIGHTS]),
        ({"weights": {}}, [Refusal.NO_CRITERIA, Refusal.TIE_RULES]),
        ({"tie_rules": ["a", "gone"]}, [Refusal.TIE_RULES]),
        ({"minimum_sheets": 8}, [Refusal.SHEETS]),
        ({"minimum_sheets": 7}, []),
        ({"quotas": [0, 0]}, [Refusal.NO_QUOTA]),
        ({"deadlines": {}}, [Refusal.NO_DEADLINE]),
        ({"deadlines": FACTS.deadlines | {"score_sheets": D19}}, [Refusal.DEADLINE_ORDER]),
        ({"planned_places": 36}, [Refusal.REGIONS]),
        ({"planned_places": 35}, []),
        ({"planned_places": 12}, [Refusal.REGIONS]),
        ({"planned_places": 13}, []),
        ({"region_limits": []}, []),
    ],
)
def test_every_reason_against_opening_is_named(changed, refusals):
    assert [refused.refusal for refused in rules.why_not_open(replace(FACTS, **changed))] == refusals


@pytest.mark.parametrize(
    ("at", "years"),
    [
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=BEIJING), [2025]),
        (datetime(2026, 1, 1, tzinfo=BEIJING), [2025, 2026]),
        (datetime(2028, 3, 1, tzinfo=BEIJING), [2025, 2026, 2027]),
    ],
)
def test_progress_is_reported_for_years_that_have_begun(at, years):
    selected, closes = datetime(2025, 11, 14, tzinfo=BEIJING), datetime(2028, 1, 1, tzinfo=BEIJING)
    assert list(rules.years_to_report(selected_at=selected, summary_closes_at=closes, at=at)) == years
