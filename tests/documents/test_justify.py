import pytest

from pilotportal.documents.engine import justify
from tests.documents.conftest import Render
from tests.documents.reading import words

MIXED = "试点城市每年培训劳动者不少于12000人次，服务用人单位3500家次（其中制造业企业占40%以上），2025年7月18日前报送。" * 8


def test_lines_with_digits_end_at_the_right_edge(render: Render) -> None:
    (page,) = words(render("tests/grid.html", context={"text": MIXED}))

    ends: dict[float, float] = {}
    for word in page:
        if word.top < 262:
            ends[round(word.top)] = max(word.right, ends.get(round(word.top), 0))
    *full, _last = [ends[top] for top in sorted(ends)]
    assert len(full) > 10
    assert [round(end, 1) for end in full] == pytest.approx([184] * len(full), abs=0.7)


def test_english_lines_end_at_the_right_edge(render: Render) -> None:
    (page,) = words(render("tests/grid.html", language="en", context={"text": "The Ministry opens pilots of considerable magnitude. " * 9}))

    ends: dict[float, float] = {}
    for word in page:
        if word.top < 262:
            ends[round(word.top)] = max(word.right, ends.get(round(word.top), 0))
    *full, _last = [ends[top] for top in sorted(ends)]
    assert len(full) > 5
    assert full == pytest.approx([184] * len(full), abs=0.7)


def test_a_line_before_an_unbreakable_word_stays_ragged(render: Render) -> None:
    (page,) = words(render("tests/grid.html", context={"text": "核验地址为：" + "a" * 50 + "，请核对。"}))

    (lead,) = [word for word in page if word.text == "核验地址为："]
    assert lead.right < 28 + 6.5 * 16 / (72 / 25.4)


def test_text_survives_the_spreading(render: Render) -> None:
    (page,) = words(render("tests/grid.html", context={"text": MIXED}))

    assert MIXED in "".join(word.text for word in page).replace("\n", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("国", 0),
        ("国家", 1),
        ("中国人", 2),
        ("于2025年", 1),
        ("a b c", 2),
        ("甲 b", 1.5),
        ("𠮷田", 1),
    ],
)
def test_gaps(text: str, expected: float) -> None:
    assert justify.gaps(text) == expected
