"""The record: who did what and when, and whether it still is what was sealed."""

from operator import itemgetter

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit.queries import verify
from reporting import particulars, permissions
from reporting.enums import words_of
from reporting.queries.record import events_visible_to

PAGE = 50


@login_required
@require_GET
def events(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_read_the_record(request.user):
        raise PermissionDenied
    kind, found = request.GET.get("kind", ""), events_visible_to(request.user)
    kinds = sorted(((name, words_of(name)) for name in found.order_by().values_list("kind", flat=True).distinct()), key=itemgetter(1))
    chosen = found.filter(kind=kind) if kind else found
    page = Paginator(chosen.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    rows = [(event, words_of(event.kind), [particulars.in_words(*each) for each in event.data.items()]) for event in page]
    return render(request, "reporting/events.html", {"page": page, "rows": rows, "kinds": kinds, "kind": kind})


@login_required
@require_GET
def verification(request: SignedInRequest) -> HttpResponse:
    """Recomputes every seal from the rows."""
    if not permissions.can_read_the_record(request.user):
        raise PermissionDenied
    return render(request, "reporting/verification.html", {"verdict": verify()})
