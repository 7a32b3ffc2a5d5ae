from celery import shared_task
from django.utils.translation import gettext_noop

from pilotportal import clock
from pilotportal.notices import services


@shared_task(name="notices.mail_missing")
def mail_missing(**_newer_arguments: object) -> dict[str, int]:
    return {gettext_noop("mails queued again"): services.mail_missing(at=clock.now())}
