"""What the server answers to a section that saves itself."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.test import Client
from django.urls import reverse

from applications.models import Nomination
from applications.services import nominations
from pilotportal import clock
from pilotportal.audit.models import Event
from tests import factories
from tests.applications.test_views_nominations import form_data
from tests.factories import DEADLINE, IN_TIME

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_days_left():
    clock.set_simulated(IN_TIME, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def handler():
    return factories.handler()


@pytest.fixture
def draft(handler):
    return factories.draft(factories.opened_round(), by=handler)


class Page:
    """A page of a section, open in a browser that runs its scripts."""

    def __init__(self, client, nomination, by, section="basics"):
        self.client, self.by, self.address = client, by, reverse("applications:nomination_section", args=[nomination.code, section])
        client.force_login(by)
        self.data = form_data(client, nomination, section)
        self.turn = 0

    def type(self, **entries):
        self.data |= entries

    def send(self, *, hear=True, turn=None, **more):
        self.turn = turn or self.turn + 1
        answer = self.client.post(self.address, self.data | {"_turn": self.turn} | more, headers={"X-Autosave": str(self.by.pk)})
        told = answer.json() if "json" in answer.headers.get("Content-Type", "") else None
        if hear and told and "base" in told:
            (base,) = self.data["_base"] if isinstance(self.data["_base"], list) else [self.data["_base"]]
            self.data |= {"_revision": told["revision"], "_base": json.dumps(json.loads(base) | told["base"])}
        return told if told is not None else answer


def content():
    return Nomination.objects.get().content


def save_by_another(draft, **values):
    section = draft.round.definition.section("basics")
    revision = Nomination.objects.get().revision_of("basics")
    other = factories.handler()
    nominations.save_section(nomination_id=draft.pk, section=section, values=values, revision=revision, by=other, at=IN_TIME)
    return other


def test_what_can_be_read_is_saved_and_what_cannot_is_named(client, draft, handler):
    page = Page(client, draft, handler)
    page.type(overview="概况", gdp="３.2亿", population="1.234")
    told = page.send()
    assert told["state"] == "saved"
    assert set(told["errors"]) == {"id_gdp", "id_population"}
    assert content() == {"overview": "概况"}
    page.type(gdp="3.2")
    assert set(page.send()["errors"]) == {"id_population"}
    assert content() == {"overview": "概况", "gdp": "3.20"}


def test_only_entries_that_were_touched_are_written(client, draft, handler):
    page = Page(client, draft, handler)
    save_by_another(draft, applicant="市政府")
    page.type(overview="概况")
    told = page.send()
    assert told["state"] == "saved"
    assert "市政府" in told["entries"]["applicant"]
    assert content() == {"overview": "概况", "applicant": "市政府"}


def test_a_row_with_a_cell_that_cannot_be_read_keeps_the_others(client, draft, handler):
    page = Page(client, draft, handler, "goals")
    (key,) = page.data["indicators"]
    page.type(**{f"indicators-{key}-name": "服务企业数", f"indicators-{key}-baseline": "很多"})
    told = page.send()
    assert set(told["errors"]) == {f"id_indicators-{key}-baseline"}
    assert [(row["key"], row["name"], row["baseline"]) for row in content()["indicators"]] == [(key, "服务企业数", None)]
    page.type(**{f"indicators-{key}-baseline": "12"})
    page.send()
    assert [(row["key"], row["baseline"]) for row in content()["indicators"]] == [(key, "12.00")]


def test_an_answer_that_was_lost_is_no_conflict_with_oneself(client, draft, handler):
    page = Page(client, draft, handler)
    page.type(overview="一")
    page.send(hear=False)
    page.type(overview="一二")
    assert page.send()["state"] == "saved"
    assert content()["overview"] == "一二"


def test_what_arrives_late_overwrites_nothing_newer(client, draft, handler):
    page = Page(client, draft, handler)
    late = dict(page.data)
    page.type(overview="新")
    page.send(turn=2, hear=False)
    page.data = late | {"overview": "旧"}
    page.send(turn=1, hear=False)
    assert content()["overview"] == "新"


def test_both_changed_the_same_entry_neither_is_lost(client, draft, handler):
    page = Page(client, draft, handler)
    other = save_by_another(draft, overview="同事的")
    page.type(overview="我的", address="新华道1号")
    told = page.send()
    assert told["state"] == "conflict"
    assert other.name in told["conflict"]
    assert "同事的" in told["remarks"]["overview"]
    assert content() == {"overview": "同事的", "address": "新华道1号"}
    assert page.send()["state"] == "conflict"  # until there is a decision
    client.post(page.address, page.data)
    assert content()["overview"] == "我的"


def test_after_the_deadline_the_page_is_told_why(client, draft, handler):
    page = Page(client, draft, handler)
    clock.set_simulated(DEADLINE, running=False)
    page.type(overview="晚了")
    told = page.send()
    assert told["state"] == "refused"
    assert told["sentence"]
    assert content() == {}


def test_an_hour_of_writing_is_a_handful_of_events(client, draft, handler):
    page = Page(client, draft, handler)
    for minute in range(60):
        clock.set_simulated(IN_TIME + timedelta(minutes=minute), running=False)
        page.type(overview="字" * (minute + 1))
        assert page.send()["state"] == "saved"
    events = Event.objects.filter(kind="nomination.saved")
    assert events.count() == 6
    assert all(event.data["automatic"] for event in events)
    page.type(address="新华道1号")
    page.send()
    assert Event.objects.filter(kind="nomination.saved").last().data["changed"] == ["address"]


def test_nothing_changed_is_nothing_written(client, draft, handler):
    page = Page(client, draft, handler)
    assert page.send()["state"] == "saved"
    assert Nomination.objects.get().sections == {}


def test_who_was_signed_out_is_told_in_words(client, draft, handler):
    page = Page(client, draft, handler)
    client.logout()
    answer = client.post(page.address, page.data, headers={"X-Autosave": str(handler.pk)})
    assert (answer.status_code, answer.json()["state"]) == (401, "signed_out")


def test_without_the_token_it_is_told_in_words_as_well(draft, handler):
    client = Client(enforce_csrf_checks=True)
    client.force_login(handler)
    address = reverse("applications:nomination_section", args=[draft.code, "basics"])
    answer = client.post(address, {}, headers={"X-Autosave": str(handler.pk)})
    assert (answer.status_code, answer.json()["state"]) == (401, "signed_out")


def test_nothing_is_saved_in_the_name_of_somebody_else(client, draft, handler):
    page = Page(client, draft, handler)
    client.force_login(factories.approver())
    page.type(overview="经办人的")
    told = page.send()
    assert told["state"] == "somebody_else"
    assert content() == {}


def test_who_may_not_edit_is_refused_in_words(client, draft):
    stranger = factories.handler("140000")
    client.force_login(stranger)
    address = reverse("applications:nomination_section", args=[draft.code, "basics"])
    assert client.post(address, {}, headers={"X-Autosave": str(stranger.pk)}).json()["state"] == "refused"


def test_a_copy_is_held_against_what_stands(client, draft, handler):
    page = Page(client, draft, handler)
    assert page.send(compare="yes").status_code == 204
    page.type(overview="<b>留下的</b>", gdp="很多")
    shown = page.send(compare="yes").content.decode()
    assert "&lt;b&gt;留下的&lt;/b&gt;" in shown
    assert "很多" in shown
    assert content() == {}


def test_a_recovered_copy_stands_in_the_form_beside_what_was_saved_since(client, draft, handler):
    page = Page(client, draft, handler)
    save_by_another(draft, overview="同事的", applicant="市政府")
    page.type(overview="留下的", gdp="很多")
    answer = client.post(page.address, page.data | {"recover": "yes"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert all(part in text for part in ("留下的", "同事的", "市政府", "很多"))
    assert content() == {"overview": "同事的", "applicant": "市政府"}


def test_the_key_of_the_copies_is_the_persons_own_and_stays_the_same(client, draft, handler):
    def key(person):
        client.force_login(person)
        text = client.get(reverse("applications:nomination_section", args=[draft.code, "basics"])).content.decode()
        return text.partition('data-draft-key="')[2].partition('"')[0]

    assert key(handler) == key(handler)
    assert key(handler) != key(factories.approver())
