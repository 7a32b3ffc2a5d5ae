"""Charts as inline SVG, the same for page and PDF: no script, no style attribute, readable in black and white and by ear.

Series differ by pattern and label, not by colour alone; every figure is printed beside its bar and told in `<desc>`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pilotportal.documents.breadth import breadth

WIDTH = 640
PATTERNS = ("solid", "stripes", "dots", "plain")
INK = "#1f4e79"
LETTER = 7  # width of a Latin character at font size 13
DIGIT = 8


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`emphasis` draws the bar solid where the others are striped: the band that holds the cut, the own province."""

    label: str
    value: int
    emphasis: bool = False


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One row of a stacked chart; `values` in the order of the chart's keys."""

    label: str
    values: Sequence[int]


def bars(*, name: str, title: str, items: Sequence[Bar], axis: str = "") -> SafeString:
    """Upright bars, such as a distribution of scores. `name` (letters, unique on its page) makes the ids; `axis` says what is counted."""
    height, top, bottom = 280, 48, 230
    step = WIDTH / max(len(items), 1)
    most = max((item.value for item in items), default=0) or 1
    scale = Fraction(bottom - top, most)
    drawn = [_upright(name, item, place=index, step=step, scale=scale, bottom=bottom) for index, item in enumerate(items)]
    facts = {"name": name, "title": title, "description": _told([(item.label, str(item.value)) for item in items])}
    return _svg("charts/bars.svg", facts | {"axis": axis, "bars": drawn, "width": WIDTH, "height": height, "bottom": bottom})


def _upright(name: str, item: Bar, *, place: int, step: float, scale: Fraction, bottom: int) -> dict[str, str]:
    tall = float(item.value * scale)
    return {
        "label": item.label,
        "value": str(item.value),
        "fill": _paint(name, "solid" if item.emphasis else "stripes"),
        "x": _number(place * step + step * 0.14),
        "middle": _number(place * step + step / 2),
        "y": _number(bottom - tall),
        "above": _number(bottom - tall - 6),
        "wide": _number(step * 0.72),
        "tall": _number(tall),
    }


def stacked(*, name: str, title: str, keys: Sequence[str], rows: Sequence[Stack]) -> SafeString:
    """Lying bars in parts, such as the regions' selected, reserve and other cities. At most four `keys`, each with its own pattern."""
    if len(keys) > len(PATTERNS):
        raise ValueError(f"A stacked chart tells at most {len(PATTERNS)} parts apart.")
    left, right = 24 + LETTER * max((breadth(row.label) for row in rows), default=0), 56
    most = max((sum(row.values) for row in rows), default=0) or 1
    scale = Fraction(WIDTH - left - right, most)
    drawn = [_lying(name, row, place=index, left=left, scale=scale) for index, row in enumerate(rows)]
    told = _told([(row.label, _parts(keys, row.values)) for row in rows])
    facts = {"name": name, "title": title, "description": told, "keys": _legend(name, keys), "rows": drawn, "left": left}
    return _svg("charts/stacked.svg", facts | {"label_x": left - 10, "width": WIDTH, "height": 70 + 40 * max(len(rows), 1)})


def _lying(name: str, row: Stack, *, place: int, left: int, scale: Fraction) -> dict[str, object]:
    parts, x = [], Fraction(left)
    for value, pattern in zip(row.values, PATTERNS, strict=False):
        if value:
            parts.append(_part(name, pattern, value, x=x, wide=value * scale))
        x += value * scale
    top = 62 + 40 * place
    return {"label": row.label, "parts": parts, "total": sum(row.values), "end": _number(x + 8), "top": top, "text": top + 18}


def _part(name: str, pattern: str, value: int, *, x: Fraction, wide: Fraction) -> dict[str, object]:
    """The figure stands in its part on a white plate; in a part too narrow for it, it is told by the description and the table only."""
    plate = DIGIT * len(str(value)) + 4
    return {
        "fill": _paint(name, pattern),
        "x": _number(x),
        "wide": _number(wide),
        "value": str(value) if wide >= plate else "",
        "plate": plate,
        "plate_x": _number(x + (wide - plate) / 2),
        "middle": _number(x + wide / 2),
    }


def _legend(name: str, keys: Sequence[str]) -> list[dict[str, object]]:
    legend, x = [], 10
    for key, pattern in zip(keys, PATTERNS, strict=False):
        legend.append({"label": key, "fill": _paint(name, pattern), "x": x, "text": x + 26})
        x += 50 + LETTER * breadth(key)
    return legend


def _paint(name: str, pattern: str) -> str:
    return {"solid": INK, "plain": "#ffffff"}.get(pattern, f"url(#{name}-{pattern})")


def _parts(keys: Sequence[str], values: Sequence[int]) -> str:
    told = (_("%(label)s %(value)s") % {"label": key, "value": value} for key, value in zip(keys, values, strict=True))
    return " · ".join(told)


def _told(figures: Sequence[tuple[str, str]]) -> str:
    if not figures:
        return _("No data")
    told = (_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in figures)
    return "; ".join(told)


def _svg(template: str, facts: dict[str, object]) -> SafeString:
    return render_to_string(template, facts)


def _number(value: float | Fraction) -> str:
    """Two decimals and a point in every language."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
