from celery import shared_task

from pilotportal import clock
from pilotportal.jobs import services


@shared_task(name="jobs.resume")
def resume(**_newer_arguments: object) -> None:
    services.resume_abandoned(at=clock.now())
