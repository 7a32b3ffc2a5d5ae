"""The tick by which beat and the workers show that they run; see `health`."""

from celery import shared_task
from celery.signals import beat_init, before_task_publish, worker_ready

from pilotportal import health

TICK = "pilotportal.tick"


@shared_task(name=TICK)
def tick(**_newer_arguments: object) -> None:
    """Run by a worker."""
    health.note_tick("worker")


@worker_ready.connect
def worker_began(**_signal: object) -> None:
    health.note_tick("worker")


@beat_init.connect
def beat_began(**_signal: object) -> None:
    health.note_tick("beat")


@before_task_publish.connect(sender=TICK)
def beat_published(**_signal: object) -> None:
    """Only beat publishes this task."""
    health.note_tick("beat")
