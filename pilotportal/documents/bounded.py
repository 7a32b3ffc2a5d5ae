"""Inspection of an uploaded file in a process of its own, with limits of memory and time that end it and not the portal.

A PDF or a picture of a few kilobytes can unpack to gigabytes in the library that reads it, before any check of ours is asked.
"""

import json
import re
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from pilotportal.documents.inspection import Fault, PdfError, inspect_pdf
from pilotportal.documents.pictures import Fault as PictureFault
from pilotportal.documents.pictures import PictureError, inspect_picture

log = structlog.get_logger(__name__)

MEMORY = 1536 * 2**20  # bytes of address space beyond the file itself
SECONDS = 25  # of processor
PATIENCE = 40  # seconds on the wall, for a busy machine
SIMPLE = 128 * 1024
PACKED_STRUCTURE = re.compile(rb"ObjStm|XRef|#")


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """Either a fault, or the pages of a PDF; a picture has neither."""

    fault: str = ""
    pages: int | None = None


def inspect(path: Path, *, is_pdf: bool, max_pages: int) -> Inspected:
    """Never raises for what the file holds; a file that exhausts its limits is a bomb."""
    if is_pdf and _is_simple(path):
        return _looked_at(path, is_pdf=is_pdf, max_pages=max_pages)
    order = [sys.executable, "-m", __name__, str(path), "pdf" if is_pdf else "picture", str(max_pages)]
    try:
        ended = subprocess.run(order, cwd=settings.BASE_DIR, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Inspected(fault=_exhausted(is_pdf=is_pdf))
    if ended.returncode:
        log.warning("inspection ended", status=ended.returncode, last_words=ended.stderr[-500:].decode(errors="replace"))
        return Inspected(fault=_exhausted(is_pdf=is_pdf))
    return Inspected(**json.loads(ended.stdout))


def _is_simple(path: Path) -> bool:
    """Small, and nothing in its structure is packed: reading such a file unpacks nothing, and inflates at most 132 MB piece by piece."""
    return path.stat().st_size <= SIMPLE and not PACKED_STRUCTURE.search(path.read_bytes())


def _exhausted(*, is_pdf: bool) -> str:
    return str(Fault.BOMB if is_pdf else PictureFault.TOO_MANY_PIXELS)


def _looked_at(path: Path, *, is_pdf: bool, max_pages: int) -> Inspected:
    try:
        if is_pdf:
            with path.open("rb") as stream:
                return Inspected(pages=inspect_pdf(stream, max_pages=max_pages).pages)
        inspect_picture(path)
    except (PdfError, PictureError) as error:
        return Inspected(fault=str(error.fault.value))
    return Inspected()


def _main(arguments: list[str]) -> None:
    path, kind, max_pages = Path(arguments[0]), arguments[1], int(arguments[2])
    limit = MEMORY + path.stat().st_size
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found: dict[str, Any] = asdict(_looked_at(path, is_pdf=kind == "pdf", max_pages=max_pages))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1:])
