"""How a stored file leaves the portal, after the caller has asked the rights."""

from typing import Protocol

from django.core.files.storage import default_storage
from django.http import FileResponse

from pilotportal.files.models import StoredFile

ALONE = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
DRAWN_BY_BROWSER = f"{ALONE}; style-src 'unsafe-inline'; object-src 'self'"


class Give(Protocol):
    def __call__(self, file: StoredFile, *, name: str) -> FileResponse: ...


def download(file: StoredFile, *, name: str) -> FileResponse:
    return _served(file, name=name, as_attachment=True)


def show(file: StoredFile, *, name: str) -> FileResponse:
    """To be looked at in the page. A picture is shut in a sandbox; the browser's own reader of PDFs refuses to work in one."""
    response = _served(file, name=name, as_attachment=False)
    response.headers["Content-Security-Policy"] = f"{ALONE}; sandbox" if file.is_picture else DRAWN_BY_BROWSER
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _served(file: StoredFile, *, name: str, as_attachment: bool) -> FileResponse:
    response = FileResponse(default_storage.open(file.path), as_attachment=as_attachment, filename=name, content_type=file.media_type)
    response.headers["X-Content-Digest"] = file.digest
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
