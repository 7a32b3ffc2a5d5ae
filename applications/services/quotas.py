"""Places beyond the quota of a province."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications import queries, rules
from applications.enums import Act, DeadlineKind
from applications.models import Quota, QuotaException, Round
from applications.models.nominations import deadline_of
from applications.rules import Refused
from pilotportal.accounts.models import Division, User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.moments import until
from pilotportal.notices import services as notices


@transaction.atomic
def grant(*, round_id: int, province: Division, places: int, reason: str, document_number: str, by: User, at: datetime) -> QuotaException:
    """Let a province nominate `places` more cities in an opened round; the quota and earlier grants stay as they are. Raises Refused."""
    round = queries.rounds().get(pk=round_id)
    has_ground = bool(reason.strip() and document_number.strip())
    if refused := why_not_grant(round, province, has_ground=has_ground, at=at):
        raise refused
    granted = QuotaException.objects.create(
        round=round,
        province=province,
        places=places,
        reason=reason.strip(),
        document_number=document_number.strip(),
        granted_by=by,
        granted_at=at,
    )
    audit.record(
        "round.places_granted",
        at=at,
        by=by,
        target=round,
        round_code=round.code,
        province=province.pk,
        places=places,
        reason=granted.reason,
        document_number=granted.document_number,
    )
    facts = {_("Province"): province.name, _("Places"): places, _("Reason"): granted.reason, _("Document number"): granted.document_number}
    record = {"round": round.code, "province": province.pk, "places": places, "reason": granted.reason, "document": granted.document_number}
    notices.give_receipt(to=by, act=Act.PLACES_GRANTED, target=round, facts=facts, digest=digest_of(record), at=at)
    notices.notify(
        to=queries.officials_of_province(province.pk),
        key=f"places-granted:{granted.pk}",
        subject=_("Your province may nominate more cities: %(round)s"),
        body=_("%(places)s beyond the quota, granted by %(number)s: %(reason)s"),
        about={"round": round, "places": places, "number": granted.document_number, "reason": granted.reason},
        url=reverse("applications:nominations"),
        at=at,
    )
    return granted


def why_not_grant(round: Round, province: Division, *, has_ground: bool = True, at: datetime) -> Refused | None:
    closes_at = deadline_of(round, DeadlineKind.NOMINATION, province.pk)
    refusal = rules.why_not_grant(
        opened=round.is_opened,
        closes_at=closes_at,
        nominates_itself=province.nominates_itself,
        has_quota=Quota.objects.filter(round=round, province=province).exists(),
        has_ground=has_ground,
        at=at,
    )
    return Refused(refusal, province=province, closed_at=until(closes_at)) if refusal else None
