"""A program of its own, started by `bounded`: looks at an uploaded file and prints what it found as JSON.

It imports as little as it can: every upload waits for its start.
"""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from pilotportal.documents.inspection import PdfError, inspect_pdf
from pilotportal.documents.pictures import PictureError, inspect_picture

MEMORY = 1536 * 2**20  # bytes of address space beyond the file itself
SECONDS = 25  # of processor


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """Either a fault, or the pages of a PDF; a picture has neither."""

    fault: str = ""
    pages: int | None = None


def looked_at(path: Path, *, is_pdf: bool, max_pages: int) -> Inspected:
    """Never raises for what the file holds."""
    try:
        if is_pdf:
            with path.open("rb") as stream:
                return Inspected(pages=inspect_pdf(stream, max_pages=max_pages).pages)
        inspect_picture(path)
    except (PdfError, PictureError) as error:
        return Inspected(fault=error.fault)
    return Inspected()


def main(arguments: list[str]) -> None:
    path, kind, max_pages = Path(arguments[0]), arguments[1], int(arguments[2])
    limit = MEMORY + path.stat().st_size
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(asdict(looked_at(path, is_pdf=kind == "pdf", max_pages=max_pages)), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
