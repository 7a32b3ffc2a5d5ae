"""What the clock starts."""

from celery import shared_task

from applications.services import closing
from pilotportal import clock


@shared_task(name="applications.close_deadlines")
def close_deadlines() -> None:
    closing.close_due(at=clock.now())
