"""From what a person entered to what is stored, and the check that stored values could have been entered."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.enums import Problem
from applications.industries import INDUSTRIES

LARGEST = 2**53 - 1  # beyond it JSON readers differ
YEARS = range(1990, 2036)
KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
NUMBER = re.compile(r"[+-]?(?:\d{1,16}|\d{1,3}(?:[, ]\d{3}){1,5})(?:\.\d*)?", re.ASCII)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x00A0: " ", 0x2212: "-"}
LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # Word writes a line break within a paragraph as \x0b
# What nobody sees and Word, browsers and chat programs leave in a text: control characters, soft hyphens, spaces without width, marks that
# turn the direction of writing. Joiners stay, Uyghur and Mongolian write with them. static/js/forms.js leaves the same out when it counts.
UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
MYRIADS = re.compile(r"(?:\d|十|百|千)\s*[万亿萬億]")

Value = str | int | bool | None
Row = dict[str, Value]
Content = Mapping[str, Any]  # field code → Value, group code → list of rows, each with its `key`


class Invalid(ValueError):
    """What was entered cannot be read; `str()` is the sentence for the person."""

    def __init__(self, problem: Problem, **facts: object) -> None:
        self.problem, self.facts = problem, facts
        super().__init__(problem)

    def __str__(self) -> str:
        return str(self.problem.label) % self.facts if self.facts else str(self.problem.label)


def is_blank(value: Any) -> bool:
    """Nothing was entered. Zero is an entry."""
    return value is None or value is False or value in ("", [])


def read(field: FieldDefinition, raw: str) -> Value:
    """The value that a person meant. Full-width digits and thousands separators are read; nothing entered is None. Raises Invalid."""
    raw = seen(raw)
    return _READERS[field.type](field, raw) if raw else None


def check(field: FieldDefinition, value: Value) -> None:
    """Raise Invalid unless the stored value could have been read from an entry."""
    if value is None or value is False:
        return
    read_back = read(field, "on" if value is True else str(value))
    if (type(read_back), read_back) != (type(value), value):
        raise Invalid(Problem.NOT_CANONICAL)


def check_section(section: Section, values: Content) -> None:
    """Raise Invalid unless every value belongs to the section and may be stored."""
    if strange := sorted(set(values) - set(section.codes)):
        raise Invalid(Problem.UNKNOWN_ENTRY, codes=", ".join(strange))
    for field in section.fields:
        check(field, values.get(field.code))
    for group in section.groups:
        check_rows(group, values.get(group.code) or [])


def check_rows(group: GroupDefinition, rows: list[Row]) -> None:
    if len(rows) > group.maximum:
        raise Invalid(Problem.TOO_MANY_ROWS, maximum=group.maximum)
    keys = [row["key"] for row in rows if row.get("key")]
    if len(set(keys)) < len(keys) or not all(KEY.fullmatch(str(key)) for key in keys):
        raise Invalid(Problem.NOT_CANONICAL)
    for row in rows:
        if strange := sorted(set(row) - {field.code for field in group.fields} - {"key"}):
            raise Invalid(Problem.UNKNOWN_ENTRY, codes=", ".join(strange))
        for field in group.fields:
            check(field, row.get(field.code))


def seen(raw: str) -> str:
    """What a person sees of what was entered or pasted: lines end in one way, what nobody sees is gone, quotation marks stay."""
    return unicodedata.normalize("NFC", UNSEEN.sub("", LINE_ENDS.sub("\n", raw))).strip()


def _text(field: FieldDefinition, raw: str) -> str:
    cleaned = " ".join(raw.split("\n")) if field.type == "text" else raw
    if len(cleaned) > field.max_length:
        raise Invalid(Problem.TOO_LONG, maximum=field.max_length, length=len(cleaned))
    return cleaned


def _figures(field: FieldDefinition, raw: str) -> str:
    """ASCII digits; the field's own unit may stand behind them. Only full-width forms are folded: ² is no 2."""
    figures = raw.translate(FULL_WIDTH)
    for unit in (field.unit.zh, field.unit.en):
        figures = figures.removesuffix(unit.translate(FULL_WIDTH))
    return figures.strip()


def _number(field: FieldDefinition, raw: str, problem: Problem) -> Decimal:
    """Separators must stand between groups of three, so that a decimal comma is refused instead of being read as ten times as much."""
    figures = _figures(field, raw)
    if MYRIADS.search(figures):
        raise Invalid(Problem.IN_MYRIADS)
    if not NUMBER.fullmatch(figures):
        raise Invalid(problem)
    return Decimal(re.sub("[, ]", "", figures))


def _integer(field: FieldDefinition, raw: str) -> int:
    number = _number(field, raw, Problem.NOT_INTEGER)
    if number != number.to_integral_value():
        raise Invalid(Problem.NOT_INTEGER)
    return int(_within(field, number))


def _decimal(field: FieldDefinition, raw: str) -> str:
    number = _number(field, raw, Problem.NOT_NUMBER)
    exact = round(number, field.places)
    if exact != number:
        raise Invalid(Problem.TOO_PRECISE, places=field.places)
    return f"{_within(field, exact) + 0:f}"  # + 0: no minus before a zero


def _within(field: FieldDefinition, number: Decimal) -> Decimal:
    if field.minimum is not None and number < field.minimum:
        raise Invalid(Problem.TOO_SMALL, minimum=field.minimum)
    maximum = LARGEST if field.maximum is None else field.maximum
    if abs(number) > LARGEST or number > maximum:
        raise Invalid(Problem.TOO_LARGE, maximum=maximum)
    return number


def _year(field: FieldDefinition, raw: str) -> int:
    figures = _figures(field, raw).removesuffix("年")
    if not (re.fullmatch(r"\d{4}", figures, re.ASCII) and int(figures) in YEARS):
        raise Invalid(Problem.NOT_YEAR, first=YEARS[0], last=YEARS[-1])
    return int(figures)


def _choice(field: FieldDefinition, raw: str) -> str:
    if raw not in {choice.code for choice in field.choices}:
        raise Invalid(Problem.NOT_A_CHOICE)
    return raw


def _industry(_field: FieldDefinition, raw: str) -> str:
    if raw not in INDUSTRIES:
        raise Invalid(Problem.NOT_A_CHOICE)
    return raw


def _boolean(_field: FieldDefinition, raw: str) -> bool:
    return raw.lower() in {"on", "true", "1"}


_READERS: dict[str, Callable[[FieldDefinition, str], Value]] = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "year": _year,
    "choice": _choice,
    "industry": _industry,
    "boolean": _boolean,
}
