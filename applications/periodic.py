"""What the clock starts. Each looks for work that is due, and does not trust that it ran on time."""

from datetime import timedelta

from celery import shared_task

from applications import queries, tasks
from applications.services import closing
from pilotportal import clock

OVERDUE = timedelta(minutes=2)  # by then the receipt that the submission queued has been lost


@shared_task(name="applications.close_deadlines")
def close_deadlines(**_newer_arguments: object) -> None:
    closing.close_due(at=clock.now())


@shared_task(name="applications.send_missing_receipts")
def send_missing_receipts(**_newer_arguments: object) -> None:
    for nomination_id in queries.without_receipt(submitted_before=clock.now() - OVERDUE):
        tasks.send_receipt.delay(nomination_id=nomination_id)
