"""会签: the province asks its co-departments; each signs exactly what it read, or objects with a reason."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications import queries, rules
from applications.content import Gap
from applications.enums import Act, Problem, Refusal, Verdict
from applications.models import CoSignature, Nomination, SignatureRequest
from applications.rules import Refused
from applications.services import cosigning, holding, nominations, receipts
from pilotportal.accounts.models import Organisation, User
from pilotportal.audit import services as audit
from pilotportal.moments import until
from pilotportal.notices import services as notices


@transaction.atomic
def ask(*, nomination_id: int, organisations: Collection[Organisation], by: User, at: datetime) -> list[SignatureRequest]:
    """Ask departments of the province to sign; from now on they read the nomination. Raises Refused."""
    nomination = _locked(nomination_id)
    if refused := why_not_ask(nomination, at=at):
        raise refused
    wanted = list(queries.co_departments_of(nomination.province_id).filter(pk__in=[each.pk for each in organisations]))
    if not wanted:
        raise Refused(Refusal.NO_DEPARTMENT)
    asked = {request.organisation_id for request in nomination.requests_in_force}
    if twice := [each for each in wanted if each.pk in asked]:
        raise Refused(Refusal.ASKED_BEFORE, departments=", ".join(each.name for each in twice))
    made = [SignatureRequest(nomination=nomination, organisation=each, asked_by=by, asked_at=at) for each in wanted]
    SignatureRequest.objects.bulk_create(made)
    digest = holding.recommended_digest(nomination)
    _record("nomination.signature_asked", nomination, by=by, at=at, departments=[each.name for each in wanted], digest=digest)
    facts = {_("Departments"): ", ".join(each.name for each in wanted)}
    receipts.of_nomination(nomination, act=Act.SIGNATURES_ASKED, digest=digest, facts=facts, by=by, at=at)
    _tell_departments(nomination, wanted, digest=digest, at=at)
    return made


@transaction.atomic
def remind(*, nomination_id: int, by: User, at: datetime) -> int:
    """Tell the departments that have not signed what stands now, once for each content. Returns how many people were told."""
    nomination = _locked(nomination_id)
    if refused := why_not_ask(nomination, at=at):
        raise refused
    waiting = cosigning.waiting(nominations.signatures_of(nomination))
    digest = holding.recommended_digest(nomination)
    told = _tell_departments(nomination, [line.request.organisation for line in waiting if line.request], digest=digest, at=at)
    _record("nomination.signature_reminded", nomination, by=by, at=at, told=told, digest=digest)
    return told


@transaction.atomic
def cancel(*, nomination_id: int, request_id: int, by: User, at: datetime) -> SignatureRequest:
    """Ask no longer a department that the round does not require; what it said stays on record. Raises Refused."""
    nomination = _locked(nomination_id)
    request = next((each for each in nomination.requests_in_force if each.pk == request_id), None)
    if request is None:
        raise Refused(Refusal.NOT_ASKED)
    if refused := why_not_cancel(nomination, request, at=at):
        raise refused
    request.cancelled_at = at
    request.save(update_fields=["cancelled_at"])
    said = request.last.verdict if request.last else ""
    digest = holding.recommended_digest(nomination)
    _record("nomination.signature_cancelled", nomination, by=by, at=at, department=request.organisation.name, said=said, digest=digest)
    facts = {_("Department"): request.organisation.name}
    receipts.of_nomination(nomination, act=Act.REQUEST_CANCELLED, digest=digest, facts=facts, by=by, at=at)
    return request


@transaction.atomic
def answer(*, nomination_id: int, verdict: Verdict, reason: str = "", seen: str, by: User, at: datetime) -> CoSignature:
    """Sign or object for the department of `by`. `seen` is the digest of what was read: anything else in its place is refused.

    Writes what cannot be changed afterwards; the department may say something else later, and the last word counts. Raises Refused.
    """
    nomination = _locked(nomination_id)
    request = request_of(nomination, by)
    if request is None:
        raise Refused(Refusal.NOT_ASKED)
    if refused := why_not_answer(nomination, verdict=verdict, by=by, at=at):
        raise refused
    digest = holding.recommended_digest(nomination)
    if seen != digest:
        raise Refused(Refusal.CHANGED_FOR_SIGNER)
    if verdict == Verdict.OBJECTED and not reason.strip():
        raise Refused(Refusal.NO_OBJECTION)
    if request.last and (request.last.verdict, request.last.digest, request.last.reason) == (verdict, digest, reason.strip()):
        raise Refused(Refusal.SAID_BEFORE)
    said = CoSignature.objects.create(request=request, verdict=verdict, reason=reason.strip(), digest=digest, signed_by=by, signed_at=at)
    kind = "nomination.cosigned" if verdict == Verdict.SIGNED else "nomination.objected"
    _record(kind, nomination, by=by, at=at, department=request.organisation.name, digest=digest, reason=said.reason)
    act = Act.COSIGNED if verdict == Verdict.SIGNED else Act.OBJECTED
    facts = {_("Department"): request.organisation.name, **({_("Reason"): said.reason} if said.reason else {})}
    receipts.of_nomination(nomination, act=act, digest=digest, facts=facts, by=by, at=at)
    _tell_province(nomination, said, at=at)
    return said


def why_not_ask(nomination: Nomination, *, at: datetime) -> Refused | None:
    refusal = rules.why_not_ask(nomination.status, closes_at=nomination.closes_at(), at=at)
    return Refused(refusal, closed_at=until(nomination.closes_at())) if refusal else None


def why_not_cancel(nomination: Nomination, request: SignatureRequest, *, at: datetime) -> Refused | None:
    required = request.organisation.branch in nomination.round.co_departments
    refusal = rules.why_not_cancel_request(nomination.status, closes_at=nomination.closes_at(), required=required, at=at)
    return Refused(refusal, closed_at=until(nomination.closes_at())) if refusal else None


def why_not_answer(nomination: Nomination, *, verdict: str, by: User, at: datetime) -> Refused | None:
    """The page and the service ask the same."""
    gaps = gaps_to_sign(nomination)
    refusal = rules.why_not_cosign(
        nomination.status,
        verdict=verdict,
        closes_at=nomination.closes_at(),
        asked=request_of(nomination, by) is not None,
        gaps=len(gaps),
        at=at,
    )
    return Refused(refusal, count=len(gaps), closed_at=until(nomination.closes_at())) if refusal else None


def gaps_to_sign(nomination: Nomination) -> list[Gap]:
    """The undertaking is given with the submission, after the signatures."""
    return [gap for gap in nominations.gaps_of(nomination) if gap.problem != Problem.UNDERTAKING]


def request_of(nomination: Nomination, user: User) -> SignatureRequest | None:
    """The one in force for the department of the user."""
    return next((each for each in nomination.requests_in_force if each.organisation_id == user.organisation_id), None)


def line_of(nomination: Nomination, user: User) -> cosigning.Line | None:
    """Where the user's own department stands."""
    asked = request_of(nomination, user)
    return next((line for line in nominations.signatures_of(nomination) if line.request == asked), None) if asked else None


def _tell_departments(nomination: Nomination, departments: Iterable[Organisation], *, digest: str, at: datetime) -> int:
    return notices.notify(
        to=queries.officials_of_departments(each.pk for each in departments),
        key=f"cosign:{nomination.pk}:{digest}",
        subject=_("Your department is asked to co-sign the nomination of %(city)s"),
        body=_("Read it, then co-sign it or object with a reason. A signature holds for exactly the content that was read."),
        about={"city": nomination},
        url=reverse("applications:nomination_sign", args=[nomination.code]),
        at=at,
    )


def _tell_province(nomination: Nomination, said: CoSignature, *, at: datetime) -> None:
    subjects = {
        Verdict.SIGNED: _("%(department)s has co-signed the nomination of %(city)s"),
        Verdict.OBJECTED: _("%(department)s objects to the nomination of %(city)s"),
    }
    notices.notify(
        to=queries.officials_of_province(nomination.province_id),
        key=f"cosignature:{said.pk}",
        subject=subjects[Verdict(said.verdict)],
        body=_("What the departments said stands on the page of the co-signatures. %(reason)s"),
        about={"department": said.request.organisation, "city": nomination, "reason": said.reason},
        url=reverse("applications:nomination_signatures", args=[nomination.code]),
        digest=said.digest,
        at=at,
    )


def _record(kind: str, nomination: Nomination, *, by: User, at: datetime, **data: object) -> None:
    audit.record(kind, at=at, by=by, target=nomination, round_code=nomination.round.code, **data)


def _locked(nomination_id: int) -> Nomination:
    Nomination.objects.select_for_update().values_list("pk").get(pk=nomination_id)
    return queries.nominations().get(pk=nomination_id)
