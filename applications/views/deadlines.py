"""Every deadline of a round: what holds, how it moved, who is in and who is missing, what the closing did and when."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions, queries, requests
from applications.forms.deadlines import AmendForm
from applications.models import Closing
from applications.rules import Refused
from applications.services import rounds
from applications.views import acts, boards
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.digests import canonical


@login_required
@require_safe
def index(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Of the round in the path, else of the one that the request is about."""
    if not permissions.can_watch_deadlines(request.user):
        raise PermissionDenied
    round = permissions.round_for(request.user, code) if code else requests.chosen_round(request)
    sees_drafts = permissions.can_see_drafts_progress(request.user)
    context = {
        "round": round,
        "sees_drafts": sees_drafts,
        "boards": boards.of_deadlines(round, at=request.received_at, drafts=sees_drafts) if round else [],
        "corrections": boards.of_corrections(round, at=request.received_at) if round else None,
        "tasks": boards.of_tasks(),
        "may_amend": permissions.can_amend_deadlines(request.user),
    }
    return render(request, "applications/deadline_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    round = permissions.round_for(request.user, code, can=permissions.can_amend_deadlines)
    deadline = get_object_or_404(queries.deadlines().prefetch_related("amendments__province"), round=round, kind=kind)
    form = AmendForm(acts.posted(request), deadline=deadline, provinces=queries.provincial_units())
    if request.method == "POST" and form.is_valid():
        try:
            rounds.amend_deadline(deadline_id=deadline.pk, by=request.user, at=request.received_at, **form.wanted())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The deadline has been moved. The original and the reason stay on record."))
            return redirect("applications:deadlines", round.code)
    own = boards.own_deadlines(deadline, list(queries.provincial_units()))
    context = {"round": round, "deadline": deadline, "closes_at": deadline.closes_at(None), "exceptions": own, "form": form}
    return acts.answer(request, "applications/deadline_amend.html", context, refused=form.is_bound)


@login_required
@require_safe
def sealed_list(request: SignedInRequest, code: str, digest: str) -> HttpResponse:
    """The sealed list as a file whose digest is that of the closing, for whoever wants to compute it again."""
    if not permissions.can_watch_deadlines(request.user):
        raise PermissionDenied
    round = permissions.round_for(request.user, code)
    closing = get_object_or_404(Closing.objects.select_related("round"), round=round, digest=digest)
    audit.record("deadline.list_downloaded", at=request.received_at, by=request.user, target=closing, round_code=round.code, digest=digest)
    response = HttpResponse(canonical(closing.record()), content_type="application/json")
    name = f"{round.code}-{closing.kind}-{closing.closes_at:%Y%m%dT%H%M%SZ}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
