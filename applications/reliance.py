"""What the programme reads from a form by its code, and what a code may not be called: the one place that says so.

A round's form can be edited freely before it opens, but what a name here stands for must stay, or a later step would find nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import FieldDefinition, FormDefinition, GroupDefinition


@dataclass(frozen=True)
class Relied:
    """A group that must be there, with fields of these types that must be filled in; `why` is the sentence for the person."""

    group: str
    fields: Mapping[str, str]
    why: Promise
    most_rows: int | None = None
    lengths: Mapping[str, int] | None = None


RELIED = (
    Relied(
        "sub_sectors",  # review.queries.facts; the database allows three (nomination_at_most_three_sub_sectors)
        {"industry": "industry"},
        gettext_lazy("Experts are assigned by the manufacturing divisions that a nomination names; the call allows one to three."),
        most_rows=3,
    ),
    Relied(
        "enterprises",  # review.queries.facts
        {"name": "text"},
        gettext_lazy("An expert who works for an enterprise that takes part is kept from the nomination."),
    ),
    Relied(
        "indicators",  # applications.services.decisions makes applications.models.Indicator of the rows
        {"name": "text", "unit": "text", "baseline_year": "year", "baseline": "decimal", "target": "decimal"},
        gettext_lazy("The indicators of a selected city carry over into its plan, its yearly progress and its summary."),
        lengths={"name": 200, "unit": 40},
    ),
)
MOST_PLACES_OF_INDICATORS = 2
RESERVED = frozenset(
    {"add", "remove", "take", "next", "seen", "command"}  # buttons and hidden entries of the page of a section
    | {"key"}  # of a row
    | {"letter", "evidence"}  # applications.enums.AttachmentKind: a correction names entries and kinds of files alike
)


def faults(definition: FormDefinition) -> Iterator[str]:
    """Every sentence that keeps a form from being used."""
    groups = {item.code: item for _section, item in definition.items() if isinstance(item, GroupDefinition)}
    for relied in RELIED:
        yield from (_("%(fault)s %(why)s") % {"fault": fault, "why": relied.why} for fault in _faults_of(relied, groups.get(relied.group)))
    if not list(definition.undertakings()):
        yield _("The form needs a required confirmation: with it the approving official undertakes on submission that all is true.")


def is_relied_on(path: str) -> bool:
    """Whether the programme reads this group, or this field of a group, by its code. `path` is section.group.field."""
    _section, _dot, rest = path.partition(".")
    group, _dot, field = rest.partition(".")
    return any(relied.group == group and (not field or field in relied.fields) for relied in RELIED)


def why_relied_on(path: str) -> str:
    group = path.split(".")[1] if "." in path else ""
    return next((str(relied.why) for relied in RELIED if relied.group == group), "") if is_relied_on(path) else ""


def _faults_of(relied: Relied, group: GroupDefinition | None) -> Iterator[str]:
    if group is None:
        yield _("The table with the code “%(code)s” must stay.") % {"code": relied.group}
        return
    if not group.minimum:
        yield _("The table “%(code)s” needs at least one row.") % {"code": relied.group}
    if relied.most_rows and group.maximum > relied.most_rows:
        yield _("The table “%(code)s” may have at most %(count)s rows.") % {"code": relied.group, "count": relied.most_rows}
    fields = {field.code: field for field in group.fields}
    for code, kind in relied.fields.items():
        yield from _faults_of_field(relied, fields.get(code), code, kind)


def _faults_of_field(relied: Relied, field: FieldDefinition | None, code: str, kind: str) -> Iterator[str]:
    name = f"{relied.group}.{code}"
    if field is None or field.type != kind or not field.required:
        yield _("The entry with the code “%(code)s” must stay, required and of its type.") % {"code": name}
    elif relied.lengths and field.max_length > (most := relied.lengths.get(code, field.max_length)):
        yield _("The entry “%(code)s” may have at most %(count)s characters.") % {"code": name, "count": most}
    elif relied.group == "indicators" and field.type == "decimal" and field.places > MOST_PLACES_OF_INDICATORS:
        yield _("The entry “%(code)s” may have at most 2 decimal places.") % {"code": name}
