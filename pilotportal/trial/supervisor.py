"""Starts processes in order, restarts what dies, stops everything in the opposite order."""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from pilotportal.trial.processes import Child, TrialError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STEP = 0.2
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
SETTLED_AFTER = 60.0
STARTS_BEFORE_READY = 3


class Stopped(BaseException):
    """Somebody asked us to end."""


@dataclass
class Watched:
    """A child with its history of failures."""

    child: Child
    failures: int = 0
    started: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        self.child.start()
        self.started, self.due = time.monotonic(), 0.0

    def look(self) -> str:
        """What there is to say about it: nothing while it runs."""
        if self.child.running:
            return ""
        if not self.due:
            return self._plan_restart()
        if time.monotonic() >= self.due:
            self.start()
            return f"{self.child.name} has been started again."
        return ""

    def _plan_restart(self) -> str:
        lasted = time.monotonic() - self.started
        self.failures = 1 if lasted > SETTLED_AFTER else self.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (self.failures - 1), LONGEST_PAUSE)
        self.due = time.monotonic() + pause
        return (
            f"{self.child.name} has ended (exit code {self.child.exit_code}); starting it again in {pause:.0f} s. Its log: {self.child.log}"
        )


class Supervisor:
    """Keeps children running. Those that it started are stopped by `stop()`, the last one first."""

    def __init__(self) -> None:
        self.watched: list[Watched] = []
        self.own: list[Child] = []

    def adopt(self, child: Child) -> None:
        """Watches a child that somebody else has started, and will stop."""
        self.watched.append(Watched(child, started=time.monotonic()))

    def start(self, child: Child) -> None:
        watched = Watched(child)
        self.watched.append(watched)
        self.own.append(child)
        watched.start()

    def stop(self) -> None:
        for child in reversed(self.own):
            child.stop()

    def watch_until(self, done: Callable[[], bool], *, limit: float) -> None:
        """Raises TrialError when a child keeps dying, or when `limit` seconds have passed."""
        end = time.monotonic() + limit
        while not done():
            self._look()
            hopeless = next((one.child for one in self.watched if one.failures >= STARTS_BEFORE_READY), None)
            if hopeless:
                raise TrialError(f"{hopeless.name} does not start:\n{hopeless.last_words()}")
            if time.monotonic() > end:
                last = self.watched[-1].child
                raise TrialError(f"Given up after {limit:.0f} seconds. What {last.name} said last:\n{last.last_words()}")
            time.sleep(STEP)

    def watch(self) -> None:
        """Until Stopped is raised."""
        while True:
            self._look()
            time.sleep(STEP)

    def _look(self) -> None:
        for one in self.watched:
            if news := one.look():
                say(news)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def listen_for_stop() -> None:
    """From now on Ctrl-C, SIGTERM and a closed terminal raise Stopped, once; while we then stop what we started they are ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for name in STOP_SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise Stopped

    for name in STOP_SIGNALS:
        signal.signal(name, stop)
