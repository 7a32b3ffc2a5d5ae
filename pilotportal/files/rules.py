"""What an uploaded file must be, judged by its content."""

import io

import pikepdf
import puremagic
from django.conf import settings

from pilotportal.files.enums import MediaType, Refusal

UPLOADABLE = {MediaType.PDF, MediaType.JPEG, MediaType.PNG}
ACTIVE_KEYS = ("/JavaScript", "/JS", "/OpenAction", "/AA", "/EmbeddedFiles")


def why_not_store(content: bytes) -> Refusal | None:
    if not content:
        return Refusal.EMPTY
    if len(content) > settings.UPLOAD_LIMIT:
        return Refusal.TOO_LARGE
    media_type = media_type_of(content)
    if media_type not in UPLOADABLE:
        return Refusal.WRONG_TYPE
    return _why_not_pdf(content) if media_type == MediaType.PDF else None


def media_type_of(content: bytes) -> MediaType | None:
    try:
        found = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return None
    return MediaType(found) if found in MediaType.values else None


def pages_of(content: bytes) -> int | None:
    if media_type_of(content) != MediaType.PDF:
        return None
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def _why_not_pdf(content: bytes) -> Refusal | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                return Refusal.ENCRYPTED
            if not len(document.pages):
                return Refusal.BROKEN
            names = document.Root.get("/Names", {})
            active = any(key in document.Root for key in ACTIVE_KEYS) or any(key in names for key in ACTIVE_KEYS)
    except pikepdf.PasswordError:
        return Refusal.ENCRYPTED
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError):
        return Refusal.BROKEN
    return Refusal.ACTIVE if active else None
