"""A real Celery worker in a process of its own, on the test database."""

import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection

from pilotportal.celery import app
from pilotportal.trial.installation import WORKER
from pilotportal.trial.processes import Child

WORKED_OFF = "worked-off"  # the queue that it listens to; what other tests queue waits for nobody
START_LIMIT = 90.0
IDLE_LIMIT = 60.0


class WorkerProcess:
    """Works off the queue until stopped; `wait_until_idle()` returns when everything queued is done."""

    def __init__(self) -> None:
        self.queue = redis.Redis.from_url(settings.REDIS_URL)
        self.node = f"tests-{os.getpid()}@localhost"
        self.child = Child(
            name="worker",
            command=[sys.executable, "-m", *WORKER, f"--hostname={self.node}", "--concurrency=1", "--loglevel=INFO"],
            log=Path(settings.DATA_DIR) / "worker.log",
            environment=os.environ | {"DATABASE_URL": database_of_the_tests(), "PORTAL_QUEUE": WORKED_OFF},
            folder=settings.BASE_DIR,
        )

    def start(self) -> None:
        self.child.start()
        limit = time.monotonic() + START_LIMIT
        while not app.control.ping(destination=[self.node], timeout=0.5):
            if not self.child.running or time.monotonic() > limit:
                raise AssertionError(f"The worker did not start:\n{self.child.last_words()}")

    def stop(self) -> None:
        self.child.stop()
        self.queue.close()

    def wait_until_idle(self, *, seconds: float = IDLE_LIMIT) -> None:
        """A task leaves the queue for the list of the unacknowledged, and that list when it is done; between them lies an instant."""
        limit = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:
            quiet = 0 if self._busy() else quiet + 1
            if time.monotonic() > limit:
                raise AssertionError(f"The worker was not done within {seconds:.0f} seconds:\n{self.child.last_words(lines=40)}")
            time.sleep(0.02)

    def forget(self) -> None:
        """Empties the queue, so that a task left by one test is not worked off in another."""
        self.queue.delete(WORKED_OFF)

    def log(self) -> str:
        return self.child.last_words(lines=1000)

    def _busy(self) -> bool:
        return bool(self.queue.llen(WORKED_OFF) or self.queue.hlen("unacked"))


def database_of_the_tests() -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
