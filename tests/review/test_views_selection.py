"""The list: proposed by one, released by another, on notice, decided; or voided."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.models import Pilot, Round
from pilotportal.accounts.enums import Role
from review.enums import SelectionStatus
from review.models import Selection
from tests import factories
from tests.review import factories as review
from tests.review.factories import RANKED_AT
from tests.review.visits import Visitor, moment

pytestmark = pytest.mark.django_db
NEEDS_GROUND = "A number of places other than the planned one needs a reason and a document number."
TWO = [factories.TANGSHAN, factories.TAIYUAN]


@pytest.fixture(autouse=True)
def after_the_ranking() -> Iterator[None]:
    with moment(RANKED_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round(planned_places=1)


@pytest.fixture
def staff(round: Round) -> Visitor:
    return Visitor(review.staff_of(round))


@pytest.fixture
def colleague(db: None) -> Visitor:
    return Visitor(factories.staff())


@pytest.fixture
def ranked(round: Round, staff: Visitor) -> None:
    review.ranked(round, cities=TWO, n=3)


def status() -> str:
    return Selection.objects.values_list("status", flat=True).get()


def test_without_a_ranking_there_is_nothing_to_propose(round: Round, staff: Visitor) -> None:
    page = staff.get("selection")
    assert page.says("There is no ranking yet")
    page = staff.post("propose", round.code, places="1")
    assert (page.status, page.says("There is no ranking yet")) == (422, True)


@pytest.mark.usefixtures("ranked")
def test_from_the_proposal_to_the_decision(round: Round, staff: Visitor, colleague: Visitor) -> None:
    assert staff.get("selection").value("places") == "1"
    page = staff.follow(staff.post("propose", round.code, places="1", reason="", document_number=""))
    assert page.says("You proposed this list. A second person signs it off.")
    assert page.says("Ranked 1, within the 1 places.")
    answer = staff.post("sign_off", round.code, digest=Selection.objects.get().digest)
    assert staff.follow(answer).says("The list must be released by a second person")
    page = colleague.get("selection")
    assert page.value("digest") == Selection.objects.get().digest
    page = colleague.follow(colleague.post("sign_off", round.code, digest="sm3:00"))
    assert page.says("The list has changed since you looked at it.")
    assert status() == SelectionStatus.PROPOSED
    page = colleague.follow(colleague.post("sign_off", round.code, digest=page.value("digest")))
    assert page.says("The list has been signed off.")
    page = staff.follow(staff.post("publish_notice", round.code))
    assert page.says("The public notice has begun.")
    assert not page.document.all("input", name="decision_number")
    page = staff.post("decide", round.code, decision_number="人社部函〔2025〕100号")
    assert page.status == 422
    assert page.says("The public notice runs until 9 September 2025 24:00.")
    assert page.value("decision_number") == "人社部函〔2025〕100号"
    with moment(Selection.objects.get().notice_until):
        assert staff.get("selection").value("decision_number") == ""
        page = staff.post("decide", round.code, decision_number=" ")
        assert page.errors == ["Document number of the decision: This field is required."]
        page = staff.follow(staff.post("decide", round.code, decision_number="人社部函〔2025〕100号"))
        assert page.says("The decision is on record; the selected cities are pilots now.")
    assert Pilot.objects.get().nomination.city_id == factories.TANGSHAN
    again = staff.post("void", round.code, reason="改主意")
    assert (again.status, again.errors, again.value("reason")) == (422, ["A decided or voided list can no longer be changed."], "改主意")


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ({"places": "0"}, "Number of cities on the list: The list needs at least one place."),
        ({"places": "two"}, "Number of cities on the list: Enter a whole number."),
        ({"places": ""}, "Number of cities on the list: This field is required."),
        ({"places": "2"}, f"Reason for a number other than the planned one: {NEEDS_GROUND}"),
    ],
)
def test_a_proposal_out_of_order_is_explained_and_nothing_is_lost(
    round: Round, staff: Visitor, entries: dict[str, str], error: str
) -> None:
    page = staff.post("propose", round.code, **{"reason": "质量较高", "document_number": ""} | entries)
    assert (page.status, page.errors) == (422, [error])
    assert page.value("reason") == "质量较高"
    assert page.value("places") == entries["places"]
    assert not Selection.objects.exists()


@pytest.mark.usefixtures("ranked")
def test_more_places_than_planned_with_their_ground(round: Round, staff: Visitor) -> None:
    page = staff.follow(staff.post("propose", round.code, places="２", reason="质量较高", document_number="人社函〔2025〕9号"))
    assert page.says("质量较高人社函〔2025〕9号")
    lists = page.document.one("ol", class_="panel city-list").all("li")
    assert [item.text for item in lists] == ["河北省唐山市", "山西省太原市"]


def test_a_tie_across_the_line_is_said_at_the_proposal(round: Round, staff: Visitor) -> None:
    review.ranked(round, cities=TWO, n=3, marks=lambda _city, _position, _criterion: 8)
    page = staff.post("propose", round.code, places="1")
    assert page.status == 422
    assert page.says("唐山市, 太原市 are tied at the cut. Draw lots in public or decide with a reason.")


@pytest.mark.usefixtures("ranked")
def test_a_voided_list_stays_on_record(round: Round, staff: Visitor, colleague: Visitor) -> None:
    staff.post("propose", round.code, places="1")
    page = colleague.post("void", round.code, reason="")
    assert (page.status, page.errors) == (422, ["Reason: This field is required."])
    page = colleague.follow(colleague.post("void", round.code, reason="发现漏项"))
    assert page.says("The list has been voided; it stays on record with the reason.")
    assert page.says("发现漏项")
    assert page.value("places") == "1"  # a new one can be proposed
    assert colleague.post("void", round.code, reason="再次").status == 404
    assert staff.post("sign_off", round.code, digest="").status == 404


@pytest.mark.usefixtures("ranked")
def test_a_ranking_in_use_is_not_computed_again(round: Round, staff: Visitor) -> None:
    staff.post("propose", round.code, places="1")
    assert not staff.get("ranking").says("Compute the ranking again")
    assert staff.follow(staff.post("compute", round.code)).says("A list is already in force. Void it first.")


@pytest.mark.usefixtures("ranked")
def test_readers_have_no_buttons(round: Round, staff: Visitor) -> None:
    staff.post("propose", round.code, places="1")
    for role in (Role.PARTNER, Role.SUPERVISOR):
        reader = Visitor(factories.user(role))
        page = reader.get("selection")
        assert page.says("Ranked 1, within the 1 places.")
        assert not page.document.one("main").all("button")
        for name in ("sign_off", "publish_notice", "decide", "void"):
            assert reader.post(name, round.code).status == 403


@pytest.mark.usefixtures("ranked")
def test_a_decision_one_second_early_is_refused(round: Round, staff: Visitor, colleague: Visitor) -> None:
    staff.post("propose", round.code, places="1")
    colleague.post("sign_off", round.code, digest=Selection.objects.get().digest)
    staff.post("publish_notice", round.code)
    with moment(Selection.objects.get().notice_until - timedelta(seconds=1)):
        assert staff.post("decide", round.code, decision_number="一号").status == 422
    assert status() == SelectionStatus.NOTICE


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_however_long_the_list(number: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    round = review.small_round(planned_places=number)
    staff = Visitor(review.staff_of(round))
    review.proposed(round, cities=review.CITIES[:number], n=2 + number)
    with django_assert_num_queries(13):
        page = staff.get("selection")
    assert len(page.heads) == 4 + number  # the regions and the nominations
    assert len(page.document.one("ol", class_="panel city-list").all("li")) == number
