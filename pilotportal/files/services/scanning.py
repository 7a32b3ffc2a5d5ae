"""Scanning for malware, after the upload and outside the request."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from pilotportal.files import tasks
from pilotportal.files.enums import ScanState
from pilotportal.files.models import Scan, StoredFile
from pilotportal.queue import after_commit

OVERDUE = timedelta(minutes=2)  # by then the scan that the upload queued has been lost
AT_ONCE = 200


def expect(file: StoredFile, *, at: datetime) -> Scan:
    """Note that somebody uploaded these bytes, and queue the scan once committed. The same bytes are scanned once."""
    state = ScanState.PENDING if settings.CLAMD else ScanState.NOT_CONFIGURED
    scan, made = Scan.objects.get_or_create(file=file, defaults={"state": state, "asked_at": at})
    if settings.CLAMD and (made or scan.state in tasks.UNANSWERED):
        after_commit(tasks.scan, file_id=file.pk)
    return scan


def catch_up(*, at: datetime) -> int:
    """Queue what waits for its scan: lost from the queue, refused by a scanner that was down, or from before there was one."""
    if not settings.CLAMD:
        return 0
    waiting = Scan.objects.filter(
        Q(state=ScanState.PENDING, asked_at__lt=at - OVERDUE) | Q(state=ScanState.NOT_CONFIGURED),
    )
    queued = list(waiting.order_by("pk").values_list("file_id", flat=True)[:AT_ONCE])
    for file_id in queued:
        tasks.scan.delay(file_id=file_id)
    return len(queued)
