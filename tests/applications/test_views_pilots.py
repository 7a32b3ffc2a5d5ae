"""Pilots in the browser: the city writes and hands in, the province files and endorses, the ministry reads and accepts."""

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import PlanStatus, SummaryStatus
from applications.models import IndicatorActual, Plan, Progress, Summary
from applications.services import pilots
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from pilotportal.files.models import StoredFile
from tests import factories
from tests.factories import HEBEI, PLAN_DEADLINE, SELECTED_AT, SHANXI, SHIJIAZHUANG, SUMMARY_DEADLINE, TAIYUAN, TANGSHAN
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db
PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, REFUSED = 200, 302, 403, 404, 422
DAY = timedelta(days=1)
PARTS = {"overview": "总体情况。", "results": "做法。", "problems": "问题。", "suggestions": "建议。"}
WRITES = ["plan_edit", "plan_issue", "plan_file", "progress_new", "summary_edit", "summary_submit", "summary_endorse", "summary_accept"]


def at(moment):
    clock.set_simulated(moment, running=False)


@pytest.fixture(autouse=True)
def after_the_selection():
    at(SELECTED_AT + DAY)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def pilot():
    return factories.pilot(factories.opened_round())


@pytest.fixture
def city(pilot, client):
    user = factories.city_official(TANGSHAN)
    client.force_login(user)
    return user


def url(name, pilot, *more):
    return reverse(f"applications:{name}", args=[pilot.code, *more])


def pdf():
    document, stream = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(stream)
    return SimpleUploadedFile("实施方案.pdf", stream.getvalue(), content_type="application/pdf")


def download(client, pilot, number):
    """Read to its end, which closes the file."""
    response = client.get(url("plan_document", pilot, number))
    return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content


def hidden(response, name):
    return read(response.text).one("input", name=name).attributes["value"]


def error_at(response, field):
    assert response.status_code == REFUSED
    return read(response.text).one("div", id=f"id_{field}_error").text


def typed(response, field):
    return read(response.text).one("textarea", name=field).text


# -- rights --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "division", "status", "may"),
    [
        (Role.CITY, TANGSHAN, PAGE, {"plan_edit", "plan_issue", "progress_new", "summary_edit", "summary_submit"}),
        (Role.PROVINCE_HANDLER, HEBEI, PAGE, {"plan_file"}),
        (Role.PROVINCE_APPROVER, HEBEI, PAGE, {"plan_file", "summary_endorse"}),
        (Role.STAFF, None, PAGE, {"summary_accept"}),
        (Role.PARTNER, None, PAGE, set()),
        (Role.SUPERVISOR, None, PAGE, set()),
        (Role.CITY, TAIYUAN, NOT_FOUND, None),
        (Role.PROVINCE_APPROVER, SHANXI, NOT_FOUND, None),
        (Role.CO_DEPARTMENT, HEBEI, NOT_FOUND, None),
        (Role.EXPERT, TAIYUAN, NOT_FOUND, None),
        (Role.SYSTEM_ADMIN, None, NOT_FOUND, None),
    ],
)
def test_each_role_does_only_its_own(client, pilot, role, division, status, may):  # noqa: PLR0917 - parameters
    factories.issued_plan(pilot)
    client.force_login(factories.user(role, division))
    assert client.get(url("pilot", pilot)).status_code == status
    assert download(client, pilot, 1)[0] == status
    for name in WRITES:
        expected = {NOT_FOUND} if may is None else {PAGE, REDIRECT, REFUSED} if name in may else {FORBIDDEN}
        assert client.post(url(name, pilot)).status_code in expected, name


@pytest.mark.parametrize(
    ("role", "division", "cities"),
    [
        (Role.CITY, TANGSHAN, {"唐山市"}),
        (Role.PROVINCE_HANDLER, HEBEI, {"唐山市", "石家庄市"}),
        (Role.STAFF, None, {"唐山市", "石家庄市", "太原市"}),
        (Role.CITY, "131000", set()),
    ],
)
def test_everybody_finds_his_own_pilots_in_the_list(client, role, division, cities):
    factories.pilots_of(factories.opened_round(), TANGSHAN, SHIJIAZHUANG, TAIYUAN)
    client.force_login(factories.user(role, division))
    text = client.get(reverse("applications:pilots")).text
    assert {city for city in ("唐山市", "石家庄市", "太原市") if f">{city}</a>" in text} == cities


def test_who_has_nothing_to_do_with_pilots_is_refused_the_list(client):
    client.force_login(factories.user(Role.EXPERT, TANGSHAN))
    assert client.get(reverse("applications:pilots")).status_code == FORBIDDEN


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, TAIYUAN]])
def test_the_list_of_pilots_takes_the_same_queries_however_long(client, cities):
    for pilot in factories.pilots_of(factories.opened_round(), *cities):
        factories.issued_plan(pilot)
        factories.drafted_summary(pilot)
    client.force_login(factories.staff())
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("applications:pilots"))
    assert response.text.count("/pilots/") >= len(cities)
    assert len(queries) == 14


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_pilot_takes_the_same_queries_however_long_it_is(client, pilot, city, count):
    for number in range(count):
        factories.issued_plan(pilot, by=city)
        at(SELECTED_AT + 365 * number * DAY)
        actuals = {indicator.pk: Decimal(number) for indicator in pilot.indicators.all()}
        pilots.report_progress(
            pilot_id=pilot.pk, year=2025 + number, work="工作", problems="", actuals=actuals, by=city, at=SELECTED_AT + 365 * number * DAY
        )
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url("pilot", pilot)).status_code == PAGE
    assert len(queries) == 13


# -- the plan ------------------------------------------------------------------------------------------------------------------


def test_a_plan_from_the_first_line_to_its_filing(client, pilot, city):
    address = url("plan_edit", pilot)
    entry = {"title": "实施方案", "outline": "一、机制。\r\n二、项目。", "seen": hidden(client.get(address), "seen")}
    assert client.post(address, entry).status_code == REDIRECT
    assert Plan.objects.get().outline == "一、机制。\n二、项目。"
    address = url("plan_issue", pilot)
    page = client.get(address)
    assert "逾期" not in page.text
    entry = {"document_number": "唐政发〔2025〕15号", "file": pdf(), "seen": hidden(page, "seen"), "kept": ""}
    assert client.post(address, entry).status_code == REDIRECT
    client.force_login(factories.handler(HEBEI))
    assert client.post(url("plan_file", pilot), {"filing_number": "冀人社备〔2025〕3号"}).status_code == REDIRECT
    plan = Plan.objects.get()
    assert (plan.status, plan.filing_number, plan.document_number) == (PlanStatus.FILED, "冀人社备〔2025〕3号", "唐政发〔2025〕15号")


def test_after_the_deadline_the_page_says_before_that_the_plan_will_be_late(client, pilot, city):
    factories.drafted_plan(pilot, by=city)
    at(PLAN_DEADLINE - timedelta(microseconds=1))
    assert "该实施方案将标注为逾期" not in client.get(url("plan_issue", pilot)).text
    at(PLAN_DEADLINE)
    page = client.get(url("plan_issue", pilot))
    assert "该实施方案将标注为逾期" in page.text
    assert "2025年9月30日 24:00" in page.text
    client.post(url("plan_issue", pilot), {"document_number": "1号", "file": pdf(), "seen": hidden(page, "seen")})
    assert Plan.objects.get().status == PlanStatus.ISSUED
    client.force_login(factories.staff())
    assert "逾期报送" in client.get(reverse("applications:pilots")).text
    assert "晚于截止时间2025年9月30日 24:00" in client.get(url("pilot", pilot)).text


def test_a_missing_plan_is_overdue_and_a_draft_is_the_citys_own(client, pilot, city):
    factories.drafted_plan(pilot, by=city)
    at(PLAN_DEADLINE)
    assert "实施方案" in client.get(url("pilot", pilot)).text
    client.force_login(factories.handler(HEBEI))
    page = client.get(url("pilot", pilot)).text
    assert "逾期未报" in page
    assert "主要任务和进度安排" not in page


def test_an_uploaded_file_is_kept_when_the_number_is_missing(client, pilot, city):
    factories.drafted_plan(pilot, by=city)
    address = url("plan_issue", pilot)
    seen = hidden(client.get(address), "seen")
    refused = client.post(address, {"document_number": "", "file": pdf(), "seen": seen})
    assert "必填" in error_at(refused, "document_number")
    assert "已保留" in refused.text
    kept = hidden(refused, "kept")
    assert client.post(address, {"document_number": "1号", "kept": kept, "seen": seen}).status_code == REDIRECT
    assert Plan.objects.get().file == StoredFile.objects.get(digest=Plan.objects.get().file.digest)


def test_nobody_hands_in_a_file_that_another_person_uploaded(client, pilot, city):
    factories.drafted_plan(pilot, by=city)
    address = url("plan_issue", pilot)
    seen = hidden(client.get(address), "seen")
    kept = hidden(client.post(address, {"document_number": "", "file": pdf(), "seen": seen}), "kept")
    client.force_login(factories.city_official(TANGSHAN))
    for stolen in (kept, "forged", kept[:-2]):
        assert "请选择印发文件" in error_at(client.post(address, {"document_number": "1号", "kept": stolen, "seen": seen}), "file")


def test_a_file_that_is_no_pdf_is_refused_by_its_content(client, pilot, city):
    factories.drafted_plan(pilot, by=city)
    address = url("plan_issue", pilot)
    entry = {
        "document_number": "唐政发〔2025〕15号",
        "file": SimpleUploadedFile("方案.pdf", b"MZ not a pdf"),
        "seen": hidden(client.get(address), "seen"),
    }
    refused = client.post(address, entry)
    assert "PDF" in error_at(refused, "file")
    assert hidden(refused, "document_number") == "唐政发〔2025〕15号"
    assert Plan.objects.get().status == PlanStatus.DRAFT


def test_reading_the_issued_document_is_recorded(client, pilot, city):
    plan = factories.issued_plan(pilot, by=city)
    supervisor = factories.user(Role.SUPERVISOR)
    client.force_login(supervisor)
    assert download(client, pilot, 1) == (PAGE, plan.file.read())
    event = Event.objects.get(kind="plan.downloaded")
    assert (event.actor_id, event.data["file"]) == (supervisor.pk, plan.file.digest)
    assert client.get(url("plan_document", pilot, 2)).status_code == NOT_FOUND


def test_a_plan_that_somebody_else_saved_is_shown_and_replaced_only_knowingly(client, pilot, city):
    address = url("plan_edit", pilot)
    entry = {"title": "我的", "outline": "我的任务", "seen": hidden(client.get(address), "seen")}
    factories.drafted_plan(pilot, by=factories.city_official(TANGSHAN))
    refused = client.post(address, entry)
    assert refused.status_code == REFUSED
    assert "主要任务和进度安排。" in refused.text
    assert typed(refused, "outline") == "我的任务"
    assert Plan.objects.get().title == "实施方案"
    assert client.post(address, entry | {"seen": hidden(refused, "seen")}).status_code == REDIRECT
    assert Plan.objects.get().title == "我的"


def test_a_new_version_begins_with_the_text_of_the_last(client, pilot, city):
    factories.issued_plan(pilot, by=city)
    page = client.get(url("plan_edit", pilot))
    assert "第2版" in page.text
    assert typed(page, "outline") == "主要任务和进度安排。"


def test_a_pasted_text_that_is_too_long_is_not_cut(client, pilot, city):
    address = url("plan_edit", pilot)
    text = "字" * 8001
    refused = client.post(address, {"title": "方案", "outline": text, "seen": hidden(client.get(address), "seen")})
    assert "8000" in error_at(refused, "outline")
    assert typed(refused, "outline") == text
    lines = "行\r\n" * 4000
    assert client.post(address, {"title": "方案", "outline": lines, "seen": "0:0"}).status_code == REDIRECT


# -- progress ------------------------------------------------------------------------------------------------------------------


def test_progress_with_full_width_figures(client, pilot, city):
    indicator = pilot.indicators.get()
    entry = {"year": "2025", "work": "工作", "problems": "", f"actual_{indicator.pk}": "１，２３４．５０"}
    assert client.post(url("progress_new", pilot), entry).status_code == REDIRECT
    assert IndicatorActual.objects.get().value == Decimal("1234.50")
    assert "1,234.5" in client.get(url("pilot", pilot)).text


@pytest.mark.parametrize(("figure", "sentence"), [("很多", "数"), ("1.234", "2"), ("1e5", "数"), ("99999999999999999", "数")])
def test_a_figure_that_cannot_be_read_loses_nothing(client, pilot, city, figure, sentence):
    name = f"actual_{pilot.indicators.get().pk}"
    refused = client.post(url("progress_new", pilot), {"year": "2025", "work": "全年工作", name: figure})
    assert sentence in error_at(refused, name)
    assert hidden(refused, name) == figure
    assert typed(refused, "work") == "全年工作"
    assert not Progress.objects.exists()


def test_a_figure_that_is_not_there_yet_is_left_out(client, pilot, city):
    name = f"actual_{pilot.indicators.get().pk}"
    assert client.post(url("progress_new", pilot), {"year": "2025", "work": "工作", name: ""}).status_code == REDIRECT
    assert not IndicatorActual.objects.exists()


@pytest.mark.parametrize("year", ["2024", "2026", "明年", ""])
def test_a_year_that_cannot_be_reported(client, pilot, city, year):
    refused = client.post(url("progress_new", pilot), {"year": year, "work": "工作"})
    assert error_at(refused, "year")


def test_when_every_year_is_reported_the_page_leads_back(client, pilot, city):
    pilots.report_progress(pilot_id=pilot.pk, year=2025, work="工作", problems="", actuals={}, by=city, at=SELECTED_AT)
    response = client.get(url("progress_new", pilot), follow=True)
    assert "均已报送" in response.text
    assert url("progress_new", pilot) not in response.text


# -- the summary ---------------------------------------------------------------------------------------------------------------


def test_a_summary_from_the_draft_to_its_acceptance(client, pilot, city):
    address = url("summary_edit", pilot)
    saved = client.post(address, PARTS | {"revision": hidden(client.get(address), "revision"), "go_on": "yes"})
    assert saved.url == url("summary_submit", pilot)
    page = client.get(saved.url)
    assert client.post(saved.url, {"revision": hidden(page, "revision")}).status_code == REDIRECT
    client.force_login(factories.approver(HEBEI))
    assert "做法。" in client.get(url("summary_endorse", pilot)).text
    assert client.post(url("summary_endorse", pilot)).status_code == REDIRECT
    client.force_login(factories.staff())
    assert "建议。" in client.get(url("summary_accept", pilot)).text
    assert client.post(url("summary_accept", pilot)).status_code == REDIRECT
    assert Summary.objects.get().status == SummaryStatus.ACCEPTED


def test_an_empty_part_is_named_and_cannot_be_handed_in(client, pilot, city):
    factories.drafted_summary(pilot, by=city, problems="", suggestions=" ")
    page = client.get(url("summary_submit", pilot))
    text = read(page.text).text
    assert "四个部分均须填写" in text
    assert "存在问题" in text
    response = client.post(url("summary_submit", pilot), {"revision": hidden(page, "revision")}, follow=True)
    assert "四个部分均须填写" in response.text
    assert Summary.objects.get().status == SummaryStatus.DRAFT


def test_after_the_deadline_the_page_says_before_that_the_summary_will_be_late(client, pilot, city):
    factories.drafted_summary(pilot, by=city)
    at(SUMMARY_DEADLINE)
    page = client.get(url("summary_submit", pilot))
    assert "该试点总结将标注为逾期" in page.text
    client.post(url("summary_submit", pilot), {"revision": hidden(page, "revision")})
    assert "晚于截止时间2027年12月31日 24:00" in client.get(url("pilot", pilot)).text


def test_a_summary_changed_since_the_page_was_read_is_not_handed_in(client, pilot, city):
    factories.drafted_summary(pilot, by=city)
    seen = hidden(client.get(url("summary_submit", pilot)), "revision")
    pilots.save_summary(pilot_id=pilot.pk, parts=PARTS, revision=1, by=city, at=SELECTED_AT)
    for revision in (seen, "", "x"):
        client.post(url("summary_submit", pilot), {"revision": revision})
    assert Summary.objects.get().status == SummaryStatus.DRAFT


def test_two_editors_of_a_summary_see_both_texts(client, pilot, city):
    address = url("summary_edit", pilot)
    entry = PARTS | {"overview": "我的总体情况", "revision": hidden(client.get(address), "revision")}
    factories.drafted_summary(pilot, by=factories.city_official(TANGSHAN), overview="别人的总体情况")
    refused = client.post(address, entry)
    assert refused.status_code == REFUSED
    assert "别人的总体情况" in refused.text
    assert typed(refused, "overview") == "我的总体情况"
    assert client.post(address, entry | {"revision": hidden(refused, "revision")}).status_code == REDIRECT
    assert Summary.objects.get().overview == "我的总体情况"


def test_a_draft_of_the_summary_is_the_citys_own(client, pilot, city):
    factories.drafted_summary(pilot, by=city, overview="尚未报送的内容")
    assert "尚未报送的内容" in client.get(url("pilot", pilot)).text
    for reader in (factories.approver(HEBEI), factories.staff(), factories.user(Role.SUPERVISOR)):
        client.force_login(reader)
        assert "尚未报送的内容" not in client.get(url("pilot", pilot)).text
    pilots.submit_summary(pilot_id=pilot.pk, by=city, at=SELECTED_AT)
    assert "尚未报送的内容" in client.get(url("pilot", pilot)).text
