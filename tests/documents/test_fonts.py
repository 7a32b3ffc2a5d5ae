import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from pilotportal.documents import checks, fonts

FREE = {role.free for role in fonts.ROLES}
WITH_OWN_FONT = """
import sys
from datetime import UTC, datetime
import django
django.setup()
from pilotportal.documents import fonts, pdf
assert "方正小标宋_GBK" in fonts.installed_families()
sys.stdout.buffer.write(pdf.render(template="documents/report.html", context={}, title="国国", language="zh-hans",
    created=datetime(2025, 1, 1, tzinfo=UTC), demonstration=False))
"""


def test_this_machine_can_write_documents() -> None:
    assert checks.documents_can_be_written() == []


def test_fonts_outside_the_portals_folders_are_not_seen() -> None:
    families = fonts.installed_families()

    assert families >= FREE
    assert not families & {"DejaVu Sans", "Liberation Serif", *fonts.FOREIGN_FACES}


@pytest.mark.parametrize("role", fonts.ROLES, ids=lambda role: role.family)
def test_a_role_is_missing_only_without_all_its_faces(role: fonts.Role) -> None:
    others = FREE - {role.free}

    assert role not in fonts.missing_roles(FREE)
    assert role in fonts.missing_roles(others)
    assert all(role not in fonts.missing_roles(others | {own}) for own in role.own)


def test_a_missing_font_stops_the_start_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "installed_families", lambda: FREE - {"LXGW WenKai"})

    (error,) = checks.documents_can_be_written()

    assert error.is_serious()
    assert "Portal Kai" in error.msg
    assert "fonts-lxgw-wenkai" in (error.hint or "")
    assert "PORTAL_FONT_DIRS" in (error.hint or "")


def test_a_missing_library_stops_the_start_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fonts.LIBRARIES, "libharfbuzz-subset.so.99", "libharfbuzz-subset0")

    (error,) = checks.documents_can_be_written()

    assert error.is_serious()
    assert "libharfbuzz-subset.so.99" in error.msg
    assert "libharfbuzz-subset0" in (error.hint or "")


def test_the_ministrys_own_font_comes_first(tmp_path: Path) -> None:
    _write_font(tmp_path / "own.ttf", family="方正小标宋_GBK")

    made = subprocess.run(
        [sys.executable, "-c", WITH_OWN_FONT],
        env=os.environ | {"PORTAL_FONT_DIRS": str(tmp_path), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        check=True,
    )

    with pikepdf.open(BytesIO(made.stdout)) as pdf:
        used = {str(item["/BaseFont"]) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item}
    assert [name for name in used if "OwnTitle" in name]
    assert not [name for name in used if "Serif-CJK-SC-Bold" in name]


def _write_font(path: Path, *, family: str) -> None:
    """A font of two glyphs: a square for 国, nothing for all else."""
    pen = TTGlyphPen(None)
    for corner, move in (((100, 0), pen.moveTo), ((900, 0), pen.lineTo), ((900, 800), pen.lineTo), ((100, 800), pen.lineTo)):
        move(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "uni56FD"])
    builder.setupCharacterMap({ord("国"): "uni56FD"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "uni56FD": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "uni56FD": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": {"en": "OwnTitle", "zh-Hans": family}, "styleName": "Regular", "psName": "OwnTitle"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.save(path)
