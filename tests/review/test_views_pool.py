"""专家库 on its pages: experts get in, rest and come back, and are found."""

import pytest
from django.test import Client

from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from review import queries
from review.models import Expert
from tests.factories import HEBEI, SHANXI, staff, user
from tests.pilotportal.pages import Element, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(staff())
    return made


def page(response) -> Element:
    return read(response.content.decode()).one("main")


def entries(person, **more):
    return {"account": person.pk, "province": "", "title": "教授", "field": "人力资源管理", "industries": ["C36"]} | more


def test_an_account_enters_the_pool_with_the_province_of_its_employer(client):
    account = user(Role.EXPERT, HEBEI)
    assert client.post("/review/pool/add/", entries(account)).headers["Location"] == "/review/pool/"
    expert = Expert.objects.get(user=account)
    assert (expert.province_id, expert.industries) == (HEBEI, ["C36"])
    assert expert in queries.pool()
    assert Event.objects.get(kind="expert.added").actor_role == Role.STAFF


def test_the_workplace_may_lie_in_another_province(client):
    account = user(Role.EXPERT, HEBEI)
    client.post("/review/pool/add/", entries(account, province=SHANXI))
    assert Expert.objects.get(user=account).province_id == SHANXI


@pytest.mark.parametrize(
    ("more", "name"), [({"title": ""}, "title"), ({"industries": ["C99"]}, "industries"), ({"account": ""}, "account")]
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, more, name):
    account = user(Role.EXPERT, HEBEI)
    response = client.post("/review/pool/add/", entries(account, **more))
    assert response.status_code == 422
    assert page(response).one("div", class_="error-summary").all("li")
    assert page(response).one("input", name="field").attributes["value"] == "人力资源管理"
    assert not Expert.objects.exists(), name


def test_only_experts_that_are_not_in_the_pool_are_offered(client):
    inside, outside, other = user(Role.EXPERT, HEBEI), user(Role.EXPERT, HEBEI), staff()
    client.post("/review/pool/add/", entries(inside))
    offered = [option.attributes["value"] for option in page(client.get("/review/pool/add/")).one("select", name="account").all("option")]
    assert offered == ["", str(outside.pk)]
    assert client.post("/review/pool/add/", entries(other)).status_code == 422


def test_when_nobody_waits_the_page_says_so(client):
    assert "No account is waiting" in page(client.get("/review/pool/add/")).text


def test_an_expert_rests_and_is_taken_up_again(client):
    client.post("/review/pool/add/", entries(user(Role.EXPERT, HEBEI)))
    expert = Expert.objects.get()
    address = f"/review/pool/{expert.pk}/available/"
    client.post(address)
    assert expert not in queries.pool()
    assert "Cannot be drawn" in page(client.get("/review/pool/?resting=on")).text
    client.post(address, {"available": "1"})
    assert expert in queries.pool()
    assert list(Event.objects.filter(target_type="review.expert").values_list("kind", flat=True))[1:] == [
        "expert.rested",
        "expert.taken_up",
    ]


def test_the_list_is_searched_and_empty_lists_say_why(client):
    assert "No expert is in the pool yet" in page(client.get("/review/pool/")).text
    client.post("/review/pool/add/", entries(user(Role.EXPERT, HEBEI, name="赵某")))
    assert [cell.text for cell in page(client.get("/review/pool/?find=赵")).all("th", scope="row")] == ["赵某"]
    assert "Nothing matches" in page(client.get("/review/pool/?find=钱")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_many_there_are(client, count, django_assert_num_queries):
    for _number in range(count):
        client.post("/review/pool/add/", entries(user(Role.EXPERT, HEBEI)))
    client.get("/review/pool/")
    with django_assert_num_queries(4):  # session, person, number of experts, experts
        client.get("/review/pool/")
