import subprocess
from datetime import UTC, datetime
from fractions import Fraction

import pikepdf
import pytest

from pilotportal.documents.pdf import demonstration_sentence, render
from pilotportal.documents.workbook import Column, Kind, Sheet, workbook
from pilotportal.rehearsal import reading

MOMENT = datetime(2025, 7, 19, tzinfo=UTC)


def test_a_pdf_reads_as_another_reader_reads_it():
    content = render(template="documents/sample.html", context={}, title="样张", language="zh-hans", created=MOMENT, demonstration=True)
    other = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    pages = reading.pages_of(content)
    assert len(pages) == 1
    assert sorted("".join(pages[0].split())) == sorted("".join(other.split()))


def test_the_mark_of_a_demonstration_is_found_only_where_it_is(settings):
    marked, plain = (
        render(template="documents/sample.html", context={}, title="样张", language="zh-hans", created=MOMENT, demonstration=demonstration)
        for demonstration in (True, False)
    )
    assert demonstration_sentence() in reading.pages_of(marked)[0]
    assert demonstration_sentence() not in reading.pages_of(plain)[0]


def test_what_is_no_pdf_is_refused():
    with pytest.raises(pikepdf.PdfError):
        reading.pages_of(b"%PDF-1.7 but nothing else")


def test_a_workbook_reads_back_what_was_written():
    columns = [Column(title="城市"), Column(title="序号", kind=Kind.INTEGER), Column(title="得分", kind=Kind.FRACTION)]
    sheet = Sheet(name="排序", columns=columns, rows=[["唐山市", 1, Fraction(3, 4)], ["=1+1", None, Fraction(1, 2)], [None, 3, None]])
    content = workbook([sheet], title="样表", language="zh-hans", created=MOMENT, demonstration=False)
    assert reading.sheets_of(content)["排序"] == [["城市", "序号", "得分"], ["唐山市", 1.0, 0.75], ["=1+1", None, 0.5], [None, 3.0]]
