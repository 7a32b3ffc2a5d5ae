"""Mailing of notices. A task may run twice, late, or after a newer deployment."""

from collections.abc import Sequence
from smtplib import SMTPException

import structlog
from celery import shared_task
from django.db import transaction

from pilotportal import clock
from pilotportal.notices import emails
from pilotportal.notices.models import Notice

log = structlog.get_logger(__name__)
FAULTS = (SMTPException, OSError)


@shared_task(name="notices.mail", autoretry_for=FAULTS, retry_backoff=True, max_retries=5)
def mail(*, notice_ids: Sequence[int], **newer_arguments: object) -> None:
    """Each once: its row is locked while the mail goes and says that it has gone. One that cannot be sent does not keep the others."""
    faults = [fault for notice_id in notice_ids if (fault := _try(notice_id))]
    if faults:
        raise faults[0]


def _try(notice_id: int) -> Exception | None:
    try:
        _mail(notice_id)
    except FAULTS as fault:
        log.warning("notice not mailed", notice=notice_id, fault=repr(fault))
        return fault
    return None


@transaction.atomic
def _mail(notice_id: int) -> None:
    waiting = Notice.objects.select_for_update(of=("self",), skip_locked=True).select_related("recipient")
    notice = waiting.filter(pk=notice_id, mailed_at__isnull=True, recipient__is_active=True).exclude(recipient__email="").first()
    if notice:
        emails.send(notice)
        notice.mailed_at = clock.now()
        notice.save(update_fields=["mailed_at"])
