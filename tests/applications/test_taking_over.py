"""What a nomination begins with from earlier ones: only what fits, only where nothing stands, marked until it has been checked."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.urls import reverse

from applications.models import Nomination
from applications.services import nominations, sittings, taking_over
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from tests import factories
from tests.factories import HEBEI, IN_TIME, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN

pytestmark = pytest.mark.django_db

LATER = IN_TIME + timedelta(hours=1)
NEXT_YEARS = {
    "nomination": "2025-12-01T00:00:00+08:00",
    "score_sheets": "2026-03-01T00:00:00+08:00",
    "plan": "2026-06-01T00:00:00+08:00",
    "summary": "2028-12-01T00:00:00+08:00",
}


@pytest.fixture(autouse=True)
def an_hour_later():
    clock.set_simulated(LATER, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def handler():
    return factories.handler()


@pytest.fixture
def earlier(handler):
    """Tangshan's nomination of the round before, handed in."""
    return factories.submitted(factories.opened_round(), city=TANGSHAN)


@pytest.fixture
def next_round(earlier):
    return factories.opened_round(code="2026", deadlines=NEXT_YEARS)


def begun(round, by, city=TANGSHAN):
    return factories.draft(round, city=city, by=by, at=LATER)


def codes(nomination, by):
    return {offer.item.code for offer in taking_over.offers(nomination, by=by)}


def revised(form, code, change):
    """The form with one entry asked differently."""
    sections = [
        section | {"fields": [field | (change if field["code"] == code else {}) for field in section.get("fields", [])]}
        for section in form["sections"]
    ]
    return form | {"sections": sections}


def test_the_citys_earlier_nomination_fills_the_whole_form_but_the_undertaking(handler, earlier, next_round):
    nomination = begun(next_round, handler)
    assert codes(nomination, handler) == next_round.definition.codes - {"undertaking"}
    taking_over.take_over(nomination_id=nomination.pk, codes=codes(nomination, handler), by=handler, at=LATER)
    nomination.refresh_from_db()
    assert nomination.content["overview"] == earlier.content["overview"]
    assert [row["name"] for row in nomination.content["indicators"]] == [row["name"] for row in earlier.content["indicators"]]
    assert not {row["key"] for row in nomination.content["indicators"]} & {row["key"] for row in earlier.content["indicators"]}
    assert "undertaking" not in nomination.content


def test_only_what_was_chosen_and_only_where_nothing_stands(handler, earlier, next_round):
    nomination = begun(next_round, handler)
    section = next_round.definition.section("basics")
    nominations.save_section(
        nomination_id=nomination.pk, section=section, values={"applicant": "唐山市人社局"}, revision=0, by=handler, at=LATER
    )
    assert taking_over.take_over(nomination_id=nomination.pk, codes={"applicant", "overview"}, by=handler, at=LATER) == 1
    nomination.refresh_from_db()
    assert (nomination.content["applicant"], nomination.content["overview"]) == ("唐山市人社局", earlier.content["overview"])
    assert "gdp" not in nomination.content


def test_another_city_gets_the_contacts_of_the_province_and_nothing_else(handler, earlier, next_round):
    nomination = begun(next_round, handler, city=SHIJIAZHUANG)
    offered = taking_over.offers(nomination, by=handler)
    assert offered
    assert all(offer.item.personal for offer in offered)
    assert {offer.source for offer in offered} == {earlier}


def test_a_city_is_not_offered_the_contacts_of_another_one(handler, earlier, next_round):
    nomination = begun(next_round, handler, city=SHIJIAZHUANG)
    assert codes(nomination, factories.user(Role.CITY, SHIJIAZHUANG)) == set()


def test_nothing_comes_from_another_province(earlier, next_round):
    by = factories.handler(SHANXI)
    assert codes(begun(next_round, by, city=TAIYUAN), by) == set()


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("gdp", {"unit": {"zh": "万元", "en": "10,000 yuan"}}),
        ("gdp", {"type": "integer"}),
        ("overview", {"max_length": 2}),
        ("basics_year", {"type": "text"}),
    ],
)
def test_what_the_new_form_asks_differently_is_not_taken_over(handler, earlier, code, change):
    form = factories.record_2025()["form"]
    same = factories.opened_round(code="2026", deadlines=NEXT_YEARS)
    other = factories.opened_round(code="2027", deadlines=NEXT_YEARS, form=revised(form, code, change))
    assert code in codes(begun(same, handler), handler)
    Nomination.objects.filter(round=same).update(status="withdrawn")
    assert code not in codes(begun(other, handler), handler)


def test_an_entry_stays_marked_until_it_is_changed_or_its_section_saved_by_hand(handler, earlier, next_round):
    nomination = begun(next_round, handler)
    section = next_round.definition.section("basics")
    taking_over.take_over(nomination_id=nomination.pk, codes={"overview", "gdp"}, by=handler, at=LATER)

    def marked():
        return set(Nomination.objects.get(pk=nomination.pk).sections["basics"].get("taken_over", {}))

    def save(values, revision, turn=None):
        nominations.save_section(
            nomination_id=nomination.pk, section=section, values=values, revision=revision, turn=turn, by=handler, at=LATER
        )

    assert marked() == {"overview", "gdp"}
    save({"gdp": "7.00"}, 1, sittings.Turn("page", 1))
    assert marked() == {"overview"}
    save({}, 2)
    assert marked() == set()


def test_the_record_names_where_it_came_from(handler, earlier, next_round):
    nomination = begun(next_round, handler)
    taking_over.take_over(nomination_id=nomination.pk, codes={"overview"}, by=handler, at=LATER)
    event = Event.objects.filter(kind="nomination.saved", target_id=nomination.pk).get()
    assert event.data["taken_over"] == {"overview": earlier.code}


def test_starting_leads_to_what_can_be_taken_over_and_the_form_shows_what_was(client, handler, earlier, next_round):
    client.force_login(handler)
    answer = client.post(reverse("applications:nomination_start", args=[next_round.code]), {"city": TANGSHAN})
    nomination = Nomination.objects.get(round=next_round)
    page = reverse("applications:nomination_take_over", args=[nomination.code])
    assert answer.headers["Location"] == page
    assert earlier.content["overview"] in client.get(page).content.decode()
    assert page in client.get(nomination.get_absolute_url()).content.decode()
    answer = client.post(page, {"take": ["overview", "gdp"]})
    assert answer.headers["Location"] == nomination.get_absolute_url()
    basics = client.get(reverse("applications:nomination_section", args=[nomination.code, "basics"])).content.decode()
    assert basics.count("data-taken-over") == 2


def test_starting_a_city_without_a_past_leads_to_the_checklist(client):
    round, by = factories.opened_round(), factories.handler(HEBEI)
    client.force_login(by)
    answer = client.post(reverse("applications:nomination_start", args=[round.code]), {"city": TANGSHAN})
    nomination = Nomination.objects.get()
    assert answer.headers["Location"] == nomination.get_absolute_url()
    assert client.get(reverse("applications:nomination_take_over", args=[nomination.code])).status_code == 200
