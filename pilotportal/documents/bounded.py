"""Inspection of an uploaded file in a process of its own, with limits of memory and time that end it and not the portal.

A PDF or a picture of a few kilobytes can unpack to gigabytes in the library that reads it, before any check of ours is asked.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import structlog
from django.conf import settings

from pilotportal.documents import inspector
from pilotportal.documents.inspection import Fault
from pilotportal.documents.inspector import Inspected, looked_at
from pilotportal.documents.pictures import Fault as PictureFault

log = structlog.get_logger(__name__)

PATIENCE = 40  # seconds on the wall, for a busy machine
SIMPLE = 128 * 1024
PACKED_STRUCTURE = re.compile(rb"ObjStm|XRef|#")


def inspect(path: Path, *, is_pdf: bool, max_pages: int) -> Inspected:
    """Never raises for what the file holds; a file that exhausts its limits is a bomb."""
    if is_pdf and _is_simple(path):
        return looked_at(path, is_pdf=is_pdf, max_pages=max_pages)
    order = [sys.executable, "-m", inspector.__name__, str(path), "pdf" if is_pdf else "picture", str(max_pages)]
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
    return Fault.BOMB if is_pdf else PictureFault.TOO_MANY_PIXELS
