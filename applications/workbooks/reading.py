"""A workbook that came back: each entry found by its codes, wherever its sheet, row or column has gone, and read as the page reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications import content
from applications.content.reading import KEY
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section
from applications.enums import Problem
from applications.workbooks.passport import Passport, form_of, passport_of
from applications.workbooks.writing import GROUP, SECTION, options_of
from pilotportal.digests import digest_of
from pilotportal.documents.entrybook import ENTRY, MARK, OURS, PASSPORT
from pilotportal.documents.spreadsheet import Grid, Place, Unreadable, cell_name

LANGUAGES = ("zh-hans", "en")
MOST_STRAY = 20


class NotOurs(TextChoices):
    """Why a workbook is not the form that it should be."""

    FOREIGN = "foreign", gettext_lazy("This workbook was not written by this portal, or its hidden sheet is gone. Download the form again.")
    OTHER_NOMINATION = "other_nomination", gettext_lazy("This workbook belongs to another nomination (%(code)s).")
    OTHER_FORM = "other_form", gettext_lazy("This workbook was written for another version of the form. Download the form again.")


@dataclass(frozen=True)
class CellFault:
    """What is wrong in one cell, or in a sheet as a whole where `cell` is empty."""

    sheet: str
    cell: str
    label: str
    sentence: str


@dataclass
class Filled:
    """What a workbook says: values by code, where each of them stands, what is wrong, and the cells that belong to no entry."""

    passport: Passport
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


def read(book: Mapping[str, Grid], definition: FormDefinition, *, sections: Sequence[Section], nomination: str) -> Filled | str:
    """The values of `sections`; or, where the workbook is another one altogether, the sentence that says so."""
    passport = _passport(book)
    if passport is None:
        return str(NotOurs.FOREIGN.label)
    if passport.nomination != nomination:
        return str(NotOurs.OTHER_NOMINATION.label) % {"code": passport.nomination[:12]}
    if passport.form != form_of(definition):
        return str(NotOurs.OTHER_FORM.label)
    filled = Filled(passport)
    sheets = _Sheets(book, filled)
    for section in sections:
        if section.fields and (grid := sheets.find(f"{SECTION}{section.code}", section.label.in_language(get_language()))):
            _Fields(grid, filled).read(section)
        for group in section.groups:
            if grid := sheets.find(f"{GROUP}{group.code}", group.label.in_language(get_language())):
                _Table(grid, filled).read(group)
    sheets.note_strangers()
    return filled


def _passport(book: Mapping[str, Grid]) -> Passport | None:
    grid = next((grid for grid in book.values() if grid.mark((0, 0)) == PASSPORT), None)
    return passport_of({grid.mark((row, 0)): grid.mark((row, 1)) for row in range(1, grid.height)}) if grid else None


class _Sheets:
    """The sheets by their marks, which may stand anywhere in the first rows."""

    def __init__(self, book: Mapping[str, Grid], filled: Filled) -> None:
        self.filled = filled
        self.marked = [(mark, place, grid) for grid in book.values() for mark, place in _marks(grid)]
        self.unmarked = [grid for grid in book.values() if not any(other is grid for _mark, _place, other in self.marked)]

    def find(self, code: str, label: str) -> "_Marked | None":
        found = [_Marked(grid, place) for mark, place, grid in self.marked if mark == f"{MARK}{code}"]
        if not found:
            self._fault("", "", label, _("The sheet of this part of the form is missing. Download the form again and fill that in."))
        elif len(found) > 1:
            twice = found[1]
            sentence = _("This sheet stands twice: also as “%(sheet)s”. Delete one of them.") % {"sheet": found[0].grid.name}
            self._fault(twice.grid.name, cell_name(twice.mark), label, sentence)
        return found[0] if len(found) == 1 else None

    def note_strangers(self) -> None:
        own = {"#lists", "#portal"}
        for grid in self.unmarked[1:]:  # the first is the guide
            if grid.name not in own and any(grid.holds(place) for place in product(range(grid.height), range(grid.width))):
                self.filled.stray.append(_("Sheet “%(sheet)s”") % {"sheet": grid.name})

    def _fault(self, sheet: str, cell: str, label: str, sentence: str) -> None:
        self.filled.faults.append(CellFault(sheet, cell, label, sentence))


def _marks(grid: Grid) -> Iterator[tuple[str, Place]]:
    for place in product(range(min(grid.height, 20)), range(grid.width)):
        text = grid.mark(place)
        if text.startswith(MARK):
            yield text, place


@dataclass(frozen=True)
class _Marked:
    """A sheet with the place of its mark, whose row names the columns and whose column names the rows."""

    grid: Grid
    mark: Place

    def columns(self) -> Iterator[tuple[str, int]]:
        for column in range(self.grid.width):
            if column != self.mark[1] and (code := self.grid.mark((self.mark[0], column))):
                yield code, column

    def rows(self) -> Iterator[tuple[str, int]]:
        for row in range(self.grid.height):
            if row != self.mark[0]:
                yield self.grid.mark((row, self.mark[1])), row


class _Reader:
    """Of one sheet; puts into `filled` what it finds there."""

    def __init__(self, marked: _Marked, filled: Filled) -> None:
        self.marked, self.grid, self.filled = marked, marked.grid, filled

    def fault(self, place: Place | None, label: str, sentence: str | Promise) -> None:
        self.filled.faults.append(CellFault(self.grid.name, cell_name(place) if place else "", label, str(sentence)))

    def value(self, asked: FieldDefinition, place: Place) -> content.Value:
        """Nothing where the cell cannot be read; then a fault says why."""
        try:
            return _value(asked, self.grid.text(place))
        except (Unreadable, content.Invalid) as invalid:
            self.fault(place, asked.label.in_language(get_language()), str(invalid))
            return None

    def columns(self, wanted: Mapping[str, str]) -> dict[str, int]:
        """Where the `wanted` columns stand, by code; those missing or standing twice are faults."""
        found: dict[str, int] = {}
        for code, column in self.marked.columns():
            if code in found:
                self.fault((self.marked.mark[0], column), wanted.get(code, code), _("This column stands twice. Delete one of them."))
            elif code in wanted:
                found[code] = column
            elif not code.startswith(OURS):
                self.fault((self.marked.mark[0], column), code, str(content.Invalid(Problem.UNKNOWN_ENTRY, codes=code)))
        for code in wanted.keys() - found.keys():
            self.fault(None, wanted[code], _("The column of this entry is missing. Download the form again and fill that in."))
        return found

    def note_stray(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        """Cells that hold something and belong to no entry: a person may have meant them."""
        for place in product(rows, columns):
            if len(self.filled.stray) < MOST_STRAY and self.grid.holds(place):
                self.filled.stray.append(_("Sheet “%(sheet)s”, cell %(cell)s") % {"sheet": self.grid.name, "cell": cell_name(place)})

    def unnamed_columns(self) -> list[int]:
        named = {column for _code, column in self.marked.columns()} | {self.marked.mark[1]}
        return [column for column in range(self.grid.width) if column not in named]


class _Fields(_Reader):
    def read(self, section: Section) -> None:
        column = self.columns({ENTRY: _("To be filled in")}).get(ENTRY)
        if column is None:
            return
        fields = {asked.code: asked for asked in section.fields}
        rows: dict[str, int] = {}
        for code, row in self.marked.rows():
            self._place(code, row, column, fields, rows)
        for code, asked in fields.items():
            self._read(asked, rows.get(code), column)
        self.note_stray(list(range(self.grid.height)), self.unnamed_columns())

    def _place(self, code: str, row: int, column: int, fields: Mapping[str, FieldDefinition], rows: dict[str, int]) -> None:
        if code in rows:
            self.fault((row, column), fields[code].label.in_language(get_language()), _("This entry stands twice. Delete one of them."))
        elif code in fields:
            rows[code] = row
        elif code and not code.startswith(OURS):
            self.fault((row, column), code, str(content.Invalid(Problem.UNKNOWN_ENTRY, codes=code)))
        elif not code:
            self.note_stray([row], [column])

    def _read(self, asked: FieldDefinition, row: int | None, column: int) -> None:
        label = asked.label.in_language(get_language())
        if row is None:
            self.fault(None, label, _("The line of this entry is missing. Download the form again and fill that in."))
            return
        self.filled.values[asked.code] = self.value(asked, (row, column))
        self.filled.places[asked.code] = (self.grid.name, cell_name((row, column)))


class _Table(_Reader):
    def read(self, group: GroupDefinition) -> None:
        columns = self.columns({asked.code: asked.label.in_language(get_language()) for asked in group.fields})
        if len(columns) < len(group.fields):
            return
        first = [row for key, row in self.marked.rows() if key.startswith(OURS)]
        lines = [(key, row) for key, row in self.marked.rows() if not key.startswith(OURS) and row > max(first, default=0)]
        rows = list(self._rows(group, lines, columns))
        if len(rows) > group.maximum:
            sentence = str(content.Invalid(Problem.TOO_MANY_ROWS, maximum=group.maximum))
            self.fault(None, group.label.in_language(get_language()), sentence)
        self.filled.values[group.code] = rows
        self.filled.places[group.code] = (self.grid.name, "")
        self.note_stray([row for _key, row in lines], self.unnamed_columns())

    def _rows(self, group: GroupDefinition, lines: Sequence[tuple[str, int]], columns: Mapping[str, int]) -> Iterator[content.Row]:
        """A line that was copied together with its hidden key is a new row, and so is one without a key."""
        taken: set[str] = set()
        for number, (key, row) in enumerate(lines):
            values = {asked.code: self.value(asked, (row, columns[asked.code])) for asked in group.fields}
            if any(not content.is_blank(value) for value in values.values()):
                own = key if KEY.fullmatch(key) and key not in taken else self._key(group, number)
                taken.add(own)
                yield {"key": own, **values}

    def _key(self, group: GroupDefinition, number: int) -> str:
        """Of a new row: the same whenever this file is read, so that what was seen is what is applied, and twice adds nothing."""
        passport = self.filled.passport
        return digest_of([passport.nomination, group.code, passport.base.get(group.code, ""), number])[-32:]


def _value(asked: FieldDefinition, text: str) -> content.Value:
    """Lists are chosen from by their words, in either language; the codes themselves are taken as well."""
    words = text.strip()
    if words and options_of(asked, LANGUAGES[0]):
        text = _chosen(asked, words)
    value = content.read(asked, text)
    return None if value is False else value


def _chosen(asked: FieldDefinition, words: str) -> str:
    for language in LANGUAGES:
        for code, label in options_of(asked, language).items():
            if words.casefold() in {code.casefold(), label.casefold()}:
                return code
    raise content.Invalid(Problem.NOT_A_CHOICE)
