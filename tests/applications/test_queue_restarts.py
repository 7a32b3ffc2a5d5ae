"""The queue goes away and comes back empty: the worker finds it again, and the closing makes up for what was lost with it."""

import os
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from applications.models import Closing
from pilotportal import clock
from pilotportal.jobs.models import PeriodicRun
from pilotportal.notices.models import Notice
from pilotportal.trial.installation import WORKER
from pilotportal.trial.processes import Child
from pilotportal.trial.services import EmbeddedValkey
from tests import factories
from tests.factories import DEADLINE
from tests.worker import database_of_the_tests

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
CLOSE = "applications.close_deadlines"


@pytest.fixture
def own_queue():
    """A Valkey of its own, which can be stopped without taking that of the other tests along."""
    folder = Path(tempfile.mkdtemp(prefix="portal-queue-"))
    folder.chmod(0o711)
    valkey = EmbeddedValkey(folder=folder / "valkey", logs=folder, durable=False)
    valkey.start()
    yield valkey
    valkey.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def worker(own_queue, tmp_path):
    worker = Child(
        name="worker",
        command=[sys.executable, "-m", *WORKER, "--concurrency=1"],
        log=tmp_path / "worker.log",
        environment=os.environ | {"DATABASE_URL": database_of_the_tests(), "REDIS_URL": own_queue.url},
        folder=settings.BASE_DIR,
    )
    worker.start()
    yield worker
    worker.stop()


def queue(own_queue):
    """By an application of its own, which does not become the one that the other tests queue with."""
    app = Celery(broker=own_queue.url, set_as_current=False)
    with app.connection_for_write() as connection:
        app.send_task(CLOSE, queue=settings.CELERY_TASK_DEFAULT_QUEUE, connection=connection)


def wait_until(condition, worker, *, seconds=120):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, worker.last_words(lines=40)
        time.sleep(0.1)


def ended_runs():
    return PeriodicRun.objects.filter(name=CLOSE, finished_at__isnull=False, error="").count()


def test_the_worker_finds_the_queue_again_and_seals_one_list(own_queue, worker):
    factories.submitted(factories.opened_round())
    clock.set_simulated(DEADLINE - timedelta(minutes=1), running=False)
    queue(own_queue)
    wait_until(lambda: ended_runs() == 1, worker)
    assert Closing.objects.count() == 0
    own_queue.stop()
    clock.set_simulated(DEADLINE + timedelta(minutes=2), running=False)
    own_queue.start()
    queue(own_queue)
    queue(own_queue)
    wait_until(lambda: ended_runs() == 3, worker)
    assert Closing.objects.count() == 1
    keys = list(Notice.objects.filter(key__startswith="closing:").values_list("recipient", "key"))
    assert len(keys) == len(set(keys)) == 5
    wait_until(lambda: not Notice.objects.filter(key__startswith="closing:", mailed_at__isnull=True).exists(), worker)
    assert worker.running
