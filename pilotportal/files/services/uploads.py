"""Large files in parts, which survive a lost connection and a closed window."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from pilotportal.accounts.models import User
from pilotportal.files import rules
from pilotportal.files.enums import Refusal
from pilotportal.files.models import StoredFile, Upload, new_code
from pilotportal.files.services.keeping import Refused, keep_upload, workspace


@transaction.atomic
def start(*, purpose: str, name: str, size: int, head: str = "", modified: int = 0, by: User, at: datetime) -> Upload:
    """Begin an upload, or go on with the one of the same file. Whoever starts it has the claim; a window that had it before loses it.

    `head` is the SHA-256 of the first part in hexadecimal digits, where the browser can tell it. Limits are the caller's.
    """
    same = {"owner": by, "purpose": purpose, "name": name[:200], "size": size, "head": head, "modified": modified, "used_at": None}
    upload, made = Upload.objects.select_for_update().get_or_create(**same, defaults={"started_at": at, "heard_at": at})
    if not made:
        upload.claim, upload.heard_at = new_code(), at
        upload.save(update_fields=["claim", "heard_at"])
    return upload


@transaction.atomic
def append(*, upload_id: int, claim: str, offset: int, part: bytes, at: datetime) -> Upload:
    """Take the next part. Locks the upload, so that two windows cannot mix theirs. Raises Refused; what had arrived stays."""
    upload = _locked(upload_id)
    if refusal := rules.why_not_append(
        claimed=claim == upload.claim, offset=offset, length=len(part), received=upload.received, size=upload.size
    ):
        raise Refused(refusal)
    if not offset and upload.head and hashlib.sha256(part).hexdigest() != upload.head:
        raise Refused(Refusal.ANOTHER_FILE)
    place = upload.part(offset)
    default_storage.delete(place)  # of an attempt that was not committed
    default_storage.save(place, ContentFile(part))
    upload.received, upload.heard_at = offset + len(part), at
    upload.save(update_fields=["received", "heard_at"])
    return upload


def finish(*, upload_id: int, at: datetime) -> StoredFile:
    """Put the parts together, judge the file and keep it; a second call gives the same file.

    Raises Refused; where the content is why, the upload is given up, since another try would end the same way.
    """
    try:
        return _finished(upload_id, at=at)
    except Refused as refused:
        if refused.refusal != Refusal.NOT_WHOLE:
            cancel(upload_id=upload_id)
        raise


@transaction.atomic
def _finished(upload_id: int, *, at: datetime) -> StoredFile:
    upload = _locked(upload_id)
    if upload.file:
        return upload.file
    if upload.received != upload.size:
        raise Refused(Refusal.NOT_WHOLE)
    with _assembled(upload) as path:
        stored = keep_upload(path, at=at, name=upload.name)
    upload.file, upload.finished_at = stored, at
    upload.save(update_fields=["file", "finished_at"])
    transaction.on_commit(lambda: _delete_parts(upload))
    return stored


@transaction.atomic
def take(*, upload_id: int, at: datetime) -> Upload | None:
    """Mark the finished upload as used, for whoever attaches its file in the same transaction; None where that has been done before."""
    upload = _locked(upload_id)
    if upload.used_at or not upload.file:
        return None
    upload.used_at = at
    upload.save(update_fields=["used_at"])
    return upload


@transaction.atomic
def cancel(*, upload_id: int) -> None:
    """Give an upload up and free its place."""
    upload = Upload.objects.select_for_update().filter(pk=upload_id).first()
    if upload:
        upload.delete()
        transaction.on_commit(lambda: _delete_parts(upload))


def remove_abandoned(*, at: datetime) -> int:
    """Uploads that nobody has gone on with, and the records of used ones. Safe to run twice."""
    gone = list(Upload.objects.filter(heard_at__lt=at - rules.ABANDONED_AFTER).values_list("pk", flat=True))
    for upload_id in gone:
        cancel(upload_id=upload_id)
    return len(gone)


def _locked(upload_id: int) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).select_related("file__scan").get(pk=upload_id)


@contextmanager
def _assembled(upload: Upload) -> Iterator[Path]:
    with workspace() as whole:
        for offset in _offsets(upload):
            with default_storage.open(upload.part(offset)) as part:
                whole.write(part.read())
        whole.flush()
        yield Path(whole.name)


def _delete_parts(upload: Upload) -> None:
    for offset in _offsets(upload):
        default_storage.delete(upload.part(offset))


def _offsets(upload: Upload) -> range:
    return range(0, upload.received, rules.PART)
