"""Filters that every template may use without loading them."""

from collections.abc import Mapping

from django import template

from pilotportal import moments

register = template.Library()
register.filter("instant", moments.instant)
register.filter("day", moments.day)
register.filter("until", moments.until)
register.filter("left", moments.left)


@register.filter
def short(digest: str) -> str:
    """The first 16 characters of a digest, in fours, for people to compare."""
    algorithm, _separator, value = digest.partition(":")
    return f"{algorithm.upper()} {' '.join(value[i : i + 4] for i in range(0, 16, 4))}"


@register.filter
def item(mapping: Mapping[str, object], key: str) -> object:
    return mapping.get(key)
