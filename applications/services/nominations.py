"""From the first draft to the submitted version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications import content as entries
from applications import queries, rules
from applications.definition import Section
from applications.enums import (
    Act,
    AttachmentKind,
    CorrectionRefusal,
    DeadlineKind,
    EvidenceRefusal,
    LetterRefusal,
    Problem,
    Refusal,
    Status,
)
from applications.models import Attachment, Letter, Nomination, NominationVersion, Quota, Round
from applications.models.nominations import deadline_of
from applications.rules import Refused
from applications.services import closing, corrections, cosigning, holding, ordering, receipts, sittings
from pilotportal.accounts.enums import Level, Role
from pilotportal.accounts.models import Division, User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.files.enums import ScanState
from pilotportal.files.models import StoredFile
from pilotportal.moments import until


class Stale(Refused):
    """Somebody saved the section since it was read; `theirs` holds what stands now, by field code, under which revision."""

    def __init__(self, theirs: Mapping[str, Any], saved_by: str, saved_at: str, revision: int) -> None:
        self.theirs, self.saved_by, self.saved_at, self.revision = theirs, saved_by, saved_at, revision
        super().__init__(Refusal.STALE)


@transaction.atomic
def start(*, round_id: int, city: Division, level_reason: str = "", by: User, at: datetime) -> Nomination:
    """Begin the nomination of a city of the official's own province. Locks the quota, so the last place is given once. Raises Refused."""
    round = queries.rounds().get(pk=round_id)
    quota = Quota.objects.select_for_update().filter(round=round, province_id=by.division_id).first()
    _refuse_city(round, city, by=by)
    places = queries.places_by_round(city.province_id).get(round.pk, queries.Places()).total if quota else 0
    nominated = queries.nominated_count(round, city.province_id)
    if refused := why_not_start(round, province_id=city.province_id, nominated=nominated, places=places, at=at):
        raise refused
    if city.level == Level.OTHER_PREFECTURE and not level_reason.strip():
        raise Refused(Refusal.NO_REASON)
    try:
        with transaction.atomic():
            nomination = Nomination.objects.create(
                round=round,
                province_id=city.province_id,
                city=city,
                level_reason=level_reason.strip(),
                position=ordering.next_place(round, city.province_id),
                created_by=by,
                created_at=at,
            )
    except IntegrityError as error:
        raise Refused(Refusal.TWICE, city=city) from error
    audit.record("nomination.started", at=at, by=by, target=nomination, round_code=round.code)
    return nomination


def why_not_start(round: Round, *, province_id: str, nominated: int, places: int, at: datetime) -> Refused | None:
    """Whether the province may name one more city; the list shows its button by the same answer."""
    closes_at = deadline_of(round, DeadlineKind.NOMINATION, province_id)
    refusal = rules.why_not_start(opened=round.is_opened, closes_at=closes_at, nominated=nominated, places=places, at=at)
    return Refused(refusal, places=places, closed_at=until(closes_at)) if refusal else None


def _refuse_city(round: Round, city: Division, *, by: User) -> None:
    if city.province_id != by.division_id:
        raise Refused(Refusal.OTHER_PROVINCE, city=city)
    if city.level == Level.PROVINCE:
        raise Refused(Refusal.NOT_A_CITY, city=city)
    if Nomination.objects.filter(round=round, city=city).exclude(status=Status.WITHDRAWN).exists():
        raise Refused(Refusal.TWICE, city=city)


@transaction.atomic
def save_section(
    *,
    nomination_id: int,
    section: Section,
    values: Mapping[str, Any],
    revision: int,
    turn: sittings.Turn | None = None,
    taken_over: sittings.Sources | None = None,
    by: User,
    at: datetime,
) -> Nomination:
    """Save one section of a draft, or the returned fields of it; entries that `values` does not name stay as they are.

    `revision` is the one the person saw: where another save came between, Stale is raised and nothing is overwritten. `turn` is given by a
    page that saves by itself: an earlier turn of its own is no other save, and where nothing was changed nothing is written. `taken_over`
    marks entries that come from another nomination.
    Raises Refused, and content.Invalid for values that no form would have let through.
    """
    nomination = _locked_draft(nomination_id)
    if refused := _why_uninvited(nomination, by=by) or why_not_edit(nomination, at=at):
        raise refused
    entries.check_section(section, values)
    values = {code: _with_keys(value) for code, value in values.items()}
    standing = {code: nomination.content.get(code) for code in section.codes}
    saved = nomination.sections.get(section.code, {})
    if revision != nomination.revision_of(section.code) and not sittings.continues(saved, turn):
        raise Stale(standing, saved.get("by", ""), saved.get("at", ""), nomination.revision_of(section.code))
    changed = [code for code in values if entries.differs(standing, values, code)]
    if locked := next((refused for code in changed if (refused := _why_locked(nomination, code))), None):
        raise locked
    if changed or not turn:
        sittings.write(nomination, section, values, turn=turn, changed=changed, taken_over=taken_over, by=by, at=at)
    return nomination


@transaction.atomic
def attach(
    *,
    nomination_id: int,
    kind: AttachmentKind,
    file: StoredFile,
    name: str,
    caption: str = "",
    proves: str = "",
    letter: Letter | None = None,
    matched_by: str = "",
    by: User,
    at: datetime,
) -> Attachment:
    """Add a stored file; a new letter replaces the one in force, which is kept. Raises Refused.

    `letter` and `matched_by` say of which letter of the portal the file is the scan; `letters.attach_scan` has recognised it.
    """
    nomination = _locked_draft(nomination_id)
    if refused := _why_uninvited(nomination, by=by) or why_not_attach(nomination, kind=kind, at=at):
        raise refused
    if kind == AttachmentKind.LETTER:
        nomination.attachments.filter(kind=kind, replaced_at__isnull=True).update(replaced_at=at)
    attachment = Attachment.objects.create(
        nomination=nomination,
        kind=kind,
        file=file,
        name=name[:200],
        caption=caption,
        proves=proves,
        letter=letter,
        matched_by=matched_by,
        uploaded_by=by,
        uploaded_at=at,
    )
    audit.record(
        "nomination.attached",
        at=at,
        by=by,
        target=nomination,
        round_code=nomination.round.code,
        file=file.digest,
        purpose=kind,
        letter=letter.code if letter else "",
    )
    return attachment


@transaction.atomic
def detach(*, nomination_id: int, attachment_id: int, by: User, at: datetime) -> None:
    """Take a file out of the nomination; its bytes and its row are kept. Raises Refused."""
    attachment = Attachment.objects.select_related("file").get(pk=attachment_id, nomination_id=nomination_id)
    nomination = open_for_files(nomination_id, kind=attachment.kind, by=by, at=at)
    if not any(each.pk == attachment_id for each in holding.files_of(nomination)):
        raise Refused(EvidenceRefusal.GONE)
    attachment.replaced_at = at
    attachment.save(update_fields=["replaced_at"])
    audit.record("nomination.detached", at=at, by=by, target=nomination, round_code=nomination.round.code, file=attachment.file.digest)


def open_for_files(nomination_id: int, *, kind: str, by: User, at: datetime) -> Nomination:
    """The nomination under lock, where its files may change now. Raises Refused."""
    nomination = _locked(nomination_id)
    if refused := _why_uninvited(nomination, by=by) or why_not_attach(nomination, kind=kind, at=at):
        raise refused
    return nomination


@transaction.atomic
def submit(*, nomination_id: int, by: User, at: datetime, undertaken: bool = False, seen: str = "") -> NominationVersion:
    """Hand in a draft or a correction. Locks it, then asks the rule, so two clicks make one submission.

    `undertaken` says that the approving official confirms the undertaking with this act; `seen` is the `draft_digest` of what was read
    before it: anything else in its place is refused. Writes the immutable version with its digest, the status and the audit event;
    gives the receipt. Raises Refused.
    """
    nomination = _locked(nomination_id)
    if undertaken:
        _undertake(nomination, by=by, at=at)
    if refusal := why_not_submit(nomination, at=at):
        raise refusal
    if seen and seen != holding.draft_digest(nomination):
        raise Refused(Refusal.CHANGED)
    _refuse_if_sealed(nomination, at=at)
    number = nomination.versions.count() + 1
    version = NominationVersion(
        nomination=nomination,
        number=number,
        content=nomination.content,
        files=holding.file_records(nomination),
        submitted_at=at,
        submitted_by=by,
    )
    version.digest = digest_of(version.record())
    version.save()
    nomination.status, nomination.submitted_at, nomination.submitted_by = Status.SUBMITTED, at, by
    nomination.save(update_fields=["status", "submitted_at", "submitted_by", "content", "sections"])
    _end_invitation(nomination, by=by, at=at)
    audit.record(
        "nomination.submitted", at=at, by=by, target=nomination, round_code=nomination.round.code, version=number, digest=version.digest
    )
    act = Act.CORRECTED if number > 1 else Act.SUBMITTED
    receipts.of_nomination(nomination, act=act, digest=version.digest, facts={_("Version"): number}, by=by, at=at)
    return version


def _undertake(nomination: Nomination, *, by: User, at: datetime) -> None:
    """The undertaking is an entry like any other; the act of submission fills it in."""
    for section, field in nomination.round.definition.undertakings():
        if not nomination.content.get(field.code):
            nomination.content = {**nomination.content, field.code: True}
            revision = nomination.revision_of(section.code)
            nomination.sections[section.code] = {"revision": revision + 1, "by": by.name, "at": at.isoformat()}


def signatures_of(nomination: Nomination) -> list[cosigning.Line]:
    """Where each co-department stands. A nomination without any costs no digest."""
    if not (nomination.round.co_departments or nomination.requests_in_force):
        return []
    return cosigning.lines(nomination, bound=holding.signed_digest(nomination))


@transaction.atomic
def withdraw(*, nomination_id: int, reason: str, by: User, at: datetime) -> Nomination:
    """Take a nomination back before the deadline; its place in the quota is free again. Raises Refused.

    The invitation of the city and the requests for co-signatures end with it.
    """
    nomination = _locked(nomination_id)
    if refused := why_not_withdraw(nomination, at=at):
        raise refused
    _refuse_if_sealed(nomination, at=at)
    nomination.status = Status.WITHDRAWN
    nomination.save(update_fields=["status"])
    _end_invitation(nomination, by=by, at=at)
    nomination.signature_requests.filter(cancelled_at__isnull=True).update(cancelled_at=at)
    audit.record("nomination.withdrawn", at=at, by=by, target=nomination, round_code=nomination.round.code, reason=reason)
    version = nomination.current_version
    digest = version.digest if version else holding.draft_digest(nomination)
    receipts.of_nomination(nomination, act=Act.WITHDRAWN, digest=digest, facts={_("Reason"): reason}, by=by, at=at)
    return nomination


def _end_invitation(nomination: Nomination, *, by: User, at: datetime) -> None:
    """What is handed in or withdrawn is nobody's to draft."""
    if nomination.invitations.filter(ended_at__isnull=True).update(ended_at=at, ended_by=by):
        audit.record("nomination.invitation_ended", at=at, by=by, target=nomination, round_code=nomination.round.code)


def why_not_edit(nomination: Nomination, *, at: datetime) -> Refused | None:
    correction = nomination.open_correction
    refusal = rules.why_not_edit(
        nomination.status, closes_at=nomination.closes_at(), correction_closes_at=correction.closes_at if correction else None, at=at
    )
    return Refused(refusal, **_facts(nomination)) if refusal else None


def _why_uninvited(nomination: Nomination, *, by: User) -> Refused | None:
    """The province may have ended the city's invitation after the page was opened."""
    return Refused(Refusal.NOT_INVITED) if by.role == Role.CITY and not nomination.open_invitation else None


def why_not_attach(nomination: Nomination, *, kind: str, at: datetime) -> Refused | None:
    """In a correction files are open only where they are named, like every other entry."""
    if refused := why_not_edit(nomination, at=at):
        return refused
    return _why_locked(nomination, kind)


def why_not_withdraw(nomination: Nomination, *, at: datetime) -> Refused | None:
    refusal = rules.why_not_withdraw(nomination.status, closes_at=nomination.closes_at(), at=at)
    return Refused(refusal, **_facts(nomination)) if refusal else None


def why_not_submit(nomination: Nomination, *, at: datetime, undertaken: bool = False) -> Refused | None:
    """The rule with the facts of this nomination; the page, which asks for the undertaking last, and the service ask the same."""
    correction = nomination.open_correction
    gaps = [gap for gap in gaps_of(nomination) if not (undertaken and gap.problem == Problem.UNDERTAKING)]
    standing = [] if correction else signatures_of(nomination)
    objecting, unsigned = cosigning.objecting(standing), cosigning.unsigned(standing)
    refusal = rules.why_not_submit(
        nomination.status,
        closes_at=nomination.closes_at(),
        correction_closes_at=correction.closes_at if correction else None,
        gaps=len(gaps),
        objected=bool(objecting),
        unsigned=bool(unsigned),
        has_letter=holding.letter_of(nomination) is not None,
        at=at,
    )
    if refusal:
        return Refused(refusal, count=len(gaps), departments=cosigning.named(objecting or unsigned), **_facts(nomination))
    return _why_infected(nomination) or _why_rest_changed(nomination) or _why_other_content(nomination)


def proof_of_correction(nomination: Nomination) -> corrections.Proof | None:
    """That what is being handed in changes nothing but what the correction opened."""
    correction = nomination.open_correction
    return corrections.proof(correction, content=nomination.content, files=holding.file_records(nomination)) if correction else None


def _why_rest_changed(nomination: Nomination) -> Refused | None:
    """Each save asks the same of what it changes; this asks it of the whole."""
    proof = proof_of_correction(nomination)
    return Refused(CorrectionRefusal.REST_CHANGED) if proof and not proof.holds else None


def _why_infected(nomination: Nomination) -> Refused | None:
    """A scan that is still to come holds nobody up at a deadline; what it has found does."""
    infected = next((file for file in holding.files_of(nomination) if file.file.scan_state == ScanState.INFECTED), None)
    return Refused(EvidenceRefusal.INFECTED, name=infected.name) if infected else None


def _why_other_content(nomination: Nomination) -> Refused | None:
    """What the portal's own letter names must be what is handed in.

    A letter that was there before a correction stands for what it was handed in with: the correction answers the ministry, and opens a
    new letter only where it names it.
    """
    letter, correction = holding.letter_of(nomination), nomination.open_correction
    if letter is None or letter.letter is None or (correction and letter.uploaded_at < correction.returned_at):
        return None
    line = letter.letter.line_of(nomination)
    return None if line and line["digest"] == holding.recommended_digest(nomination) else Refused(LetterRefusal.OTHER_CONTENT)


def gaps_of(nomination: Nomination) -> list[entries.Gap]:
    return list(entries.gaps(nomination.round.definition, nomination.content))


def _facts(nomination: Nomination) -> dict[str, str]:
    correction = nomination.open_correction
    return {"closed_at": until(correction.closes_at if correction else nomination.closes_at())}


def _why_locked(nomination: Nomination, code: str) -> Refused | None:
    correction = nomination.open_correction
    return Refused(Refusal.NOT_OPEN_FIELD) if correction and code not in correction.codes else None


def _refuse_if_sealed(nomination: Nomination, *, at: datetime) -> None:
    closing.refuse_if_sealed(round_id=nomination.round_id, kind=DeadlineKind.NOMINATION, province_id=nomination.province_id, at=at)
    if correction := nomination.open_correction:
        closing.refuse_if_sealed(round_id=nomination.round_id, kind=DeadlineKind.CORRECTION, closes_at=correction.closes_at, at=at)


def _locked(nomination_id: int) -> Nomination:
    """The row under lock first, then all that the rules ask of it, read after the lock was had."""
    _lock(nomination_id)
    return queries.nominations().get(pk=nomination_id)


def _locked_draft(nomination_id: int) -> Nomination:
    """The same with no more than editing asks for: it happens dozens of times before a submission."""
    _lock(nomination_id)
    drafts = Nomination.objects.select_related("round", "city").defer("round__form").prefetch_related(queries.DEADLINES)
    return drafts.get(pk=nomination_id)


def _lock(nomination_id: int) -> None:
    Nomination.objects.select_for_update().values_list("pk").get(pk=nomination_id)


def _with_keys(value: Any) -> Any:
    """Rows keep their key for good; a new row gets one."""
    return [{**row, "key": row.get("key") or uuid4().hex} for row in value] if isinstance(value, list) else value
