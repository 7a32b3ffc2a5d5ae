"""Stored values as people read them: with labels, units and thousands separators, in the reader's language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.content.reading import Content, Row, Value, is_blank
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section
from applications.industries import label_of

FIGURES = frozenset({"integer", "decimal"})


@dataclass(frozen=True)
class ShownField:
    """One value. `text` is empty where nothing was entered; `unit` stands beside figures."""

    code: str
    label: str
    type: str
    text: str
    unit: str = ""
    required: bool = True

    @property
    def is_long(self) -> bool:
        return self.type == "long_text"

    @property
    def is_figure(self) -> bool:
        return self.type in FIGURES


@dataclass(frozen=True)
class ShownRow:
    key: str
    cells: Sequence[ShownField]


@dataclass(frozen=True)
class ShownGroup:
    """A table: `heads` are fields without a value, each row has one cell for each head."""

    code: str
    label: str
    heads: Sequence[ShownField]
    rows: Sequence[ShownRow]


@dataclass(frozen=True)
class ShownSection:
    code: str
    label: str
    fields: Sequence[ShownField]
    groups: Sequence[ShownGroup]

    @property
    def items(self) -> Sequence[ShownField | ShownGroup]:
        return [*self.fields, *self.groups]


def shown_sections(definition: FormDefinition, content: Content, language: str | None, *, personal: bool = True) -> Iterator[ShownSection]:
    """The whole content in the order of the form; without `personal`, names and telephones of persons are left out."""
    for section in definition.sections:
        shown = shown_section(section, content, language, personal=personal)
        if shown.items:
            yield shown


def shown_section(section: Section, content: Content, language: str | None, *, personal: bool = True) -> ShownSection:
    return ShownSection(
        code=section.code,
        label=section.label.in_language(language),
        fields=[shown_field(field, content.get(field.code), language) for field in section.fields if personal or not field.personal],
        groups=[shown_group(group, content.get(group.code) or [], language, personal=personal) for group in section.groups],
    )


def shown_field(field: FieldDefinition, value: Value, language: str | None) -> ShownField:
    text = "" if is_blank(value) and field.type != "boolean" else _TEXTS.get(field.type, _as_it_is)(field, value, language)
    return ShownField(
        code=field.code,
        label=field.label.in_language(language),
        type=field.type,
        text=text,
        unit=field.unit.in_language(language),
        required=field.required,
    )


def shown_group(group: GroupDefinition, rows: Sequence[Row], language: str | None, *, personal: bool = True) -> ShownGroup:
    fields = [field for field in group.fields if personal or not field.personal]
    return ShownGroup(
        code=group.code,
        label=group.label.in_language(language),
        heads=[shown_field(field, None, language) for field in fields],
        rows=[ShownRow(str(row.get("key", "")), [shown_field(field, row.get(field.code), language) for field in fields]) for row in rows],
    )


def _as_it_is(_field: FieldDefinition, value: Value, _language: str | None) -> str:
    return str(value)


def _with_separators(_field: FieldDefinition, value: Value, _language: str | None) -> str:
    whole, point, rest = str(value).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole != "-0" else str(value)


def _choice(field: FieldDefinition, value: Value, language: str | None) -> str:
    return next((choice.label.in_language(language) for choice in field.choices if choice.code == value), str(value))


def _industry(_field: FieldDefinition, value: Value, language: str | None) -> str:
    return label_of(str(value), language)


def _boolean(_field: FieldDefinition, value: Value, _language: str | None) -> str:
    return _("Confirmed") if value else ""


_TEXTS = {"integer": _with_separators, "decimal": _with_separators, "choice": _choice, "industry": _industry, "boolean": _boolean}
