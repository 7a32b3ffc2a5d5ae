"""When a reminder is due: tables of moments around each distance."""

from datetime import datetime, timedelta

import pytest

from applications import rules
from pilotportal.clock import BEIJING

CLOSES = datetime(2028, 3, 1, 0, 0, tzinfo=BEIJING)  # the last day is 29 February
OPENED = CLOSES - timedelta(days=40)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
DAYS = [14, 3, 1]


@pytest.mark.parametrize(
    ("at", "distance"),
    [
        (CLOSES - timedelta(days=14) - SECOND, None),
        (CLOSES - timedelta(days=14) - MICROSECOND, None),
        (CLOSES - timedelta(days=14), 14),
        (CLOSES - timedelta(days=14) + MICROSECOND, 14),
        (CLOSES - timedelta(days=3) - MICROSECOND, 14),
        (CLOSES - timedelta(days=3), 3),
        (datetime(2028, 2, 28, 23, 59, 59, tzinfo=BEIJING), 3),
        (datetime(2028, 2, 29, 0, 0, tzinfo=BEIJING), 1),
        (CLOSES - MICROSECOND, 1),
        (CLOSES, None),
        (CLOSES + MICROSECOND, None),
    ],
)
@pytest.mark.parametrize("days", [DAYS, DAYS[::-1]])
def test_only_the_nearest_distance_that_was_reached_is_due(days, at, distance):
    assert rules.nearest_reminder(days=days, since=OPENED, closes_at=CLOSES, at=at) == distance


@pytest.mark.parametrize(
    ("since", "distance"),
    [
        (CLOSES - timedelta(days=3), 3),
        (CLOSES - timedelta(days=3) + MICROSECOND, None),
        (CLOSES - timedelta(days=2), None),
        (CLOSES - timedelta(days=10), 3),
    ],
)
def test_a_distance_that_had_passed_before_there_was_anything_owed_is_nobody_s(since, distance):
    assert rules.nearest_reminder(days=DAYS, since=since, closes_at=CLOSES, at=CLOSES - timedelta(days=2)) == distance


def test_a_round_without_reminders_has_none():
    assert rules.nearest_reminder(days=[], since=OPENED, closes_at=CLOSES, at=CLOSES - MICROSECOND) is None


def test_the_clock_of_the_server_may_tick_in_another_zone():
    at = datetime.fromisoformat("2028-02-25T16:00:00+00:00")  # 26 February, 00:00 in Beijing
    assert rules.nearest_reminder(days=[4], since=OPENED, closes_at=CLOSES, at=at) == 4
    assert rules.nearest_reminder(days=[4], since=OPENED, closes_at=CLOSES, at=at - MICROSECOND) is None
