"""One's own account."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pilotportal.accounts import queries
from pilotportal.accounts.requests import SignedInRequest

LAST = 10


@login_required
@require_GET
def own(request: SignedInRequest) -> HttpResponse:
    """Who one is here, and what happened to the account lately, so that a stranger's sign-in is noticed."""
    return render(request, "account/own.html", {"events": queries.events_of(request.user)[:LAST]})
