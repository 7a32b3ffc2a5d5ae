"""The city drafts its own nomination: at the province's invitation, until it hands back or the province ends it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import queries, rules
from applications.enums import Act, Refusal
from applications.models import Invitation, Nomination
from applications.rules import Refused
from applications.services import holding, receipts
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.moments import until
from pilotportal.notices import services as notices


@transaction.atomic
def invite(*, nomination_id: int, note: str, by: User, at: datetime) -> Invitation:
    """Let the officials of the city edit the entries and the evidence. Raises Refused."""
    nomination = _locked(nomination_id)
    if refused := why_not_invite(nomination, at=at):
        raise refused
    invitation = Invitation.objects.create(nomination=nomination, note=note.strip(), invited_by=by, invited_at=at)
    digest = holding.recommended_digest(nomination)
    audit.record(
        "nomination.invited", at=at, by=by, target=nomination, round_code=nomination.round.code, city=nomination.city_id, digest=digest
    )
    receipts.of_nomination(nomination, act=Act.INVITED, digest=digest, by=by, at=at)
    notices.notify(
        to=queries.officials_of_city(nomination.city_id),
        key=f"invitation:{invitation.pk}",
        subject=_("The province invites you to draft the nomination of %(city)s"),
        body=_("You can fill in the form and attach evidence until you hand it back or the deadline passes. %(note)s"),
        about={"city": nomination, "note": invitation.note},
        url=nomination.get_absolute_url(),
        at=at,
    )
    return invitation


@transaction.atomic
def hand_back(*, nomination_id: int, by: User, at: datetime) -> Nomination:
    """The city has done its part; from now on it reads. Raises Refused."""
    nomination = _ended(nomination_id, "nomination.handed_back", act=Act.HANDED_BACK, by=by, at=at)
    notices.notify(
        to=queries.officials_of_province(nomination.province_id),
        key=f"handed-back:{nomination.pk}:{at.isoformat()}",
        subject=_("%(city)s has handed its nomination back"),
        body=_("What the city filled in stands in the nomination. Check it, have it co-signed and submit it."),
        about={"city": nomination},
        url=nomination.get_absolute_url(),
        at=at,
    )
    return nomination


@transaction.atomic
def end(*, nomination_id: int, by: User, at: datetime) -> Nomination:
    """The province takes the draft back; what the city saved stays. Raises Refused."""
    nomination = _ended(nomination_id, "nomination.invitation_ended", act=Act.INVITATION_ENDED, by=by, at=at)
    notices.notify(
        to=queries.officials_of_city(nomination.city_id),
        key=f"invitation-ended:{nomination.pk}:{at.isoformat()}",
        subject=_("The province has taken the nomination of %(city)s back"),
        body=_("What you saved is kept. You can still read the nomination."),
        about={"city": nomination},
        url=nomination.get_absolute_url(),
        at=at,
    )
    return nomination


def why_not_invite(nomination: Nomination, *, at: datetime) -> Refused | None:
    correction = nomination.open_correction
    closes_at = nomination.closes_at()
    refusal = rules.why_not_invite(
        nomination.status,
        closes_at=closes_at,
        correction_closes_at=correction.closes_at if correction else None,
        nominates_itself=nomination.city.nominates_itself,
        invited=nomination.open_invitation is not None,
        at=at,
    )
    return Refused(refusal, city=nomination, closed_at=until(correction.closes_at if correction else closes_at)) if refusal else None


def _ended(nomination_id: int, kind: str, *, act: Act, by: User, at: datetime) -> Nomination:
    nomination = _locked(nomination_id)
    invitation = nomination.open_invitation
    if invitation is None:
        raise Refused(Refusal.NOT_INVITED)
    invitation.handed_back, invitation.ended_by, invitation.ended_at = act == Act.HANDED_BACK, by, at
    invitation.save(update_fields=["handed_back", "ended_by", "ended_at"])
    digest = holding.recommended_digest(nomination)
    audit.record(kind, at=at, by=by, target=nomination, round_code=nomination.round.code, city=nomination.city_id, digest=digest)
    receipts.of_nomination(nomination, act=act, digest=digest, by=by, at=at)
    return nomination


def _locked(nomination_id: int) -> Nomination:
    Nomination.objects.select_for_update().values_list("pk").get(pk=nomination_id)
    return queries.nominations().get(pk=nomination_id)
