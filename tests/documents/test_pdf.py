import gc
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils.safestring import SafeString

from pilotportal.documents import engine, pdf
from pilotportal.documents.parts import Attachment
from tests.documents.conftest import AT, Render
from tests.documents.reading import pages

WARNINGS = {"zh-hans": "演示数据 · 不代表真实评审结果", "en": "Demonstration data – not a real selection"}
SOURCE = Attachment(name="nomination.json", content=json.dumps({"city": "唐山市"}).encode(), description="申报数据")
ELSEWHERE = """
import sys
from datetime import datetime
from zoneinfo import ZoneInfo
import django
django.setup()
from pilotportal.documents import pdf
from pilotportal.documents.parts import Attachment
from tests.documents.test_pdf import SOURCE
made = pdf.render(template="documents/sample.html", context={}, title="样张", language="zh-hans", attachments=[SOURCE],
    created=datetime(2025, 7, 16, 16, 40, 12, tzinfo=ZoneInfo("Asia/Shanghai")), demonstration=True)
sys.stdout.buffer.write(made)
"""


@pytest.mark.parametrize("sign", ["玥", "镕", "堃", "喆", "祎", "翀", "珺", "𠮷", "〔", "①", "—", "㎡"])
def test_rare_characters_can_be_read_back(render: Render, sign: str) -> None:
    made = render(context={"paragraphs": [f"联系人：王{sign}。"]})

    assert f"联系人：王{sign}。" in pages(made)[0]


def test_a_character_that_no_font_has_is_reported(render: Render, caplog: pytest.LogCaptureFixture) -> None:
    render(context={"paragraphs": ["联系人：王玥。"]})
    assert not caplog.messages

    render(title="名单", context={"paragraphs": ["联系人：王\U0010fffd。"]})

    assert [message for message in caplog.messages if "\U0010fffd" in message and "名单" in message]


def test_title_language_and_moment_are_in_the_file(render: Render) -> None:
    with pikepdf.open(BytesIO(render(title="提交回执 <1>"))) as made:
        assert made.docinfo["/Title"] == "提交回执 <1>"
        assert made.docinfo["/CreationDate"] == made.docinfo["/ModDate"] == "D:20250716084012Z"
        assert made.Root.Lang == "zh-Hans"
        assert made.Root.ViewerPreferences.DisplayDocTitle


def test_a_moment_without_a_time_zone_is_refused(render: Render) -> None:
    with pytest.raises(ValueError, match="time zone"):
        render(created=AT.replace(tzinfo=None))


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1(render: Render) -> None:
    with pikepdf.open(BytesIO(render(attachments=[SOURCE]))) as made:
        assert "/Filter" not in made.Root.Metadata
        with made.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
            assert metadata["dc:title"] == "书面评审情况汇总"
        assert made.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert made.Root.MarkInfo.Marked
        assert all(font.FontDescriptor.keys() & {"/FontFile2", "/FontFile3"} for font in _descendant_fonts(made))


def _descendant_fonts(made: pikepdf.Pdf) -> list[pikepdf.Object]:
    fonts = [font for font in made.objects if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"]
    assert fonts
    return [font.DescendantFonts[0] for font in fonts]


def test_source_data_are_attached_once(render: Render) -> None:
    with pikepdf.open(BytesIO(render(attachments=[SOURCE]))) as made:
        assert list(made.attachments) == ["nomination.json"]
        attached = made.attachments["nomination.json"]
        assert attached.get_file().read_bytes() == SOURCE.content
        assert attached.get_file().mime_type == "application/json"
        assert attached.relationship == "/Source"
        assert len(made.Root.AF) == 1


@pytest.mark.parametrize(("language", "warning"), WARNINGS.items())
def test_demonstration_is_named_on_every_page(render: Render, language: str, warning: str) -> None:
    long = {"paragraphs": ["甲" * 400] * 12}

    plain = pages(render(language=language, context=long))
    shown = pages(render(language=language, context=long, demonstration=True))

    assert len(shown) == len(plain) > 1
    assert not [page for page in plain if warning in page]
    assert not [page for page in shown if warning not in page]


def test_no_template_can_remove_the_demonstration_sentence(render: Render) -> None:
    shown = pages(render("tests/own_page.html", language="en", demonstration=True))

    assert len(shown) == 2
    assert all(WARNINGS["en"] in page for page in shown)


def test_same_input_gives_same_bytes(render: Render) -> None:
    assert render(attachments=[SOURCE], demonstration=True) == render(attachments=[SOURCE], demonstration=True)


def test_another_process_writes_the_same_bytes(render: Render) -> None:
    here = render("documents/sample.html", title="样张", attachments=[SOURCE], demonstration=True)
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        check=True,
    )

    assert there.stdout == here


def test_threads_do_not_disturb_each_other(render: Render) -> None:
    alone = [render(title=f"第{number}份") for number in range(4)]

    with ThreadPoolExecutor(max_workers=4) as threads:
        together = list(threads.map(lambda number: render(title=f"第{number}份"), range(4)))

    assert together == alone


PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
EMPTY_SHEET = "data:text/css,"


@pytest.mark.parametrize(
    "element",
    [
        '<img alt="x" src="{}">',
        '<a rel="attachment" href="{}">x</a>',
        '<style>p {{ background: url("{}") }}</style>',
        '<style>@import "{}"</style>',
    ],
    ids=["image", "attachment", "background", "stylesheet"],
)
def test_nothing_is_fetched_from_files_or_networks(render: Render, tmp_path: Path, element: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    allowed = EMPTY_SHEET if "@import" in element else PICTURE
    render(context={"paragraphs": ["甲"], "extra": SafeString(element.format(allowed))})

    for address in (secret.as_uri(), "http://127.0.0.1:9/x", "https://127.0.0.1:9/x", "ftp://127.0.0.1:9/x"):
        with pytest.raises(engine.ForeignResourceError, match="disallowed"):
            render(context={"paragraphs": ["甲"], "extra": SafeString(element.format(address))})


def test_attachment_links_in_the_head_are_refused(render: Render, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")

    with pytest.raises(engine.ForeignResourceError, match="disallowed"):
        render(context={"extra": SafeString(f'<link rel="attachment" href="{secret.as_uri()}">')})


def test_streams_are_packed_by_zlib_ng(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    """pydyf still packs where the substitute stands; a new version that packs elsewhere shows here."""
    asked: list[dict[str, Any]] = []
    real = engine.pydyf.zlib.compressobj
    monkeypatch.setattr(engine.pydyf.zlib, "compressobj", lambda **options: asked.append(options) or real(**options))

    render()

    assert {"level": 9} in asked


def test_warm_up_leaves_what_it_loaded_out_of_later_collections() -> None:
    try:
        pdf.warm_up()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
