"""Celery says when a task begins and ends; those that the clock starts are written down, whether they remember it or not."""

from collections.abc import Mapping
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun

from pilotportal import clock
from pilotportal.jobs import services


def is_periodic(task: Any) -> bool:
    return bool(task.__module__.endswith(".periodic"))


@task_prerun.connect
def began(*, task_id: str, task: Any, **_signal: object) -> None:
    if is_periodic(task):
        services.note_start(name=task.name, delivery=task_id, at=clock.now())


@task_postrun.connect
def ended(*, task_id: str, task: Any, retval: object, state: str | None, **_signal: object) -> None:
    """A periodic task returns what it did as numbers by their words, `{gettext_noop("lists sealed"): 1}`, and nothing for nothing."""
    if is_periodic(task) and state == "SUCCESS":
        done = {str(what): number for what, number in retval.items() if number} if isinstance(retval, Mapping) else {}
        services.note_end(name=task.name, delivery=task_id, done=done, at=clock.now())


@task_failure.connect
def failed(*, task_id: str, sender: Any, exception: BaseException, **_signal: object) -> None:
    if is_periodic(sender):
        error = f"{type(exception).__name__}: {exception}"[:500]
        services.note_end(name=sender.name, delivery=task_id, error=error, at=clock.now())
