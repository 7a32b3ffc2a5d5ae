"""Reading of workbooks (XLSX) that people send: what stands in the cells, or why it cannot be taken as an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from pilotportal.documents.sheetparts import Cells, Fault, Place, SpreadsheetError, cell_name, inspected, place_of

__all__ = ["Fault", "Grid", "Place", "Problem", "SpreadsheetError", "Unreadable", "cell_name", "place_of", "spreadsheet"]


class Problem(TextChoices):
    FORMULA = "formula", _("A formula stands here. Enter the value itself.")
    ERROR = "error", _("An error of the spreadsheet stands here. Enter the value itself.")
    DATE = "date", _("A date or a time stands here. Format the cell as text and enter it again.")


class Unreadable(ValueError):
    """A cell holds what is no entry; `str()` is the sentence for the person."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)

    def __str__(self) -> str:
        return str(self.problem.label)


@dataclass(frozen=True)
class Grid:
    """One sheet. Rows and columns count from 0; beyond the last one everything is empty."""

    name: str
    rows: Sequence[Sequence[Any]]
    cells: Cells

    def holds(self, place: Place) -> bool:
        return self._value(place) != "" or place in self.cells.formulas or place in self.cells.errors

    def text(self, place: Place) -> str:
        """What a person reads in the cell, numbers with all their digits; 35 % stands there as “35%”. Raises Unreadable."""
        value = self._value(place)
        if place in self.cells.formulas:
            raise Unreadable(Problem.FORMULA)
        if place in self.cells.errors:
            raise Unreadable(Problem.ERROR)
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, (int, float)):
            return f"{_digits(Decimal(repr(value)) * 100)}%" if place in self.cells.percents else _digits(Decimal(repr(value)))
        if not isinstance(value, str):
            raise Unreadable(Problem.DATE)
        return value

    def mark(self, place: Place) -> str:
        """The same of a cell that the portal wrote itself; nothing where it no longer can be read."""
        try:
            return self.text(place).strip()
        except Unreadable:
            return ""

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def _value(self, place: Place) -> Any:
        row, column = place
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""


def spreadsheet(content: bytes) -> Mapping[str, Grid]:
    """The sheets of a workbook by their names, in their order. Raises SpreadsheetError."""
    parts = inspected(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(parts.content)) as book:
            found = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names if name in parts.cells]
            return {name: Grid(name, sheet.to_python(skip_empty_area=False), parts.cells[name]) for name, sheet in found}
    except (CalamineError, ValueError, OverflowError) as error:
        raise SpreadsheetError(Fault.BROKEN) from error
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":  # the reader's own; it is no Exception, and ends a worker where nobody stops it
            raise
        raise SpreadsheetError(Fault.BROKEN) from panic


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
