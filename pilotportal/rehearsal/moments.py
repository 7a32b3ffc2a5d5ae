"""When the played round does what, in Beijing time. The deadlines themselves stand with the round."""

from datetime import datetime, timedelta

from pilotportal.clock import BEIJING


def at(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0, *, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)


PREPARED = at(5, 27, 10)
OPENED = at(6, 4, 9)
FIRST_DRAFTS, LAST_DRAFTS = at(6, 9, 9), at(7, 4, 17)
DEADLINE = at(7, 19, 0)
LAST_SECOND = DEADLINE - timedelta(seconds=1)
CLOSED = DEADLINE + timedelta(minutes=2)
FORMAL_REVIEW = at(7, 21, 9)
CORRECTIONS_CLOSE = at(8, 1, 0)
FORMAL_REVIEW_ENDS = at(8, 1, 14)
DRAWN = at(8, 4, 9)
ASSIGNED = at(8, 4, 15)
PLEDGES = at(8, 5, 9)
RECUSALS = at(8, 6, 9)
VACANCIES = at(8, 7, 9)
FIRST_SHEETS = at(8, 8, 9)
SHEETS_CLOSE = at(8, 30, 0)
RANKED = at(9, 2, 10)
PLAN_AMENDED = at(9, 22, 10)
PLAN_ORIGINAL = at(10, 1, 0)
PLAN_DEADLINE = at(1, 1, 0, year=2026)
PROPOSED = at(10, 27, 10)
SIGNED_OFF = at(10, 29, 15)
NOTICE = at(10, 30, 9)
DECIDED = at(11, 10, 10)
EXPORTED = at(11, 12, 10)
PLANS_CLOSED = PLAN_DEADLINE + timedelta(hours=9)
SUMMARY_DEADLINE = at(1, 1, 0, year=2028)
ACCEPTED = at(1, 20, 9, year=2028)
SEALED = at(1, 31, 9, year=2028)
