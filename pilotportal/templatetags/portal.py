"""Filters that every template may use without loading them."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import get_language, gettext, pgettext

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
def in_words(message: str) -> str:
    """A message that was marked for translation where it was written down."""
    return gettext(message)


@register.filter
def listed(items: Iterable[object]) -> str:
    """Beside each other, as the reader's language does it: 北京市、天津市."""
    return pgettext("between the items of a list", ", ").join(map(str, items))


@register.filter
def item(mapping: Mapping[str, object], key: str) -> object:
    return mapping.get(key)


@register.filter
def proving(files: Iterable[Any] | None, code: str) -> list[Any]:
    """Those of the files that prove an entry; none where a page shows no files."""
    return [file for file in files or () if file.proves == code]


@register.filter
def entry_label(definition: Any, code: str) -> str:
    """What an entry of a form is called in the reader's language."""
    return str(definition.label_of(code, get_language()))


@register.filter
def fraction(exact: str | Fraction | None, places: int) -> str:
    """An exact score such as "2345/28" as a decimal; rounding happens here, on the page, and nowhere before."""
    if exact is None or exact == "":
        return "—"
    value = Fraction(exact)
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@register.filter
def figure(value: Decimal | int) -> str:
    """With thousands separators and without empty decimals: 1,200.5."""
    number = Decimal(value)
    whole = number.to_integral_value()
    return f"{whole:,f}" if whole == number else f"{number.normalize():,f}"
