"""Work that the services queue."""

import structlog
from celery import shared_task
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from pilotportal import clock
from pilotportal.audit import services as audit
from pilotportal.files import scanner
from pilotportal.files.enums import ScanState
from pilotportal.files.models import Scan

log = structlog.get_logger(__name__)
UNANSWERED = (ScanState.PENDING, ScanState.NOT_CONFIGURED)


@shared_task(name="files.scan")
def scan(*, file_id: int, **newer_arguments: object) -> None:
    """Safe to run twice: only the first answer is written. A scanner that does not answer is asked again by `files.scan_pending`."""
    asked = Scan.objects.select_related("file").get(file_id=file_id)
    if not settings.CLAMD or asked.state not in UNANSWERED:
        return
    try:
        with default_storage.open(asked.file.path) as stream:
            answer = scanner.scan(stream, address=settings.CLAMD)
    except (scanner.Unavailable, OSError) as fault:
        log.warning("file not scanned", digest=asked.file.digest, reason=str(fault))
        Scan.objects.filter(pk=asked.pk, state__in=UNANSWERED).update(state=ScanState.PENDING, trouble=str(fault)[:200])
        return
    _note(asked, answer)


@transaction.atomic
def _note(asked: Scan, answer: scanner.Answer) -> None:
    state, at = ScanState.INFECTED if answer.finding else ScanState.CLEAN, clock.now()
    changes = {"state": state, "engine": answer.engine or "clamd", "finding": answer.finding, "scanned_at": at, "trouble": ""}
    if Scan.objects.filter(pk=asked.pk, state__in=UNANSWERED).update(**changes):
        audit.record(
            "file.scanned", at=at, target=asked.file, digest=asked.file.digest, state=state, engine=answer.engine, finding=answer.finding
        )
