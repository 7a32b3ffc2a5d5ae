"""What an expert does: pledge, read, score, submit, step aside."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.content.presentation import shown_sections
from applications.permissions import round_for
from applications.rules import Refused
from pilotportal.accounts.enums import Role
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files.responses import download
from pilotportal.moments import until
from review import permissions, queries
from review.enums import Refusal
from review.forms import RecusalForm, SheetForm
from review.models import ScoreSheet
from review.rules import GIVEN_UP, OPEN_SHEET, why_not_score
from review.services import scoring
from review.shipped import PLEDGE
from review.views.acts import answer, chosen_round


@login_required
@require_GET
def sheets(request: SignedInRequest) -> HttpResponse:
    """The expert's sheets in the order that is theirs; before the pledge only how many there are."""
    if request.user.role != Role.EXPERT:
        raise PermissionDenied
    round = chosen_round(request)
    mine = list(queries.sheets_visible_to(request.user).filter(nomination__round=round)) if round else []
    context = {
        "round": round,
        "sheets": mine,
        "pledged": bool(mine) and mine[0].pledged,
        "closes_at": queries.sheets_close_at(round) if round else None,
        "open": sum(sheet.status in OPEN_SHEET for sheet in mine),
    }
    return render(request, "review/sheets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pledge(request: SignedInRequest, code: str) -> HttpResponse:
    """廉洁承诺: read, then signed; bound to the text that was on the page."""
    round = round_for(request.user, code)
    if request.user.role != Role.EXPERT:
        raise PermissionDenied
    if request.method == "GET":
        context = {"round": round, "paragraphs": PLEDGE.in_language(get_language()), "digest": scoring.pledge_digest()}
        return render(request, "review/pledge.html", context)
    digest = request.POST.get("digest", "")
    act = partial(scoring.sign_pledge, round_id=round.pk, text_digest=digest, by=request.user, at=request.received_at)
    return answer(request, act, done=_("You have signed the pledge. The dossiers are open to you now."), to=reverse("review:sheets"))


@login_required
@require_http_methods(["GET", "POST"])
def sheet(request: SignedInRequest, code: str) -> HttpResponse:
    """The dossier with the sheet beside it. Saving keeps a draft; `submit` saves and hands in."""
    found = permissions.sheet_for(request.user, code, can=permissions.can_score)
    if not found.pledged and found.status not in GIVEN_UP:
        return redirect("review:pledge", found.nomination.round.code)
    criteria = found.nomination.round.criteria.all()
    if request.method == "GET":
        return _page(request, found, SheetForm(criteria, initial=SheetForm.standing(_standing(found), found.revision)))
    return _save(request, found, SheetForm(criteria, request.POST))


def _save(request: SignedInRequest, found: ScoreSheet, form: SheetForm) -> HttpResponse:
    """What can be read is saved even where another entry cannot, so that nothing entered is lost."""
    valid = form.is_valid()
    try:
        saved = scoring.save_sheet(
            sheet_id=found.pk, marks=form.marks, revision=form.cleaned_data.get("revision") or 0, by=request.user, at=request.received_at
        )
        form.data = form.data.copy()
        form.data["revision"] = str(saved.revision)
        if not valid:
            return _page(request, saved, form, status=422)
        if "submit" not in request.POST:
            messages.success(request, _("The sheet has been saved as a draft."))
            return redirect(found)
        scoring.submit_sheet(sheet_id=found.pk, by=request.user, at=request.received_at)
    except scoring.Stale as stale:
        return _stale(request, found, form, stale)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, permissions.sheet_for(request.user, found.code), form, status=409)
    messages.success(request, _("The score sheet of %(city)s has been submitted.") % {"city": found.nomination})
    return redirect("review:sheets")


def _stale(request: SignedInRequest, found: ScoreSheet, form: SheetForm, stale: scoring.Stale) -> HttpResponse:
    """Both texts on one page; saving again from here is the person's decision, so it carries the new revision."""
    form.add_error(None, str(stale))
    form.data = form.data.copy()
    form.data["revision"] = str(stale.revision)
    return _page(request, found, form, status=409, theirs=dict(stale.theirs))


@login_required
@require_http_methods(["GET", "POST"])
def recuse(request: SignedInRequest, code: str) -> HttpResponse:
    """回避, for good: the dossier closes and the marks no longer count."""
    found = permissions.sheet_for(request.user, code, can=permissions.can_recuse)
    form = RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scoring.recuse(sheet_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The recusal from %(city)s is on record.") % {"city": found.nomination})
            return redirect("review:sheets" if request.user.role == Role.EXPERT else "review:progress")
    return render(request, "review/recuse.html", {"sheet": found, "form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def decline(request: SignedInRequest, code: str) -> HttpResponse:
    found = permissions.sheet_for(request.user, code, can=permissions.can_recuse)
    reason = request.POST.get("reason", "")
    act = partial(scoring.decline, sheet_id=found.pk, reason=reason, by=request.user, at=request.received_at)
    to = reverse("review:sheets" if request.user.role == Role.EXPERT else "review:progress")
    return answer(request, act, done=_("The sheet has been given back; the ministry will look for another expert."), to=to)


@login_required
@require_POST
def reopen(request: SignedInRequest, code: str) -> HttpResponse:
    found = permissions.sheet_for(request.user, code, can=permissions.can_reopen)
    reason = request.POST.get("reason", "")
    act = partial(scoring.reopen, sheet_id=found.pk, reason=reason, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The sheet is open again; every changed mark is on record."), to=reverse("review:progress"))


@login_required
@require_GET
def file(request: SignedInRequest, code: str, attachment_id: int) -> FileResponse:
    """A file of the dossier behind the expert's own sheet."""
    found = permissions.sheet_for(request.user, code, can=permissions.can_score)
    dossier = permissions.dossier_for(request.user, found)
    attachment = next((attachment for attachment in dossier.files if attachment.pk == attachment_id), None)
    if attachment is None:
        raise Http404
    audit.record(
        "dossier.file_read",
        at=request.received_at,
        by=request.user,
        target=found,
        round_code=found.nomination.round.code,
        file=attachment.file.digest,
    )
    return download(attachment.file, name=attachment.name)


def _standing(found: ScoreSheet) -> dict[str, tuple[int | None, str]]:
    return {mark.criterion.code: (mark.mark, mark.comment) for mark in found.marks.select_related("criterion")}


def _page(
    request: SignedInRequest, found: ScoreSheet, form: SheetForm, *, status: int = 200, theirs: dict[str, Any] | None = None
) -> HttpResponse:
    closes_at = queries.sheets_close_at(found.nomination.round)
    dossier = queries.dossier_for(request.user, found)
    if dossier and status == HTTPStatus.OK:
        audit.record(
            "dossier.read",
            at=request.received_at,
            by=request.user,
            target=found,
            round_code=found.nomination.round.code,
            digest=dossier.version.digest,
        )
    context = {
        "sheet": found,
        "form": form,
        "closes_at": closes_at,
        "refusal": _refusal(found, closes_at=closes_at, at=request.received_at),
        "dossier": dossier,
        "sections": list(shown_sections(found.nomination.round.definition, dossier.version.content, get_language(), personal=False))
        if dossier
        else [],
        "theirs": [(criterion, theirs.get(criterion.code)) for criterion in form.criteria] if theirs is not None else None,
    }
    return render(request, "review/sheet.html", context, status=status)


def _refusal(found: ScoreSheet, *, closes_at: datetime, at: datetime) -> str:
    refusal: Refusal | None = why_not_score(found.status, pledged=found.pledged, closes_at=closes_at, at=at)
    return str(Refused(refusal, closed_at=until(closes_at))) if refusal else ""
