from celery import shared_task

from pilotportal import clock
from pilotportal.audit import services


@shared_task(name="audit.seal_events")
def seal_events(**_newer_arguments: object) -> None:
    services.seal(reason="periodic", at=clock.now())
