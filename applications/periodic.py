"""What the clock starts. Each looks for work that is due, and does not trust that it ran on time."""

from celery import shared_task

from applications.services import closing
from pilotportal import clock


@shared_task(name="applications.close_deadlines")
def close_deadlines(**_newer_arguments: object) -> None:
    closing.close_due(at=clock.now())
