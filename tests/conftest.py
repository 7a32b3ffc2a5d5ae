"""Fixtures for every room: a browser, and a worker of the queue."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils import translation

from pilotportal.accounts.models import Division
from pilotportal.celery import app
from tests.chromium import QUIET, SHELL
from tests.worker import WORKED_OFF, WorkerProcess

LET_GO = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-docs", action="store_true", help="write the pages of docs/ that are made from tables")


@pytest.fixture(autouse=True)
def first_language() -> Iterator[None]:
    """A request leaves its language behind; the next test begins with the portal's own again."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {"executable_path": SHELL, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Pages are opened by path: `page.goto("/")`. Chinese, Beijing time, a common office screen; nothing glides from under the pointer."""
    return browser_context_args | {
        "base_url": live_server.url,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test databases are copies of the migrated one, where the tests' own server holds it; see plugins/template.py."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("PORTAL_TEST_TEMPLATE")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A test with real commits empties every table at its end; the divisions, which a migration loaded, come back with the signal then.
    Before the database is dropped, whoever still holds it lets go: a thread of the server that answered a page which was closed meanwhile.
    """
    with django_db_blocker.unblock():
        loaded = list(Division.objects.all())

    def restore(**_signal: object) -> None:
        if not Division.objects.exists():
            Division.objects.bulk_create(loaded)

    post_migrate.connect(restore, weak=False, sender=apps.get_app_config("accounts"))
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(LET_GO)


@pytest.fixture(scope="session")
def celery_worker_process(django_db_setup: None, django_db_blocker: Any) -> Iterator[WorkerProcess]:
    """One worker for the session; a test takes `celery_worker`."""
    worker = WorkerProcess()
    try:
        worker.start()
        yield worker
    finally:
        worker.stop()


@pytest.fixture
def celery_worker(transactional_db: None, celery_worker_process: WorkerProcess) -> Iterator[WorkerProcess]:
    """Tasks that the test queues are really worked off, from the committed rows of the test database."""
    celery_worker_process.forget()
    app.conf.task_default_queue = WORKED_OFF
    yield celery_worker_process
    app.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE
    celery_worker_process.forget()
    celery_worker_process.wait_until_idle()  # else the clearing of the tables would meet a running task
