"""The form as a workbook, from the download to the confirmation: who may, what is refused, and that nothing slips in."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from xlsxwriter import Workbook

from applications.enums import WorkbookRefusal
from applications.models import FilledWorkbook, Nomination
from applications.services import decisions, invitations, nominations
from pilotportal.audit.models import Event
from pilotportal.documents.sheetparts import LARGEST_FILE, Fault
from pilotportal.documents.spreadsheet import spreadsheet
from tests import factories
from tests.factories import DEADLINE, IN_TIME, REVIEW_TIME

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def round(db):
    return factories.opened_round()


@pytest.fixture
def draft(round):
    return factories.complete_draft(round)


@pytest.fixture
def handler(client, draft, time_machine):
    time_machine.move_to(IN_TIME, tick=False)
    user = factories.handler()
    client.force_login(user)
    return user


def path(name: str, nomination: Nomination, *more: Any) -> str:
    return reverse(f"applications:workbook_{name}", args=[nomination.code, *more])


def fetched(client, nomination) -> bytes:
    response = client.post(path("fetch", nomination))
    assert response.status_code == 200, response.content.decode()[:500]
    assert response.headers["Content-Type"] == XLSX
    return response.content


def send(client, nomination, book: bytes, name: str = "表.xlsx"):
    return client.post(path("upload", nomination), {"file": SimpleUploadedFile(name, book)})


class Pen:
    """Rewrites a workbook as a person would, by the codes beside the cells; sheets are found by what their mark says."""

    def __init__(self, book: bytes) -> None:
        self.grids = spreadsheet(book)
        self.cells = {name: {(r, c): v for r, row in enumerate(grid.rows) for c, v in enumerate(row) if v != ""}
                      for name, grid in self.grids.items()}  # fmt: skip
        self.formulas: dict[tuple[str, tuple[int, int]], str] = {}

    def sheet(self, mark: str) -> str:
        return next(name for name, cells in self.cells.items() if cells.get((0, 0)) == f"#pilotportal:{mark}")

    def place(self, mark: str, row: str, column: str = "entry") -> tuple[str, tuple[int, int]]:
        name = self.sheet(mark)
        r = next(r for (r, c), value in self.cells[name].items() if c == 0 and value == row)
        c = next(c for (r_, c), value in self.cells[name].items() if r_ == 0 and value == column)
        return name, (r, c)

    def write(self, mark: str, row: str, value: Any, column: str = "entry") -> "Pen":
        name, place = self.place(mark, row, column)
        self.cells[name].pop(place, None)
        if value is not None:
            self.cells[name][place] = value
        return self

    def formula(self, mark: str, row: str, text: str) -> "Pen":
        self.formulas[self.place(mark, row)] = text
        return self

    def saved(self) -> bytes:
        target = BytesIO()
        book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        for name, cells in self.cells.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                sheet.write(row, column, value)
            for (at, place), text in self.formulas.items():
                if at == name:
                    sheet.write_formula(*place, text, None, 12)
        book.close()
        return target.getvalue()


def confirm(client, review: str, **choices: str):
    seen = client.get(review).context["seen"]
    return client.post(review, {"seen": seen} | {f"take-{code}": side for code, side in choices.items()})


def test_what_was_filled_in_is_shown_and_then_taken_over(client, handler, draft):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", "９，８７６．５亿元").write("section:basics", "overview", "新的概况。")
    response = send(client, draft, pen.saved())
    workbook = FilledWorkbook.objects.get()
    assert response.url == path("review", draft, workbook.pk)
    page = client.get(response.url).content.decode()
    assert "9,876.50" in page
    assert "新的概况。" in page
    assert "第1项说明。" in page
    assert nominations_content(draft)["gdp"] != "9876.50"
    answer = confirm(client, response.url)
    assert answer.url == draft.get_absolute_url()
    fresh = Nomination.objects.get(pk=draft.pk)
    assert (fresh.content["gdp"], fresh.content["overview"]) == ("9876.50", "新的概况。")
    assert fresh.revision_of("basics") == draft.revision_of("basics") + 1
    assert fresh.revision_of("talent") == draft.revision_of("talent")
    event = Event.objects.get(kind="nomination.workbook_applied")
    assert event.data["changed"] == ["gdp", "overview"]
    assert Event.objects.filter(kind__startswith="nomination.workbook_").count() == 3


def nominations_content(nomination: Nomination) -> dict[str, Any]:
    return Nomination.objects.get(pk=nomination.pk).content


def test_rows_keep_their_keys_and_a_new_row_gets_one(client, handler, draft):
    pen = Pen(fetched(client, draft))
    name, (row, column) = pen.place("group:enterprises", "enterprises-1", "name")
    kind = pen.place("group:enterprises", "enterprises-1", "kind")[1][1]
    pen.cells[name] |= {(row + 3, column): "新企业", (row + 3, kind): "专精特新中小企业"}
    review = send(client, draft, pen.saved()).url
    confirm(client, review)
    first, second = nominations_content(draft)["enterprises"]
    assert first["key"] == "enterprises-1"
    assert (second["name"], second["kind"]) == ("新企业", "specialised")
    assert len(second["key"]) == 32
    again = send(client, draft, pen.saved())
    assert again.url == path("upload", draft), "the same file again adds nothing"


def test_every_fault_is_named_by_sheet_and_cell_and_nothing_is_kept(client, handler, draft):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", "很多").write("section:basics", "basics_year", 1899)
    pen.write("section:basics", "population", 99.5).formula("section:basics", "overview", "=1+1")
    response = send(client, draft, pen.saved())
    assert response.status_code == 422
    faults = {(fault.cell, fault.sentence) for fault in response.context["faults"]}
    at = {code: pen.place("section:basics", code)[1] for code in ("gdp", "basics_year", "overview")}
    assert {cell for cell, _sentence in faults} == {f"C{row + 1}" for row, _column in at.values()}
    page = response.content.decode()
    for fault in response.context["faults"]:
        assert fault.sheet == pen.sheet("section:basics")
        assert str(fault.sentence) in page
    assert not FilledWorkbook.objects.exists()
    assert nominations_content(draft) == draft.content


def test_what_somebody_else_saved_meanwhile_is_shown_beside_it_and_chosen(client, handler, draft):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", 5).write("section:basics", "applicant", "工作簿的单位")
    pen.write("section:basics", "overview", "工作簿的概况")
    section = draft.round.definition.section("basics")
    nominations.save_section(
        nomination_id=draft.pk,
        section=section,
        values={"gdp": "7.00", "overview": "网页的概况", "address": "网页的地址"},
        revision=draft.revision_of("basics"),
        by=factories.approver(),
        at=IN_TIME,
    )
    review = send(client, draft, pen.saved()).url
    page = client.get(review)
    assert [entry.difference.code for section in page.context["sections"] for entry in section.entries if entry.is_conflict] == [
        "gdp",
        "overview",
    ]
    assert page.context["kept"] == ["通讯地址"]
    assert "7.00" in page.content.decode()
    refused = confirm(client, review, gdp="workbook")
    assert refused.status_code == 422
    assert str(WorkbookRefusal.UNDECIDED.label) in refused.content.decode()
    assert 'value="workbook" checked' in refused.content.decode()
    assert confirm(client, review, gdp="workbook", overview="portal").status_code == 302
    content = nominations_content(draft)
    assert [content[code] for code in ("gdp", "overview", "address", "applicant")] == ["5.00", "网页的概况", "网页的地址", "工作簿的单位"]


def test_a_save_between_reading_and_confirming_is_not_overwritten(client, handler, draft):
    review = send(client, draft, Pen(fetched(client, draft)).write("section:basics", "gdp", 5).saved()).url
    seen = client.get(review).context["seen"]
    nominations.save_section(
        nomination_id=draft.pk,
        section=draft.round.definition.section("basics"),
        values={"gdp": "7.00"},
        revision=draft.revision_of("basics"),
        by=factories.approver(),
        at=IN_TIME,
    )
    response = client.post(review, {"seen": seen})
    assert response.status_code == 409
    assert str(WorkbookRefusal.MOVED_ON.label) in response.content.decode()
    assert nominations_content(draft)["gdp"] == "7.00"


def test_a_workbook_is_taken_over_once(client, handler, draft):
    review = send(client, draft, Pen(fetched(client, draft)).write("section:basics", "gdp", 5).saved()).url
    seen = client.get(review).context["seen"]
    assert client.post(review, {"seen": seen}).status_code == 302
    revision = Nomination.objects.get(pk=draft.pk).revision_of("basics")
    again = client.post(review, {"seen": seen}, follow=True)
    assert str(WorkbookRefusal.APPLIED.label) in again.content.decode()
    assert Nomination.objects.get(pk=draft.pk).revision_of("basics") == revision


def test_a_refusal_in_one_section_leaves_all_of_them(client, handler, draft, monkeypatch):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", 5).write("section:talent", "universities", 3)
    review = send(client, draft, pen.saved()).url
    seen = client.get(review).context["seen"]
    real = nominations.save_section

    def failing(*, section, **facts):
        if section.code == "talent":
            raise nominations.Refused(WorkbookRefusal.MOVED_ON)
        return real(section=section, **facts)

    monkeypatch.setattr(nominations, "save_section", failing)
    assert client.post(review, {"seen": seen}).status_code == 409
    assert nominations_content(draft) == draft.content
    assert FilledWorkbook.objects.get().applied_at is None


def test_after_the_deadline_nothing_is_written_kept_or_taken_over(client, handler, draft, time_machine):
    book = Pen(fetched(client, draft)).write("section:basics", "gdp", 5).saved()
    review = send(client, draft, book).url
    seen = client.get(review).context["seen"]
    time_machine.move_to(DEADLINE, tick=False)
    client.force_login(handler)
    assert client.post(path("fetch", draft)).status_code == 302
    assert send(client, draft, book).status_code == 422
    assert client.post(review, {"seen": seen}).status_code == 422
    assert nominations_content(draft) == draft.content


def test_a_correction_opens_the_named_entries_only(client, handler, draft, time_machine):
    nominations.submit(nomination_id=draft.pk, by=factories.approver(), at=IN_TIME, undertaken=True)
    decisions.return_for_correction(
        nomination_id=draft.pk,
        fields=[{"code": "gdp", "note": "请核对"}],
        closes_at=REVIEW_TIME.replace(day=30),
        by=factories.staff(),
        at=REVIEW_TIME,
    )
    time_machine.move_to(REVIEW_TIME, tick=False)
    client.force_login(handler)
    book = fetched(client, draft)
    closed = send(client, draft, Pen(book).write("section:basics", "gdp", 5).write("section:basics", "applicant", "别的单位").saved())
    assert closed.status_code == 422
    assert [fault.label for fault in closed.context["faults"]] == ["申报单位"]
    with ZipFile(BytesIO(book)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sum(sheet.count("<dataValidation ") for sheet in sheets) == 1
    review = send(client, draft, Pen(book).write("section:basics", "gdp", 5).saved()).url
    confirm(client, review)
    assert nominations_content(draft)["gdp"] == "5.00"


def test_the_workbook_of_another_nomination_is_refused(client, handler, draft, round):
    other = factories.complete_draft(round, city=factories.SHIJIAZHUANG)
    response = send(client, draft, Pen(fetched(client, other)).write("section:basics", "gdp", 5).saved())
    assert response.status_code == 422
    assert other.code in response.content.decode()
    assert not FilledWorkbook.objects.exists()


def test_moved_sheets_rows_and_columns_are_understood(client, handler, draft):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", 5)
    name = pen.sheet("section:basics")
    pen.cells[name] = {(row * 2, 40 - column): value for (row, column), value in pen.cells[name].items()}
    pen.cells = {other: pen.cells[other] for other in reversed(pen.cells)}
    review = send(client, draft, pen.saved())
    assert review.status_code == 302
    confirm(client, review.url)
    assert nominations_content(draft)["gdp"] == "5.00"


def without_sheet(pen: Pen) -> None:
    pen.cells.pop(pen.sheet("group:indicators"))


def without_column(pen: Pen) -> None:
    pen.cells[pen.sheet("section:basics")].pop((0, 2))


def without_line(pen: Pen) -> None:
    name, (row, _column) = pen.place("section:basics", "gdp")
    pen.cells[name] = {place: value for place, value in pen.cells[name].items() if place[0] != row}


def with_a_copied_sheet(pen: Pen) -> None:
    pen.cells["副本"] = dict(pen.cells[pen.sheet("section:basics")])


@pytest.mark.parametrize("spoil", [without_sheet, without_column, without_line, with_a_copied_sheet])
def test_a_workbook_that_lost_its_shape_is_refused_with_a_sentence(client, handler, draft, spoil):
    pen = Pen(fetched(client, draft))
    spoil(pen)
    response = send(client, draft, pen.saved())
    assert response.status_code == 422
    assert len(response.context["faults"]) == 1
    assert response.context["faults"][0].label
    assert response.context["faults"][0].sentence in response.content.decode()


def test_notes_beside_the_form_are_named_as_not_taken_over(client, handler, draft):
    pen = Pen(fetched(client, draft)).write("section:basics", "gdp", 5)
    pen.cells[pen.sheet("section:basics")][(5, 9)] = "请财政局核对"
    pen.cells["草稿"] = {(0, 0): "随手记"}
    page = client.get(send(client, draft, pen.saved()).url)
    assert len(page.context["stray"]) == 2
    assert "J6" in page.context["stray"][0]
    assert "草稿" in page.context["stray"][1]


def packed(**parts: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.usefixtures("handler")
@pytest.mark.parametrize(
    ("book", "name", "fault"),
    [
        (b"", "a.xlsx", Fault.EMPTY),
        (b"%PDF-1.7\n\x00", "a.xlsx", Fault.NOT_A_WORKBOOK),
        ("代码,名称\n".encode(), "a.csv", Fault.TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", Fault.OLD_FORMAT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", Fault.ENCRYPTED),
        (packed(**{"xl/workbook.xml": b"<workbook/>", "xl/vbaProject.bin": b"x"}), "a.xlsm", Fault.MACROS),
        (packed(**{"xl/workbook.bin": b"x"}), "a.xlsb", Fault.OTHER_FORMAT),
        (packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "a.ods", Fault.OTHER_FORMAT),
        (packed(**{"word/document.xml": b"<w/>"}), "a.docx", Fault.NOT_A_WORKBOOK),
        (b"PK\x03\x04 cut short", "a.xlsx", Fault.BROKEN),
        (packed(**{"xl/workbook.xml": b"0" * 17 * 2**20}), "a.xlsx", Fault.TOO_LARGE),
        (b"x" * (LARGEST_FILE + 1), "a.xlsx", Fault.TOO_LARGE),
    ],
    ids=["empty", "pdf", "csv", "xls", "encrypted", "xlsm", "xlsb", "ods", "docx", "broken", "bomb", "large"],
)
def test_what_is_no_such_workbook_gets_its_own_sentence(client, draft, book, name, fault):
    response = send(client, draft, book, name)
    assert response.status_code == 422
    assert str(fault.label) in response.content.decode()
    assert not FilledWorkbook.objects.exists()


def test_nobody_reads_the_workbook_of_another_province(client, handler, draft):
    review = send(client, draft, Pen(fetched(client, draft)).write("section:basics", "gdp", 5).saved()).url
    client.force_login(factories.approver(factories.SHANXI))
    assert [client.get(review).status_code, client.post(path("fetch", draft)).status_code] == [404, 404]
    client.force_login(factories.staff())
    assert client.get(review).status_code == 404


def test_the_number_of_queries_does_not_grow_with_what_changes(client, handler, draft, django_assert_num_queries):
    for changes in (["gdp"], ["gdp", "overview", "applicant"]):
        pen = Pen(fetched(client, draft))
        for code in changes:
            pen.write("section:basics", code, "5")
        review = send(client, draft, pen.saved()).url
        with django_assert_num_queries(11):
            client.get(review)


def test_an_invited_city_fills_it_in_until_the_invitation_ends(client, handler, draft):
    invitations.invite(nomination_id=draft.pk, note="请按时填报", by=handler, at=IN_TIME)
    client.force_login(factories.city_official())
    review = send(client, draft, Pen(fetched(client, draft)).write("section:basics", "gdp", 5).saved()).url
    seen = client.get(review).context["seen"]
    invitations.end(nomination_id=draft.pk, by=handler, at=IN_TIME)
    assert client.post(review, {"seen": seen}).status_code == 403
    assert nominations_content(draft)["gdp"] != "5.00"
    invitations.invite(nomination_id=draft.pk, note="请继续填报", by=handler, at=IN_TIME)
    assert client.post(review, {"seen": seen}).status_code == 302
    assert nominations_content(draft)["gdp"] == "5.00"
