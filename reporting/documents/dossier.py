"""The dossier of one nomination: its submitted version as a PDF, in the order of the form."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.content.presentation import ShownField, ShownGroup, ShownSection, shown_sections
from applications.enums import AttachmentKind
from applications.models import Attachment as Scan
from applications.models import Nomination, NominationVersion
from applications.queries import dossier_of
from pilotportal.digests import canonical
from pilotportal.documents.parts import Attachment, Column, Mark, Table
from pilotportal.documents.pdf import render
from pilotportal.moments import instant, until

WIDTH_OF_TYPE = {"long_text": 3, "text": 2}  # shares of a table's width; all others take one


@dataclass(frozen=True)
class Part:
    """One section as it is printed: short entries in a summary table, long ones as paragraphs, groups as tables."""

    title: str
    summary: list[tuple[str, str]]
    paragraphs: list[tuple[str, str]]
    tables: list[Table]


def dossier(nomination: Nomination, *, personal: bool = True) -> bytes:
    """PDF of the current version, with the canonical record attached. The nomination has been submitted at least once.

    Without `personal` it has neither the names and telephones of persons nor the record, which holds them.
    """
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
            "parts": list(_parts(nomination, version, personal=personal)),
            "files": _files(version),
        },
        title=title,
        language=get_language() or settings.LANGUAGE_CODE,
        created=version.submitted_at,
        attachments=[_record(version)] if personal else [],
        demonstration=settings.DEMONSTRATION,
    )


def _facts(nomination: Nomination, version: NominationVersion) -> list[tuple[str, str]]:
    return [
        (_("City"), nomination.city.full_name),
        (_("Region"), nomination.city.get_region_display()),
        (_("Code"), nomination.code),
        (_("Version"), str(version.number)),
        (_("Submitted at"), instant(version.submitted_at)),
        *((str(file.get_kind_display()), file.provenance) for file in _letters(nomination, version)),
        *_unanswered(nomination),
    ]


def _letters(nomination: Nomination, version: NominationVersion) -> list[Scan]:
    """The stamped letter of the version."""
    return [file for file in dossier_of(version, nomination.attachments.all()).files if file.kind == AttachmentKind.LETTER]


def _unanswered(nomination: Nomination) -> list[tuple[str, str]]:
    """That a correction was asked for and this is not its answer."""
    correction = nomination.unanswered_correction
    return (
        [(_("Returned for correction"), _("without an answer; closed %(at)s") % {"at": until(correction.closes_at)})] if correction else []
    )


def _record(version: NominationVersion) -> Attachment:
    return Attachment(name="record.json", content=canonical(version.record()), description=_("The record that the digest covers"))


def _parts(nomination: Nomination, version: NominationVersion, *, personal: bool) -> Iterator[Part]:
    for section in shown_sections(nomination.round.definition, version.content, get_language(), personal=personal):
        yield _part(section)


def _part(section: ShownSection) -> Part:
    return Part(
        title=section.label,
        summary=[(field.label, _text(field)) for field in section.fields if not field.is_long],
        paragraphs=[(field.label, _text(field)) for field in section.fields if field.is_long],
        tables=[_table(group) for group in section.groups],
    )


def _table(group: ShownGroup) -> Table:
    widths = [WIDTH_OF_TYPE.get(head.type, 1) for head in group.heads]
    columns = [
        Column(title=f"{head.label} ({head.unit})" if head.unit else head.label, width=100 * width / sum(widths), numeric=head.is_figure)
        for head, width in zip(group.heads, widths, strict=True)
    ]
    return Table(columns=columns, rows=[[cell.text or "—" for cell in row.cells] for row in group.rows], caption=group.label)


def _text(field: ShownField) -> str:
    return f"{field.text} {field.unit}".strip() if field.text else "—"


def _files(version: NominationVersion) -> Table:
    columns = [Column(title=_("File"), width=45), Column(title=_("Digest"), width=55)]
    return Table(columns=columns, rows=[[file["name"], file["digest"]] for file in version.files])
