"""A nomination's form as a workbook: one sheet for the fields of each section, one for each group."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import content
from applications.content.reading import YEARS
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section, Text
from applications.industries import INDUSTRIES, label_of
from applications.workbooks.passport import Passport
from pilotportal.documents.entrybook import Asked, FieldSheet, Kind, Line, Rule, TableSheet, Value, entrybook

SECTION, GROUP = "section:", "group:"
YES_NO = {"on": Text(zh="是", en="Yes"), "off": Text(zh="否", en="No")}
KINDS = {"integer": Kind.INTEGER, "year": Kind.INTEGER, "decimal": Kind.DECIMAL, "long_text": Kind.LONG_TEXT}


def written(
    definition: FormDefinition,
    values: content.Content,
    *,
    sections: Sequence[Section],
    open_codes: Collection[str],
    title: str,
    passport: Passport,
    created: datetime,
    demonstration: bool,
) -> bytes:
    """`sections` are those to be filled in, `open_codes` the entries that may be changed; the labels are in the reader's language."""
    language = get_language() or "zh-hans"
    sheets = [sheet for section in sections for sheet in _sheets(section, values, open_codes, language)]
    return entrybook(
        sheets,
        title=title,
        guide=_guide(definition, created, language),
        passport=list(passport.lines()),
        language=language,
        created=created,
        demonstration=demonstration,
    )


def _guide(definition: FormDefinition, created: datetime, language: str) -> list[str]:
    lines = [
        definition.note.in_language(language),
        _("Written on %(at)s (Beijing time). Only the yellow cells are filled in; grey cells stand as they are.")
        % {"at": f"{created.astimezone():%Y-%m-%d %H:%M}"},
        _("Upload the file on the page of the nomination. What it changes is shown there first; nothing is taken over before you confirm."),
        _("Enter values, no formulas. Figures may be written with thousands separators. “*” and “Required” mark what a submission needs."),
        _("In tables, a row left empty is not kept. A new row goes into the next empty line; a row that is cleared is taken out."),
        _("Do not change the file's hidden rows, columns and sheets: by them the portal knows which entry is which."),
        _("The file may hold names and telephone numbers. Pass it on only to those who fill it in, and delete it afterwards."),
    ]
    return [line for line in lines if line]


def _sheets(section: Section, values: content.Content, open_codes: Collection[str], language: str) -> Iterator[FieldSheet | TableSheet]:
    if section.fields:
        yield FieldSheet(
            code=f"{SECTION}{section.code}",
            title=section.label.in_language(language),
            note=section.help.in_language(language),
            lines=[_line(field, values.get(field.code), field.code in open_codes, language) for field in section.fields],
        )
    for group in section.groups:
        yield _table(group, values.get(group.code) or [], group.code in open_codes, language)


def _line(field: FieldDefinition, value: content.Value, is_open: bool, language: str) -> Line:  # noqa: FBT001 (beside its value)
    return Line(asked=_asked(field, language), value=entered(field, value, language), is_open=is_open)


def _table(group: GroupDefinition, rows: Sequence[content.Row], is_open: bool, language: str) -> TableSheet:  # noqa: FBT001 (likewise)
    extent = _("%(least)s to %(most)s rows.") % {"least": group.minimum, "most": group.maximum}
    return TableSheet(
        code=f"{GROUP}{group.code}",
        title=group.label.in_language(language),
        note=" ".join(filter(None, (group.help.in_language(language), extent))),
        columns=[_asked(field, language) for field in group.fields],
        rows=[(str(row.get("key", "")), [entered(field, row.get(field.code), language) for field in group.fields]) for row in rows],
        most=group.maximum,
        is_open=is_open,
    )


def _asked(field: FieldDefinition, language: str) -> Asked:
    return Asked(
        code=field.code,
        label=field.label.in_language(language),
        unit=field.unit.in_language(language),
        required=field.required,
        limits=limits_of(field),
        help=field.help.in_language(language),
        rule=_rule(field, language),
    )


def _rule(field: FieldDefinition, language: str) -> Rule:
    if options := options_of(field, language):
        return Rule(kind=Kind.LIST, options=tuple(options.values()))
    kind = KINDS.get(field.type, Kind.TEXT)
    if field.type == "year":
        return Rule(kind=kind, least=YEARS[0], most=YEARS[-1])
    return Rule(kind=kind, least=field.minimum, most=field.maximum, length=field.max_length)


def limits_of(field: FieldDefinition) -> str:
    """The limits in words, as far as there are any."""
    if field.type in {"text", "long_text"}:
        return _("At most %(count)s characters") % {"count": field.max_length}
    if field.type == "year":
        return _("Year from %(first)s to %(last)s") % {"first": YEARS[0], "last": YEARS[-1]}
    if field.type in {"integer", "decimal"}:
        return ", ".join(_limits_of_figure(field))
    return _("Choose from the list")


def _limits_of_figure(field: FieldDefinition) -> Iterator[str]:
    yield _("Whole number") if field.type == "integer" else _("At most %(places)s decimal places") % {"places": field.places}
    if field.minimum is not None:
        yield _("at least %(minimum)s") % {"minimum": field.minimum}
    if field.maximum is not None:
        yield _("at most %(maximum)s") % {"maximum": field.maximum}


def options_of(field: FieldDefinition, language: str) -> dict[str, str]:
    """The words to choose from by the code that is stored; nothing where a field is not chosen from a list."""
    if field.type == "choice":
        return {choice.code: choice.label.in_language(language) for choice in field.choices}
    if field.type == "industry":
        return {code: label_of(code, language) for code in INDUSTRIES}
    return {code: words.in_language(language) for code, words in YES_NO.items()} if field.type == "boolean" else {}


def entered(field: FieldDefinition, value: Any, language: str) -> Value:
    """A stored value as it stands in a cell."""
    if content.is_blank(value):
        return None
    if options := options_of(field, language):
        return options.get("on" if value is True else str(value), str(value))
    return Decimal(str(value)) if field.type == "decimal" else value
