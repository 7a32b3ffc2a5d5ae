from celery import shared_task
from django.utils.translation import gettext_noop

from pilotportal import clock
from pilotportal.jobs import services


@shared_task(name="jobs.resume")
def resume(**_newer_arguments: object) -> dict[str, int]:
    return {gettext_noop("jobs queued again"): services.resume_abandoned(at=clock.now())}
