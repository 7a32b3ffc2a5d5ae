"""Work that the services queue. Each task may run twice, late, or after a newer deployment."""

from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.db import transaction

from applications import documents, emails
from applications.models import Nomination, NominationVersion
from pilotportal import clock
from pilotportal.files.enums import MediaType
from pilotportal.jobs.tasks import Progress, builder


@shared_task(name="applications.send_receipt", autoretry_for=(SMTPException, OSError), retry_backoff=True, max_retries=5)
def send_receipt(*, nomination_id: int, **newer_arguments: object) -> None:
    """Safe to run twice: the row is locked and says whether the receipt of the current version has gone."""
    with transaction.atomic():
        nomination = (
            Nomination.objects.select_for_update(of=("self",)).select_related("round", "city", "submitted_by").get(pk=nomination_id)
        )
        if not nomination.submitted_at or (nomination.receipt_sent_at and nomination.receipt_sent_at >= nomination.submitted_at):
            return
        emails.send_receipt(nomination)
        nomination.receipt_sent_at = clock.now()
        nomination.save(update_fields=["receipt_sent_at"])


@builder("applications.receipt", media_type=MediaType.PDF)
def receipt(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    versions = NominationVersion.objects.select_related("nomination__round", "nomination__city__province", "submitted_by__organisation")
    return documents.receipt(versions.get(pk=arguments["version_id"]))
