"""The recommendation letter as paper: read back with other programs than wrote it, and its square with the reader of scans."""

import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from applications import documents, tasks
from applications.models import Letter
from pilotportal.documents import scans
from pilotportal.files import rules
from pilotportal.files.enums import MediaType
from pilotportal.jobs.tasks import BUILDERS
from tests import factories
from tests.applications.lettering import letter, ready
from tests.documents.reading import pages, words
from tests.factories import SHIJIAZHUANG, TANGSHAN

pytestmark = pytest.mark.django_db

MINUTE_TO_MIDNIGHT = datetime(2025, 7, 15, 16, 30, tzinfo=UTC)  # 16 July in Beijing


@pytest.fixture
def round():
    return factories.opened_round(ranks_nominations=True)


@pytest.fixture
def made(round):
    chosen = [ready(round, city=city) for city in (TANGSHAN, SHIJIAZHUANG)]
    return letter(*chosen, at=MINUTE_TO_MIDNIGHT)


def joined(page):
    return "".join(page.split())


def test_it_says_to_whom_whom_and_under_which_number(made):
    first, _second = pages(documents.letter(made))
    text = joined(first)
    for part in (
        "冀人社函〔2025〕12号",
        f"{made.made_by.organisation.name}关于推荐",
        "试点城市的函",
        "人力资源社会保障部：",
        "人社部发〔2025〕27号",
        "唐山市、石家庄市等2个城市（按推荐顺序排列）",
        "特此推荐。",
        "附件：推荐城市名单",
        "2025年7月16日",
    ):
        assert part in text, part


def test_the_annex_lists_the_cities_in_order_with_their_digests(made):
    content = documents.letter(made)
    annex = words(content)[1]
    tops = {word.text: word.top for word in annex}
    rows = [tops[line["digest"].partition(":")[2][:4]] for line in made.lines]
    assert rows == sorted(rows)
    for line, top in zip(made.lines, rows, strict=True):
        assert line["nomination"] in "".join(word.text for word in annex if word.top == pytest.approx(top, abs=1))
    text = joined(pages(content)[1])
    assert text.startswith("附件推荐城市名单推荐顺序")
    assert made.code in text


def test_where_no_order_counts_the_letter_says_so():
    plain = factories.opened_round()
    text = joined("".join(pages(documents.letter(letter(ready(plain, city=TANGSHAN), ready(plain, city=SHIJIAZHUANG))))))
    assert "按行政区划顺序排列，不分先后" in text
    assert "推荐顺序" not in text
    assert "石家庄市、唐山市等2个城市参加" in text


def test_departments_join_in_the_text_where_they_signed_all(made):
    assert "经研究，现推荐" in joined(pages(documents.letter(made))[0])
    for line, names in zip(made.lines, (["冀商务厅", "冀工商联"], ["冀工商联"]), strict=True):
        line["joined"] = names
    first, second = pages(documents.letter(made))
    assert "经会同冀工商联研究" in joined(first)
    assert "冀商务厅" in joined(second)


@pytest.mark.parametrize("dpi", [150, 300])
def test_its_square_is_read_from_a_printed_and_scanned_page(made, dpi):
    with pypdfium2.PdfDocument(documents.letter(made)) as paper:
        for page in paper:
            target = io.BytesIO()
            page.render(scale=dpi / 72, grayscale=True).to_pil().rotate(1, fillcolor=255).save(target, "JPEG", quality=60)
            assert scans.codes_in(target.getvalue()) == [made.seal]


def test_the_square_keeps_clear_of_the_rule_of_the_letter(made):
    first, second = words(documents.letter(made))
    for page in (first, second):
        code = next(word for word in page if word.text == made.code and word.top > 250)
        assert code.top > 297 - 20
        assert code.bottom < 297 - 4


def test_the_seal_has_room_over_the_date(made):
    first, _second = words(documents.letter(made))
    day = next(word for word in first if word.text == "2025年7月16日")
    assert day.right < 210 - 26 - 20
    assert day.bottom < 297 - 35


def test_it_is_an_archival_file_that_may_be_uploaded_again(made, tmp_path):
    """An electronically sealed letter is this very file; what is uploaded may embed nothing."""
    content = documents.letter(made)
    with pikepdf.open(io.BytesIO(content)) as paper:
        assert not paper.attachments
        metadata = paper.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"].startswith("关于推荐")
    path = tmp_path / "letter.pdf"
    path.write_bytes(content)
    assert rules.judge(path).refusal is None


def test_the_same_letter_gives_the_same_bytes_in_every_language(made):
    builder = BUILDERS["applications.letter"]
    assert (builder.build, builder.media_type) == (tasks.letter, MediaType.PDF)
    built = builder.build({"letter_id": made.pk, "language": "en"}, lambda *_progress: None)
    assert built == documents.letter(Letter.objects.get(pk=made.pk))


def test_only_a_demonstration_says_that_it_is_one(made, settings):
    sentence = "不代表真实评审结果"
    assert sentence not in "".join(pages(documents.letter(made)))
    settings.DEMONSTRATION = True
    assert all(sentence in page for page in pages(documents.letter(made)))
