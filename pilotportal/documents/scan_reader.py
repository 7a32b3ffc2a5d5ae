"""A program of its own: reads the QR codes of a scan from standard input and prints them as a JSON list.

A scan is somebody else's file, and three libraries in C++ look at it. So this runs as its own process with bounds on memory, time, pages
and pixels, started by `scans`: what kills it kills nothing else. It imports nothing of the portal.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

MEMORY = 1 << 30
SECONDS = 20  # of computing time
PAGES = 10
PIXELS = 100_000_000  # a picture beyond this is not opened; A4 at 600 dpi has 35 million
WORKING_PIXELS = 9_000_000  # A4 at 300 dpi
RESOLUTIONS = (200, 300)  # dots per inch; the second look only where the first found nothing
POINTS = 72
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    found = _in_pdf(content) if content.startswith(b"%PDF-") else _in_picture(content)
    json.dump(found, sys.stdout)


def _in_pdf(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        found = [_in_page(pdf[number]) for number in range(min(len(pdf), PAGES))]
    return list(dict.fromkeys(code for codes in found for code in codes))


def _in_page(page: pypdfium2.PdfPage) -> list[str]:
    for sheet in _sheets(page):
        if codes := _codes(sheet):
            return codes
    return []


def _sheets(page: pypdfium2.PdfPage) -> Iterator[Image.Image]:
    """The page in grey at each resolution, however large it claims to be."""
    area = page.get_width() * page.get_height()
    for resolution in RESOLUTIONS:
        scale = min(resolution / POINTS, (WORKING_PIXELS / area) ** 0.5)
        yield page.render(scale=scale, grayscale=True).to_pil()


def _in_picture(content: bytes) -> list[str]:
    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, and asked before anything is decoded
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > PIXELS:
            return []
        picture.draft("L", _fitting(picture.size))
        upright = ImageOps.exif_transpose(picture).convert("L")
    upright.thumbnail(_fitting(upright.size))
    return _codes(upright)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    scale = min(1, (WORKING_PIXELS / (width * height)) ** 0.5)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _codes(sheet: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(sheet, formats=QR)]


if __name__ == "__main__":
    main()
