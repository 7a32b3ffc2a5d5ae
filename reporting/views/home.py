from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pilotportal.accounts.requests import SignedInRequest
from reporting.queries.board import boards
from reporting.queries.due import due_from


@login_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """What is due from me, and for those who read the review how far the rounds are."""
    context = {"due": due_from(request.user, at=request.received_at), "boards": boards(request.user)}
    return render(request, "reporting/home.html", context)
