"""Workbooks (XLSX): typed columns, text that is never a formula, the same bytes for the same input.

Numbers are written as numbers only when a spreadsheet, which knows fifteen digits, keeps them exactly; otherwise as text.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from io import BytesIO
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pilotportal.documents.breadth import breadth
from pilotportal.documents.pdf import demonstration_sentence

LONGEST_TEXT = 32_767  # UTF-16 units in one cell; XlsxWriter would cut silently
WIDEST = 60.0
NARROWEST = 6.0
EXACT_DIGITS = 15
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_format_properties": {"font_name": "宋体", "font_size": 11},
}


class Kind(StrEnum):
    """What a column holds, and so how Python's value becomes a cell."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FRACTION = "fraction"
    DATETIME = "datetime"


ACCEPTED: Mapping[Kind, tuple[type, ...]] = {
    Kind.INTEGER: (int,),
    Kind.DECIMAL: (int, Decimal),
    Kind.FRACTION: (int, Fraction),
    Kind.DATETIME: (datetime, date),
}
FORMATS: Mapping[str, dict[str, Any]] = {
    Kind.TEXT: {"num_format": "@", "text_wrap": True},
    Kind.CODE: {"num_format": "@"},
    Kind.INTEGER: {"num_format": "0"},
    Kind.DECIMAL: {"num_format": "0.00######"},
    Kind.FRACTION: {"num_format": "0.0000"},
    Kind.DATETIME: {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "header": {"bold": True, "bg_color": "#E7E6E6", "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"},
    "heading": {"bold": True, "font_size": 14},
    "warning": {"bold": True, "font_color": "#A8071A"},
    "label": {"bold": True},
    "note": {"italic": True},
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """`width` is in Latin characters, of which a Chinese one takes two; without it the column is as wide as what it holds."""

    title: str
    kind: Kind = Kind.TEXT
    width: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`rows` hold Python values in the order of `columns`; None is an empty cell. `name` has at most 31 characters."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = ""


def workbook(
    sheets: Iterable[Sheet],
    *,
    title: str,
    language: str,
    created: datetime,
    about: Sequence[tuple[str, str]] = (),
    demonstration: bool,
) -> bytes:
    """An “About” sheet (title, time, the lines of `about` such as codes and digests, rows per sheet), then `sheets`.

    Aware times are written as wall-clock time of the current time zone. Raises TypeError for a value that its column does not take.
    """
    target = BytesIO()
    with translation.override(language):
        # A copy: XlsxWriter changes the options that it is given, so that a second workbook would differ from the first.
        book = _Book(Workbook(target, deepcopy(OPTIONS)), title=title, created=created, demonstration=demonstration)
        book.write(sheets, about)
    return target.getvalue()


class _Book:
    def __init__(self, book: Workbook, *, title: str, created: datetime, demonstration: bool) -> None:
        if created.tzinfo is None:
            raise ValueError("A workbook's moment must say its time zone.")
        self.book, self.title, self.created = book, title, created
        self.warning = demonstration_sentence() if demonstration else ""
        self.formats: dict[str, Format] = {name: book.add_format({"valign": "top"} | facts) for name, facts in FORMATS.items()}
        moment = created.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": title, "comments": self.warning, "created": moment})

    def write(self, sheets: Iterable[Sheet], about: Sequence[tuple[str, str]]) -> None:
        first = self._sheet(_("About"))
        counts = [(sheet.name, self._write_sheet(sheet)) for sheet in sheets]
        self._write_about(first, about, counts)
        self.book.close()

    def _sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&C{_printed(self.warning or self.title)}")
        sheet.set_footer(f"&L{_printed(self.warning)}&C&P / &N&R&A")
        return sheet

    def _write_about(self, sheet: Worksheet, about: Sequence[tuple[str, str]], counts: Sequence[tuple[str, int]]) -> None:
        lines = [(_("Written at"), _moment(self.created)), *about]
        lines += [(_("Rows in “%(sheet)s”") % {"sheet": name}, str(count)) for name, count in counts]
        sheet.write_string(0, 0, self.title, self.formats["heading"])
        sheet.write_string(1, 0, self.warning, self.formats["warning"])
        for row, (label, value) in enumerate(lines, start=2):
            sheet.write_string(row, 0, _checked(label), self.formats["label"])
            sheet.write_string(row, 1, _checked(value), self.formats[Kind.TEXT])
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)

    def _write_sheet(self, facts: Sheet) -> int:
        """Returns the number of rows."""
        sheet = self._sheet(facts.name)
        head = self._write_notes(sheet, facts.note)
        widths = [breadth(column.title) + 3 for column in facts.columns]
        count = 0
        for column, about in enumerate(facts.columns):
            sheet.write_string(head, column, about.title, self.formats["header"])
        for count, values in enumerate(facts.rows, start=1):
            for column, (about, value) in enumerate(zip(facts.columns, values, strict=True)):
                shown = self._write_cell(sheet, head + count, column, about.kind, value)
                widths[column] = max(widths[column], breadth(shown) + 2)
        self._arrange(sheet, facts.columns, widths, head=head, count=count)
        return count

    def _write_notes(self, sheet: Worksheet, note: str) -> int:
        notes = [(text, style) for text, style in ((self.warning, "warning"), (note, "note")) if text]
        for row, (text, style) in enumerate(notes):
            sheet.write_string(row, 0, _checked(text), self.formats[style])
        return len(notes)

    def _arrange(self, sheet: Worksheet, columns: Sequence[Column], widths: Sequence[float], *, head: int, count: int) -> None:
        for column, (about, found) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(column, column, about.width or min(max(found, NARROWEST), WIDEST))
        sheet.freeze_panes(head + 1, 0)
        sheet.repeat_rows(head)
        sheet.autofilter(head, 0, head + count, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def _write_cell(self, sheet: Worksheet, row: int, column: int, kind: Kind, value: Any) -> str:
        """Returns what the cell will show, for the width."""
        if value is None:
            return ""
        value = _accepted(kind, value)
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, _wall_clock(value), self.formats[kind])
            return "0000-00-00 00:00:00"
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, self.formats["date"])
            return "0000-00-00"
        if isinstance(value, str) or not _exact(value):
            text = _checked(str(value))
            sheet.write_string(row, column, text, self.formats[kind if isinstance(value, str) else Kind.CODE])
            return text
        sheet.write_number(row, column, float(value), self.formats[kind])
        return f"{float(value):.8g}"


def _accepted(kind: Kind, value: Any) -> Any:
    if kind in {Kind.TEXT, Kind.CODE}:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, ACCEPTED[kind]):
        raise TypeError(f"A column of kind “{kind}” does not take {value!r}.")
    return value


def _exact(number: float | Decimal | Fraction) -> bool:
    """Whether a spreadsheet keeps the number. A fraction is by its nature rounded there; its exact value stands in the sealed record."""
    return isinstance(number, Fraction) or len(Decimal(number).normalize().as_tuple().digits) <= EXACT_DIGITS


def _wall_clock(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds")


def _checked(text: str) -> str:
    if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise ValueError(f"A cell takes {LONGEST_TEXT} characters; this text would be cut: {text[:40]}…")
    return text


def _printed(text: str) -> str:
    return text.replace("&", "&&")
