"""What may be uploaded, by content."""

import io

import pikepdf
import pytest

from pilotportal.files import rules
from pilotportal.files.enums import Refusal

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def pdf(*, password: str = "", script: bool = False) -> bytes:
    made, stream = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    if script:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.save(stream, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (pdf(), None),
        (PNG, None),
        (b"", Refusal.EMPTY),
        (b"plain text named .pdf", Refusal.WRONG_TYPE),
        (b"PK\x03\x04" + b"\x00" * 60, Refusal.WRONG_TYPE),
        (b"%PDF-1.7\nnothing that follows is a PDF", Refusal.BROKEN),
        (pdf(password="secret"), Refusal.ENCRYPTED),
        (pdf(script=True), Refusal.ACTIVE),
    ],
)
def test_an_upload_is_judged_by_its_content(content, refusal):
    assert rules.why_not_store(content) == refusal


def test_the_limit_itself_may_be_stored(settings):
    settings.UPLOAD_LIMIT = len(pdf())
    assert rules.why_not_store(pdf()) is None
    settings.UPLOAD_LIMIT -= 1
    assert rules.why_not_store(pdf()) == Refusal.TOO_LARGE


def test_pages_are_counted_in_pdfs_only():
    assert rules.pages_of(pdf()) == 1
    assert rules.pages_of(PNG) is None
