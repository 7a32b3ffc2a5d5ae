"""Filters that every template may use without loading them."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pilotportal.clock import BEIJING

register = template.Library()


@register.filter
def instant(value: datetime) -> str:
    """An instant in Beijing time: 2025年7月18日 23:59:59, or 18 July 2025, 23:59:59."""
    local = timezone.localtime(value, BEIJING)
    if (get_language() or "").startswith("en"):
        return f"{local.day} {local:%B %Y, %H:%M:%S}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


@register.filter
def day(value: datetime) -> str:
    local = timezone.localtime(value, BEIJING)
    return f"{local.day} {local:%B %Y}" if (get_language() or "").startswith("en") else f"{local.year}年{local.month}月{local.day}日"


@register.filter
def until(closes_at: datetime) -> str:
    """An exclusive deadline as people write it: midnight belongs to the day that ends (7月18日 24:00)."""
    local = timezone.localtime(closes_at, BEIJING)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return f"{day(closes_at - timedelta(days=1))} 24:00"
    return instant(closes_at)


@register.filter
def left(closes_at: datetime, now: datetime) -> str:
    """What is left, in words: 还有 3 天 4 小时."""
    seconds = int((closes_at - now).total_seconds())
    if seconds <= 0:
        return _("The deadline has passed")
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        return _("%(days)s and %(hours)s left") % {"days": _days(days), "hours": _hours(hours)}
    if hours:
        return _("%(hours)s and %(minutes)s left") % {"hours": _hours(hours), "minutes": _minutes(minutes)}
    return _("%(minutes)s left") % {"minutes": _minutes(minutes)} if minutes else _("less than a minute left")


@register.filter
def short(digest: str) -> str:
    """The first 16 characters of a digest, in fours, for people to compare."""
    algorithm, _sep, value = digest.partition(":")
    return f"{algorithm.upper()} {' '.join(value[i : i + 4] for i in range(0, 16, 4))}"


@register.filter
def item(mapping: dict[str, object], key: str) -> object:
    return mapping.get(key)


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
