"""Reading and checking what was entered against the form definition. Pure: strings and JSON in, JSON or a sentence out."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section
from applications.enums import Problem
from applications.industries import INDUSTRIES

LARGEST = 2**53 - 1  # beyond it JSON readers differ
YEARS = range(1990, 2036)
SEPARATORS = re.compile(r"[,，\s_]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Value = str | int | bool | None
Row = dict[str, Value]
Content = dict[str, Any]  # field code → Value, group code → list of rows, each with its `key`


class Invalid(ValueError):
    """What was entered cannot be read; `str()` is the sentence for the person."""

    def __init__(self, problem: Problem, **facts: object) -> None:
        self.problem, self.facts = problem, facts
        super().__init__(problem)

    def __str__(self) -> str:
        return str(self.problem.label) % self.facts if self.facts else str(self.problem.label)


@dataclass(frozen=True)
class Gap:
    """Something missing: in which section, which entry, and in a group which row (from 1)."""

    section: str
    code: str
    problem: Problem
    row: int = 0
    field: str = ""


def read(field: FieldDefinition, raw: str) -> Value:
    """The value that a person meant. Full-width digits and thousands separators are read; nothing entered is None. Raises Invalid."""
    raw = raw.strip()
    if not raw:
        return None
    return _READERS[field.type](field, raw)


def check(field: FieldDefinition, value: Value) -> None:
    """Raise Invalid unless the stored value could have been read from an entry."""
    if value is None:
        return
    if read(field, _as_entered(value)) != value:
        raise Invalid(Problem.NOT_CANONICAL)


def check_section(section: Section, values: Mapping[str, Any]) -> None:
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
    for row in rows:
        if strange := sorted(set(row) - {field.code for field in group.fields} - {"key"}):
            raise Invalid(Problem.UNKNOWN_ENTRY, codes=", ".join(strange))
        for field in group.fields:
            check(field, row.get(field.code))


def gaps(definition: FormDefinition, content: Content) -> Iterator[Gap]:
    """Everything that still has to be filled in before the nomination can be submitted."""
    for section in definition.sections:
        for field in section.fields:
            if field.required and content.get(field.code) in (None, "", False):
                yield Gap(section.code, field.code, Problem.UNDERTAKING if field.type == "boolean" else Problem.MISSING)
        for group in section.groups:
            yield from _gaps_of_group(section, group, content.get(group.code) or [])


def _gaps_of_group(section: Section, group: GroupDefinition, rows: list[Row]) -> Iterator[Gap]:
    if len(rows) < group.minimum:
        yield Gap(section.code, group.code, Problem.TOO_FEW_ROWS)
    for number, row in enumerate(rows, start=1):
        for field in group.fields:
            if field.required and row.get(field.code) in (None, ""):
                yield Gap(section.code, group.code, Problem.MISSING, row=number, field=field.code)


def changed_codes(definition: FormDefinition, old: Content, new: Content) -> list[str]:
    """The fields and groups that differ between two contents, in the order of the form."""
    return [item.code for _section, item in definition.items() if (old.get(item.code) or None) != (new.get(item.code) or None)]


def _as_entered(value: Value) -> str:
    if value is True:
        return "on"
    return "" if value is False else str(value)


def _text(field: FieldDefinition, raw: str) -> str:
    cleaned = unicodedata.normalize("NFC", CONTROL.sub("", raw.replace("\r\n", "\n")))
    if len(cleaned) > field.max_length:
        raise Invalid(Problem.TOO_LONG, maximum=field.max_length, length=len(cleaned))
    return cleaned


def _figures(raw: str) -> str:
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", raw))


def _integer(field: FieldDefinition, raw: str) -> int:
    figures = _figures(raw)
    if not re.fullmatch(r"[+-]?\d{1,16}", figures, re.ASCII):
        raise Invalid(Problem.NOT_INTEGER)
    return int(_within(field, Decimal(figures)))


def _decimal(field: FieldDefinition, raw: str) -> str:
    figures = _figures(raw)
    if not re.fullmatch(r"[+-]?\d{1,16}(\.\d*)?", figures, re.ASCII):
        raise Invalid(Problem.NOT_NUMBER)
    try:
        number = Decimal(figures)
        exact = number.quantize(Decimal(1).scaleb(-field.places))
    except InvalidOperation as error:
        raise Invalid(Problem.NOT_NUMBER) from error
    if exact != number:
        raise Invalid(Problem.TOO_PRECISE, places=field.places)
    return str(_within(field, exact))


def _within(field: FieldDefinition, number: Decimal) -> Decimal:
    if field.minimum is not None and number < field.minimum:
        raise Invalid(Problem.TOO_SMALL, minimum=field.minimum)
    if number > (LARGEST if field.maximum is None else field.maximum):
        raise Invalid(Problem.TOO_LARGE, maximum=LARGEST if field.maximum is None else field.maximum)
    return number


def _year(_field: FieldDefinition, raw: str) -> int:
    figures = _figures(raw).removesuffix("年")
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


_READERS = {
    "text": _text,
    "long_text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "year": _year,
    "choice": _choice,
    "industry": _industry,
    "boolean": _boolean,
}
