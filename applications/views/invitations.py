"""The city drafts: invited, ended, handed back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import permissions, queries
from applications.forms.hands import InvitationForm
from applications.rules import Refused
from applications.services import invitations
from applications.views import acts
from pilotportal.accounts.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_handle)
    form = InvitationForm(acts.posted(request))
    if form.is_valid():
        try:
            invitations.invite(nomination_id=nomination.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The city has been invited. It can fill in the form and attach evidence from now on."))
            return redirect(nomination)
    facts = {
        "nomination": nomination,
        "form": form,
        "officials": queries.officials_of_city(nomination.city_id),
        "refused": invitations.why_not_invite(nomination, at=request.received_at),
    }
    return acts.answer(request, "applications/invitation_new.html", facts, refused=bool(form.errors))


@login_required
@require_POST
def end(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_handle)
    try:
        invitations.end(nomination_id=nomination.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitation has ended. What the city saved is kept."))
    return redirect(nomination)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_back(request: SignedInRequest, code: str) -> HttpResponse:
    """The page says what follows; the city cannot take it back itself."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_draft)
    if request.method != "POST":
        return render(request, "applications/invitation_hand_back.html", {"nomination": nomination})
    try:
        invitations.hand_back(nomination_id=nomination.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The nomination has been handed back to the province."))
    return redirect(nomination)
