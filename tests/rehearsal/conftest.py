"""Small rounds, played in this process without a worker, with a clock and a folder of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pilotportal.celery import app
from pilotportal.rehearsal.size import Size

SMALL = Size(units=4, places=3, experts=8)


@pytest.fixture
def marked_as_demonstration(settings, tmp_path: Path) -> Path:
    """The data folder."""
    settings.DEMONSTRATION = True
    settings.DATA_DIR = tmp_path
    settings.CLOCK_FILE = str(tmp_path / "clock.json")
    return tmp_path


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks are worked off where they are queued."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False
