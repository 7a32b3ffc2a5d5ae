"""What an event holds, as the auditor reads it."""

import pytest

from reporting import particulars


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["甲局", "乙局"], "甲局、乙局"),
        ([], "—"),
        (None, "—"),
        (True, "是"),
        (3, "3"),
        ({"gdp": "HB01"}, "gdp HB01"),
        ("2025-07-18T16:00:00+00:00", "2025年7月18日 24:00"),
        ("2025-07-18", "2025-07-18"),
    ],
)
def test_a_particular_is_shown_as_people_write_it(value, shown):
    assert particulars.in_words("departments", value) == ("会签部门", shown)


def test_a_particular_of_old_days_stands_as_it_was_recorded():
    assert particulars.in_words("of_old_days", "x") == ("of_old_days", "x")
