"""The scene of the rights, committed in the test database while a file of this folder runs, and served as an installation serves it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction

from pilotportal import clock
from tests.journeys.everywhere.portal import Portal
from tests.journeys.serving import served
from tests.project import scene


@pytest.fixture
def _django_db_helper() -> None:
    """The scene stays committed from test to test: no transaction to begin, none to undo."""


@pytest.fixture(scope="module")
def portal(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with django_db_blocker.unblock():
        clock.set_simulated(scene.NOW, running=False)
        try:
            with transaction.atomic():
                built = scene.built()
            with served(tmp_path_factory.mktemp("static")) as origin:
                yield Portal(origin, built)
        finally:
            Path(settings.CLOCK_FILE).unlink()
            call_command("flush", interactive=False, verbosity=0)
            connections.close_all()
