"""How a stored file leaves the portal, after the caller has asked the rights."""

from django.core.files.storage import default_storage
from django.http import FileResponse

from pilotportal.files.models import StoredFile


def download(file: StoredFile, *, name: str) -> FileResponse:
    response = FileResponse(default_storage.open(file.path), as_attachment=True, filename=name, content_type=file.media_type)
    response.headers["X-Content-Digest"] = file.digest
    response.headers["Cache-Control"] = "private, no-store"
    return response
