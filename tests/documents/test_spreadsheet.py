"""Workbooks that people send are read within bounds, whatever the file says of itself."""

import struct
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from pilotportal.documents import sheetparts
from pilotportal.documents.spreadsheet import Fault, Problem, SpreadsheetError, Unreadable, cell_name, place_of, spreadsheet

SHEET = "xl/worksheets/sheet1.xml"


def book(*cells: Any) -> bytes:
    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet("甲")
        for row, value in enumerate(cells):
            sheet.write(row, 1, value)
    return target.getvalue()


def changed(content: bytes, name: str, edit: Any) -> bytes:
    target = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, edit(old.read(member)) if member == name else old.read(member))
    return target.getvalue()


def fault_of(content: bytes) -> Fault:
    with pytest.raises(SpreadsheetError) as error:
        spreadsheet(content)
    assert str(error.value)
    return error.value.fault


def with_cell(cell: str) -> bytes:
    return changed(book("x"), SHEET, lambda xml: xml.replace(b"</row>", cell.encode() + b"</row>"))


@pytest.mark.parametrize(
    ("value", "text"),
    [("唐山𠮷", "唐山𠮷"), (12, "12"), (1200.5, "1200.5"), (0.1, "0.1"), (-3, "-3"), (10**14, "100000000000000"), (1e-7, "0.0000001"),
     (True, "TRUE"), ("", "")],
)  # fmt: skip
def test_a_cell_is_read_as_it_stands(value, text):
    assert spreadsheet(book(value))["甲"].text((0, 1)) == text


def test_what_lies_beyond_the_last_cell_is_empty():
    grid = spreadsheet(book("x"))["甲"]
    assert grid.text((500, 90)) == ""
    assert not grid.holds((500, 90))
    assert (grid.height, grid.width) == (1, 2)


def test_a_percentage_is_read_as_it_is_shown():
    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet("甲")
        for row, shown in enumerate(("0%", "0.0%", "0.00", "General")):
            sheet.write_number(row, 0, 0.35, made.add_format({"num_format": shown}))
    grid = spreadsheet(target.getvalue())["甲"]
    assert [grid.text((row, 0)) for row in range(4)] == ["35%", "35%", "0.35", "0.35"]


def test_dates_formulas_and_errors_are_no_entries():
    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as made:
        sheet = made.add_worksheet("甲")
        sheet.write_datetime(0, 0, datetime(2025, 7, 18), made.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001 (a cell has no zone)
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_array_formula(2, 0, 4, 0, "{=ROW(A1:A3)}", None, 1)
        sheet.write_formula(5, 0, "=1/0", None, "#DIV/0!")
    grid = spreadsheet(target.getvalue())["甲"]
    problems = []
    for row in range(6):
        with pytest.raises(Unreadable) as unreadable:
            grid.text((row, 0))
        problems.append(unreadable.value.problem)
    assert problems == [Problem.DATE, *[Problem.FORMULA] * 5]


def test_an_error_without_a_formula_is_no_entry():
    grid = spreadsheet(with_cell('<c r="C1" t="e"><v>#N/A</v></c>'))["甲"]
    with pytest.raises(Unreadable) as unreadable:
        grid.text((0, 2))
    assert unreadable.value.problem == Problem.ERROR
    assert grid.mark((0, 2)) == ""


@pytest.mark.parametrize("cell", ['<c r="XFD1048576"><v>1</v></c>', '<c r="CW1"><v>1</v></c>', '<c r="A1048576"><f>1</f></c>'])
def test_a_cell_far_away_is_refused_before_a_rectangle_is_laid_out_up_to_it(cell):
    assert fault_of(with_cell(cell)) == Fault.TOO_LARGE


def test_an_array_formula_over_the_whole_sheet_is_refused():
    assert fault_of(with_cell('<c r="C1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>')) == Fault.TOO_LARGE


def test_an_empty_formatted_cell_far_away_is_none():
    assert spreadsheet(with_cell('<c r="XFD1048576" s="0"/>'))["甲"].text((0, 1)) == "x"


def test_many_sheets_share_one_bound(monkeypatch):
    monkeypatch.setattr(sheetparts, "MOST_CELLS", 3)
    assert spreadsheet(book("a"))["甲"].text((0, 1)) == "a"
    assert fault_of(book("a", "b")) == Fault.TOO_LARGE


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    assert fault_of(changed(book("x"), SHEET, lambda _xml: bomb)) == Fault.BROKEN


def test_a_part_larger_than_it_says_is_refused():
    content = bytearray(changed(book("x"), SHEET, lambda xml: xml + b" " * 100_000))
    name = SHEET.encode()
    place = content.rindex(name)  # in the directory, whose entry has the unpacked size 22 bytes before the name
    size = place - 46 + 24
    content[size : size + 4] = struct.pack("<I", 100)
    assert fault_of(bytes(content)) == Fault.BROKEN


def test_two_parts_of_one_name_are_refused():
    target = BytesIO(book("x"))
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(target, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert fault_of(target.getvalue()) == Fault.BROKEN


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET, "xl/styles.xml"])
def test_a_part_that_is_no_xml_is_told(name):
    assert fault_of(changed(book("x"), name, lambda _xml: b"<a><b></a>")) == Fault.BROKEN


def test_a_shared_text_that_is_not_there_is_told_and_stops_nobody():
    assert fault_of(with_cell('<c r="C1" t="s"><v>999999</v></c>')) == Fault.BROKEN


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_workbook_is_read_or_refused_and_never_more(data):
    content = bytearray(book("唐山", 12.5, True))
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(SpreadsheetError):
        spreadsheet(bytes(content))


@settings(max_examples=100, deadline=None)
@given(xml=st.text("<>/cvrf=\"' ABZ19&;:t", max_size=80))
def test_a_sheet_of_any_text_is_read_or_refused_and_never_more(xml):
    with suppress(SpreadsheetError):
        spreadsheet(changed(book("x"), SHEET, lambda old: old.replace(b"</row>", xml.encode() + b"</row>")))


@pytest.mark.parametrize(("place", "name"), [((0, 0), "A1"), ((2, 27), "AB3"), ((9, 25), "Z10"), ((0, 26), "AA1"), ((0, 701), "ZZ1")])
def test_places_and_names_of_cells(place, name):
    assert cell_name(place) == name
    assert place_of(name) == place
