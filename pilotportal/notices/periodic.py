from celery import shared_task

from pilotportal import clock
from pilotportal.notices import services


@shared_task(name="notices.mail_missing")
def mail_missing(**_newer_arguments: object) -> None:
    services.mail_missing(at=clock.now())
