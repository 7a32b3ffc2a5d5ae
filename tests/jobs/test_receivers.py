"""Whatever the clock starts leaves a row: what it did and when, also when it failed or was killed."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import shared_task
from celery.signals import task_prerun

from pilotportal import clock
from pilotportal.celery import app
from pilotportal.jobs import queries, rules, services
from pilotportal.jobs.models import PeriodicRun
from pilotportal.jobs.periodic import resume
from tests.jobs import making
from tests.jobs.making import requested
from tests.project.test_tasks import own_tasks

pytestmark = pytest.mark.django_db
NAME = "tests.look"
AT = datetime(2025, 7, 18, 16, 0, tzinfo=UTC)


@pytest.fixture
def outcome():
    """What the task does when it is run next."""
    script = []

    @shared_task(name=NAME)
    def look(**_newer_arguments):
        step = script.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step

    look.__module__ = type(look).__module__ = "tests.periodic"
    yield script
    app.tasks.pop(NAME)


def run():
    app.tasks[NAME].apply()


def test_a_run_says_when_it_began_and_ended_and_what_it_did(outcome, monkeypatch):
    moments = [AT, AT + timedelta(seconds=2)]
    monkeypatch.setattr(clock, "now", lambda: moments.pop(0))
    outcome.append({"lists sealed": 2, "left out": 0})
    run()
    row = PeriodicRun.objects.get()
    assert (row.name, row.started_at, row.finished_at) == (NAME, AT, AT + timedelta(seconds=2))
    assert (row.done, row.error) == ({"lists sealed": 2}, "")


def test_a_run_that_failed_says_why(outcome):
    outcome.append(ValueError("no such thing"))
    run()
    row = PeriodicRun.objects.get()
    assert (row.done, row.error) == ({}, "ValueError: no such thing")
    assert row.finished_at


def test_a_run_that_was_killed_has_no_end_and_is_kept(outcome):
    task_prerun.send(app.tasks[NAME], task_id="killed", task=app.tasks[NAME], args=(), kwargs={})
    for _number in range(rules.IDLE_RUNS_KEPT + 3):
        outcome.append(None)
        run()
    assert PeriodicRun.objects.filter(finished_at__isnull=True).count() == 1
    assert [row.delivery for row in queries.eventful_runs([NAME])] == ["killed"]


def test_runs_with_nothing_to_do_are_forgotten_and_never_push_out_what_happened(outcome):
    outcome.append({"lists sealed": 1})
    run()
    for _number in range(rules.IDLE_RUNS_KEPT + 3):
        outcome.append({})
        run()
    assert queries.idle_runs(NAME).count() == rules.IDLE_RUNS_KEPT
    assert queries.eventful_runs([NAME]).count() == 1
    assert queries.latest_runs([NAME])[NAME].done == {}


def test_what_happened_is_kept_within_bounds(outcome, monkeypatch):
    monkeypatch.setattr(rules, "EVENTFUL_RUNS_KEPT", 3)
    for number in range(1, 6):
        outcome.append({"lists sealed": number})
        run()
    assert [row.done["lists sealed"] for row in PeriodicRun.objects.all()] == [5, 4, 3]


def test_the_delivery_of_another_task_is_not_ended():
    services.note_start(name=NAME, delivery="one", at=AT)
    services.note_end(name=NAME, delivery="two", at=AT)
    assert PeriodicRun.objects.get().finished_at is None


def test_a_task_that_people_start_leaves_no_row():
    services.note_start(name="x", delivery="y", at=AT)
    app.tasks["notices.mail"].apply(kwargs={"notice_ids": []})
    assert PeriodicRun.objects.count() == 1


def test_every_task_of_the_clock_leaves_its_row():
    periodic = [task for task in own_tasks().values() if task.__module__.endswith(".periodic")]
    assert len(periodic) > 4
    for task in periodic:
        task.apply()
    assert set(PeriodicRun.objects.values_list("name", flat=True)) == {task.name for task in periodic}
    assert PeriodicRun.objects.exclude(error="").count() == 0


def test_a_periodic_task_tells_how_much_it_did(owner, monkeypatch):
    requested(owner)
    monkeypatch.setattr(clock, "now", lambda: making.AT + timedelta(hours=1))
    resume.apply()
    resume.apply()
    assert [row.done for row in PeriodicRun.objects.order_by("pk")] == [{"jobs queued again": 1}, {}]
