"""The search finds what somebody may see, and nothing tells them of the rest."""

from datetime import timedelta

import pytest
from django.test import Client

from applications.enums import DeadlineKind
from applications.services import rounds
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import Division
from pilotportal.notices import services as notices
from review.models import Expert, ScoreSheet
from review.services import assignment
from tests import factories
from tests.applications.lettering import letter, ready
from tests.factories import DEADLINE, HEBEI, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.pilotportal.pages import Element, read
from tests.review import factories as reviewing

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def searched(user, words, **more) -> Element:
    response = signed_in(user).get("/search/", {"q": words, **more}, headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return read(response.content.decode()).one("main")


def hits(page: Element) -> dict[str, list[str]]:
    """What was found, by the heading of its group without the number."""
    groups = page.all("section", class_="search-group")
    return {group.one("h2").text.rsplit(" ", 1)[0]: [link.text for link in group.one("ul").all("a")] for group in groups}


@pytest.fixture
def round():
    return factories.opened_round()


def test_a_province_finds_its_draft_and_another_does_not(round):
    nomination = factories.draft(round, city=TANGSHAN)
    assert hits(searched(factories.handler(HEBEI), "唐山")) == {"Nominations": ["河北省唐山市"]}
    assert hits(searched(factories.handler(HEBEI), nomination.code.lower())) == {"Nominations": ["河北省唐山市"]}
    for stranger in (factories.handler(SHANXI), factories.staff(), factories.user(Role.EXPERT, HEBEI), factories.city_official(TANGSHAN)):
        assert "Nominations" not in hits(searched(stranger, "唐山")), stranger.role


def test_the_staff_finds_it_once_it_is_in(round):
    factories.submitted(round, city=TANGSHAN)
    assert hits(searched(factories.staff(), "唐山"))["Nominations"] == ["河北省唐山市"]


def test_a_page_about_nothing_that_exists_is_that_about_what_one_may_not_see(round):
    """Byte for byte, but for the words themselves."""
    factories.draft(round, city=TANGSHAN)
    stranger = factories.handler(SHANXI)
    assert searched(stranger, "唐山").text == searched(stranger, "某某").text


@pytest.mark.parametrize("words", ["河北省唐山", "唐山 河北", "ＮＯ－" + "河北"])
def test_words_are_looked_for_in_the_whole_name(round, words):
    factories.draft(round, city=TANGSHAN)
    found = hits(searched(factories.handler(HEBEI), words))
    assert found == ({} if "Ｎ" in words else {"Nominations": ["河北省唐山市"]})


@pytest.mark.parametrize("words", ["%", "__", "%%", "_山"])
def test_signs_of_the_database_stand_for_themselves(round, words):
    factories.draft(round, city=TANGSHAN)
    assert hits(searched(factories.handler(HEBEI), words)) == {}


def test_what_begins_with_the_word_stands_first(round):
    factories.draft(round, city=TANGSHAN)
    factories.draft(round, city=SHIJIAZHUANG)
    found = hits(searched(factories.handler(HEBEI), "河北"))
    assert found == {"Nominations": ["河北省石家庄市", "河北省唐山市"]}


@pytest.mark.parametrize(("words", "sentence"), [("山", "too short"), ("", "At least two characters"), ("某某市", "Nothing found")])
def test_what_cannot_be_found_is_said(round, words, sentence):
    page = searched(factories.handler(HEBEI), words)
    assert sentence in page.text
    assert hits(page) == {}
    assert page.one("input", name="q").attributes["value"] == words


def test_an_expert_finds_own_sheets_and_no_others():
    round = reviewing.small_round(code="2025")
    reviewing.accepted(round, [TANGSHAN, SHIJIAZHUANG, TAIYUAN])
    reviewing.panel(round, 5, waiting=2)
    run = assignment.propose(round_id=round.pk, by=reviewing.staff_of(round), at=reviewing.DRAWN_AT)
    assignment.apply(run_id=run.pk, by=reviewing.staff_of(round), at=reviewing.DRAWN_AT)
    for expert in Expert.objects.all():
        own = set(ScoreSheet.objects.filter(expert=expert).values_list("nomination__city__name", flat=True))
        for city in ("唐山市", "石家庄市", "太原市"):
            found = hits(searched(expert.user, city))
            assert ("My score sheets" in found) == (city in own)
            assert found.keys() <= {"My score sheets"}


def test_experts_are_found_by_those_who_know_who_judges():
    round = reviewing.small_round(code="2025")
    reviewing.panel(round, 3)
    name = Expert.objects.earliest("pk").user.name
    assert name in hits(searched(factories.staff(), name))["Experts"]
    assert name in hits(searched(factories.user(Role.SUPERVISOR), name))["Experts"]
    assert hits(searched(factories.user(Role.PARTNER), name)) == {}


def test_a_plan_is_found_by_its_number_by_those_who_read_it(round):
    pilot = factories.pilot(round, city=TANGSHAN)
    factories.issued_plan(pilot)
    for reader in (factories.handler(HEBEI), factories.staff(), factories.city_official(TANGSHAN)):
        assert hits(searched(reader, "测政发〔2025〕1号"))["Pilots"] == ["河北省唐山市"]
    assert hits(searched(factories.handler(SHANXI), "测政发〔2025〕1号")) == {}


def test_rounds_are_found_by_their_call_and_those_in_preparation_by_the_staff(round):
    factories.preparing_round(code="2027")
    assert hits(searched(factories.handler(HEBEI), round.call_number))["Rounds"] == [round.title_en]
    assert "Rounds" not in hits(searched(factories.handler(HEBEI), "2027"))
    assert len(hits(searched(factories.staff(), "2027"))["Rounds"]) == 1


def test_a_letter_is_found_by_its_number_and_code_in_its_own_province(round):
    made = letter(ready(round, city=TANGSHAN))
    for words in (made.document_number, made.code):
        assert hits(searched(factories.handler(HEBEI), words))["Recommendation letters"] == [made.document_number]
        assert "Recommendation letters" not in hits(searched(factories.handler(SHANXI), words))
        assert "Recommendation letters" not in hits(searched(factories.staff(), words))


def test_a_round_is_found_by_the_document_that_moved_its_deadline(round):
    """One that concerns another province is looked up by the ministry alone."""
    moved = {"deadline_id": round.deadlines.get(kind=DeadlineKind.NOMINATION).pk, "reason": "台风", "by": factories.made_by(round)}
    rounds.amend_deadline(**moved, province=None, instant=DEADLINE + DAY, document_number="人社厅函〔2025〕90号", at=IN_TIME)
    hebei = Division.objects.get(pk=HEBEI)
    rounds.amend_deadline(**moved, province=hebei, instant=DEADLINE + 2 * DAY, document_number="人社厅函〔2025〕91号", at=IN_TIME)
    for reader, numbers in {factories.staff(): 2, factories.handler(HEBEI): 2, factories.handler(SHANXI): 1}.items():
        found = [hits(searched(reader, number)).get("Rounds") for number in ("〔2025〕90号", "〔2025〕91号")]
        assert found == [[round.title_en]] * numbers + [None] * (2 - numbers)


def test_notices_are_found_by_their_recipient_only(round):
    reader, other = factories.handler(HEBEI), factories.handler(SHANXI)
    notices.notify(to=[reader], key="k", subject="名额调整通知", body="请查收。", at=IN_TIME)
    assert hits(searched(reader, "名额调整"))["Notices"] == ["名额调整通知"]
    assert hits(searched(other, "名额调整")) == {}


def test_provinces_lead_the_staff_to_what_they_handed_in():
    page = searched(factories.staff(), "河北")
    assert page.one("section", aria_labelledby="found-provinces").one("ul").one("a").attributes["href"] == "/nominations/?province=130000"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_have_nothing_to_look_for(role):
    client = signed_in(factories.user(role))
    assert client.get("/search/?q=唐山").status_code == 403
    assert not read(client.get("/").content.decode()).all("form", role="search")


def test_one_kind_is_shown_page_by_page(round):
    for city in ("130300", "130400", "130500", "130600", "130700", TANGSHAN):
        factories.draft(factories.opened_round(code=city, title_en=city), city=city)
    reader = factories.handler(HEBEI)
    few = searched(reader, "河北")
    assert len(hits(few)["Nominations"]) == 5
    assert "All 6 in" in few.text
    assert len(hits(searched(reader, "河北", **{"in": "nominations"}))["Nominations"]) == 6
    assert signed_in(reader).get("/search/?q=河北&in=experts").status_code == 404
    assert signed_in(reader).get("/search/?q=河北&in=nothing").status_code == 404


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, LANGFANG]])
def test_the_page_takes_the_same_queries_however_much_is_found(round, cities, django_assert_num_queries):
    for city in cities:
        factories.submitted(round, city=city)
    client = signed_in(factories.staff())
    client.get("/search/?q=河北")
    with django_assert_num_queries(10):  # session, person; number and rows of nominations, provinces; number of four kinds without any
        client.get("/search/?q=河北")
