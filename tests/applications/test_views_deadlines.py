"""Deadlines in the browser: what holds, who is in, what the closing did; moving one with a reason."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import content
from applications.models import Amendment, Closing, Nomination
from applications.periodic import close_deadlines
from applications.services import closing, decisions, nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from pilotportal.digests import matches
from tests import factories
from tests.factories import (
    BEIJING_CODE,
    DEADLINE,
    HEBEI,
    IN_TIME,
    LANGFANG,
    PLAN_DEADLINE,
    SHANXI,
    SHIJIAZHUANG,
    TAIYUAN,
    TANGSHAN,
)
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db
PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, REFUSED = 200, 302, 403, 404, 422
ENTRY = {"province": "", "instant": "2025-07-25", "reason": "台风影响", "document_number": "人社厅函〔2025〕90号"}


@pytest.fixture(autouse=True)
def still_clock():
    clock.set_simulated(IN_TIME, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def staff(client):
    user = factories.staff()
    client.force_login(user)
    return user


@pytest.fixture
def round(staff):
    return factories.opened_round()


def address(round, kind="nomination"):
    return reverse("applications:deadline_amend", args=[round.code, kind])


def board(client, kind="nomination"):
    """The part of the page about one deadline."""
    return read(client.get(reverse("applications:deadlines")).text).one("section", id=kind)


def figures(section):
    return [int(each.text) for each in section.one("dl", class_="figures").all("dd")]


def facts(section):
    rows = [row for each in section.all("dl", class_="summary-list") for row in each.children]
    return {row.one("dt").text: row.one("dd").text for row in rows}


# -- watching ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "division", "status"),
    [
        (Role.STAFF, None, PAGE),
        (Role.SUPERVISOR, None, PAGE),
        (Role.PARTNER, None, PAGE),
        (Role.PROVINCE_APPROVER, HEBEI, FORBIDDEN),
        (Role.CITY, TANGSHAN, FORBIDDEN),
        (Role.EXPERT, TANGSHAN, FORBIDDEN),
        (Role.SYSTEM_ADMIN, None, FORBIDDEN),
    ],
)
def test_the_ministries_watch_the_deadlines(client, role, division, status):
    round = factories.opened_round()
    client.force_login(factories.user(role, division))
    assert client.get(reverse("applications:deadlines")).status_code == status
    assert client.get(reverse("applications:deadlines", args=[round.code])).status_code == status
    may_move = role == Role.STAFF
    assert (address(round) in client.get(reverse("applications:deadlines")).text) == may_move
    assert client.get(address(round)).status_code == (PAGE if may_move else NOT_FOUND if role == Role.SYSTEM_ADMIN else FORBIDDEN)


def test_without_a_round_the_page_says_so(client, staff):
    factories.preparing_round()
    assert "尚无已启动的批次" in client.get(reverse("applications:deadlines")).text


def test_who_is_in_and_who_is_missing_by_province(client, round):
    for city in (TANGSHAN, SHIJIAZHUANG, BEIJING_CODE):
        factories.submitted(round, city=city)
    factories.draft(round, city=TAIYUAN)
    section = board(client)
    assert figures(section) == [3, 1, 86, 30]
    assert "河北省" not in facts(section)["尚无报送"]
    assert "山西省" in facts(section)["尚无报送"]
    (hebei,) = [row for row in section.all("tr") if "河北省" in row.text]
    assert [cell.text for cell in hebei.all("td")] == ["2025年7月18日 24:00", "2", "3", "—"]
    (shanxi,) = [row for row in section.all("tr") if "山西省" in row.text]
    gaps = sum(1 for _gap in content.gaps(round.definition, {}))
    assert shanxi.all("td")[-1].text == f"1 · {gaps}"
    assert "太原" not in section.text  # a draft is the province's alone


def test_plans_in_late_and_missing(client, round):
    punctual, late, _silent = factories.pilots_of(round, TANGSHAN, SHIJIAZHUANG, TAIYUAN)
    factories.issued_plan(punctual)
    factories.issued_plan(late, at=PLAN_DEADLINE)
    clock.set_simulated(PLAN_DEADLINE + timedelta(hours=1), running=False)
    section = board(client, "plan")
    assert figures(section) == [2, 1, 3, 1]
    (hebei,) = [row for row in section.all("tr") if "河北省" in row.text]
    assert [cell.text for cell in hebei.all("td")] == ["2025年9月30日 24:00", "2", "1", "0"]


def test_what_the_closing_did_and_what_it_has_not_done_yet(client, round):
    factories.submitted(round)
    clock.set_simulated(DEADLINE + timedelta(seconds=89), running=False)
    assert "尚未封存" not in board(client).text
    clock.set_simulated(DEADLINE + timedelta(seconds=90), running=False)
    assert "尚未封存" in board(client).text
    closing.close_due(at=DEADLINE + timedelta(hours=3))
    section = board(client)
    sealed = Closing.objects.get()
    assert "尚未封存" not in section.text
    assert "2025年7月19日 03:00:00" in section.text
    assert section.one("span", title=sealed.digest)
    (link,) = [link for link in section.all("a") if link.attributes["href"].endswith(".json")]
    response = client.get(link.attributes["href"])
    assert matches(response.content, sealed.digest)
    assert json.loads(response.content)["entries"] == sealed.entries
    assert Event.objects.get(kind="deadline.list_downloaded").data["digest"] == sealed.digest


def test_a_list_belongs_to_its_round_and_to_those_who_watch(client, round):
    closing.close_due(at=DEADLINE + timedelta(hours=3))
    digest = Closing.objects.get().digest
    other = factories.opened_round(code="2026")
    assert client.get(reverse("applications:sealed_list", args=[other.code, digest])).status_code == NOT_FOUND
    assert client.get(reverse("applications:sealed_list", args=[round.code, "sm3:00"])).status_code == NOT_FOUND
    client.force_login(factories.approver())
    assert client.get(reverse("applications:sealed_list", args=[round.code, digest])).status_code == FORBIDDEN


def test_corrections_are_open_in_or_expired_with_the_version_that_stands(client, round):
    closes_at = DEADLINE + timedelta(days=5)
    for city in (TANGSHAN, TAIYUAN):
        decisions.return_for_correction(
            nomination_id=factories.submitted(round, city=city).pk,
            fields=[{"code": "overview", "note": "请补充"}],
            closes_at=closes_at,
            by=factories.made_by(round),
            at=DEADLINE,
        )
    nominations.submit(nomination_id=Nomination.objects.get(city=TAIYUAN).pk, by=factories.approver(SHANXI), at=DEADLINE)

    def states(at):
        clock.set_simulated(at, running=False)
        section = read(client.get(reverse("applications:deadlines"), headers={"Accept-Language": "en"}).text).one(
            "section", id="correction"
        )
        return [pill.text for pill in section.all("span") if pill.attributes.get("class", "").startswith("pill")], section

    assert states(closes_at - timedelta(microseconds=1))[0] == ["open", "handed in"]
    assert states(closes_at)[0] == ["expired; version 1 stands", "handed in"]
    assert "has not been sealed" in states(closes_at + timedelta(seconds=90))[1].text
    closing.close_due(at=closes_at + timedelta(seconds=90))
    assert "has not been sealed" not in states(closes_at + timedelta(seconds=90))[1].text


def test_what_the_tasks_did_and_when(client, round):
    factories.submitted(round)
    clock.set_simulated(DEADLINE + timedelta(hours=3), running=False)
    page = client.get(reverse("applications:deadlines"), headers={"Accept-Language": "en"})
    assert read(page.text).one("section", id="tasks").text.count("never yet") == 3
    close_deadlines.apply()
    close_deadlines.apply()
    text = read(client.get(reverse("applications:deadlines"), headers={"Accept-Language": "en"}).text).one("section", id="tasks").text
    assert "19 July 2025, 03:00:00 · lists sealed 1 · entries in them 1" in text
    assert text.count("never yet") == 2


def test_an_amendment_is_shown_with_all_that_belongs_to_it(client, round, staff):
    client.post(address(round), ENTRY | {"province": HEBEI})
    section = board(client)
    assert facts(section)["原截止时间"] == facts(section)["统一截止时间"] == "2025年7月18日 24:00"
    assert facts(section)["单独截止时间"] == "河北省 2025年7月25日 24:00"
    for words in ("台风影响", "人社厅函〔2025〕90号", staff.name):
        assert words in section.text


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, TAIYUAN]])
def test_the_page_takes_the_same_queries_however_many_are_in(client, round, cities):
    factories.pilots_of(round, *cities)
    for province in (HEBEI, SHANXI)[: len(cities)]:
        client.post(address(round), ENTRY | {"province": province})
    closing.close_due(at=DEADLINE + timedelta(hours=3))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("applications:deadlines")).status_code == PAGE
    assert len(queries) == 23


# -- moving --------------------------------------------------------------------------------------------------------------------


def test_moving_a_deadline_for_all_means_the_end_of_the_day(client, round, staff):
    assert client.post(address(round), ENTRY).status_code == REDIRECT
    amendment = Amendment.objects.get()
    assert amendment.instant.isoformat() == "2025-07-25T16:00:00+00:00"
    assert (amendment.province, amendment.amended_by, amendment.amended_at) == (None, staff, IN_TIME)


def test_moving_a_deadline_for_one_province(client, round):
    assert client.post(address(round), ENTRY | {"province": HEBEI, "instant": "２０２５年７月２５日"}).status_code == REDIRECT
    deadline = round.deadlines.get(kind="nomination")
    assert deadline.closes_at(HEBEI).isoformat() == "2025-07-25T16:00:00+00:00"
    assert deadline.closes_at(SHANXI) == DEADLINE


@pytest.mark.parametrize(
    ("kind", "changes", "field", "sentence"),
    [
        ("nomination", {"instant": "2025-07-18"}, "instant", "相同"),
        ("nomination", {"instant": "2025-07-14"}, "instant", "晚于当前时间"),
        ("nomination", {"instant": "2025-07-17", "province": HEBEI}, "instant", "不得早于"),
        ("nomination", {"instant": "明天"}, "instant", "例如"),
        ("nomination", {"instant": "9999-12-31"}, "instant", "例如"),
        ("nomination", {"province": TANGSHAN}, "province", "选"),
        ("nomination", {"reason": "  "}, "reason", "必填"),
        ("nomination", {"document_number": ""}, "document_number", "必填"),
        ("score_sheets", {"instant": "2025-08-29"}, "instant", "相同"),
    ],
)
def test_a_refused_amendment_loses_nothing(client, round, kind, changes, field, sentence):  # noqa: PLR0917 - parameters
    response = client.post(address(round, kind), ENTRY | changes)
    assert response.status_code == REFUSED
    page = read(response.text)
    assert sentence in page.one("div", id=f"id_{field}_error").text
    for name in {"instant", "document_number"} - {field}:
        assert page.one("input", name=name).attributes["value"] == (ENTRY | changes)[name]
    assert not Amendment.objects.exists()


def test_score_sheets_are_not_moved_for_one_province(client, round):
    assert "id_province" not in client.get(address(round, "score_sheets")).text
    client.post(address(round, "score_sheets"), ENTRY | {"instant": "2025-09-05", "province": HEBEI})
    assert Amendment.objects.get().province is None


def test_a_province_with_its_own_deadline_is_named_before_all_are_moved(client, round):
    client.post(address(round), ENTRY | {"province": HEBEI})
    text = read(client.get(address(round)).text).text
    assert "河北省 2025年7月25日 24:00" in text


def test_an_unknown_deadline_and_a_round_in_preparation(client, round, staff):
    assert client.get(address(round, "lunch")).status_code == NOT_FOUND
    preparing = factories.preparing_round(code="2026")
    response = client.post(address(preparing), ENTRY)
    assert response.status_code == REFUSED
    assert "批次尚未" in response.text
    assert not Amendment.objects.exists()


def test_what_was_in_is_sealed_before_a_passed_deadline_moves(client, round):
    factories.submitted(round, city=LANGFANG)
    clock.set_simulated(DEADLINE + timedelta(hours=5), running=False)
    assert client.post(address(round), ENTRY).status_code == REDIRECT
    assert [entry["city"] for entry in Closing.objects.get().entries] == [LANGFANG]
