import io

import pikepdf
import pytest

from pilotportal.files.services import store_upload
from pilotportal.rehearsal import moments, paper

LETTER = {"title": "推荐函", "paragraphs": ["人力资源社会保障部：", "现推荐唐山市。" * 12], "signed": "河北省厅", "dated": "2025年7月10日"}


@pytest.mark.django_db
def test_a_letter_passes_the_checks_of_an_upload():
    stored = store_upload(paper.page(**LETTER), at=moments.OPENED)
    assert stored.pages == 1


def test_a_letter_says_on_its_face_that_it_is_none():
    with pikepdf.open(io.BytesIO(paper.page(**LETTER))) as pdf:
        assert paper.NOTICE.encode("utf-16-be").hex().encode() in pdf.pages[0].Contents.read_bytes()


def test_a_scan_is_a_picture_that_passes_the_checks_of_an_upload():
    scan = paper.scanned(paper.page(**LETTER))
    assert scan.startswith(b"\xff\xd8")
    assert scan == paper.scanned(paper.page(**LETTER))


def test_the_same_words_give_the_same_bytes():
    assert paper.page(**LETTER) == paper.page(**LETTER)
    assert paper.page(**LETTER) != paper.page(**LETTER | {"dated": "2025年7月11日"})
