from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from pilotportal.accounts.enums import Role
from tests.factories import user

BEGIN = datetime(2025, 7, 15, 9, 0, tzinfo=UTC)
PAGE = "/accounts/logout/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> time_machine.Traveller:
    with time_machine.travel(BEGIN, tick=False) as clock:
        yield clock


@pytest.fixture
def signed_in(client: Client, at: time_machine.Traveller) -> Client:
    client.force_login(user(Role.STAFF))
    client.get(PAGE)
    return client


def test_a_session_is_written_once_a_minute_of_use(
    signed_in: Client, at: time_machine.Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at.move_to(BEGIN + timedelta(seconds=59))
    with django_assert_num_queries(2):
        signed_in.get(PAGE)
    assert Session.objects.get().expire_date == BEGIN + timedelta(minutes=30)
    at.move_to(BEGIN + timedelta(seconds=60))
    signed_in.get(PAGE)
    assert Session.objects.get().expire_date == BEGIN + timedelta(minutes=31)


def test_one_stays_signed_in_while_one_works(signed_in: Client, at: time_machine.Traveller) -> None:
    for minutes in range(20, 200, 20):
        at.move_to(BEGIN + timedelta(minutes=minutes))
        assert signed_in.get(PAGE).status_code == 200


@pytest.mark.parametrize(("idle", "status"), [(timedelta(minutes=30, seconds=-1), 200), (timedelta(minutes=30, seconds=1), 302)])
def test_one_is_signed_out_after_half_an_hour_without_activity(
    signed_in: Client, at: time_machine.Traveller, settings: Settings, idle: timedelta, status: int
) -> None:
    assert settings.SESSION_COOKIE_AGE == 1800
    at.move_to(BEGIN + idle)
    assert signed_in.get("/accounts/password/change/").status_code == status


def test_nobody_gets_a_session_for_looking(client: Client) -> None:
    client.get("/accounts/login/")
    assert not Session.objects.exists()


@pytest.mark.parametrize("address", ["/jobs/%00/", "/jobs/?page=%00", "/jobs/?page=1&kind=a%00b"])
def test_an_address_with_a_null_character_is_refused_with_a_page(signed_in: Client, address: str) -> None:
    response = signed_in.get(address)
    assert response.status_code == 400
    assert "<h1" in response.content.decode()
    assert signed_in.get(address.replace("%00", "0")).status_code in {200, 404}
