"""From the first draft to the submitted version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from applications import content as entries
from applications import queries, rules, tasks
from applications.definition import Section
from applications.enums import AttachmentKind, DeadlineKind, Refusal, Status
from applications.models import Attachment, Nomination, NominationVersion, Quota, Round
from applications.rules import Refused
from applications.services import closing
from pilotportal.accounts.models import Division, User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.files.models import StoredFile
from pilotportal.moments import until
from pilotportal.queue import after_commit


class Stale(Refused):
    """Somebody saved the section since it was read; `theirs` holds what stands now, by field code."""

    def __init__(self, theirs: Mapping[str, Any], saved_by: str, saved_at: str) -> None:
        self.theirs, self.saved_by, self.saved_at = theirs, saved_by, saved_at
        super().__init__(Refusal.STALE)


@transaction.atomic
def start(*, round_id: int, city: Division, level_reason: str = "", by: User, at: datetime) -> Nomination:
    """Begin the nomination of a city of the official's own province. Locks the quota, so the last place is given once. Raises Refused."""
    round = Round.objects.prefetch_related("deadlines__amendments").get(pk=round_id)
    quota = Quota.objects.select_for_update().filter(round=round, province_id=by.division_id).first()
    _refuse_start(round, city=city, level_reason=level_reason, places=quota.places if quota else 0, by=by, at=at)
    try:
        with transaction.atomic():
            nomination = Nomination.objects.create(
                round=round, province_id=city.province_id, city=city, level_reason=level_reason, created_by=by, created_at=at
            )
    except IntegrityError as error:
        raise Refused(Refusal.TWICE, city=city) from error
    audit.record("nomination.started", at=at, by=by, target=nomination, round_code=round.code)
    return nomination


def _refuse_start(round: Round, *, city: Division, level_reason: str, places: int, by: User, at: datetime) -> None:
    if city.province_id != by.division_id:
        raise Refused(Refusal.OTHER_PROVINCE, city=city)
    if city.level == "province":
        raise Refused(Refusal.NOT_A_CITY, city=city)
    if not round.is_opened:
        raise Refused(Refusal.NOT_OPENED)
    closes_at = next(d for d in round.deadlines.all() if d.kind == "nomination").closes_at(city.province_id)
    if at >= closes_at:
        raise Refused(Refusal.CLOSED, closed_at=until(closes_at))
    if Nomination.objects.filter(round=round, city=city).exclude(status=Status.WITHDRAWN).exists():
        raise Refused(Refusal.TWICE, city=city)
    if queries.nominated_count(round, city.province_id) >= places:
        raise Refused(Refusal.QUOTA, places=places)
    if city.level == "other_prefecture" and not level_reason.strip():
        raise Refused(Refusal.NO_REASON)


@transaction.atomic
def save_section(*, nomination_id: int, section: Section, values: Mapping[str, Any], revision: int, by: User, at: datetime) -> Nomination:
    """Save one section of a draft, or the returned fields of it.

    `revision` is the one the person saw: where another save came between, Stale is raised and nothing is overwritten.
    Raises Refused, and content.Invalid for values that no form would have let through.
    """
    nomination = _locked(nomination_id)
    _refuse_edit(nomination, at=at)
    entries.check_section(section, values)
    values = {code: _with_keys(value) for code, value in values.items()}
    saved = nomination.sections.get(section.code, {"revision": 0, "by": "", "at": ""})
    standing = {code: nomination.content.get(code) for code in section.codes}
    if saved["revision"] != revision:
        raise Stale(standing, saved["by"], saved["at"])
    changed = [code for code in values if (standing.get(code) or None) != (values[code] or None)]
    if nomination.open_correction and set(changed) - nomination.open_correction.codes:
        raise Refused(Refusal.NOT_OPEN_FIELD)
    nomination.content = {**nomination.content, **values}
    nomination.sections[section.code] = {"revision": revision + 1, "by": by.name, "at": at.isoformat()}
    nomination.save(update_fields=["content", "sections"])
    audit.record(
        "nomination.saved", at=at, by=by, target=nomination, round_code=nomination.round.code, section=section.code, changed=changed
    )
    return nomination


@transaction.atomic
def attach(
    *, nomination_id: int, kind: AttachmentKind, file: StoredFile, name: str, caption: str = "", by: User, at: datetime
) -> Attachment:
    """Add a stored file; a new letter replaces the one in force, which is kept. Raises Refused."""
    nomination = _locked(nomination_id)
    _refuse_edit(nomination, at=at)
    if kind == AttachmentKind.LETTER:
        nomination.attachments.filter(kind=kind, replaced_at__isnull=True).update(replaced_at=at)
    attachment = Attachment.objects.create(
        nomination=nomination, kind=kind, file=file, name=name[:200], caption=caption, uploaded_by=by, uploaded_at=at
    )
    audit.record("nomination.attached", at=at, by=by, target=nomination, round_code=nomination.round.code, file=file.digest, purpose=kind)
    return attachment


@transaction.atomic
def detach(*, nomination_id: int, attachment_id: int, by: User, at: datetime) -> None:
    """Take a file out of the nomination; its bytes and its row are kept. Raises Refused."""
    nomination = _locked(nomination_id)
    _refuse_edit(nomination, at=at)
    attachment = nomination.attachments.get(pk=attachment_id, replaced_at__isnull=True)
    attachment.replaced_at = at
    attachment.save(update_fields=["replaced_at"])
    audit.record("nomination.detached", at=at, by=by, target=nomination, round_code=nomination.round.code, file=attachment.file.digest)


@transaction.atomic
def submit(*, nomination_id: int, by: User, at: datetime) -> NominationVersion:
    """Hand in a draft or a correction. Locks it, then asks the rule, so two clicks make one submission.

    Writes the immutable version with its digest, the status and the audit event; queues the receipt once committed. Raises Refused.
    """
    nomination = _locked(nomination_id)
    if refusal := why_not_submit(nomination, at=at):
        raise refusal
    _refuse_if_sealed(nomination, at=at)
    files = [_file_record(attachment) for attachment in files_of(nomination)]
    number = nomination.versions.count() + 1
    version = NominationVersion(
        nomination=nomination, number=number, content=nomination.content, files=files, submitted_at=at, submitted_by=by
    )
    version.digest = digest_of(version.record())
    version.save()
    nomination.status, nomination.submitted_at, nomination.submitted_by = Status.SUBMITTED, at, by
    nomination.save(update_fields=["status", "submitted_at", "submitted_by"])
    audit.record(
        "nomination.submitted", at=at, by=by, target=nomination, round_code=nomination.round.code, version=number, digest=version.digest
    )
    after_commit(tasks.send_receipt, nomination_id=nomination.pk)
    return version


@transaction.atomic
def withdraw(*, nomination_id: int, reason: str, by: User, at: datetime) -> Nomination:
    """Take a nomination back before the deadline; its place in the quota is free again. Raises Refused."""
    nomination = _locked(nomination_id)
    if refusal := rules.why_not_withdraw(nomination.status, closes_at=nomination.closes_at(), at=at):
        raise Refused(refusal, **_facts(nomination))
    _refuse_if_sealed(nomination, at=at)
    nomination.status = Status.WITHDRAWN
    nomination.save(update_fields=["status"])
    audit.record("nomination.withdrawn", at=at, by=by, target=nomination, round_code=nomination.round.code, reason=reason)
    return nomination


def why_not_edit(nomination: Nomination, *, at: datetime) -> Refused | None:
    correction = nomination.open_correction
    refusal = rules.why_not_edit(
        nomination.status, closes_at=nomination.closes_at(), correction_closes_at=correction.closes_at if correction else None, at=at
    )
    return Refused(refusal, **_facts(nomination)) if refusal else None


def why_not_submit(nomination: Nomination, *, at: datetime) -> Refused | None:
    """The rule with the facts of this nomination; the page and the service ask the same."""
    correction = nomination.open_correction
    gaps = list(entries.gaps(nomination.round.definition, nomination.content))
    refusal = rules.why_not_submit(
        nomination.status,
        closes_at=nomination.closes_at(),
        correction_closes_at=correction.closes_at if correction else None,
        gaps=len(gaps),
        has_letter=any(attachment.kind == AttachmentKind.LETTER for attachment in files_of(nomination)),
        at=at,
    )
    return Refused(refusal, count=len(gaps), **_facts(nomination)) if refusal else None


def files_of(nomination: Nomination) -> list[Attachment]:
    """The files in force."""
    return [attachment for attachment in nomination.attachments.all() if not attachment.replaced_at]


def _facts(nomination: Nomination) -> dict[str, str]:
    correction = nomination.open_correction
    return {"closed_at": until(correction.closes_at if correction else nomination.closes_at())}


def _refuse_edit(nomination: Nomination, *, at: datetime) -> None:
    if refused := why_not_edit(nomination, at=at):
        raise refused


def _refuse_if_sealed(nomination: Nomination, *, at: datetime) -> None:
    closing.refuse_if_sealed(round_id=nomination.round_id, kind=DeadlineKind.NOMINATION, province_id=nomination.province_id, at=at)


def _locked(nomination_id: int) -> Nomination:
    """The row under lock first, then all that the rules ask of it, read after the lock was had."""
    Nomination.objects.select_for_update(of=("self",)).get(pk=nomination_id)
    return queries.nominations().get(pk=nomination_id)


def _with_keys(value: Any) -> Any:
    """Rows keep their key for good; a new row gets one."""
    return [{**row, "key": row.get("key") or uuid4().hex} for row in value] if isinstance(value, list) else value


def _file_record(attachment: Attachment) -> dict[str, Any]:
    return {"kind": attachment.kind, "name": attachment.name, "caption": attachment.caption, "digest": attachment.file.digest}
