"""What an uploaded file must be, judged by its content; how its parts follow each other; and who is given a file that may be harmful."""

import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath

import puremagic

from pilotportal.documents import bounded, inspection, pictures
from pilotportal.files.enums import MediaType, Refusal, ScanState

UPLOADABLE = {MediaType.PDF, MediaType.JPEG, MediaType.PNG}
SUFFIXES = {MediaType.PDF: {".pdf"}, MediaType.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"}, MediaType.PNG: {".png"}}
MOST_PAGES = 500
HEAD = 1024  # bytes in which readers look for the beginning of a PDF, and its type is recognised
PART = 2**20  # bytes sent in one request
ABANDONED_AFTER = timedelta(days=7)
REFUSAL_OF_FAULT = {
    inspection.Fault.ENCRYPTED: Refusal.ENCRYPTED,
    inspection.Fault.SCRIPTED: Refusal.ACTIVE,
    inspection.Fault.EMBEDDED: Refusal.ACTIVE,
    inspection.Fault.TOO_LONG: Refusal.TOO_LONG,
    inspection.Fault.TOO_COMPLEX: Refusal.TOO_COMPLEX,
    inspection.Fault.BOMB: Refusal.TOO_COMPLEX,
    inspection.Fault.NOT_A_PDF: Refusal.WRONG_TYPE,
    pictures.Fault.BROKEN: Refusal.BROKEN_PICTURE,
    pictures.Fault.TOO_MANY_PIXELS: Refusal.TOO_MANY_PIXELS,
}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Of an uploaded file: why it is refused, or its type and, for a PDF, its pages."""

    refusal: Refusal | None = None
    media_type: MediaType | None = None
    pages: int | None = None


def judge(path: Path, *, name: str = "") -> Judgement:
    """Looks at the bytes at `path`; `name`, where given, must not claim another type."""
    if not path.stat().st_size:
        return Judgement(refusal=Refusal.EMPTY)
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    media_type = media_type_of(head)
    if media_type not in UPLOADABLE:
        return Judgement(refusal=Refusal.WRONG_TYPE)
    if refusal := _why_not_this_name(name, media_type) or _why_not_one_kind(path, head, media_type):
        return Judgement(refusal=refusal, media_type=media_type)
    found = bounded.inspect(path, is_pdf=media_type == MediaType.PDF, max_pages=MOST_PAGES)
    if found.fault:
        return Judgement(refusal=REFUSAL_OF_FAULT.get(found.fault, Refusal.BROKEN), media_type=media_type)  # type: ignore[call-overload]
    return Judgement(media_type=media_type, pages=found.pages)


def media_type_of(head: bytes) -> MediaType | None:
    """By the first bytes; whether the rest keeps the promise is looked at afterwards."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return None
    return MediaType(found) if found in MediaType.values else None


def why_not_begin(*, name: str, size: int, limit: int, room: int) -> Refusal | None:
    """Before the first byte: by the name and the declared size in bytes. What is true is seen when the file has arrived."""
    if not any(PurePath(name).suffix.lower() in suffixes for suffixes in SUFFIXES.values()):
        return Refusal.NOT_TAKEN
    if size <= 0:
        return Refusal.EMPTY
    if size > limit:
        return Refusal.TOO_LARGE
    return Refusal.NO_ROOM if size > room else None


def why_not_append(*, claimed: bool, offset: int, length: int, received: int, size: int) -> Refusal | None:
    """Parts have PART bytes, the last one what is left, and follow each other without gap or overlap."""
    if not claimed:
        return Refusal.ELSEWHERE
    if offset != received or not length or length != min(PART, size - received):
        return Refusal.OUT_OF_STEP
    return None


def why_not_serve(scan_state: str, *, own: bool) -> Refusal | None:
    """`own`: to those who hand the file in. What nobody scanned is served, and staff are told so."""
    if scan_state == ScanState.INFECTED:
        return Refusal.WITHHELD
    return Refusal.BEING_CHECKED if scan_state == ScanState.PENDING and not own else None


def _why_not_this_name(name: str, media_type: MediaType) -> Refusal | None:
    return Refusal.WRONG_NAME if name and PurePath(name).suffix.lower() not in SUFFIXES[media_type] else None


def _why_not_one_kind(path: Path, head: bytes, media_type: MediaType) -> Refusal | None:
    """A picture that readers of PDFs open as one, or anything that unpacks as an archive as well."""
    if media_type != MediaType.PDF and b"%PDF-" in head:
        return Refusal.TWO_KINDS
    return Refusal.TWO_KINDS if _is_archive(path) else None


def _is_archive(path: Path) -> bool:
    """The signature alone can stand in compressed data by chance; a directory that can be read cannot."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
