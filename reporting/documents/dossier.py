"""The dossier of one nomination: its submitted version as a PDF, in the order of the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.industries import INDUSTRIES
from applications.models import Nomination, NominationVersion
from pilotportal.digests import canonical
from pilotportal.documents.parts import Attachment, Column, Mark, Table
from pilotportal.documents.pdf import render
from pilotportal.moments import instant


@dataclass(frozen=True)
class Part:
    """One section as it is printed: short entries in a summary table, long ones as paragraphs, groups as tables."""

    title: str
    summary: list[tuple[str, str]]
    paragraphs: list[tuple[str, str]]
    tables: list[Table]


def dossier(nomination: Nomination) -> bytes:
    """PDF of the current version, with the canonical record attached. The nomination has been submitted at least once."""
    version = nomination.current_version
    if version is None:
        raise ValueError(f"{nomination.code} has never been submitted.")
    title = _("Nomination of %(city)s") % {"city": nomination.city.full_name}
    return render(
        template="reporting/pdf/dossier.html",
        context={
            "subtitle": str(nomination.round),
            "mark": Mark(code=nomination.code, digest=version.digest),
            "facts": _facts(nomination, version),
            "parts": list(_parts(nomination, version)),
            "files": _files(version),
        },
        title=title,
        language=get_language() or settings.LANGUAGE_CODE,
        created=version.submitted_at,
        attachments=[
            Attachment(name="record.json", content=canonical(version.record()), description=_("The record that the digest covers"))
        ],
        demonstration=settings.DEMONSTRATION,
    )


def _facts(nomination: Nomination, version: NominationVersion) -> list[tuple[str, str]]:
    return [
        (_("City"), nomination.city.full_name),
        (_("Region"), nomination.city.get_region_display()),
        (_("Code"), nomination.code),
        (_("Version"), str(version.number)),
        (_("Submitted at"), instant(version.submitted_at)),
    ]


def _parts(nomination: Nomination, version: NominationVersion) -> Iterator[Part]:
    for section in nomination.round.definition.sections:
        yield _part(section, version.content)


def _part(section: Section, content: dict[str, Any]) -> Part:
    language = get_language()
    entries = [(field, field.label.in_language(language), shown(field, content.get(field.code))) for field in section.fields]
    return Part(
        title=section.label.in_language(language),
        summary=[(label, value) for field, label, value in entries if field.type != "long_text"],
        paragraphs=[(label, value) for field, label, value in entries if field.type == "long_text"],
        tables=[_table(group, content.get(group.code) or []) for group in section.groups],
    )


def _table(group: GroupDefinition, rows: list[dict[str, Any]]) -> Table:
    language = get_language()
    widths = [3 if field.type == "long_text" else 2 if field.type == "text" else 1 for field in group.fields]
    columns = [
        Column(title=field.label.in_language(language), width=100 * width / sum(widths), numeric=field.type in {"integer", "decimal"})
        for field, width in zip(group.fields, widths, strict=True)
    ]
    return Table(
        columns=columns,
        rows=[[shown(field, row.get(field.code)) for field in group.fields] for row in rows],
        caption=group.label.in_language(language),
    )


def _files(version: NominationVersion) -> Table:
    columns = [Column(title=_("File"), width=45), Column(title=_("Digest"), width=55)]
    return Table(columns=columns, rows=[[file["name"], file["digest"]] for file in version.files])


def shown(field: FieldDefinition, value: Any) -> str:
    """A stored value as people read it: with unit and thousands separators, a choice by its label."""
    if value in (None, ""):
        return "—"
    language = get_language()
    if field.type == "boolean":
        return _("Yes") if value else _("No")
    if field.type == "choice":
        return next((choice.label.in_language(language) for choice in field.choices if choice.code == value), str(value))
    if field.type == "industry":
        return f"{value} {INDUSTRIES.get(value, '')}"
    unit = field.unit.in_language(language)
    text = _with_separators(str(value)) if field.type in {"integer", "decimal"} else str(value)
    return f"{text} {unit}" if unit else text


def _with_separators(figures: str) -> str:
    whole, point, rest = figures.partition(".")
    return f"{int(whole):,}{point}{rest}"
