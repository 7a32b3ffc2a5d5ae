"""Moments in words, in Beijing time and in the reader's language."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pilotportal.clock import BEIJING

MIDNIGHT = (0, 0, 0, 0)


def instant(value: datetime) -> str:
    """2025年7月18日 23:59:59, or 18 July 2025, 23:59:59."""
    return f"{day(value)}{', ' if _english() else ' '}{timezone.localtime(value, BEIJING):%H:%M:%S}"


def day(value: datetime) -> str:
    local = timezone.localtime(value, BEIJING)
    return f"{local.day} {local:%B %Y}" if _english() else f"{local.year}年{local.month}月{local.day}日"


def until(closes_at: datetime) -> str:
    """An exclusive deadline as people write it: midnight belongs to the day that ends (7月18日 24:00)."""
    local = timezone.localtime(closes_at, BEIJING)
    if (local.hour, local.minute, local.second, local.microsecond) == MIDNIGHT:
        return f"{day(closes_at - timedelta(days=1))} 24:00"
    return instant(closes_at)


lazy_instant, lazy_day, lazy_until = lazy(instant, str), lazy(day, str), lazy(until, str)


def end_of(last_day: date) -> datetime:
    """The exclusive instant of a deadline that people give as a day: all of that day in Beijing is in time."""
    return datetime.combine(last_day + timedelta(days=1), time.min, BEIJING)


def last_day(closes_at: datetime) -> date:
    """The last day in Beijing on which something is in time."""
    return timezone.localtime(closes_at - timedelta(microseconds=1), BEIJING).date()


def year_of(value: datetime) -> int:
    return timezone.localtime(value, BEIJING).year


def left(closes_at: datetime, now: datetime) -> str:
    """What is left, in words: 还有3天4小时."""
    seconds = int((closes_at - now).total_seconds())
    if seconds <= 0:
        return _("The deadline has passed")
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return _("%(days)s and %(hours)s left") % {"days": _days(days), "hours": _hours(hours)}
    if hours:
        return _("%(hours)s and %(minutes)s left") % {"hours": _hours(hours), "minutes": _minutes(minutes)}
    return _("%(minutes)s left") % {"minutes": _minutes(minutes)} if minutes else _("less than a minute left")


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
