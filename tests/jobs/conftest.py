from collections.abc import Iterator

import pytest

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.files.enums import MediaType
from pilotportal.jobs import tasks
from tests.factories import user

KIND = "tests.report"


@pytest.fixture
def owner(db: None) -> User:
    return user(Role.STAFF, username="owner")


@pytest.fixture
def build() -> Iterator[list[object]]:
    """A kind of job whose builder hands out, one after the other, what the test puts into the list: bytes, an error, or an act."""
    script: list[object] = []

    def run(arguments: object, progress: tasks.Progress) -> bytes:
        step = script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step(arguments, progress) if callable(step) else step

    tasks.builder(KIND, media_type=MediaType.PDF)(run)
    yield script
    del tasks.BUILDERS[KIND]
