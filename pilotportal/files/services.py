"""Keeping of files."""

from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from pilotportal.digests import digest
from pilotportal.files import rules
from pilotportal.files.enums import MediaType, Refusal
from pilotportal.files.models import StoredFile


class Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.label % {"limit": settings.UPLOAD_LIMIT // 2**20})


def store_upload(content: bytes, *, at: datetime) -> StoredFile:
    """Keep an uploaded file. Raises Refused where its content is not what may be uploaded."""
    if refusal := rules.why_not_store(content):
        raise Refused(refusal)
    return store(content, media_type=MediaType(rules.media_type_of(content) or ""), at=at, pages=rules.pages_of(content))


def store(content: bytes, *, media_type: MediaType, at: datetime, pages: int | None = None) -> StoredFile:
    """Keep bytes of the portal's own making. The bytes are written before the row, so a row never lacks them."""
    file = StoredFile(digest=digest(content), size=len(content), media_type=media_type, pages=pages, stored_at=at)
    if not default_storage.exists(file.path):
        default_storage.save(file.path, ContentFile(content))
    stored, _made = StoredFile.objects.get_or_create(
        digest=file.digest, defaults={"size": file.size, "media_type": media_type, "pages": pages, "stored_at": at}
    )
    return stored
