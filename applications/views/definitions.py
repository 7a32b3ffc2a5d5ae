"""A form definition as a page: what is asked, in which shape, and for which condition or focus area of the call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section


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


@dataclass(frozen=True)
class Property:
    """One property of a part in two forms; a side is empty where the part has no such text."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class PartDifference:
    """A part of the form that was added, removed or changed; `properties` only where it stands in both."""

    kind: str
    where: str
    label: str
    properties: Sequence[Property]


def differences(old: FormDefinition, new: FormDefinition, language: str | None) -> list[PartDifference]:
    """In the order of the new form, what was removed at the end. Parts are the same by their codes, wherever they stand."""
    before, after = dict(_described(old, language)), dict(_described(new, language))
    found = [_difference(before.get(key), facts) for key, facts in after.items() if facts != before.get(key)]
    found += [PartDifference("removed", facts[_("Stands in")], facts[_("Name")], []) for key, facts in before.items() if key not in after]
    return found


def _difference(before: dict[str, str] | None, after: dict[str, str]) -> PartDifference:
    properties = [Property(name, before[name], text) for name, text in after.items() if before[name] != text] if before else []
    return PartDifference("changed" if before else "added", after[_("Stands in")], after[_("Name")], properties)


def _described(definition: FormDefinition, language: str | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Each part by a key that does not change when it is moved, with all that can be said of it."""
    for place, section in enumerate(definition.sections, start=1):
        yield f"section {section.code}", _facts(section, str(place), "", language)
        items: list[FieldDefinition | GroupDefinition] = [*section.fields, *section.groups]
        for item in items:
            shape = _full_shape(item, language) if isinstance(item, FieldDefinition) else _table(item, language).rows
            yield f"item {item.code}", _facts(item, section.label.in_language(language), shape, language)
            if isinstance(item, GroupDefinition):
                for field in item.fields:
                    where = item.label.in_language(language)
                    yield f"column {item.code}.{field.code}", _facts(field, where, _full_shape(field, language), language)


def _facts(part: FieldDefinition | GroupDefinition | Section, where: str, shape: str, language: str | None) -> dict[str, str]:
    facts = {
        _("Name"): part.label.in_language(language),
        _("Stands in"): where if not isinstance(part, Section) else _("Section %(number)s") % {"number": where},
        _("Label (Chinese)"): part.label.zh,
        _("Label (English)"): part.label.en,
        _("Help (Chinese)"): part.help.zh,
        _("Help (English)"): part.help.en,
        _("Shape"): shape,
    }
    if isinstance(part, FieldDefinition):
        facts |= {_("Serves"): _serves(part.serves), _("Document that asks for it"): part.source}
    return facts


def _full_shape(field: FieldDefinition, language: str | None) -> str:
    """With everything that the page and the reading of an entry go by."""
    shape = _field(field, language).shape
    bounds = [_("at least %(minimum)s") % {"minimum": field.minimum}] if field.minimum is not None else []
    bounds += [_("at most %(maximum)s") % {"maximum": field.maximum}] if field.maximum is not None else []
    units = [" / ".join(filter(None, (field.unit.zh, field.unit.en)))] if field.unit.zh else []
    personal = [_("names a person")] if field.personal else []
    return "; ".join([shape, *bounds, *units, *personal])
