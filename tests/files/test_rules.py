"""What may be uploaded, by content; how parts follow each other; who is given what."""

import pytest

from pilotportal.files import rules
from pilotportal.files.enums import MediaType, Refusal, ScanState
from pilotportal.files.rules import PART
from tests.files import hostile


@pytest.fixture
def judge(tmp_path):
    def judge(content: bytes, name: str = "") -> rules.Judgement:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return rules.judge(path, name=name)

    return judge


@pytest.mark.parametrize(
    ("content", "judgement"),
    [
        (hostile.pdf(pages=2), rules.Judgement(media_type=MediaType.PDF, pages=2)),
        (hostile.object_bomb(1), rules.Judgement(media_type=MediaType.PDF, pages=1)),
        (hostile.picture(), rules.Judgement(media_type=MediaType.PNG)),
        (hostile.picture("JPEG"), rules.Judgement(media_type=MediaType.JPEG)),
    ],
    ids=["pdf", "pdf with packed objects", "png", "jpeg"],
)
def test_what_may_be_uploaded(judge, content, judgement):
    assert judge(content) == judgement


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"plain text named .pdf", Refusal.WRONG_TYPE),
        (hostile.archive(), Refusal.WRONG_TYPE),
        (b"%PDF-1.7\nnothing that follows is a PDF", Refusal.BROKEN),
        (hostile.pdf()[: len(hostile.pdf()) // 3], Refusal.BROKEN),
        (hostile.pdf(password="secret"), Refusal.ENCRYPTED),
        (hostile.pdf(script=True), Refusal.ACTIVE),
        (hostile.pdf(pages=501), Refusal.TOO_LONG),
        (hostile.stream_bomb(300), Refusal.TOO_COMPLEX),
        (hostile.stream_bomb(300, twice=True), Refusal.TOO_COMPLEX),
        (hostile.picture()[:60], Refusal.BROKEN_PICTURE),
        (hostile.picture("JPEG", (400, 300))[:-200], Refusal.BROKEN_PICTURE),
        (hostile.huge_png(20_000, 20_000), Refusal.TOO_MANY_PIXELS),
        (hostile.pdf() + hostile.archive(), Refusal.TWO_KINDS),
        (hostile.picture("JPEG") + hostile.archive(), Refusal.TWO_KINDS),
        (hostile.picture().replace(b"IEND", b"%PDF-1.7"), Refusal.TWO_KINDS),
    ],
    ids=[
        *("empty", "text", "archive", "no pdf inside", "cut pdf", "encrypted", "script", "501 pages", "packed stream", "packed twice"),
        *("cut png", "cut jpeg", "400 million pixels", "pdf and archive", "jpeg and archive", "png and pdf"),
    ],
)
def test_what_is_refused_and_why(judge, content, refusal):
    assert judge(content).refusal == refusal


def test_a_structure_that_unpacks_to_gigabytes_ends_its_own_process_and_no_other(judge):
    assert judge(hostile.object_bomb(3000)).refusal == Refusal.TOO_COMPLEX


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (hostile.pdf(), "清单.PDF", None),
        (hostile.picture("JPEG"), "照片.jpeg", None),
        (hostile.picture("JPEG"), "照片.png", Refusal.WRONG_NAME),
        (hostile.pdf(), "清单.docx", Refusal.WRONG_NAME),
        (hostile.pdf(), "清单", Refusal.WRONG_NAME),
        (hostile.pdf(), "", None),
    ],
)
def test_the_name_must_not_claim_another_type(judge, content, name, refusal):
    assert judge(content, name).refusal == refusal


@pytest.mark.parametrize(
    ("size", "refusal"),
    [(0, Refusal.EMPTY), (1, None), (10, None), (11, Refusal.NO_ROOM), (20, Refusal.NO_ROOM), (21, Refusal.TOO_LARGE)],
)
def test_a_size_is_refused_before_the_first_byte(size, refusal):
    assert rules.why_not_begin(name="清单.PDF", size=size, limit=20, room=10) == refusal


@pytest.mark.parametrize("name", ["清单.docx", "清单", "清单.pdf.exe", ".pdf"])
def test_a_name_is_refused_before_the_first_byte(name):
    assert rules.why_not_begin(name=name, size=5, limit=20, room=10) == Refusal.NOT_TAKEN


@pytest.mark.parametrize(
    ("claimed", "offset", "length", "refusal"),
    [
        (True, PART, PART, None),
        (True, 0, PART, Refusal.OUT_OF_STEP),
        (True, 2 * PART, PART, Refusal.OUT_OF_STEP),
        (True, PART, PART - 1, Refusal.OUT_OF_STEP),
        (True, PART, PART + 1, Refusal.OUT_OF_STEP),
        (True, PART, 0, Refusal.OUT_OF_STEP),
        (False, PART, PART, Refusal.ELSEWHERE),
    ],
)
def test_parts_follow_each_other(claimed, offset, length, refusal):
    assert rules.why_not_append(claimed=claimed, offset=offset, length=length, received=PART, size=2 * PART + 5) == refusal


def test_the_last_part_is_as_long_as_what_is_left():
    assert rules.why_not_append(claimed=True, offset=PART, length=5, received=PART, size=PART + 5) is None
    assert rules.why_not_append(claimed=True, offset=PART + 5, length=0, received=PART + 5, size=PART + 5) == Refusal.OUT_OF_STEP


@pytest.mark.parametrize(
    ("state", "own", "others"),
    [
        ("", None, None),
        (ScanState.CLEAN, None, None),
        (ScanState.NOT_CONFIGURED, None, None),
        (ScanState.PENDING, None, Refusal.BEING_CHECKED),
        (ScanState.INFECTED, Refusal.WITHHELD, Refusal.WITHHELD),
    ],
)
def test_who_is_given_a_file(state, own, others):
    assert (rules.why_not_serve(state, own=True), rules.why_not_serve(state, own=False)) == (own, others)
