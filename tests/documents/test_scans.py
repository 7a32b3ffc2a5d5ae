"""Codes are read from what people upload: tilted, turned, pale, in a PDF or as a picture; and nothing that is sent can hurt the reader."""

import io
import json
import subprocess
import sys
import time

import pytest
import segno
from PIL import Image

from pilotportal.documents import scans

TEXT = "L/K7MQ2F9X/66C7F0F4"
MILLIMETRES = 12


def sheet(*texts, dpi=150):
    """An A4 page in grey with a code at its foot for each text."""
    page = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 250)
    side = round(MILLIMETRES / 25.4 * dpi)
    for number, text in enumerate(texts):
        target = io.BytesIO()
        segno.make(text, error="m", micro=False).save(target, kind="png", scale=20, border=2)
        code = Image.open(target).convert("L").resize((side, side), Image.Resampling.LANCZOS)
        page.paste(code, (page.width // 2 + 2 * side * number, page.height - side - 40))
    return page


def saved(page, kind, **options):
    target = io.BytesIO()
    page.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("angle", [0, 2, 180])
def test_a_code_is_read_from_a_picture_and_from_a_page(dpi, angle):
    page = sheet(TEXT, dpi=dpi).rotate(angle, fillcolor=250)
    assert scans.codes_in(saved(page, "JPEG", quality=50)) == [TEXT]
    assert scans.codes_in(saved(page, "PDF", resolution=dpi)) == [TEXT]


def test_every_page_is_looked_at_and_a_code_is_named_once():
    pages = [sheet(), sheet(TEXT), sheet(TEXT), sheet("other")]
    assert scans.codes_in(saved(pages[0], "PDF", save_all=True, append_images=pages[1:])) == [TEXT, "other"]


def test_a_page_without_a_code_has_none():
    assert scans.codes_in(saved(sheet(), "PNG")) == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"\xff\xd8\xff\xe0 no picture", saved(sheet(TEXT), "PDF")[:4000]])
def test_what_cannot_be_opened_has_no_code(content):
    assert scans.codes_in(content) == []


def test_a_picture_that_claims_to_be_huge_is_not_opened():
    """30 000 × 30 000 pixels in 110 KB: decoded they would be 900 MB."""
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 200_000
    began = time.monotonic()
    assert scans.codes_in(bomb) == []
    assert time.monotonic() - began < 5


def test_a_page_that_claims_to_be_huge_is_drawn_small():
    page = sheet(TEXT)
    assert scans.codes_in(saved(page, "PDF", resolution=7.2)) == [TEXT]  # 208 times the area of an A4 page


def test_a_reader_that_hangs_is_given_up(monkeypatch, tmp_path, caplog):
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(scans, "READER", slow)
    monkeypatch.setattr(scans, "PATIENCE", 0.3)
    assert scans.codes_in(b"%PDF-") == []
    assert "longer than" in caplog.text


def test_a_reader_that_crashes_takes_nobody_with_it(monkeypatch, tmp_path, caplog):
    broken = tmp_path / "broken.py"
    broken.write_text("import os; os.abort()")
    monkeypatch.setattr(scans, "READER", broken)
    assert scans.codes_in(b"%PDF-") == []
    assert "could not be read" in caplog.text


def test_the_reader_bounds_its_own_memory():
    """What it is given cannot make it take the machine's."""
    program = f"""
import io, runpy, sys
sys.stdin = io.TextIOWrapper(io.BytesIO(b""))
try:
    runpy.run_path({str(scans.READER)!r}, run_name="__main__")
except Exception:
    pass
try:
    bytearray(1 << 31)
except MemoryError:
    print('"refused"')
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(answer.stdout) == "refused"
