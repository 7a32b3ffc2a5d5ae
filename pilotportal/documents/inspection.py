"""Whether an uploaded PDF is what it claims to be, by its content: readable, unencrypted, and nothing in it that acts.

Every object of the file is looked at, also those that no page refers to: what lies hidden now may be referred to by a later edit.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import BinaryIO

import pikepdf

MOST_OBJECTS = 200_000
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMediaExecute"}
MOST_UNPACKED = 256 * 2**20  # bytes of one stream that is not a picture
MOST_UNPACKED_IN_ALL = 2**30
MOST_PIXELS = 400_000_000  # of one picture inside a PDF: A3 at 1200 dpi has 278 million
INFLATED_AT_ONCE = 2**20
PACKING = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
MILLIMETRE = Decimal(72) / Decimal("25.4")
A4 = (210, 297)
TOLERANCE = 6  # millimetres; scanners cut unevenly


class Fault(StrEnum):
    NOT_A_PDF = "not_a_pdf"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    SCRIPTED = "scripted"  # a script, or an action that starts by itself
    EMBEDDED = "embedded"  # other files inside
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_COMPLEX = "too_complex"
    BOMB = "bomb"  # unpacks to far more than a document needs


class PdfError(Exception):
    """An uploaded PDF is refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, kw_only=True)
class PdfFacts:
    """`repaired`: the file is damaged, but all of it could be read. `signed`: it holds a digital signature (not verified here)."""

    pages: int
    version: str
    all_a4: bool
    signed: bool
    repaired: bool


def inspect_pdf(stream: BinaryIO, *, max_pages: int) -> PdfFacts:
    """Facts about the PDF in `stream`, which is left at its start. Raises PdfError."""
    try:
        return _inspected(stream, max_pages)
    except pikepdf.PasswordError as error:
        raise PdfError(Fault.ENCRYPTED) from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:  # whatever qpdf finds no better word for
        raise PdfError(Fault.BROKEN) from error
    finally:
        stream.seek(0)


def _inspected(stream: BinaryIO, max_pages: int) -> PdfFacts:
    stream.seek(0)
    if not re.match(rb"%PDF-[12]\.\d", stream.read(8)):
        raise PdfError(Fault.NOT_A_PDF)
    stream.seek(0)
    with pikepdf.open(stream, suppress_warnings=True) as pdf:
        if pdf.is_encrypted:
            raise PdfError(Fault.ENCRYPTED)
        if len(pdf.objects) > MOST_OBJECTS:
            raise PdfError(Fault.TOO_COMPLEX)
        pages = len(pdf.pages)
        if not pages:
            raise PdfError(Fault.EMPTY)
        if pages > max_pages:
            raise PdfError(Fault.TOO_LONG)
        signed = _refuse_what_acts(pdf)
        _refuse_bombs(pdf)
        return PdfFacts(
            pages=pages,
            version=pdf.pdf_version,
            all_a4=all(_is_a4(page) for page in pdf.pages),
            signed=signed,
            repaired=bool(pdf.get_warnings()),
        )


def _refuse_what_acts(pdf: pikepdf.Pdf) -> bool:
    """Returns whether a signature was met on the way."""
    signed = False
    for dictionary in _dictionaries(pdf):
        if "/JS" in dictionary or "/XFA" in dictionary or _name(dictionary, "/S") in ACTIONS:
            raise PdfError(Fault.SCRIPTED)
        if "/EF" in dictionary or _name(dictionary, "/Type") == "/EmbeddedFile":
            raise PdfError(Fault.EMBEDDED)
        signed = signed or (_name(dictionary, "/Type") in {"/Sig", "/DocTimeStamp"} and "/ByteRange" in dictionary)
    return signed


def _refuse_bombs(pdf: pikepdf.Pdf) -> None:
    """A few kilobytes can unpack to gigabytes in whatever opens the file later. Pictures are bounded by the size that they declare."""
    unpacked = 0
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        if sum(name in PACKING for name in _filters(thing)) > 1:
            raise PdfError(Fault.BOMB)
        if _name(thing, "/Subtype") == "/Image":
            unpacked += 0 if _pixels(thing) <= MOST_PIXELS else MOST_UNPACKED_IN_ALL + 1
        else:
            unpacked += _unpacked_size(thing)
        if unpacked > MOST_UNPACKED_IN_ALL:
            raise PdfError(Fault.BOMB)


def _unpacked_size(stream: pikepdf.Stream) -> int:
    """Bytes, counted and thrown away piece by piece. Raises PdfError beyond MOST_UNPACKED; what does not inflate counts as it is."""
    raw = bytes(stream.read_raw_bytes())
    if _filters(stream)[:1] not in (["/FlateDecode"], ["/Fl"]):
        return len(raw)
    inflater, size = zlib.decompressobj(), 0
    try:
        while raw:
            size += len(inflater.decompress(raw, INFLATED_AT_ONCE))
            raw = inflater.unconsumed_tail
            if size > MOST_UNPACKED:
                raise PdfError(Fault.BOMB)
    except zlib.error:
        return size
    return size


def _filters(stream: pikepdf.Stream) -> list[str]:
    named = stream.get("/Filter")
    if isinstance(named, pikepdf.Array):
        return [str(name) for name in named]
    return [str(named)] if isinstance(named, pikepdf.Name) else []


def _pixels(picture: pikepdf.Stream) -> int:
    width, height = picture.get("/Width", 0), picture.get("/Height", 0)
    return int(width) * int(height) if isinstance(width, int) and isinstance(height, int) else 0


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """All dictionaries, also those inside others and those of streams. Indirect objects are met once, in the file's own list."""
    for indirect in pdf.objects:
        waiting = [indirect]
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
                yield thing
                waiting += [value for value in dict(thing.items()).values() if _is_direct(value)]
            elif isinstance(thing, pikepdf.Array):
                waiting += [value for value in thing if _is_direct(value)]


def _is_direct(value: object) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _name(dictionary: pikepdf.Object, key: str) -> str:
    value = dictionary.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_a4(page: pikepdf.Page) -> bool:
    left, bottom, right, top = (Decimal(str(side)) for side in page.cropbox)
    unit = Decimal(str(page.obj.get("/UserUnit", 1)))
    sides = sorted(abs(side) * unit / MILLIMETRE for side in (right - left, top - bottom))
    return all(abs(side - wanted) <= TOLERANCE for side, wanted in zip(sides, A4, strict=True))
