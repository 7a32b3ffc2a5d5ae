import time

import pytest
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import Settings

from pilotportal import health, periodic
from tests.worker import WorkerProcess

NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def no_ticks() -> None:
    caches["queue"].delete_many(["tick:beat", "tick:worker"])


@pytest.fixture
def ticking() -> None:
    health.note_tick("beat")
    health.note_tick("worker")


def test_live_answers_without_the_database(client: Client) -> None:
    """No database fixture: a query would fail the test."""
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_names_every_part(client: Client, ticking: None) -> None:
    response = client.get("/ready/")
    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert {name: part["ok"] for name, part in response.json()["parts"].items()} == dict.fromkeys(
        ("database", "queue", "storage", "beat"), True
    )


@pytest.mark.django_db
def test_ready_leaves_nothing_in_the_storage(client: Client, ticking: None) -> None:
    client.get("/ready/")
    assert default_storage.listdir("ready")[1] == []


@pytest.mark.django_db
def test_ready_before_any_tick_is_refused(client: Client) -> None:
    response = client.get("/ready/")
    assert response.status_code == 503
    parts = response.json()["parts"]
    assert parts["queue"] == {"ok": False, "reason": "no tick of the worker yet"}
    assert parts["beat"] == {"ok": False, "reason": "no tick of the beat yet"}
    assert parts["database"]["ok"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "part", "limit"), [("beat", "beat", health.BEAT_SILENT_FOR), ("worker", "queue", health.WORKER_SILENT_FOR)]
)
def test_ready_when_somebody_fell_silent(client: Client, ticking: None, who: str, part: str, limit: int) -> None:
    caches["queue"].set(f"tick:{who}", time.time() - limit + 5, None)
    assert client.get("/ready/").json()["parts"][part]["ok"]
    caches["queue"].set(f"tick:{who}", time.time() - limit - 5, None)
    response = client.get("/ready/")
    assert response.status_code == 503
    assert [name for name, report in response.json()["parts"].items() if not report["ok"]] == [part]


@pytest.mark.django_db
def test_ready_without_a_database(client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection to server at 10.1.2.3 failed")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/ready/")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == {"ok": False, "reason": "OperationalError"}  # no address leaves the portal
    assert response.json()["parts"]["queue"]["ok"]


@pytest.mark.django_db
def test_ready_with_a_full_disk(client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", refuse)
    response = client.get("/ready/")
    assert response.status_code == 503
    assert [name for name, report in response.json()["parts"].items() if not report["ok"]] == ["storage"]


@pytest.mark.django_db
def test_ready_without_redis(client: Client, ticking: None, settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {"queue": settings.CACHES["queue"] | {"LOCATION": NOBODY_THERE}}
    response = client.get("/ready/")
    assert response.status_code == 503
    assert {name for name, report in response.json()["parts"].items() if not report["ok"]} == {"queue", "beat"}


def test_starting_processes_count_as_a_tick() -> None:
    periodic.beat_began()
    periodic.worker_began()
    assert caches["queue"].get("tick:beat") is not None
    assert caches["queue"].get("tick:worker") is not None


def test_the_tick_is_scheduled(settings: Settings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["tick"] == {"task": periodic.tick.name, "schedule": 15.0}


def test_a_published_tick_shows_beat_and_a_worked_off_one_the_worker(celery_worker: WorkerProcess) -> None:
    periodic.tick.delay()
    assert caches["queue"].get("tick:beat") is not None
    celery_worker.wait_until_idle()
    assert caches["queue"].get("tick:worker") is not None
