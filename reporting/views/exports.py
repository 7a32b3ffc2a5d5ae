"""The files of a round, asked for here and fetched from the job's page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications import requests
from applications.models import Round
from applications.permissions import nomination_for, round_for
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.jobs.models import Job
from reporting import permissions, services
from reporting.queries.results import selection_of
from review.permissions import can_see_marks

REQUESTS: dict[str, Callable[..., Job]] = {
    "ranking": services.request_ranking_workbook,
    "selection": services.request_selection_report,
    "dossiers": services.request_dossiers,
}


@login_required
@require_GET
def exports(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_export_results(request.user):
        raise PermissionDenied
    round = requests.chosen_round(request)
    context: dict[str, Any] = {"round": round}
    if round:
        context |= {"ranked": _ranked(request, round), "selected": selection_of(round) is not None}
    return render(request, "reporting/exports.html", context)


@login_required
@require_POST
def request_export(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """One of the files of a round; a file that cannot be made yet is refused with a sentence."""
    round = round_for(request.user, code)
    if not permissions.can_export_results(request.user):
        raise PermissionDenied
    if kind not in REQUESTS:
        raise Http404
    if kind == "ranking" and not _ranked(request, round):
        messages.error(request, _("The nominations have not been ranked yet."))
        return redirect(f"{reverse('reporting:exports')}?round={round.code}")
    if kind == "selection" and not selection_of(round):
        messages.error(request, _("No selection has been proposed yet."))
        return redirect(f"{reverse('reporting:exports')}?round={round.code}")
    return redirect(REQUESTS[kind](round_id=round.pk, by=request.user, at=request.received_at))


def _ranked(request: SignedInRequest, round: Round) -> bool:
    """A sheet that was reopened hides the marks again, here as on the pages."""
    return round.rankings.exists() and can_see_marks(request.user, round, at=request.received_at)


@login_required
@require_POST
def request_dossier(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = nomination_for(request.user, code)
    if not nomination.versions.all():
        messages.error(request, _("The dossier can be printed once the nomination has been submitted."))
        return redirect(nomination)
    return redirect(services.request_dossier(nomination_id=nomination.pk, by=request.user, at=request.received_at))
