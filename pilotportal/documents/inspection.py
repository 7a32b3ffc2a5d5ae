"""Whether an uploaded PDF is what it claims to be, by its content: readable, unencrypted, and nothing in it that acts.

Every object of the file is looked at, also those that no page refers to: what lies hidden now may be referred to by a later edit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

import pikepdf
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_OBJECTS = 200_000
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMediaExecute"}
MILLIMETRE = Decimal(72) / Decimal("25.4")
A4 = (210, 297)
TOLERANCE = 6  # millimetres; scanners cut unevenly


class Fault(TextChoices):
    NOT_A_PDF = "not_a_pdf", _("The file is not a PDF.")
    BROKEN = "broken", _("The PDF is damaged and cannot be read.")
    ENCRYPTED = "encrypted", _("The PDF is encrypted. Save it without a password and without restrictions.")
    SCRIPTED = "scripted", _("The PDF contains a script or an action that starts by itself.")
    EMBEDDED = "embedded", _("The PDF contains other files. Upload them separately.")
    EMPTY = "empty", _("The PDF has no page.")
    TOO_LONG = "too_long", _("The PDF has too many pages.")
    TOO_COMPLEX = "too_complex", _("The PDF is too complicated to be checked. Print it to a new PDF.")


class PdfError(Exception):
    """An uploaded PDF is refused; `fault` says why, and so does `str()` for people."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return str(self.fault.label)


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
