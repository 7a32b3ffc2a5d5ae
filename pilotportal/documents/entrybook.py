"""Workbooks to be filled in: entries open, all else locked, lists to choose from, and codes in hidden rows and columns.

Each sheet says in its cell A1 what it is (`MARK`); the first row names the columns by code, the first column the rows. What begins with
`#` there belongs to the portal. The locks have no password: they keep a hand from slipping, and what comes back is checked all the same.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pilotportal.documents.breadth import breadth
from pilotportal.documents.pdf import demonstration_sentence
from pilotportal.documents.sheetparts import cell_name
from pilotportal.documents.workbook import EXACT_DIGITS, OPTIONS

MARK = "#pilotportal:"
PASSPORT = f"{MARK}passport"
ENTRY = "entry"  # the code of the column that holds the entries of a field sheet
OURS = "#"
LONGEST_NAME = 31  # of a sheet
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
FIRST_LINE = 4  # of a field sheet; the rows above are codes, title, note and heads
FIRST_ROW = 5  # of a table
LINE_HEIGHT, LEAST_HEIGHT, LARGEST_HEIGHT = 16, 20, 400
LOCKS = {"format_columns": True, "format_rows": True}
LINES_OF_LONG_TEXT = 5
LONGEST_MESSAGE, LONGEST_TITLE = 255, 32  # of a prompt


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What may stand in an entry. The spreadsheet asks again where it does not fit, but forbids nothing except in lists."""

    kind: Kind
    least: int | None = None
    most: int | None = None
    length: int | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One entry that is asked for: a line of a field sheet, a column of a table."""

    code: str
    label: str
    unit: str
    required: bool
    limits: str
    help: str
    rule: Rule

    @property
    def head(self) -> str:
        unit = _(" (%(unit)s)") % {"unit": self.unit} if self.unit else ""
        return f"{self.label}{unit}{' *' if self.required else ''}"


Value = str | int | Decimal | None


@dataclass(frozen=True, kw_only=True)
class Line:
    asked: Asked
    value: Value
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class FieldSheet:
    code: str
    title: str
    note: str
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class TableSheet:
    """`rows` are keys with their values in the order of the columns; as many as `most` can be filled in."""

    code: str
    title: str
    note: str
    columns: Sequence[Asked]
    rows: Sequence[tuple[str, Sequence[Value]]]
    most: int
    is_open: bool


FORMATS: Mapping[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True, "font_color": "#4A4F57"},
    "head": {"bold": True, "bg_color": "#E7E6E6", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "label": {"border": 1, "text_wrap": True, "bg_color": "#F5F5F5"},
    "code": {"font_color": "#808080"},
    "plain": {"text_wrap": True},
}
ENTRY_FORMATS: Mapping[Kind, dict[str, Any]] = {
    Kind.TEXT: {"num_format": "@"},
    Kind.LONG_TEXT: {"num_format": "@"},
    Kind.INTEGER: {"num_format": "0", "align": "left"},
    Kind.DECIMAL: {"num_format": "General", "align": "left"},
    Kind.LIST: {"num_format": "@"},
}
OPEN = {"border": 1, "text_wrap": True, "bg_color": "#FFFBE6", "locked": False}
CLOSED = {"border": 1, "text_wrap": True, "bg_color": "#E7E6E6"}


def entrybook(
    sheets: Sequence[FieldSheet | TableSheet],
    *,
    title: str,
    guide: Sequence[str],
    passport: Sequence[tuple[str, str]],
    language: str,
    created: datetime,
    demonstration: bool,
) -> bytes:
    """A first sheet with `guide`, then `sheets`; `passport` stands in a hidden one and comes back with the file.

    The same bytes for the same input. A text in a cell has at most 32,767 UTF-16 units.
    """
    target = BytesIO()
    with translation.override(language):
        book = _Book(Workbook(target, deepcopy(OPTIONS)), warning=demonstration_sentence() if demonstration else "")
        book.book.set_properties({"title": title, "comments": book.warning, "created": created.astimezone(UTC).replace(tzinfo=None)})
        book.write_guide(title, guide)
        for number, sheet in enumerate(sheets, start=1):
            book.write(number, sheet)
        book.write_hidden(passport)
        book.book.close()
    return target.getvalue()


class _Book:
    def __init__(self, book: Workbook, *, warning: str) -> None:
        self.book, self.warning = book, warning
        self.formats: dict[Any, Format] = {name: book.add_format({"valign": "top"} | facts) for name, facts in FORMATS.items()}
        for kind, facts in ENTRY_FORMATS.items():
            self.formats[kind, True] = book.add_format({"valign": "top"} | OPEN | facts)
            self.formats[kind, False] = book.add_format({"valign": "top"} | CLOSED | facts)
        self.lists: dict[tuple[str, ...], str] = {}

    def write_guide(self, title: str, guide: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(_("How to fill it in"))
        sheet.write_string(0, 0, title, self.formats["title"])
        for row, text in enumerate([self.warning, *guide] if self.warning else guide, start=2):
            sheet.write_string(row, 0, text, self.formats["plain"])
        sheet.set_column(0, 0, 100)
        sheet.protect("", LOCKS)

    def write(self, number: int, facts: FieldSheet | TableSheet) -> None:
        name = " ".join(f"{number} {facts.title}".translate(NOT_IN_NAMES).split())[:LONGEST_NAME].strip()
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, f"{MARK}{facts.code}", self.formats["code"])
        for row, text, style in ((1, facts.title, "title"), (2, " ".join(filter(None, (self.warning, facts.note))), "note")):
            sheet.write_string(row, 0, OURS, self.formats["code"])
            sheet.write_string(row, 1, text, self.formats[style])
        if isinstance(facts, FieldSheet):
            self._write_fields(sheet, facts)
        else:
            self._write_table(sheet, facts)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.ignore_errors({"number_stored_as_text": "A1:CV2000"})
        sheet.protect("", LOCKS)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _write_fields(self, sheet: Worksheet, facts: FieldSheet) -> None:
        heads = {"#label": _("Entry"), ENTRY: _("To be filled in"), "#unit": _("Unit"), "#required": _("Required"), "#limits": _("Limits"),
                 "#help": _("Help")}  # fmt: skip
        sheet.write_string(FIRST_LINE - 1, 0, OURS, self.formats["code"])
        for column, (code, head) in enumerate(heads.items(), start=1):
            sheet.write_string(0, column, code, self.formats["code"])
            sheet.write_string(FIRST_LINE - 1, column, head, self.formats["head"])
        for row, line in enumerate(facts.lines, start=FIRST_LINE):
            asked = line.asked
            words = [asked.label, None, asked.unit, _("Required") if asked.required else _("Optional"), asked.limits, asked.help]
            sheet.write_string(row, 0, asked.code, self.formats["code"])
            for column, text in enumerate(words, start=1):
                if text is not None:
                    sheet.write_string(row, column, text, self.formats["label"])
            self._write_entry(sheet, row, 2, asked, line.value, is_open=line.is_open)
            sheet.set_row(row, _height(asked, line.value, width=60))
        for column, width in enumerate((26, 60, 12, 8, 22, 44), start=1):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(FIRST_LINE, 2)

    def _write_table(self, sheet: Worksheet, facts: TableSheet) -> None:
        sheet.write_string(0, 1, "#number", self.formats["code"])
        for row, words in ((FIRST_ROW - 2, _("No.")), (FIRST_ROW - 1, "")):
            sheet.write_string(row, 0, OURS, self.formats["code"])
            sheet.write_string(row, 1, words, self.formats["head"])
        for column, asked in enumerate(facts.columns, start=2):
            sheet.write_string(0, column, asked.code, self.formats["code"])
            sheet.write_string(FIRST_ROW - 2, column, asked.head, self.formats["head"])
            sheet.write_string(FIRST_ROW - 1, column, "\n".join(filter(None, (asked.limits, asked.help))), self.formats["label"])
            sheet.set_column(column, column, _width(asked))
        sheet.set_row(FIRST_ROW - 1, max(_height(asked, f"{asked.limits}\n{asked.help}", _width(asked)) for asked in facts.columns))
        for number in range(max(facts.most, len(facts.rows))):
            self._write_row(sheet, number, facts)
        sheet.set_column(1, 1, 6)
        sheet.freeze_panes(FIRST_ROW, 2)

    def _write_row(self, sheet: Worksheet, number: int, facts: TableSheet) -> None:
        row = FIRST_ROW + number
        key, values = facts.rows[number] if number < len(facts.rows) else ("", [None] * len(facts.columns))
        if key:
            sheet.write_string(row, 0, key, self.formats["code"])
        sheet.write_number(row, 1, number + 1, self.formats["label"])
        for column, (asked, value) in enumerate(zip(facts.columns, values, strict=True), start=2):
            self._write_entry(sheet, row, column, asked, value, is_open=facts.is_open)
        heights = [_height(asked, value, _width(asked)) for asked, value in zip(facts.columns, values, strict=True) if value is not None]
        sheet.set_row(row, max(heights, default=LEAST_HEIGHT))

    def _write_entry(self, sheet: Worksheet, row: int, column: int, asked: Asked, value: Value, *, is_open: bool) -> None:
        style = self.formats[asked.rule.kind, is_open]
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str) or not _exact(value):
            sheet.write_string(row, column, str(value), style)
        else:
            sheet.write_number(row, column, float(value), style)
        if is_open:
            self._guard(sheet, row, column, asked)

    def _guard(self, sheet: Worksheet, row: int, column: int, asked: Asked) -> None:
        sheet.data_validation(row, column, row, column, {
            **self._criteria(asked.rule),
            "ignore_blank": True,
            "input_title": asked.label[:LONGEST_TITLE],
            "input_message": "\n".join(filter(None, (asked.limits, asked.help)))[:LONGEST_MESSAGE],
            "error_title": asked.label[:LONGEST_TITLE],
            "error_message": asked.limits[:LONGEST_MESSAGE],
        })  # fmt: skip

    def _criteria(self, rule: Rule) -> dict[str, Any]:
        if rule.kind == Kind.LIST:
            return {"validate": "list", "source": self._list(rule.options), "error_type": "stop"}
        if rule.kind in {Kind.INTEGER, Kind.DECIMAL}:
            bounds = {"minimum": -(2**53) if rule.least is None else rule.least, "maximum": 2**53 if rule.most is None else rule.most}
            return {"validate": rule.kind.value, "criteria": "between", "error_type": "warning", **bounds}
        return {"validate": "length", "criteria": "<=", "value": rule.length or 200, "error_type": "warning"}

    def _list(self, options: tuple[str, ...]) -> str:
        """Where the options stand: in a hidden sheet, since a rule itself has room for 255 characters."""
        if options not in self.lists:
            column = cell_name((0, len(self.lists))).removesuffix("1")
            self.lists[options] = f"='#lists'!${column}$1:${column}${len(options)}"
        return self.lists[options]

    def write_hidden(self, passport: Sequence[tuple[str, str]]) -> None:
        lists = self.book.add_worksheet("#lists")
        for column, options in enumerate(self.lists):
            for row, option in enumerate(options):
                lists.write_string(row, column, option)
        sheet = self.book.add_worksheet("#portal")
        for row, (name, text) in enumerate([(PASSPORT, ""), *passport]):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, text)
        for hidden in (lists, sheet):
            hidden.very_hidden()
            hidden.protect("")


def _exact(number: int | Decimal) -> bool:
    return len(Decimal(number).normalize().as_tuple().digits) <= EXACT_DIGITS


def _width(asked: Asked) -> int:
    widths = {Kind.LONG_TEXT: 44, Kind.TEXT: 28, Kind.LIST: 26}
    return widths.get(asked.rule.kind, 15)


def _height(asked: Asked, value: Value, width: int) -> int:
    text = "" if value is None else str(value)
    lines = sum(max(1, -(-breadth(line) // width)) for line in text.splitlines()) if text else 1
    if asked.rule.kind == Kind.LONG_TEXT:
        lines = max(lines, LINES_OF_LONG_TEXT)
    return min(max(LEAST_HEIGHT, lines * LINE_HEIGHT + 4), LARGEST_HEIGHT)
