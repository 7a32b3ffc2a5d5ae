"""Places beyond the quotas, granted by the staff and read by all who take part."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from applications import permissions, queries
from applications.forms.hands import GrantForm
from applications.models.rounds import SELF_NOMINATING_CODES
from applications.rules import Refused
from applications.services import quotas
from applications.views import acts
from pilotportal.accounts.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: SignedInRequest, code: str) -> HttpResponse:
    """What each province has, what was granted so far, and the form for more."""
    round = permissions.round_for(request.user, code, can=permissions.can_grant_places)
    if not round.is_opened:
        raise PermissionDenied
    provinces = queries.provincial_units().exclude(pk__in=SELF_NOMINATING_CODES)
    form = GrantForm(acts.posted(request), provinces=provinces)
    if form.is_valid():
        try:
            granted = quotas.grant(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            sentence = ngettext(
                "%(province)s may nominate %(count)s city more.", "%(province)s may nominate %(count)s cities more.", granted.places
            )
            messages.success(request, sentence % {"province": granted.province, "count": granted.places})
            return redirect("applications:places_grant", round.code)
    facts = {"round": round, "form": form, "exceptions": queries.exceptions_of(round)}
    return acts.answer(request, "applications/places_grant.html", facts, refused=bool(form.errors))
