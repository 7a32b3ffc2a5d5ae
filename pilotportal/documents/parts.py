"""What a document carries besides its text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import to_locale


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Templates know it as `document`. `language` is Django's code (`zh-hans`), `lang` the one of HTML and PDF (`zh-Hans`)."""

    title: str
    language: str
    created: datetime
    demonstration: bool

    def __post_init__(self) -> None:
        if self.created.tzinfo is None:
            raise ValueError("A document's moment must say its time zone.")

    @property
    def lang(self) -> str:
        return to_locale(self.language).replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file inside the PDF, by default the data that it was written from."""

    name: str
    content: bytes
    description: str
    relationship: str = "Source"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Ties each printed page to its record: the public code, the digest with its algorithm's name, the address that verifies it."""

    code: str
    digest: str
    address: str = ""

    @property
    def algorithm(self) -> str:
        return self.digest.partition(":")[0].upper()

    @property
    def groups(self) -> list[str]:
        """The whole digest in groups of eight characters, to be compared by eye."""
        return _groups(self.digest.partition(":")[2], 8)

    @property
    def short(self) -> str:
        """The first sixteen characters in groups of four, for the foot of each page."""
        return " ".join(_groups(self.digest.partition(":")[2][:16], 4))


def _groups(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`width` is a share of the table in per cent: with all widths given, no width has to be searched for."""

    title: str
    width: float
    numeric: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    caption: str = ""
    note: str = ""

    def aligned_rows(self) -> Iterator[list[tuple[Any, bool]]]:
        """Each cell with whether its column is numeric."""
        for row in self.rows:
            yield [(cell, column.numeric) for cell, column in zip(row, self.columns, strict=True)]
