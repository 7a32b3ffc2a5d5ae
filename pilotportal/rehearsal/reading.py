"""Reads back what was written, with other means than those that wrote it: the text of a PDF, the cells of a workbook."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pikepdf

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Cell = str | float | None


def pages_of(content: bytes) -> list[str]:
    """The text of each page, by the maps that the fonts carry. Raises pikepdf.PdfError for what is no PDF."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return ["".join(_shown(page.obj, page.obj)) for page in pdf.pages]


def _shown(stream: pikepdf.Object, owner: pikepdf.Object) -> Iterator[str]:
    """Text of a page, or of a form that the page draws."""
    resources = owner.get("/Resources", pikepdf.Dictionary())
    fonts = {name: _letters(font) for name, font in resources.get("/Font", pikepdf.Dictionary()).items()}
    forms = resources.get("/XObject", pikepdf.Dictionary())
    letters: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(stream):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) == "Tf":
            letters = fonts[str(operands[0])]
        elif str(operator) in {"Tj", "'", '"'}:
            yield _decoded(bytes(operands[-1]), letters)
        elif str(operator) == "TJ":
            yield from (_decoded(bytes(part), letters) for part in operands[0] if isinstance(part, pikepdf.String))
        elif str(operator) == "Do" and forms[str(operands[0])].get("/Subtype") == "/Form":
            yield from _shown(forms[str(operands[0])], forms[str(operands[0])])


def _decoded(text: bytes, letters: dict[bytes, str]) -> str:
    return "".join(letters.get(text[i : i + 2], "") for i in range(0, len(text), 2))


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    """The font's own map from two-byte codes to text; nothing where it carries none."""
    if "/ToUnicode" not in font:
        return {}
    table = font.ToUnicode.read_bytes().decode("ascii", errors="replace")
    pairs = "".join(re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL))
    return {bytes.fromhex(code): _unicode(text) for code, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]*)>", pairs)}


def _unicode(text: str) -> str:
    return bytes.fromhex(text).decode("utf-16-be", errors="replace")


def sheets_of(content: bytes) -> dict[str, list[list[Cell]]]:
    """Every sheet of a workbook as rows of cells: text, numbers, None. Raises zipfile.BadZipFile for what is no workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book, relations = _xml(archive, "xl/workbook.xml"), _xml(archive, "xl/_rels/workbook.xml.rels")
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        texts = ["".join(part.text or "" for part in item.iter(f"{SPREADSHEET}t")) for item in _xml(archive, "xl/sharedStrings.xml")]
        return {
            sheet.get("name", ""): list(_rows(_xml(archive, f"xl/{targets[sheet.get(RELATION)]}"), texts))
            for sheet in book.iter(f"{SPREADSHEET}sheet")
        }


def _rows(sheet: ET.Element, texts: list[str]) -> Iterator[list[Cell]]:
    for row in sheet.iter(f"{SPREADSHEET}row"):
        cells: list[Cell] = []
        for cell in row:
            column = _column(cell.get("r", ""))
            cells += [None] * (column - len(cells)) + [_value(cell, texts)]
        yield cells


def _column(reference: str) -> int:
    """From 0: the letters of "AB12" in base 26."""
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ET.Element, texts: list[str]) -> Cell:
    value = cell.findtext(f"{SPREADSHEET}v")
    if value is None:
        return None
    return texts[int(value)] if cell.get("t") == "s" else value if cell.get("t") == "str" else float(value)


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314 - our own worker wrote it
