"""Filters that every template may use without loading them."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

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


@register.filter
def fraction(exact: str | Fraction | None, places: int) -> str:
    """An exact score such as "2345/28" as a decimal; rounding happens here, on the page, and nowhere before."""
    if exact is None or exact == "":
        return "—"
    value = Fraction(exact)
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@register.filter
def figure(value: Decimal) -> str:
    """With thousands separators and without empty decimals: 1,200.5."""
    whole = value.to_integral_value()
    return f"{whole:,f}" if whole == value else f"{value.normalize():,f}"
