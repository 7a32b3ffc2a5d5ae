"""Starts PostgreSQL and Valkey for one run of the tests, before Django reads its settings.

Loaded with `-p`, since pytest-django reads the settings before any conftest. Every run has its own servers and folder, so that
runs beside each other do not meet; every xdist worker has its own test database, Redis database and data folder.
`DATABASE_URL` and `REDIS_URL` in the environment replace the servers.
"""

import atexit
import os
import re
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from pilotportal.trial.services import embedded_services, passable, service_folder, started
from tests.plugins import template


def _start() -> None:
    run = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    run.chmod(0o711)  # the servers' own user steps through it
    logs = run / "logs"
    logs.mkdir()
    stack = ExitStack()
    atexit.register(stack.close)
    stack.callback(shutil.rmtree, run, ignore_errors=True)
    os.environ.update(
        PORTAL_MODE="test",
        PORTAL_SECRET_KEY="only for the tests",
        PORTAL_HOSTS="localhost,127.0.0.1,testserver",
        PORTAL_TEST_RUN=str(run),
        PORTAL_DATA_DIR=str(run / "data"),
        PORTAL_CLOCK_FILE=str(run / "data" / "clock.json"),  # absent: real time
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's synchronous interface keeps an event loop running in the tests' thread
    )
    (run / "data" / "static").mkdir(parents=True)  # WhiteNoise warns where it is missing
    if not os.environ.get("DATABASE_URL"):
        template.lay(folder=passable(service_folder(run)) / "postgres", logs=logs)
        os.environ["PORTAL_TEST_TEMPLATE"] = "portal"
    os.environ.update(stack.enter_context(started(embedded_services(folder=run, logs=logs, environment=os.environ, durable=False))))


def _settle_worker(worker: str) -> None:
    """An xdist worker inherits the run's environment and takes its own share of it."""
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = re.sub(r"/\d*$", f"/{number}", os.environ["REDIS_URL"])
    data = Path(os.environ["PORTAL_TEST_RUN"]) / worker
    (data / "static").mkdir(parents=True)
    os.environ.update(PORTAL_DATA_DIR=str(data), PORTAL_CLOCK_FILE=str(data / "clock.json"))


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _settle_worker(worker)
else:
    _start()
