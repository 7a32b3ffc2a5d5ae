"""Evidence: files that prove entries of a nomination, each with a caption. What is replaced or taken out is kept, and can come back."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from applications.enums import AttachmentKind, EvidenceRefusal
from applications.models import Attachment, Nomination
from applications.rules import Refused
from applications.services import nominations
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.files import queries as files
from pilotportal.files import rules as file_rules
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.models import StoredFile, Upload
from pilotportal.files.services import Refused as Unfit
from pilotportal.files.services import uploads

KIND = AttachmentKind.EVIDENCE


def purpose_of(nomination: Nomination, *, instead_of: Attachment | None = None) -> str:
    """What an upload is for: evidence of this nomination, or a new file in the place of one of them."""
    return f"evidence:{nomination.code}:{instead_of.pk if instead_of else ''}"


def replaced_by(upload: Upload) -> int | None:
    """The number of the file in whose place the upload is to come."""
    return int(upload.purpose.rpartition(":")[2] or 0) or None


@transaction.atomic
def begin_upload(
    *,
    nomination_id: int,
    name: str,
    size: int,
    head: str = "",
    modified: int = 0,
    instead_of: Attachment | None = None,
    by: User,
    at: datetime,
) -> Upload:
    """Promise the room for a large file before its first byte, or go on with the same file. Raises Refused, and Unfit for the file."""
    nomination = nominations.open_for_files(nomination_id, kind=KIND, by=by, at=at)
    used = _used(nomination.attachments.all(), without=instead_of)
    refusal = file_rules.why_not_begin(name=name, size=size, limit=settings.LARGE_UPLOAD_LIMIT, room=settings.EVIDENCE_LIMIT - used)
    if refusal:
        raise Unfit(refusal, limit=settings.EVIDENCE_LIMIT if refusal == FileRefusal.NO_ROOM else settings.LARGE_UPLOAD_LIMIT)
    purpose = purpose_of(nomination, instead_of=instead_of)
    upload = uploads.start(purpose=purpose, name=name, size=size, head=head, modified=modified, by=by, at=at)
    if used + files.promised(purpose_of(nomination)) > settings.EVIDENCE_LIMIT:
        raise Unfit(FileRefusal.NO_ROOM, limit=settings.EVIDENCE_LIMIT)
    return upload


def add_upload(
    *, nomination_id: int, upload_id: int, caption: str, proves: str = "", instead_of: Attachment | None = None, by: User, at: datetime
) -> Attachment | None:
    """Add the file of an upload that has arrived; None where that has been done before. Raises Refused and Unfit."""
    uploads.finish(upload_id=upload_id, at=at)
    with transaction.atomic():
        upload = uploads.take(upload_id=upload_id, at=at)
        if upload is None or upload.file is None:
            return None
        if instead_of:
            return replace(nomination_id=nomination_id, replaced=instead_of, file=upload.file, name=upload.name, by=by, at=at)
        return add(nomination_id=nomination_id, file=upload.file, name=upload.name, caption=caption, proves=proves, by=by, at=at)


@transaction.atomic
def add(*, nomination_id: int, file: StoredFile, name: str, caption: str, proves: str = "", by: User, at: datetime) -> Attachment:
    """Add a stored file. `proves` is the code of an entry of the form. Raises Refused, and Unfit where the files become too many bytes."""
    added = nominations.attach(nomination_id=nomination_id, kind=KIND, file=file, name=name, caption=caption, proves=proves, by=by, at=at)
    _check(added)
    return added


@transaction.atomic
def replace(*, nomination_id: int, replaced: Attachment, file: StoredFile, name: str, by: User, at: datetime) -> Attachment:
    """Another file in the same place: its caption and what it proves stay. Raises Refused and Unfit."""
    return _succeed(
        replaced, nomination_id=nomination_id, file=file, name=name, caption=replaced.caption, proves=replaced.proves, by=by, at=at
    )


@transaction.atomic
def describe(*, nomination_id: int, described: Attachment, caption: str, proves: str, by: User, at: datetime) -> Attachment:
    """The same file with another caption, in a row of its own, since versions hold what was said of it before. Raises Refused."""
    if (caption, proves) == (described.caption, described.proves):
        return described
    return _succeed(
        described, nomination_id=nomination_id, file=described.file, name=described.name, caption=caption, proves=proves, by=by, at=at
    )


@transaction.atomic
def restore(*, nomination_id: int, attachment_id: int, by: User, at: datetime) -> Attachment:
    """Bring back what was taken out or replaced; what stands in its place leaves. Raises Refused and Unfit."""
    nomination = nominations.open_for_files(nomination_id, kind=KIND, by=by, at=at)
    everything = {each.pk: each for each in nomination.attachments.all() if each.kind == KIND}
    restored = everything[attachment_id]
    if not restored.replaced_at:
        raise Refused(EvidenceRefusal.STANDING)
    for each in everything.values():
        if not each.replaced_at and restored.pk in _line_of(each, everything):
            each.replaced_at = at
            each.save(update_fields=["replaced_at"])
    restored.replaced_at = None
    restored.save(update_fields=["replaced_at"])
    _check(restored)
    _record("nomination.file_restored", nomination, restored, by=by, at=at)
    return restored


def _succeed(
    old: Attachment, *, nomination_id: int, file: StoredFile, name: str, caption: str, proves: str, by: User, at: datetime
) -> Attachment:
    """The nomination is locked by the attaching; whoever comes second finds the old one gone."""
    new = nominations.attach(nomination_id=nomination_id, kind=KIND, file=file, name=name, caption=caption, proves=proves, by=by, at=at)
    if not Attachment.objects.filter(pk=old.pk, nomination_id=nomination_id, kind=KIND, replaced_at=None).update(replaced_at=at):
        raise Refused(EvidenceRefusal.GONE)
    new.replaces = old
    new.save(update_fields=["replaces"])
    _check(new)
    _record("nomination.file_replaced", new.nomination, new, by=by, at=at, replaced=old.file.digest)
    return new


def _check(attachment: Attachment) -> None:
    """What the form's definition and the room allow, asked of what stands now."""
    nomination = attachment.nomination
    if attachment.proves and attachment.proves not in {item.code for _section, item in nomination.round.definition.items()}:
        raise Refused(EvidenceRefusal.UNKNOWN_ENTRY)
    if _used(nomination.attachments.select_related("file")) > settings.EVIDENCE_LIMIT:
        raise Unfit(FileRefusal.NO_ROOM, limit=settings.EVIDENCE_LIMIT)


def _used(attachments: Iterable[Attachment], *, without: Attachment | None = None) -> int:
    """Bytes of the evidence in force."""
    standing = (each for each in attachments if each.kind == KIND and not each.replaced_at)
    return sum(each.file.size for each in standing if without is None or each.pk != without.pk)


def _line_of(attachment: Attachment, everything: dict[int, Attachment]) -> set[int]:
    """The numbers of those in whose place it came, one after the other."""
    line: set[int] = set()
    while (before := attachment.replaces_id) and before not in line:
        line.add(before)
        attachment = everything[before]
    return line


def _record(kind: str, nomination: Nomination, attachment: Attachment, *, by: User, at: datetime, **facts: str) -> None:
    audit.record(kind, at=at, by=by, target=nomination, round_code=nomination.round.code, file=attachment.file.digest, **facts)
