"""Every sign-in, sign-out and failed attempt stands in the record."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from tests.factories import HEBEI, user

PASSWORD = "correct horse battery"
AT = datetime(2025, 7, 15, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def official() -> User:
    return user(Role.PROVINCE_HANDLER, HEBEI, username="hebei")


def sign_in(client: Client, username: str, password: str) -> None:
    client.post("/accounts/login/", {"login": username, "password": password}, REMOTE_ADDR="192.0.2.7")


def the_event(kind: str) -> Event:
    return Event.objects.get(kind=kind)


@time_machine.travel(AT, tick=False)
def test_sign_in_and_out_are_recorded_with_person_time_and_address(client: Client, official: User) -> None:
    sign_in(client, "hebei", PASSWORD)
    client.post("/accounts/logout/", REMOTE_ADDR="192.0.2.8")
    for kind, address in (("account.signed_in", "192.0.2.7"), ("account.signed_out", "192.0.2.8")):
        event = the_event(kind)
        assert (event.at, event.actor_id, event.actor_role) == (AT, official.pk, "province_handler")
        assert event.data == {"address": address}


def test_a_failed_attempt_names_the_account(client: Client, official: User) -> None:
    sign_in(client, "hebei", "wrong")
    event = the_event("account.sign_in_failed")
    assert (event.actor_id, event.target_id, event.data) == (None, official.pk, {"address": "192.0.2.7"})


def test_what_was_typed_as_the_name_of_nobody_is_not_kept(client: Client, official: User) -> None:
    """It may be a password."""
    sign_in(client, "Qx7m-Kp2r-Vt9w", "wrong")
    event = the_event("account.sign_in_failed")
    assert (event.target_id, event.target_name) == (None, "")
    assert "Qx7m" not in str(event.record())


def test_no_password_reaches_the_record(client: Client, official: User) -> None:
    sign_in(client, "hebei", "wrong-Kp2r")
    sign_in(client, "hebei", PASSWORD)
    assert not any(secret in str(event.record()) for event in Event.objects.all() for secret in ("Kp2r", PASSWORD))


def test_a_changed_password_is_recorded(client: Client, official: User) -> None:
    client.force_login(official)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "Qx7m-Kp2r-Vt9w", "password2": "Qx7m-Kp2r-Vt9w"})
    assert the_event("account.password_changed").actor_id == official.pk


def test_behind_the_proxy_the_address_is_the_persons(client: Client, official: User, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    data = {"login": "hebei", "password": PASSWORD}
    client.post("/accounts/login/", data, REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"})
    assert the_event("account.signed_in").data == {"address": "198.51.100.4"}


def test_without_a_proxy_nobody_can_forge_an_address(client: Client, official: User) -> None:
    data = {"login": "hebei", "password": PASSWORD}
    client.post("/accounts/login/", data, REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "203.0.113.9"})
    assert the_event("account.signed_in").data == {"address": "192.0.2.7"}
