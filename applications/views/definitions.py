"""A form definition as a page: what is asked, in which shape, and for which condition or focus area of the call."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.definition import FieldDefinition, FormDefinition, GroupDefinition


@dataclass(frozen=True)
class DefinedField:
    label: str
    help: str
    shape: str
    serves: str
    source: str


@dataclass(frozen=True)
class DefinedTable:
    label: str
    help: str
    rows: str
    fields: Sequence[DefinedField]


@dataclass(frozen=True)
class DefinedSection:
    code: str
    label: str
    help: str
    fields: Sequence[DefinedField]
    tables: Sequence[DefinedTable]


def defined_sections(definition: FormDefinition, language: str | None) -> list[DefinedSection]:
    return [
        DefinedSection(
            code=section.code,
            label=section.label.in_language(language),
            help=section.help.in_language(language),
            fields=[_field(field, language) for field in section.fields],
            tables=[_table(group, language) for group in section.groups],
        )
        for section in definition.sections
    ]


def _table(group: GroupDefinition, language: str | None) -> DefinedTable:
    return DefinedTable(
        label=group.label.in_language(language),
        help=group.help.in_language(language),
        rows=_("%(least)s to %(most)s rows") % {"least": group.minimum, "most": group.maximum},
        fields=[_field(field, language) for field in group.fields],
    )


def _field(field: FieldDefinition, language: str | None) -> DefinedField:
    label, unit, shape = field.label.in_language(language), field.unit.in_language(language), _shape(field, language)
    return DefinedField(
        label=_("%(indicator)s (%(unit)s)") % {"indicator": label, "unit": unit} if unit else label,
        help=field.help.in_language(language),
        shape=shape if field.required else _("%(shape)s (optional)") % {"shape": shape},
        serves=_serves(field.serves),
        source=field.source,
    )


def _shape(field: FieldDefinition, language: str | None) -> str:
    words = {
        "integer": _("Whole number"),
        "decimal": ngettext("Number with at most %(count)s decimal", "Number with at most %(count)s decimals", field.places),
        "year": _("Year"),
        "choice": _("One of: %(choices)s"),
        "industry": _("Division of GB/T 4754"),
        "boolean": _("Confirmation"),
    }
    text = ngettext("Text, at most %(count)s character", "Text, at most %(count)s characters", field.max_length)
    count = field.places if field.type == "decimal" else field.max_length
    choices = ", ".join(choice.label.in_language(language) for choice in field.choices)
    return words.get(field.type, text) % {"count": count, "choices": choices}


def _serves(code: str) -> str:
    kind, _underscore, number = code.partition("_")
    words = {"condition": _("Condition %(number)s"), "focus": _("Focus area %(number)s")}
    return words[kind] % {"number": number} if kind in words else ""
