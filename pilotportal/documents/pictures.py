"""Whether an uploaded picture is what it claims to be: a JPEG or PNG that can be drawn, of a size that a page can bear."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

MOST_PIXELS = 100_000_000  # A3 at 600 dpi has 70 million
FORMATS = ("JPEG", "PNG")


class Fault(StrEnum):
    BROKEN = "broken_picture"
    TOO_MANY_PIXELS = "too_many_pixels"


class PictureError(Exception):
    """An uploaded picture is refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    width: int
    height: int


def inspect_picture(path: Path) -> PictureFacts:
    """Draws the picture once, after its declared size has been looked at. Raises PictureError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit stands below
            return _drawn(path)
    except Image.DecompressionBombError as error:
        raise PictureError(Fault.TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, MemoryError) as error:  # whatever Pillow finds no better word for
        raise PictureError(Fault.BROKEN) from error


def _drawn(path: Path) -> PictureFacts:
    with Image.open(path, formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise PictureError(Fault.TOO_MANY_PIXELS)
        picture.load()
    return PictureFacts(width=width, height=height)
