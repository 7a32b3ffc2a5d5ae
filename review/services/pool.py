"""Who is in the expert pool."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from applications.industries import INDUSTRIES
from applications.rules import Refused
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from review.enums import Refusal
from review.models import Expert
from review.services.guards import refuse_unless_staff


@transaction.atomic
def add_expert(
    *, user_id: int, title: str, field: str, industries: Collection[str], at: datetime, by: User | None = None, province: str = ""
) -> Expert:
    """Put the account of an expert into the pool. Adding twice changes nothing. Raises Refused.

    `by` is a member of the staff, or nobody at the operator's shell. Without a `province` it is that of the employer.
    """
    if by:
        refuse_unless_staff(by)
    user = User.objects.select_related("organisation__division").select_for_update(of=("self",)).get(pk=user_id)
    if user.role != Role.EXPERT:
        raise Refused(Refusal.NOT_AN_EXPERT)
    if unknown := sorted(set(industries) - set(INDUSTRIES)):
        raise Refused(Refusal.NOT_AN_INDUSTRY, codes=", ".join(unknown))
    division = user.organisation.division
    if not (province or division):
        raise Refused(Refusal.NO_PROVINCE)
    place = province or division.province_id  # type: ignore[union-attr]
    expert, made = Expert.objects.get_or_create(
        user=user, defaults={"province_id": place, "title": title, "field": field, "industries": sorted(industries)}
    )
    if made:
        audit.record("expert.added", at=at, by=by, target=expert, province=place, industries=expert.industries)
    return expert


@transaction.atomic
def set_available(*, expert_id: int, available: bool, by: User, at: datetime) -> Expert:
    """Whether the expert can be drawn from now on. A draw that was committed to keeps its pool. Raises Refused."""
    refuse_unless_staff(by)
    expert = Expert.objects.select_for_update().select_related("user").get(pk=expert_id)
    if expert.available != available:
        expert.available = available
        expert.save(update_fields=["available"])
        audit.record("expert.taken_up" if available else "expert.rested", at=at, by=by, target=expert)
    return expert
