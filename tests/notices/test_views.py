"""The page of one's own notices."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from pilotportal.accounts.enums import Role
from pilotportal.notices import services
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests.factories import IN_TIME, user
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return user(Role.STAFF)


@pytest.fixture
def mine(client, person):
    client.force_login(person)
    return client


@transaction.atomic
def tell(person, number=1, **words):
    given = {"subject": f"Subject {number}", "body": "First line\n\nSecond", "key": f"test:{number}"} | words
    services.notify(to=[person], at=IN_TIME + timedelta(minutes=number), **given)
    return Notice.objects.get(recipient=person, key=given["key"])


def page_of(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return read(response.content.decode())


def test_an_empty_list_says_what_will_come(mine):
    page = page_of(mine, "/notices/", **{"Accept-Language": "en"})
    assert page.one("h1").text == "Notices"
    assert page.one("div", class_="empty-state").text
    assert not page.all("form", action=reverse("notices:read_all"))


def test_the_newest_stands_first_and_strangers_are_not_seen(mine, person):
    tell(user(Role.STAFF), subject="Secret")
    for number in (1, 2):
        tell(person, number)
    page = page_of(mine, "/notices/")
    assert [row.one("a").text for row in page.one("tbody").all("tr")] == ["Subject 2", "Subject 1"]


def test_opening_a_notice_reads_it_and_the_head_counts_what_is_left(mine, person):
    notice = tell(person)
    tell(person, 2)
    assert page_of(mine, "/").one("span", class_="head-count").text.startswith("2")
    page = page_of(mine, notice.get_absolute_url())
    assert page.one("h1").text == "Subject 1"
    assert page_of(mine, "/").one("span", class_="head-count").text.startswith("1")
    first = Notice.objects.get(pk=notice.pk).read_at
    page_of(mine, notice.get_absolute_url())
    assert Notice.objects.get(pk=notice.pk).read_at == first


def test_a_notice_of_somebody_else_does_not_exist_and_stays_unread(mine):
    notice = tell(user(Role.STAFF))
    assert mine.get(notice.get_absolute_url()).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_are_marked_at_once(mine, person):
    for number in (1, 2):
        tell(person, number)
    foreign = tell(user(Role.STAFF))
    assert mine.post(reverse("notices:read_all")).status_code == 302
    page = page_of(mine, "/notices/")
    assert not page.all("span", class_="head-count")
    assert not page.all("form", action=reverse("notices:read_all"))
    assert Notice.objects.get(read_at__isnull=True) == foreign


def test_the_list_is_narrowed_by_kind_and_by_what_is_unread(mine, person):
    tell(person, 1, kind=Kind.RECEIPT)
    services.mark_read(notice=tell(person, 2), at=IN_TIME)
    tell(person, 3)

    def shown(query):
        return [row.one("a").text for row in page_of(mine, f"/notices/?{query}").one("tbody").all("tr")]

    assert shown("kind=receipt") == ["Subject 1"]
    assert shown("unread=1") == ["Subject 3", "Subject 1"]
    assert shown("kind=nothing") == ["Subject 3", "Subject 2", "Subject 1"]
    assert page_of(mine, "/notices/?kind=reminder").one("div", class_="empty-state")


def test_facts_and_digest_stand_below_the_body(mine, person):
    notice = tell(person, facts={"Label": "<b>value</b>"}, digest="sm3:ab", url="/rounds/")
    page = page_of(mine, notice.get_absolute_url())
    assert "<b>value</b>" in page.one("dl", class_="summary-list").text
    assert page.one("dd", class_="digest").text == "sm3:ab"
    assert page.all("a", href="/rounds/", class_="btn btn-primary")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_as_often_for_many_as_for_one(mine, person, count, django_assert_num_queries):
    for number in range(count):
        tell(person, number)
    mine.get("/notices/")
    with django_assert_num_queries(4):  # session, person with the number of the unread, number of notices, notices
        mine.get("/notices/")
