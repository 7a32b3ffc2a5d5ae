"""Documents are read back with poppler and pikepdf, never with what wrote them."""

import re
import subprocess
from dataclasses import dataclass
from html import unescape

POINTS_PER_MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A run of text with its edges in millimetres from the page's upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def pages(content: bytes) -> list[str]:
    """The text of each page, in reading order."""
    return _poppler(content, "-layout").split("\f")[:-1]


def words(content: bytes) -> list[list[Word]]:
    """The words of each page with their places."""
    found = []
    for page in _poppler(content, "-bbox").split("<page ")[1:]:
        edges = [([float(edge) / POINTS_PER_MM for edge in word[:4]], unescape(word[4])) for word in WORD.findall(page)]
        found.append([Word(*sides, text) for sides, text in edges])
    return found


def _poppler(content: bytes, *options: str) -> str:
    reader = subprocess.run(["pdftotext", *options, "-", "-"], input=content, capture_output=True, check=True)
    return reader.stdout.decode()
