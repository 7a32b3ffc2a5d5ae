"""The people of a day, each with a browser that is watched, at the time that the day begins."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pilotportal.accounts.models import User
from tests.journeys.conftest import Visit
from tests.journeys.days.person import Person, Way

PLAIN = pytest.param(Way("en", scripts=False), id="English, no scripts")
WAYS = [pytest.param(Way("zh-hans"), id="Chinese"), pytest.param(Way("en"), id="English")]
IN_BOTH_LANGUAGES = pytest.mark.parametrize("way", WAYS, indirect=True)
Arrive = Callable[[User | None], Person]


@pytest.fixture(params=[WAYS[0], PLAIN])
def way(request: pytest.FixtureRequest) -> Way:
    """In Chinese with scripts, and in English without any. Every page in English with its scripts is looked at in `everywhere`."""
    return request.param


@pytest.fixture
def arrive(visit: Visit, way: Way) -> Arrive:
    def begin(user: User | None) -> Person:
        person = Person(visit(user, scripts=way.scripts), way)
        person.arrive()
        return person

    return begin


@pytest.fixture(autouse=True)
def clock_of_its_own() -> Iterator[None]:
    """A day sets the clock; none leaves it behind."""
    yield
    Path(settings.CLOCK_FILE).unlink(missing_ok=True)
