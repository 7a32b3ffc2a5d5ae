"""The scene, built once for each file of tests that asks for it."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from pilotportal import clock
from tests.project import scene
from tests.project.scene import Scene


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker) -> Iterator[Scene]:
    """Each test runs in a savepoint of its own on top of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene.built()
        transaction.set_rollback(True)


@pytest.fixture
def summer(monkeypatch):
    """The portal's clock stands still in the time of the scene."""
    monkeypatch.setattr(clock, "now", lambda: scene.NOW)
