"""Keeping of files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from pilotportal.digests import digest, digest_of_stream
from pilotportal.files import rules
from pilotportal.files.enums import MediaType, Refusal, ScanState
from pilotportal.files.models import StoredFile
from pilotportal.files.services import scanning

MEGABYTE = 2**20


class Refused(Exception):
    """A file is not taken. `str()` is the sentence for the person; `limit` is in bytes."""

    def __init__(self, refusal: Refusal, *, limit: int | None = None, kind: str = "") -> None:
        self.refusal = refusal
        self._facts = {"limit": (settings.UPLOAD_LIMIT if limit is None else limit) // MEGABYTE, "kind": kind}
        super().__init__(refusal)

    def __str__(self) -> str:
        return str(self.refusal.label) % self._facts


def store_upload(content: bytes, *, at: datetime, name: str = "") -> StoredFile:
    """Keep an uploaded file and have it scanned. Raises Refused where its content is not what may be uploaded, or not what `name` says."""
    if len(content) > settings.UPLOAD_LIMIT:
        raise Refused(Refusal.TOO_LARGE)
    with workspace() as file:
        file.write(content)
        file.flush()
        return keep_upload(Path(file.name), at=at, name=name)


def keep_upload(path: Path, *, at: datetime, name: str = "") -> StoredFile:
    """The same for a file that lies on the disk already, whatever its size. Nothing reads all of it into memory."""
    judgement = rules.judge(path, name=name)
    if judgement.refusal:
        raise Refused(judgement.refusal, kind=str(judgement.media_type.label) if judgement.media_type else "")
    with path.open("rb") as stream:
        digest = digest_of_stream(stream)
        stream.seek(0)
        stored = _kept(File(stream), digest=digest, size=path.stat().st_size, media_type=judgement.media_type, pages=judgement.pages, at=at)
    if scanning.expect(stored, at=at).state == ScanState.INFECTED:
        raise Refused(Refusal.INFECTED)
    return stored


def store(content: bytes, *, media_type: MediaType, at: datetime, pages: int | None = None) -> StoredFile:
    """Keep bytes of the portal's own making; nobody scans them."""
    return _kept(ContentFile(content), digest=digest(content), size=len(content), media_type=media_type, pages=pages, at=at)


@contextmanager
def workspace() -> Iterator[IO[bytes]]:
    """A nameable temporary file on the disk of the data, since /tmp may be memory."""
    folder = Path(settings.DATA_DIR) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder) as file:
        yield file


def _kept(content: "File[bytes]", *, digest: str, size: int, media_type: MediaType | None, pages: int | None, at: datetime) -> StoredFile:
    """The bytes are written before the row, so a row never lacks them."""
    facts = {"size": size, "media_type": media_type, "pages": pages, "stored_at": at}
    file = StoredFile(digest=digest, **facts)
    if not default_storage.exists(file.path):
        default_storage.save(file.path, content)
    stored, _made = StoredFile.objects.get_or_create(digest=digest, defaults=facts)
    return stored
