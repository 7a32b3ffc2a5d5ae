"""会签 in the browser: the province asks and sees who said what; a department reads, then signs or objects."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import content, permissions, queries
from applications.enums import Verdict
from applications.forms.hands import AnswerForm, AskForm
from applications.models import CoSignature, Nomination
from applications.rules import Refused
from applications.services import cosigning, holding, nominations, signatures
from applications.views import acts
from applications.views.nominations import note_reading
from applications.views.tones import TONE_OF_SIGNATURE
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest


@login_required
@require_safe
def index(request: SignedInRequest, code: str) -> HttpResponse:
    """Who was asked, who said what of which content; the history stays below."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_read_signatures)
    return _page(request, nomination, _ask_form(request, nomination))


@login_required
@require_POST
def ask(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_handle)
    form = _ask_form(request, nomination)
    if form.is_valid():
        try:
            signatures.ask(nomination_id=nomination.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The departments have been asked. They can read the nomination from now on."))
            return redirect("applications:nomination_signatures", nomination.code)
    return _page(request, nomination, form)


@login_required
@require_POST
def cancel(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_handle)
    try:
        signatures.cancel(nomination_id=nomination.pk, request_id=number, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The request has been cancelled. What the department said stays on record."))
    return redirect("applications:nomination_signatures", nomination.code)


@login_required
@require_POST
def remind(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_handle)
    try:
        told = signatures.remind(nomination_id=nomination.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sentence = ngettext("%(count)s person has been told.", "%(count)s people have been told.", told) % {"count": told}
        messages.success(request, sentence if told else _("Everybody concerned has been told of exactly this content already."))
    return redirect("applications:nomination_signatures", nomination.code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, code: str) -> HttpResponse:
    """The nomination as it stands, and under it the two acts of the department."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_cosign)
    form = AnswerForm(acts.posted(request), initial={"seen": holding.recommended_digest(nomination)})
    if form.is_valid() and _answer(request, nomination, form):
        return redirect("applications:nomination_sign", nomination.code)
    note_reading(request, nomination)
    dossier = queries.dossier_for(request.user, nomination)
    facts = {
        "nomination": nomination,
        "form": form,
        "dossier": dossier,
        "sections": content.shown_sections(nomination.round.definition, dossier.content, get_language(), personal=False),
        "line": signatures.line_of(nomination, request.user),
        "history": _said_by(nomination, request.user),
        "tone": _tone_of(signatures.line_of(nomination, request.user)),
        "why_not_sign": _why_not(request, nomination, Verdict.SIGNED),
        "why_not_object": _why_not(request, nomination, Verdict.OBJECTED),
        "digest": holding.signed_digest(nomination),
    }
    return acts.answer(request, "applications/nomination_sign.html", facts, refused=bool(form.errors))


def _answer(request: SignedInRequest, nomination: Nomination, form: AnswerForm) -> bool:
    verdict = Verdict.OBJECTED if request.POST.get("verdict") == Verdict.OBJECTED else Verdict.SIGNED
    entered = form.cleaned_data if verdict == Verdict.OBJECTED else {"seen": form.cleaned_data["seen"]}
    try:
        signatures.answer(nomination_id=nomination.pk, verdict=verdict, by=request.user, at=request.received_at, **entered)
    except Refused as refused:
        form.refuse(refused, seen=holding.recommended_digest(nomination))
        return False
    sentences = {
        Verdict.SIGNED: _("Your department has co-signed the nomination of %(city)s."),
        Verdict.OBJECTED: _("The objection to the nomination of %(city)s has been recorded; the province has been told."),
    }
    messages.success(request, sentences[verdict] % {"city": nomination})
    return True


def _page(request: SignedInRequest, nomination: Nomination, form: AskForm) -> HttpResponse:
    handles = permissions.can_handle(request.user, nomination)
    why_not_ask = signatures.why_not_ask(nomination, at=request.received_at)
    standing = nominations.signatures_of(nomination)
    facts = {
        "nomination": nomination,
        "lines": [{"line": line, "tone": _tone_of(line), "may_cancel": not line.required and not why_not_ask} for line in standing],
        "history": list(_history(nomination)),
        "handles": handles,
        "form": form if handles and not why_not_ask and form.offers_any else None,
        "absent": _absent(nomination) if handles and not why_not_ask else [],
        "waiting": cosigning.waiting(standing) if handles and not why_not_ask else [],
        "why_not_ask": why_not_ask if handles else None,
        "digest": holding.signed_digest(nomination) if standing else "",
        "first": min((version.number for version in nomination.versions.all()), default=None),
    }
    return acts.answer(request, "applications/nomination_signatures.html", facts, refused=bool(form.errors))


def _ask_form(request: SignedInRequest, nomination: Nomination) -> AskForm:
    asked = [each.organisation_id for each in nomination.requests_in_force]
    departments = queries.co_departments_of(nomination.province_id).exclude(pk__in=asked)
    return AskForm(acts.posted(request), departments=departments, required=nomination.round.co_departments)


def _absent(nomination: Nomination) -> list[str]:
    """Branches that the round requires and that nobody in the portal stands for."""
    known = {each.branch for each in queries.co_departments_of(nomination.province_id)}
    return [line.name for line in nominations.signatures_of(nomination) if line.required and line.branch not in known]


def _history(nomination: Nomination) -> Iterator[CoSignature]:
    """The latest first; also what was said on requests that were cancelled since."""
    said = [(each, request) for request in nomination.signature_requests.all() for each in request.signatures.all()]
    for each, request in sorted(said, key=lambda pair: -pair[0].pk):
        each.request = request
        yield each


def _said_by(nomination: Nomination, user: User) -> list[CoSignature]:
    return [each for each in _history(nomination) if each.request.organisation_id == user.organisation_id]


def _tone_of(line: cosigning.Line | None) -> str:
    return TONE_OF_SIGNATURE[line.state] if line else "plain"


def _why_not(request: SignedInRequest, nomination: Nomination, verdict: Verdict) -> Refused | None:
    return signatures.why_not_answer(nomination, verdict=verdict, by=request.user, at=request.received_at)
