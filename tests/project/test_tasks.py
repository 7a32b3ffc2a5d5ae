"""The queue: what beat starts exists, and no task stumbles over what a newer deployment sends."""

import ast
import inspect

import pytest
from celery import Task
from django.conf import settings

from pilotportal.celery import app
from pilotportal.jobs.tasks import BUILDERS

ROOMS = ("pilotportal", "applications", "review", "reporting")


def own_tasks() -> dict[str, Task]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if task.__module__.split(".")[0] in ROOMS}


def test_every_entry_of_beat_names_a_task():
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted
    assert wanted - own_tasks().keys() == set()


def test_every_task_that_the_clock_starts_is_an_entry_of_beat():
    periodic = {name for name, task in own_tasks().items() if task.__module__.endswith(".periodic")}
    assert periodic == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.parametrize("name", sorted(own_tasks()))
def test_tasks_take_keywords_and_bear_newer_ones(name):
    kinds = [parameter.kind for parameter in inspect.signature(own_tasks()[name].run).parameters.values()]
    assert kinds[-1:] == [inspect.Parameter.VAR_KEYWORD]
    assert set(kinds[:-1]) <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("name", sorted(own_tasks()))
def test_tasks_are_named_for_their_room_and_not_for_their_module(name):
    """A task that waits in the queue while the code is moved about still finds its function."""
    room = own_tasks()[name].__module__.rsplit(".", 1)[0].split(".")[-1]
    assert name.split(".")[0] == room


def test_every_kind_of_job_that_is_asked_for_can_be_built():
    own_tasks()
    asked = {
        keyword.value.value
        for room in ROOMS
        for path in (settings.BASE_DIR / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "jobs.request"
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert asked
    assert asked == {kind for kind, made_by in BUILDERS.items() if made_by.build.__module__.split(".")[0] in ROOMS}
