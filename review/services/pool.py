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


@transaction.atomic
def add_expert(*, user_id: int, title: str, field: str, industries: Collection[str], at: datetime) -> Expert:
    """Put the account of an expert into the pool; the province is that of the employer. Adding twice changes nothing. Raises Refused."""
    user = User.objects.select_related("organisation__division").select_for_update(of=("self",)).get(pk=user_id)
    if user.role != Role.EXPERT:
        raise Refused(Refusal.NOT_AN_EXPERT)
    if unknown := sorted(set(industries) - set(INDUSTRIES)):
        raise Refused(Refusal.NOT_AN_INDUSTRY, codes=", ".join(unknown))
    if not user.organisation.division:
        raise Refused(Refusal.NO_PROVINCE)
    expert, made = Expert.objects.get_or_create(
        user=user,
        defaults={"province_id": user.organisation.division.province_id, "title": title, "field": field, "industries": sorted(industries)},
    )
    if made:
        audit.record("expert.added", at=at, target=expert, industries=expert.industries)
    return expert
