from io import BytesIO

import pikepdf
import pytest

from pilotportal.documents.parts import Column, Mark, Table
from tests.documents.conftest import DIGEST, Render
from tests.documents.reading import pages, words

COLUMNS = [Column(title="序号", width=10, numeric=True), Column(title="城市", width=60), Column(title="综合得分", width=30, numeric=True)]


def _table(rows: int) -> Table:
    return Table(
        caption="表1 评分明细",
        columns=COLUMNS,
        rows=[(number, "唐山市", "86.50") for number in range(1, rows + 1)],
        note="注：演算见附件。",
    )


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_short_table_stands_on_one_page(render: Render, rows: int) -> None:
    (text,) = pages(render(context={"table": _table(rows)}))

    assert text.count("综合得分") == 1
    assert text.count("唐山市") == rows
    assert "表1 评分明细" in text
    assert "注：演算见附件。" in text


def test_the_head_of_a_long_table_is_repeated_on_each_page(render: Render) -> None:
    texts = pages(render(context={"table": _table(120)}))

    assert len(texts) > 2
    assert all(text.count("综合得分") == 1 for text in texts)
    assert sum(text.count("唐山市") for text in texts) == 120


def test_a_heading_is_not_left_alone_at_the_foot_of_a_page(render: Render) -> None:
    stands_on = set()
    for fill in range(31, 40):
        texts = pages(render(context={"paragraphs": ["一"] * fill, "table": _table(3)}))
        heads = [number for number, text in enumerate(texts) if "评分明细" in text.replace("表1 评分明细", "")]
        tables = [number for number, text in enumerate(texts) if "综合得分" in text]
        assert heads == tables[:1]
        stands_on.add(heads[0])
    assert stands_on == {0, 1}


def test_a_row_with_too_few_cells_is_refused(render: Render) -> None:
    with pytest.raises(ValueError, match="zip"):
        render(context={"table": Table(columns=COLUMNS, rows=[(1, "唐山市")])})


def test_pages_are_a4_and_counted(render: Render) -> None:
    made = render(context={"table": _table(120)})

    with pikepdf.open(BytesIO(made)) as opened:
        sizes = {tuple(round(float(side)) for side in page.mediabox) for page in opened.pages}
        assert sizes == {(0, 0, 595, 842)}
        assert pages(made)[0].replace(" ", "").strip().endswith(f"1/{len(opened.pages)}")


def test_a_wide_report_lies_on_its_side(render: Render, mark: Mark) -> None:
    made = render("tests/wide.html", context={"mark": mark, "table": _table(3), "signatories": ["评审组长", "复核人"]})

    with pikepdf.open(BytesIO(made)) as opened:
        assert {tuple(round(float(side)) for side in page.mediabox) for page in opened.pages} == {(0, 0, 842, 595)}
    (text,) = pages(made)
    assert all(part in text for part in ("评审组长", "复核人", "TS-2025-0007", "综合得分"))


def test_a_table_is_tagged_for_screen_readers(render: Render) -> None:
    with pikepdf.open(BytesIO(render(context={"table": _table(3)}))) as made:
        tags = [str(item["/S"]) for item in made.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"]
    assert {"/Table", "/TH", "/TD", "/H1", "/H2"} <= set(tags)
    assert tags.count("/TH") == 3


def test_long_words_do_not_leave_the_type_area(render: Render) -> None:
    (page,) = words(render(context={"paragraphs": ["甲" + "abcdef0123456789" * 20]}))

    assert max(word.right for word in page) <= 210 - 18 + 0.5


def test_a_receipt_shows_the_whole_digest_in_groups(render: Render, mark: Mark) -> None:
    facts = {"mark": mark, "summary": [("城市", "唐山市"), ("联系人", "王玥、𠮷田")], "note": "本回执证明材料已按时送达。"}

    (text,) = pages(render("documents/receipt.html", title="提交回执", context=facts))

    shown = "".join(text.split())
    assert DIGEST.removeprefix("sm3:") in shown
    assert "王玥、𠮷田" in text
    assert "66c7f0f4 62eeedd9" in " ".join(text.split())
    assert "https://portal.example.cn/verify/TS-2025-0007" in shown


def test_the_qr_code_speaks_its_address(render: Render, mark: Mark) -> None:
    with pikepdf.open(BytesIO(render("documents/receipt.html", context={"mark": mark, "summary": []}))) as made:
        spoken = [str(item["/Alt"]) for item in made.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert spoken


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_values_cannot_become_markup(render: Render, mark: Mark, language: str) -> None:
    facts = {"mark": mark, "summary": [("<b>", "<img src=x>\n第二行")]}

    (text,) = pages(render("documents/receipt.html", title="<i>", language=language, context=facts))

    assert "<img src=x>" in text
    assert "<b>" in text
    assert "<i>" in text
