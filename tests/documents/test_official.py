"""The measures of GB/T 9704-2012, taken from the finished page. A character's box is taller than its ink: tolerances allow for that."""

from collections.abc import Sequence
from datetime import date

import pytest

from pilotportal.documents.parts import Mark
from tests.documents.conftest import Render
from tests.documents.reading import POINTS_PER_MM, Word, pages, words

CHARACTER = 15.78 / POINTS_PER_MM
LINE = 225 / 22
TEMPLATE = "tests/official.html"


def _word(page: Sequence[Word], part: str) -> Word:
    return next(word for word in page if part in word.text)


def test_a_page_holds_22_lines_of_28_characters_in_the_type_area(render: Render) -> None:
    first, second = words(render("tests/grid.html", context={"text": "国" * 28 * 44}))

    for page, left in ((first, 28), (second, 26)):
        lines = [word for word in page if word.text.startswith("国")]
        assert [len(line.text) for line in lines] == [28] * 22
        assert {round(line.left) for line in lines} == {left}
        assert {round(line.right) for line in lines} == {left + 156}
        assert lines[-1].top - lines[0].top == pytest.approx(21 * LINE, abs=0.5)
        assert (lines[0].top + lines[0].bottom) / 2 == pytest.approx(37 + LINE / 2, abs=1)


def test_page_numbers_stand_outside_one_character_in(render: Render) -> None:
    first, second = words(render("tests/grid.html", context={"text": "国" * 28 * 30}))

    (last_dash,) = [word for word in first if word.text == "—" and word.left > 105][-1:]
    (first_dash,) = [word for word in second if word.text == "—" and word.left < 105][:1]
    number = _word(first, "1")
    assert last_dash.right == pytest.approx(210 - 26 - 14 / POINTS_PER_MM, abs=0.5)
    assert first_dash.left == pytest.approx(26 + 14 / POINTS_PER_MM, abs=0.5)
    assert (number.top + number.bottom) / 2 == pytest.approx(37 + 225 + 7 + 7 / POINTS_PER_MM, abs=1)


PARTS = [("h2", "总体要求"), ("h2", "重点任务"), ("h3", "工作机制"), ("h4", "联席会议"), ("h5", "成员"), ("h5", "议题"), ("h3", "政策体系")]


def test_heads_are_numbered_as_the_standard_says(render: Render) -> None:
    lines = [line.strip() for line in pages(render(TEMPLATE, context={"parts": PARTS}))[0].splitlines()]

    assert [line for line in lines if line.endswith(tuple(text for _, text in PARTS))] == [
        "一、总体要求",
        "二、重点任务",
        "（一）工作机制",
        "1. 联席会议",
        "（1）成员",
        "（2）议题",
        "（二）政策体系",
    ]


def test_heads_beyond_ten_are_numbered_in_chinese(render: Render) -> None:
    text = "".join(pages(render(TEMPLATE, context={"parts": [("h2", f"第{number}项") for number in range(1, 22)]})))

    assert all(head in text for head in ("十、第10项", "十一、第11项", "二十、第20项", "二十一、第21项"))


def test_a_red_head_has_its_mark_35_mm_below_the_type_area(render: Render) -> None:
    facts = {"issuer": "人力资源社会保障部文件", "number": "人社部发〔2025〕27号", "parts": [("p", "正文。")]}

    (page,) = words(render(TEMPLATE, title="关于开展试点工作的通知", context=facts))

    mark, number, title = (_word(page, part) for part in ("障部文件", "〔2025〕27号", "试点工作的通知"))
    assert (mark.top + mark.bottom) / 2 == pytest.approx(37 + 35 + 7.5, abs=1)
    for word in (mark, number, title):
        assert (word.left + word.right) / 2 == pytest.approx(28 + 156 / 2, abs=1)
    assert mark.bottom < number.top < number.bottom < title.top


def test_a_letter_has_its_mark_30_mm_from_the_edge_and_no_first_page_number(render: Render) -> None:
    facts = {"letter": True, "issuer": "河北省人力资源和社会保障厅", "number": "冀人社函〔2025〕112号", "parts": [("p", "正文。" * 300)]}

    first, second, *_ = words(render(TEMPLATE, context=facts))

    mark, number = _word(first, "社会保障厅"), _word(first, "112号")
    assert (mark.top + mark.bottom) / 2 == pytest.approx(30 + (430 / 13) / POINTS_PER_MM / 2, abs=1)
    assert number.right == pytest.approx(210 - 26, abs=0.5)
    assert "—" not in {word.text for word in first}
    assert [word.text for word in second if word.top > 262][:3] == ["—", "2", "—"]


@pytest.mark.parametrize("signer", ["人社部", "内蒙古自治区人力资源社会保障厅"])
def test_under_a_seal_the_date_ends_four_characters_in_and_the_signer_is_centred(render: Render, signer: str) -> None:
    facts = {"parts": [("p", "正文。")], "signers": [signer], "date": date(2025, 7, 16), "sealed": True}

    (page,) = words(render(TEMPLATE, context=facts))

    name, day = _word(page, signer), _word(page, "7月16日")
    assert day.text == "2025年7月16日"
    assert day.right == pytest.approx(210 - 26 - 4 * 16 / POINTS_PER_MM, abs=1)
    assert (name.left + name.right) / 2 == pytest.approx((day.left + day.right) / 2, abs=0.5)


def test_a_signer_too_long_for_the_seal_stays_in_the_type_area(render: Render) -> None:
    facts = {"parts": [("p", "正文。")], "signers": ["新疆生产建设兵团人力资源和社会保障局"], "date": date(2025, 7, 16), "sealed": True}

    (page,) = words(render(TEMPLATE, context=facts))

    name, day = _word(page, "保障局"), _word(page, "7月16日")
    assert name.right == pytest.approx(210 - 26, abs=0.5)
    assert (name.left + name.right) / 2 == pytest.approx((day.left + day.right) / 2, abs=0.5)


def test_without_a_seal_the_date_begins_two_characters_after_the_signer(render: Render) -> None:
    facts = {"parts": [("p", "正文。")], "signers": ["河北省人力资源和社会保障厅"], "date": date(2025, 7, 16)}

    (page,) = words(render(TEMPLATE, context=facts))

    name, day = _word(page, "保障厅"), _word(page, "7月16日")
    assert name.right == pytest.approx(210 - 26 - 2 * CHARACTER, abs=0.5)
    assert day.left - name.left == pytest.approx(2 * CHARACTER, abs=0.5)


def test_the_colophon_ends_with_the_type_area_of_the_last_page(render: Render) -> None:
    facts = {
        "parts": [("p", "正文。" * 300)],
        "copies_to": "工业和信息化部、商务部。",
        "printer": "办公厅",
        "printed_on": date(2025, 7, 16),
    }

    *others, last = words(render(TEMPLATE, context=facts))

    printer = _word(last, "办公厅")
    assert not [word for page in others for word in page if "商务部" in word.text]
    assert (printer.top + printer.bottom) / 2 == pytest.approx(37 + 225 - 4, abs=1)
    assert printer.left == pytest.approx((28 if len(others) % 2 == 0 else 26) + 14 / POINTS_PER_MM, abs=0.5)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_annexes_stand_under_each_other(render: Render, language: str) -> None:
    facts = {"parts": [("p", "正文。")], "annexes": ["推荐表", "材料清单"]}

    (page,) = words(render(TEMPLATE, language=language, context=facts))

    assert _word(page, "推荐表").left == pytest.approx(_word(page, "材料清单").left, abs=0.5)
    assert _word(page, "1.").right == pytest.approx(_word(page, "2.").right, abs=0.7)


def test_each_page_carries_code_and_digest(render: Render, mark: Mark) -> None:
    texts = pages(render("tests/grid.html", context={"text": "国" * 28 * 50, "mark": mark}))

    assert len(texts) == 3
    assert all("TS-2025-0007" in text and "SM3 66c7 f0f4 62ee edd9" in text for text in texts)
