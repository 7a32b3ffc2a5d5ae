"""What is looked at before a workbook is parsed: the parts of its ZIP, how large they are, and where formulas stand.

A reader of workbooks trusts what the file says about itself: it unpacks what the directory understates, and lays out a sheet as a full
rectangle up to its farthest cell. So every part is unpacked here within bounds, read through once, and packed anew.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 5 * 2**20
LARGEST_UNPACKED = 16 * 2**20
MOST_PARTS = 300
MOST_ROWS, MOST_COLUMNS = 2000, 100
MOST_CELLS = 400_000  # of all sheets' rectangles together
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
PERCENT_FORMATS = {"9", "10"}
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an OLE container: Excel 97–2003, or an encrypted file of today
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"

Place = tuple[int, int]  # row and column, from 0


class Fault(TextChoices):
    EMPTY = "empty", _("The file is empty. Choose the file again.")
    TOO_LARGE = "too_large", _("The workbook is larger than a filled-in form can be. Download the form again and fill that in.")
    NOT_A_WORKBOOK = "not_a_workbook", _("This is not an Excel workbook (.xlsx), whatever its name says.")
    OLD_FORMAT = "old_format", _("This is a workbook of the old format (.xls). Save it as .xlsx and upload that.")
    OTHER_FORMAT = "other_format", _("This is a workbook of another format. Save it as .xlsx and upload that.")
    TEXT = "text", _("This is a text file such as .csv. Fill in the downloaded form and upload that as .xlsx.")
    ENCRYPTED = "encrypted", _("The workbook is protected by a password. Remove the password and upload it again.")
    MACROS = "macros", _("The workbook contains macros. Save it as .xlsx, without macros, and upload that.")
    BROKEN = "broken", _("The workbook is damaged and cannot be read. Save it again and upload the new file.")


class SpreadsheetError(Exception):
    """A workbook is refused; `fault` says why, and so does `str()` for people."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return str(self.fault.label)


@dataclass
class Cells:
    """Where in a sheet something stands that its value alone does not tell."""

    formulas: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    percents: set[Place] = field(default_factory=set)


@dataclass(frozen=True)
class Parts:
    """A workbook within bounds: `content` is safe to parse, `cells` go by the name of the sheet."""

    content: bytes
    cells: dict[str, Cells]


def inspected(content: bytes) -> Parts:
    """Raises SpreadsheetError."""
    if fault := _why_not_open(content):
        raise SpreadsheetError(fault)
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = dict(_unpacked(archive))
        return _read_through(members)
    except (BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        raise SpreadsheetError(Fault.BROKEN) from error


def _why_not_open(content: bytes) -> Fault | None:
    if not content:
        return Fault.EMPTY
    if len(content) > LARGEST_FILE:
        return Fault.TOO_LARGE
    if content.startswith(OLD_OFFICE):
        return Fault.ENCRYPTED if ENCRYPTED_PACKAGE in content else Fault.OLD_FORMAT
    if content.startswith(b"PK"):
        return None
    return Fault.TEXT if _is_text(content) else Fault.NOT_A_WORKBOOK


def _is_text(content: bytes) -> bool:
    return b"\x00" not in content and not content.startswith((b"%PDF", b"{\\rtf", b"<"))


def _unpacked(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Every part by its name. What the directory says is checked first, what comes out of it afterwards."""
    listed = archive.infolist()
    names = [member.filename for member in listed]
    if len(listed) > MOST_PARTS or sum(member.file_size for member in listed) > LARGEST_UNPACKED:
        raise SpreadsheetError(Fault.TOO_LARGE)
    if fault := _why_not_parts(archive, names):
        raise SpreadsheetError(fault)
    for member in listed:
        with archive.open(member) as stream:
            yield member.filename, stream.read(LARGEST_UNPACKED)


def _why_not_parts(archive: ZipFile, names: list[str]) -> Fault | None:
    if any(member.flag_bits & 1 for member in archive.infolist()):
        return Fault.ENCRYPTED
    if "xl/vbaProject.bin" in names or any(name.startswith("xl/macrosheets/") for name in names):
        return Fault.MACROS
    if "xl/workbook.bin" in names or ("mimetype" in names and archive.read("mimetype").startswith(OPEN_DOCUMENT)):
        return Fault.OTHER_FORMAT
    if "xl/workbook.xml" not in names:
        return Fault.NOT_A_WORKBOOK
    return Fault.BROKEN if len(set(names)) < len(names) else None


def _read_through(members: dict[str, bytes]) -> Parts:
    percents = _Styles(members["xl/styles.xml"]).percents if "xl/styles.xml" in members else set()
    sheets: dict[str, _Sheet] = {}
    room = MOST_CELLS
    for name, content in members.items():
        if name.endswith((".xml", ".rels")):
            sheets[name] = _Sheet(content, percents)
            room -= sheets[name].extent
    if room < 0:
        raise SpreadsheetError(Fault.TOO_LARGE)
    paths = _Names(members["xl/workbook.xml"], members["xl/_rels/workbook.xml.rels"]).paths
    return Parts(_packed(members), {name: sheets[path].cells for name, path in paths.items()})


def _packed(members: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


class _Reader:
    """Goes once through a part of XML; elements are told by their local names."""

    def __init__(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = lambda name, facts: self.start(name.rpartition(":")[2], facts)
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.Parse(content, True)

    def _refuse(self, *_declaration: Any) -> None:
        """No workbook needs a document type; with it go the entities that grow."""
        raise SpreadsheetError(Fault.BROKEN)

    def start(self, name: str, facts: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


class _Names(_Reader):
    """`paths`: where each sheet lies, by its name."""

    def __init__(self, workbook: bytes, relations: bytes) -> None:
        self.targets: dict[str, str] = {}
        self.names: dict[str, str] = {}
        super().__init__(relations)
        super().__init__(workbook)
        self.paths = {name: self._path(self.targets[relation]) for name, relation in self.names.items()}

    def start(self, name: str, facts: dict[str, str]) -> None:
        if name == "Relationship" and facts.get("Type", "").endswith("/worksheet"):
            self.targets[facts["Id"]] = facts["Target"]
        elif name == "sheet":
            relation = next(value for key, value in facts.items() if key.rpartition(":")[2] == "id")
            if relation in self.targets:  # a chart sheet holds no cells
                self.names[facts["name"]] = relation

    @staticmethod
    def _path(target: str) -> str:
        return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


class _Styles(_Reader):
    """`percents`: the numbers of the cell formats that show a hundredth as 1 %."""

    def __init__(self, content: bytes) -> None:
        self.formats, self.percents, self.count, self.inside = set(PERCENT_FORMATS), set[str](), 0, False
        super().__init__(content)

    def start(self, name: str, facts: dict[str, str]) -> None:
        if name == "numFmt" and "%" in facts.get("formatCode", ""):
            self.formats.add(facts["numFmtId"])
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            if facts.get("numFmtId") in self.formats:
                self.percents.add(str(self.count))
            self.count += 1

    def end(self, name: str) -> None:
        self.inside = self.inside and name != "cellXfs"


class _Sheet(_Reader):
    """A sheet's cells; any other part simply has none. Cells without a place of their own follow the one before."""

    def __init__(self, content: bytes, percents: set[str]) -> None:
        self.percents, self.cells = percents, Cells()
        self.row, self.column, self.kind, self.style = -1, -1, "", ""
        self.last_row, self.last_column = -1, -1
        super().__init__(content)

    @property
    def extent(self) -> int:
        return (self.last_row + 1) * (self.last_column + 1)

    def start(self, name: str, facts: dict[str, str]) -> None:
        if name == "row":
            self.row, self.column = int(facts.get("r", self.row + 2)) - 1, -1
        elif name == "c":
            self.row, self.column = place_of(facts["r"]) if "r" in facts else (self.row, self.column + 1)
            self.kind, self.style = facts.get("t", ""), facts.get("s", "")
        elif name in {"v", "f", "is"}:
            self._note(name, facts)

    def _note(self, name: str, facts: dict[str, str]) -> None:
        """A cell that holds something; an empty one that is only formatted takes no room."""
        place = (self.row, self.column)
        self._reach(place)
        if name == "f":
            self.cells.formulas.add(place)
            self.cells.formulas.update(self._spilled(facts.get("ref", "")))
        elif self.kind == "e":
            self.cells.errors.add(place)
        elif self.style in self.percents and self.kind in {"", "n"}:
            self.cells.percents.add(place)

    def _reach(self, place: Place) -> None:
        if not (0 <= place[0] < MOST_ROWS and 0 <= place[1] < MOST_COLUMNS):
            raise SpreadsheetError(Fault.TOO_LARGE)
        self.last_row, self.last_column = max(self.last_row, place[0]), max(self.last_column, place[1])

    def _spilled(self, area: str) -> Iterator[Place]:
        """An array formula fills its whole area, though only its first cell says so."""
        if area:
            first, _colon, last = area.partition(":")
            (top, left), (bottom, right) = place_of(first), place_of(last or first)
            self._reach((bottom, right))
            yield from product(range(top, bottom + 1), range(left, right + 1))


def place_of(reference: str) -> Place:
    """`B3` is row 2, column 1. Raises ValueError."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference!r} names no cell.")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def cell_name(place: Place) -> str:
    """Row 2, column 1 is `B3`."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
