from celery import shared_task
from django.utils.translation import gettext_noop

from pilotportal import clock
from pilotportal.audit import services


@shared_task(name="audit.seal_events")
def seal_events(**_newer_arguments: object) -> dict[str, int]:
    seal = services.seal(reason="periodic", at=clock.now())
    return {gettext_noop("events sealed"): len(seal.events) if seal else 0}
