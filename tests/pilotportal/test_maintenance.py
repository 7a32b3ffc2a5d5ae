"""The portal is closed and opened by a file, and says so in both languages without asking the database."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from pilotportal import clock, maintenance
from pilotportal.clock import BEIJING
from pilotportal.maintenance import Maintenance

UNTIL = datetime(2025, 7, 12, 22, 0, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_while_the_file_is_there_every_page_says_so_and_no_query_is_made(client: Client, monkeypatch):
    """Without the mark of the database a query would fail this test."""
    monkeypatch.setattr(clock, "now", lambda: UNTIL - timedelta(minutes=10))
    maintenance.begin(Maintenance("系统升级。", "An upgrade.", UNTIL))
    for path in ("/", "/nominations/", "/accounts/login/", "/nowhere/"):
        response = client.get(path)
        text = response.content.decode()
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "600"
        assert "no-store" in response.headers["Cache-Control"]
        assert "系统升级。" in text
        assert "An upgrade." in text
        assert "2025年7月12日 22:00" in text


def test_what_is_sent_meanwhile_is_not_taken(client: Client):
    maintenance.begin(Maintenance())
    assert client.post("/accounts/login/", {"login": "a", "password": "b"}).status_code == 503


def test_the_probe_still_answers(client: Client):
    maintenance.begin(Maintenance())
    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
def test_afterwards_it_is_open(client: Client):
    maintenance.begin(Maintenance())
    assert maintenance.end()
    assert client.get("/accounts/login/").status_code == 200
    assert not maintenance.end()


@pytest.mark.parametrize("body", ["", "{", "[]", '{"zh": 1}', '{"zh": "", "en": "", "until": "soon"}'])
def test_a_file_that_cannot_be_read_closes_all_the_same(client: Client, tmp_path, body):
    (tmp_path / maintenance.FILE).write_text(body)
    response = client.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == str(maintenance.RETRY)


@pytest.mark.parametrize(("minutes", "seconds"), [(10, 600), (0, 30), (-60, 30)])
def test_one_is_never_told_to_try_at_once(minutes, seconds):
    assert Maintenance(until=UNTIL).retry_after(UNTIL - timedelta(minutes=minutes)) == seconds


def command(*arguments: str) -> str:
    output = io.StringIO()
    call_command("maintenance", *arguments, stdout=output)
    return output.getvalue().strip()


def test_the_command_closes_and_opens():
    assert command() == "open"
    assert command("on", "--until=2025-07-12 22:00", "--zh=升级", "--en=Upgrade").startswith("closed until 2025-07-12 22:00")
    assert maintenance.announced() == Maintenance("升级", "Upgrade", UNTIL)
    assert command("show").startswith("closed")
    assert command("off") == "open"


def test_the_command_refuses_a_time_that_is_none():
    with pytest.raises(CommandError, match="2025-07-12"):
        command("on", "--until=tomorrow")
    assert maintenance.announced() is None


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_no_mistake_of_the_portal(client: Client, monkeypatch):
    def gone(*_arguments: object, **_named: object) -> None:
        raise OperationalError("connection refused")

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    client.cookies["sessionid"] = "a" * 32
    response = client.get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == str(maintenance.SOONEST)
    text = response.content.decode()
    assert "A part of it does not answer" in text
    assert "connection refused" not in text
