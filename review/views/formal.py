"""形式审查: the queue, and the three answers to one nomination."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.content.presentation import shown_sections
from applications.models import Nomination
from applications.permissions import nomination_for, round_for
from applications.rules import Refused
from pilotportal.accounts.requests import SignedInRequest
from review import permissions, queries
from review.forms import ReasonForm, ReturnForm
from review.services import formal
from review.views.acts import answer, chosen_round


@login_required
@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything that awaits its formal review; all that can be accepted now can be accepted together."""
    if not permissions.can_check(request.user):
        raise PermissionDenied
    round = chosen_round(request)
    waiting = list(queries.awaiting_formal_review(round).order_by("city")) if round else []
    acceptable = queries.acceptable(round, at=request.received_at) if round else []
    checks = queries.checks_visible_to(request.user).filter(nomination__round=round).order_by("-pk")[:20]
    return render(request, "review/queue.html", {"round": round, "waiting": waiting, "acceptable": acceptable, "checks": checks})


@login_required
@require_http_methods(["GET", "POST"])
def accept_all(request: SignedInRequest, code: str) -> HttpResponse:
    """The preview of accepting together, and the act: exactly those that were previewed, or none."""
    round = round_for(request.user, code)
    if not permissions.can_check(request.user):
        raise PermissionDenied
    acceptable = queries.acceptable(round, at=request.received_at)
    if request.method == "GET":
        return render(request, "review/accept_all.html", {"round": round, "acceptable": acceptable})
    chosen = {nomination.pk for nomination in acceptable if nomination.code in request.POST.getlist("nomination")}
    done = ngettext("%(count)s nomination has been accepted.", "%(count)s nominations have been accepted.", len(chosen))
    act = partial(formal.accept_many, nomination_ids=chosen, by=request.user, at=request.received_at)
    return answer(request, act, done=done % {"count": len(chosen)}, to=_queue_of(round.code))


@login_required
@require_GET
def check(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = _nomination(request, code)
    return _page(request, nomination)


@login_required
@require_POST
def accept(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = _nomination(request, code)
    done = _("%(city)s has been accepted for review.") % {"city": nomination}
    act = partial(formal.accept, nomination_id=nomination.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=done, to=_queue_of(nomination.round.code))


@login_required
@require_POST
def return_for_correction(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = _nomination(request, code)
    form = ReturnForm(nomination.round.definition, request.POST, received_at=request.received_at)
    if not form.is_valid():
        return _page(request, nomination, returning=form, status=422)
    try:
        formal.return_for_correction(
            nomination_id=nomination.pk,
            fields=form.returned,
            closes_at=form.closes_at,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, nomination, returning=form, status=409)
    return redirect(_queue_of(nomination.round.code))


@login_required
@require_POST
def reject(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = _nomination(request, code)
    form = ReasonForm(request.POST, prefix="reject")
    if not form.is_valid():
        return _page(request, nomination, rejecting=form, status=422)
    try:
        formal.reject(nomination_id=nomination.pk, reason=form.cleaned_data["reason"], by=request.user, at=request.received_at)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, nomination, rejecting=form, status=409)
    return redirect(_queue_of(nomination.round.code))


def _nomination(request: SignedInRequest, code: str) -> Nomination:
    return nomination_for(request.user, code, can=lambda user, _nomination: permissions.can_check(user))


def _page(
    request: SignedInRequest,
    nomination: Nomination,
    *,
    returning: ReturnForm | None = None,
    rejecting: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version = nomination.current_version
    context: dict[str, Any] = {
        "nomination": nomination,
        "version": version,
        "sections": list(shown_sections(nomination.round.definition, version.content if version else {}, get_language())),
        "returning": returning or ReturnForm(nomination.round.definition, received_at=request.received_at),
        "rejecting": rejecting or ReasonForm(prefix="reject"),
        "checks": queries.checks_visible_to(request.user).filter(nomination=nomination),
    }
    return render(request, "review/check.html", context, status=status)


def _queue_of(round_code: str) -> str:
    return f"{reverse('review:queue')}?round={round_code}"
