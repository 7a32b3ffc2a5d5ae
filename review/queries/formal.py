"""What awaits the formal review."""

from datetime import datetime

from django.db import models
from django.db.models import Prefetch

from applications.enums import Status
from applications.models import Correction, Nomination, NominationVersion, Round
from applications.queries import DEADLINES, place
from applications.rules import Refused, why_not_judge
from pilotportal.moments import until
from review.rules import why_not_check


def awaiting_formal_review(round: Round) -> models.QuerySet[Nomination]:
    """The queue: handed in and not judged, those out for correction included. Without the contents."""
    waiting = Nomination.objects.filter(round=round, status__in=[Status.SUBMITTED, Status.RETURNED])
    versions = Prefetch("versions", queryset=NominationVersion.objects.defer("content", "files"))
    answers = Prefetch("corrections", queryset=Correction.objects.select_related("version").defer("version__content", "version__files"))
    related = waiting.select_related("round", "province", "city").prefetch_related(DEADLINES, versions, answers)
    return related.annotate(place=place()).defer("content", "sections", "round__form").order_by("city", "pk")


def place_of(nomination: Nomination) -> int | None:
    """Its place in the province's order, where that counts."""
    return Nomination.objects.annotate(place=place()).values_list("place", flat=True).get(pk=nomination.pk)


def acceptable(round: Round, *, at: datetime) -> list[Nomination]:
    """Those of the queue that `services.formal.accept_many` would take now: its preview, since an acceptance cannot be undone."""
    return [nomination for nomination in awaiting_formal_review(round) if not why_not_accept(nomination, at=at)]


def why_not_accept(nomination: Nomination, *, at: datetime) -> Refused | None:
    """What keeps a nomination from being accepted or rejected now; a page shows its buttons by the same answer."""
    closes_at, correction = nomination.closes_at(), nomination.open_correction
    if refusal := why_not_check(closes_at=closes_at, at=at):
        return Refused(refusal, closed_at=until(closes_at))
    judged = why_not_judge(nomination.status, correction_closes_at=correction.closes_at if correction else None, at=at)
    return Refused(judged) if judged else None
