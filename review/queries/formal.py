"""What awaits the formal review."""

from datetime import datetime

from django.db import models

from applications import queries as applications
from applications.enums import Status
from applications.models import Nomination, Round
from applications.rules import why_not_judge
from review.rules import why_not_check


def awaiting_formal_review(round: Round) -> models.QuerySet[Nomination]:
    """The queue: handed in and not judged, those out for correction included."""
    return applications.nominations().filter(round=round, status__in=[Status.SUBMITTED, Status.RETURNED])


def acceptable(round: Round, *, at: datetime) -> list[Nomination]:
    """Those of the queue that `services.formal.accept_many` would take now: its preview, since an acceptance cannot be undone."""
    return [nomination for nomination in awaiting_formal_review(round) if _is_acceptable(nomination, at)]


def _is_acceptable(nomination: Nomination, at: datetime) -> bool:
    correction = nomination.open_correction
    refusals = (
        why_not_check(closes_at=nomination.closes_at(), at=at),
        why_not_judge(nomination.status, correction_closes_at=correction.closes_at if correction else None, at=at),
    )
    return not any(refusals)
