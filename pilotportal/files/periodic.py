"""What the clock starts."""

from celery import shared_task

from pilotportal import clock
from pilotportal.files.services import scanning, uploads


@shared_task(name="files.scan_pending")
def scan_pending(**_newer_arguments: object) -> None:
    scanning.catch_up(at=clock.now())


@shared_task(name="files.remove_abandoned_uploads")
def remove_abandoned_uploads(**_newer_arguments: object) -> None:
    uploads.remove_abandoned(at=clock.now())
