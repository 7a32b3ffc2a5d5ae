"""What an uploaded file must be, judged by its content."""

import io

import puremagic
from django.conf import settings

from pilotportal.documents.inspection import Fault, PdfError, inspect_pdf
from pilotportal.files.enums import MediaType, Refusal

UPLOADABLE = {MediaType.PDF, MediaType.JPEG, MediaType.PNG}
MOST_PAGES = 500
REFUSAL_OF_FAULT = {
    Fault.ENCRYPTED: Refusal.ENCRYPTED,
    Fault.SCRIPTED: Refusal.ACTIVE,
    Fault.EMBEDDED: Refusal.ACTIVE,
    Fault.TOO_LONG: Refusal.TOO_LONG,
    Fault.NOT_A_PDF: Refusal.WRONG_TYPE,
}


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
    """Of a PDF that `why_not_store` has let through; other files have no pages."""
    if media_type_of(content) != MediaType.PDF:
        return None
    return inspect_pdf(io.BytesIO(content), max_pages=MOST_PAGES).pages


def _why_not_pdf(content: bytes) -> Refusal | None:
    try:
        inspect_pdf(io.BytesIO(content), max_pages=MOST_PAGES)
    except PdfError as error:
        return REFUSAL_OF_FAULT.get(error.fault, Refusal.BROKEN)
    return None
