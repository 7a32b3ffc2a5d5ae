import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from pilotportal.documents.workbook import Column, Kind, Sheet, workbook
from tests.documents.conftest import AT, DIGEST

COLUMNS = [
    Column(title="编号", kind=Kind.CODE),
    Column(title="城市"),
    Column(title="分数", kind=Kind.INTEGER),
    Column(title="均值", kind=Kind.FRACTION),
    Column(title="金额", kind=Kind.DECIMAL),
    Column(title="提交时间", kind=Kind.DATETIME),
]
ROW = ("007", "唐山市𠮷", 93, Fraction(260, 3), Decimal("186.30"), AT)
WARNING = "Demonstration data – not a real selection"
Write = Callable[..., bytes]
ELSEWHERE = """
import sys
import django
django.setup()
from tests.documents.test_workbook import COLUMNS, ROW, Sheet, workbook, AT
sheet = Sheet(name="评分", columns=COLUMNS, rows=[ROW])
sys.stdout.buffer.write(workbook([sheet], title="表", language="en", created=AT, demonstration=True))
"""


@pytest.fixture
def write() -> Write:
    def written(*rows: Any, columns: Any = COLUMNS, **changes: Any) -> bytes:
        facts = {"title": "评分汇总", "language": "en", "created": AT, "demonstration": False} | changes
        return workbook([Sheet(name="评分", columns=columns, rows=rows, note=facts.pop("note", ""))], **facts)

    return written


def _sheet(content: bytes, name: str = "评分") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(name).to_python()


def _part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as parts:
        return parts.read(name).decode()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_read_back_with_their_types(write: Write, count: int) -> None:
    head, *rows = _sheet(write(*[ROW] * count))

    assert head == [column.title for column in COLUMNS]
    assert rows == [["007", "唐山市𠮷", 93, 260 / 3, 186.3, AT.replace(tzinfo=None)]] * count


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "{=1}", "007", "1e5", "http://example.cn", "\tx"]
)
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE])
def test_text_stays_text(write: Write, text: str, kind: Kind) -> None:
    made = write((text,), columns=[Column(title="说明", kind=kind)])

    assert _sheet(made)[1] == [text]
    assert "<f>" not in _part(made, "xl/worksheets/sheet2.xml")
    assert "hyperlink" not in _part(made, "xl/worksheets/sheet2.xml")


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        (Kind.INTEGER, 999_999_999_999_999, 999_999_999_999_999),
        (Kind.INTEGER, 9_999_999_999_999_999, "9999999999999999"),
        (Kind.DECIMAL, Decimal("12345678901234.5"), 12345678901234.5),
        (Kind.DECIMAL, Decimal("123456789012345.25"), "123456789012345.25"),
        (Kind.DECIMAL, Decimal("0.10"), 0.1),
        (Kind.FRACTION, Fraction(1, 3), 1 / 3),
        (Kind.INTEGER, 0, 0),
    ],
)
def test_a_number_that_a_spreadsheet_would_alter_is_written_as_text(write: Write, kind: Kind, number: Any, shown: Any) -> None:
    assert _sheet(write((number,), columns=[Column(title="数", kind=kind)]))[1] == [shown]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.INTEGER, "93"),
        (Kind.INTEGER, 9.5),
        (Kind.INTEGER, True),
        (Kind.DECIMAL, 0.1),
        (Kind.FRACTION, 0.1),
        (Kind.DATETIME, "2025-07-16"),
    ],
)
def test_a_value_of_another_kind_is_refused(write: Write, kind: Kind, value: Any) -> None:
    with pytest.raises(TypeError, match=kind):
        write((value,), columns=[Column(title="数", kind=kind)])


def test_times_are_written_as_beijing_time_and_dates_as_dates(write: Write) -> None:
    columns = [Column(title="时间", kind=Kind.DATETIME)] * 3

    row = _sheet(write((datetime(2025, 7, 18, 16, 30, tzinfo=UTC), date(2025, 7, 18), None), columns=columns))[1]

    assert [str(value) for value in row] == ["2025-07-19 00:30:00", "2025-07-18", ""]


def test_a_time_without_a_zone_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match="naive"):
        write((AT.replace(tzinfo=None),), columns=[Column(title="时间", kind=Kind.DATETIME)])
    with pytest.raises(ValueError, match="time zone"):
        write(created=AT.replace(tzinfo=None))


def test_text_that_would_be_cut_is_refused(write: Write) -> None:
    columns = [Column(title="评语")]
    assert len(_sheet(write(("甲" * 32_767,), columns=columns))[1][0]) == 32_767

    for text in ("甲" * 32_768, "𠮷" * 16_384):
        with pytest.raises(ValueError, match="would be cut"):
            write((text,), columns=columns)


def test_a_row_with_too_few_values_is_refused(write: Write) -> None:
    with pytest.raises(ValueError, match="zip"):
        write(("007",))


def test_control_characters_do_not_break_the_file(write: Write) -> None:
    assert _sheet(write(("甲\x00\x0b乙",), columns=[Column(title="评语")]))[1] == ["甲\x00\x0b乙"]


def test_the_first_sheet_says_what_the_workbook_is(write: Write) -> None:
    made = write(ROW, ROW, about=[("Digest", DIGEST)])

    assert CalamineWorkbook.from_filelike(BytesIO(made)).sheet_names == ["About", "评分"]
    lines = _sheet(made, "About")
    assert lines[0][0] == "评分汇总"
    assert ["Written at", "2025-07-16 16:40:12+08:00"] in lines
    assert ["Digest", DIGEST] in lines
    assert ["Rows in “评分”", "2"] in lines


def test_demonstration_is_named_on_every_sheet(write: Write) -> None:
    plain, made = write(ROW, note="四舍五入"), write(ROW, note="四舍五入", demonstration=True)

    assert _sheet(plain)[0][0] == "四舍五入"
    assert [row[0] for row in _sheet(made)[:3]] == [WARNING, "四舍五入", "编号"]
    assert WARNING in [line[0] for line in _sheet(made, "About")]
    for number in (1, 2):
        assert WARNING not in _part(plain, f"xl/worksheets/sheet{number}.xml")
        sheet = _part(made, f"xl/worksheets/sheet{number}.xml")
        assert WARNING in sheet[sheet.index("<oddHeader>") : sheet.index("</oddHeader>")]
        assert WARNING in sheet[sheet.index("<oddFooter>") : sheet.index("</oddFooter>")]


def test_the_head_is_frozen_filtered_and_repeated(write: Write) -> None:
    made = write(ROW, ROW, ROW, note="四舍五入")

    sheet = _part(made, "xl/worksheets/sheet2.xml")
    assert 'ySplit="2" topLeftCell="A3"' in sheet
    assert '<autoFilter ref="A2:F5"/>' in sheet
    assert "评分!$2:$2" in _part(made, "xl/workbook.xml").replace("'", "")


def test_columns_are_wide_enough_for_chinese(write: Write) -> None:
    columns = [Column(title="城市"), Column(title="备注", width=33)]

    sheet = _part(write(("新疆生产建设兵团", "x"), columns=columns), "xl/worksheets/sheet2.xml")

    widths = [float(part.split('"')[0]) for part in sheet.split('width="')[1:]]
    assert widths[0] >= 16
    assert 33 <= widths[1] < 34


def test_an_ampersand_in_the_title_is_printed(write: Write) -> None:
    assert "R&amp;&amp;D" in _part(write(title="R&D"), "xl/worksheets/sheet2.xml")


def test_same_input_gives_same_bytes_also_elsewhere() -> None:
    facts: dict[str, Any] = {"title": "表", "language": "en", "created": AT, "demonstration": True}
    here = [workbook([Sheet(name="评分", columns=COLUMNS, rows=[ROW])], **facts) for _ in range(2)]
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        check=True,
    )

    assert {*here, there.stdout} == {here[0]}
