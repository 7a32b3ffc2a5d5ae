"""The form as a workbook: written for those who edit it, judged when it comes back, kept, and applied as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from applications import queries, workbooks
from applications.enums import WorkbookRefusal
from applications.models import FilledWorkbook, Nomination
from applications.rules import Refused
from applications.services import nominations
from applications.workbooks import CellFault, Passport, Proposal, passport
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.documents.spreadsheet import SpreadsheetError, spreadsheet
from pilotportal.files.enums import MediaType
from pilotportal.files.services import store


@dataclass(frozen=True)
class Judged:
    """What a workbook is worth. `refusal`: it is not this form at all. `stray`: cells that belong to no entry and are left out."""

    refusal: str = ""
    faults: Sequence[CellFault] = ()
    stray: Sequence[str] = ()
    proposal: Proposal | None = None
    passport: Passport | None = field(default=None)

    @property
    def is_clean(self) -> bool:
        return not self.refusal and not self.faults


def write(nomination: Nomination, *, by: User, at: datetime) -> bytes:
    """The form with what stands in it; it leaves the portal with names and telephones, so it is recorded. Raises Refused."""
    if refused := nominations.why_not_edit(nomination, at=at):
        raise refused
    definition = nomination.round.definition
    revisions = {section.code: nomination.revision_of(section.code) for section in definition.sections_to_fill()}
    content = workbooks.written(
        definition,
        nomination.content,
        sections=definition.sections_to_fill(),
        open_codes=_open_codes(nomination),
        title=_("Application form of %(city)s, %(round)s") % {"city": nomination.city.full_name, "round": nomination.round},
        passport=passport.issued(nomination=nomination.code, definition=definition, values=nomination.content, revisions=revisions),
        created=at,
        demonstration=settings.DEMONSTRATION,
    )
    audit.record("nomination.workbook_written", at=at, by=by, target=nomination, round_code=nomination.round.code)
    return content


def judge(nomination: Nomination, content: bytes) -> Judged:
    """Read within bounds and held against what stands; nothing is stored."""
    definition = nomination.round.definition
    try:
        book = spreadsheet(content)
    except SpreadsheetError as error:
        return Judged(refusal=str(error))
    filled = workbooks.read(book, definition, sections=definition.sections_to_fill(), nomination=nomination.code)
    if isinstance(filled, str):
        return Judged(refusal=filled)
    proposal = workbooks.propose(definition, filled, standing=nomination.content, open_codes=_open_codes(nomination))
    faults = [*filled.faults, *proposal.faults]
    return Judged(faults=faults, stray=filled.stray, proposal=proposal, passport=filled.passport)


def _open_codes(nomination: Nomination) -> set[str]:
    correction = nomination.open_correction
    codes = {code for section in nomination.round.definition.sections_to_fill() for code in section.codes}
    return codes & correction.codes if correction else codes


@transaction.atomic
def keep(*, nomination_id: int, content: bytes, name: str, by: User, at: datetime) -> FilledWorkbook:
    """Keep a clean workbook until somebody confirms what it changes; the nomination stays as it is. Raises Refused."""
    nomination = queries.nominations().get(pk=nomination_id)
    if refused := nominations.why_not_edit(nomination, at=at):
        raise refused
    file = store(content, media_type=MediaType.XLSX, at=at)
    kept = FilledWorkbook.objects.create(nomination=nomination, file=file, name=name[:200], uploaded_by=by, uploaded_at=at)
    audit.record("nomination.workbook_uploaded", at=at, by=by, target=nomination, round_code=nomination.round.code, file=file.digest)
    return kept


@transaction.atomic
def apply(*, workbook_id: int, decided: Mapping[str, bool], seen: str, by: User, at: datetime) -> list[str]:
    """Save every section that the workbook changes, all or none; returns the codes of the entries that were taken over.

    `seen` is the digest of the proposal that the person read, `decided` says of each entry in conflict whether the workbook's is taken.
    Raises Refused, also where anything was saved since the proposal was read.
    """
    workbook = FilledWorkbook.objects.select_for_update(of=("self",)).select_related("file").get(pk=workbook_id)
    if workbook.applied_at:
        raise Refused(WorkbookRefusal.APPLIED)
    Nomination.objects.select_for_update().values_list("pk").get(pk=workbook.nomination_id)
    nomination = queries.nominations().get(pk=workbook.nomination_id)
    judged = judge(nomination, workbook.file.read())
    if not judged.is_clean or judged.proposal is None:
        raise Refused(WorkbookRefusal.NOT_CLEAN)
    if judged.proposal.digest(nomination.content) != seen:
        raise Refused(WorkbookRefusal.MOVED_ON)
    if set(judged.proposal.conflicting) - decided.keys():
        raise Refused(WorkbookRefusal.UNDECIDED)
    changed = _save(nomination, judged.proposal, decided, by=by, at=at)
    workbook.applied_by, workbook.applied_at = by, at
    workbook.save(update_fields=["applied_by", "applied_at"])
    audit.record(
        "nomination.workbook_applied",
        at=at,
        by=by,
        target=nomination,
        round_code=nomination.round.code,
        file=workbook.file.digest,
        changed=changed,
    )
    return changed


def _save(nomination: Nomination, proposal: Proposal, decided: Mapping[str, bool], *, by: User, at: datetime) -> list[str]:
    changed: list[str] = []
    for section in nomination.round.definition.sections_to_fill():
        if values := proposal.values_of(section, taken={code for code, take in decided.items() if take}):
            revision = nomination.revision_of(section.code)
            nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=revision, by=by, at=at)
            changed += values
    return changed
