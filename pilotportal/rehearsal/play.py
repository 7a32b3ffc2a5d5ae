"""The played round: stages made of acts, each at its instant of the simulated clock, carried out through the services that people use."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Round
from applications.rules import Refused
from pilotportal import clock
from pilotportal.rehearsal.cast import Cast
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.lineup import Lineup
from pilotportal.rehearsal.size import Size

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAST_THE_RULE = _("the same, written past the rule into the database")
QUEUE_LIMIT = 300.0  # seconds of real time that a task may take
LOOK_EVERY = 0.1


class QueueError(Exception):
    """The worker did not do what was queued for it."""


@dataclass(frozen=True)
class Act:
    """Something that somebody does at an instant."""

    at: datetime
    do: Callable[[datetime], object]


@dataclass(frozen=True)
class Attempt:
    """Something that had to be refused: what was expected, and what came. `title` is for people."""

    name: str
    title: "StrOrPromise"
    expected: str
    came: str

    @property
    def ok(self) -> bool:
        return self.expected == self.came


@dataclass(frozen=True)
class Stage:
    """`acts` is asked once all earlier stages have been played."""

    name: str
    acts: Callable[["Play"], Iterable[Act]]


@dataclass(frozen=True)
class Timing:
    """Seconds of real time, and of them those that this process was busy (database and worker have their own)."""

    seconds: float
    busy: float


@dataclass
class Play:
    """`until`, where given, is the instant at which a demonstration stops; acts after it are not carried out."""

    size: Size
    chance: Chance
    lineup: Lineup
    cast: Cast
    round: Round
    until: datetime | None = None
    attempts: list[Attempt] = field(default_factory=list)
    exports: dict[str, int] = field(default_factory=dict)  # job by the name that its file gets
    timings: dict[str, Timing] = field(default_factory=dict)

    def perform(self, stage: Stage) -> bool:
        """Play a stage; False when the standstill came before its end."""
        with self.timed(stage.name):
            return self._perform(stage)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        begun, used = time.monotonic(), time.process_time()
        yield
        self.timings[name] = Timing(round(time.monotonic() - begun, 2), round(time.process_time() - used, 2))

    def refused(self, name: str, title: "StrOrPromise", *, expected: str, by: type[Exception] = Refused, act: Callable[[], object]) -> None:
        """Try what must not succeed, and note whether it was refused (by raising `by`) for the expected reason."""
        try:
            act()
        except by as error:
            came = str(getattr(error, "refusal", "") or getattr(error, "problem", "") or type(error).__name__)
        else:
            came = "done"
        self.attempts.append(Attempt(name, title, str(expected), came))

    def forced(self, name: str, *, title: "StrOrPromise" = PAST_THE_RULE, act: Callable[[], object]) -> None:
        """Try to write past the rule what was refused by it: the database must refuse it too."""

        def write() -> None:
            with transaction.atomic():
                act()

        self.refused(f"{name}_by_database", title, expected=IntegrityError.__name__, by=IntegrityError, act=write)

    def _perform(self, stage: Stage) -> bool:
        for act in sorted(stage.acts(self), key=lambda act: act.at):
            if self.until and act.at > self.until:
                return False
            clock.set_simulated(act.at, running=False)
            act.do(act.at)
        return True


def wait_for(done: Callable[[], bool], *, what: str, limit: float = QUEUE_LIMIT) -> None:
    """Until the worker has done it. Raises QueueError after `limit` seconds of real time."""
    end = time.monotonic() + limit
    while not done():
        if time.monotonic() > end:
            raise QueueError(f"The worker has not finished within {limit:.0f} seconds: {what}")
        time.sleep(LOOK_EVERY)
