from datetime import date

import pytest

from review.shipped import CALENDAR, PLEDGE, PLEDGES


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 1, 1), False),
        (date(2025, 1, 26), True),  # a Sunday, worked
        (date(2025, 1, 27), True),
        (date(2025, 1, 28), False),
        (date(2025, 2, 4), False),
        (date(2025, 2, 5), True),
        (date(2025, 2, 8), True),  # a Saturday, worked
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2026, 2, 23), False),
        (date(2026, 9, 20), True),  # a Sunday, worked
        (date(2027, 10, 1), True),  # a Friday of a year that has not been announced
        (date(2027, 10, 2), False),
    ],
)
def test_working_days(day, working):
    assert CALENDAR.is_working(day) is working


def test_each_announced_year_names_its_document_and_works_only_on_weekends_that_are_not_free():
    assert set(CALENDAR.sources) == {2025, 2026}
    assert all("国务院办公厅" in source for source in CALENDAR.sources.values())
    assert not CALENDAR.working & CALENDAR.free
    assert all(day.weekday() >= 5 for day in CALENDAR.working)


def test_the_pledge_says_the_same_number_of_things_in_both_languages():
    assert len(PLEDGE.zh) == len(PLEDGE.en)
    assert PLEDGE.in_language("en") == PLEDGE.en
    assert PLEDGE.in_language("zh-hans") == PLEDGE.zh
    assert PLEDGE.in_language(None) == PLEDGE.zh


def test_versions_of_the_pledge_are_numbered_and_the_last_is_in_force():
    assert [pledge.version for pledge in PLEDGES] == list(range(1, len(PLEDGES) + 1))
    assert PLEDGE.record()["pledge"] == len(PLEDGES)
