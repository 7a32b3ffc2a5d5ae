"""The form as a workbook: downloaded, uploaded, its changes read and confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import content, permissions
from applications.definition import Section
from applications.enums import WorkbookRefusal
from applications.forms.workbooks import WorkbookForm
from applications.models import FilledWorkbook, Nomination
from applications.rules import Refused
from applications.services import nominations, workbooks
from applications.services.workbooks import Judged
from applications.views import acts
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.files.enums import MediaType

MINE, THEIRS = "workbook", "portal"
CONFLICT = 409


@dataclass(frozen=True)
class Changed:
    """An entry that the workbook would change. In a conflict `chosen` is the side that the person has marked so far."""

    difference: content.Difference
    is_conflict: bool
    chosen: str
    is_undecided: bool


@dataclass(frozen=True)
class ChangedSection:
    """`saved_by` and `saved_at` only where somebody saved the section after the workbook was written."""

    label: str
    entries: Sequence[Changed]
    saved_by: str = ""
    saved_at: datetime | None = None


@login_required
@require_POST
def fetch(request: SignedInRequest, code: str) -> HttpResponse:
    """The form as it stands. By POST, since every copy that leaves the portal is recorded."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    try:
        book = workbooks.write(nomination, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("applications:workbook_upload", nomination.code)
    name = _("Application form %(city)s %(code)s.xlsx") % {"city": nomination.city.full_name, "code": nomination.code}
    response = HttpResponse(book, content_type=MediaType.XLSX.value)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, code: str) -> HttpResponse:
    """Download and upload on one page; what is wrong is named by sheet and cell, and nothing is kept."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    refused = nominations.why_not_edit(nomination, at=request.received_at)
    judged = Judged()
    if form.is_bound and refused:
        form.add_error(None, str(refused))
    elif form.is_valid():
        sent = form.cleaned_data["file"]
        book = sent.read()
        judged = workbooks.judge(nomination, book)
        if judged.is_clean:
            return _keep(request, nomination, judged, book, sent.name)
        if judged.refusal:
            form.add_error("file", judged.refusal)
    context = {"nomination": nomination, "form": form, "faults": judged.faults, "refused": refused}
    return acts.answer(request, "applications/workbook_upload.html", context, refused=form.is_bound)


def _keep(request: SignedInRequest, nomination: Nomination, judged: Judged, book: bytes, name: str) -> HttpResponse:
    if judged.proposal is None or judged.proposal.is_empty:
        messages.info(request, _("The workbook holds nothing that does not stand in the form already."))
        return redirect("applications:workbook_upload", nomination.code)
    kept = workbooks.keep(nomination_id=nomination.pk, content=book, name=name, by=request.user, at=request.received_at)
    return redirect("applications:workbook_review", nomination.code, kept.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """What the workbook changes, old beside new; then the confirmation."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    workbook = get_object_or_404(nomination.workbooks.select_related("file", "uploaded_by"), pk=number)
    if request.method == "POST":
        return _confirm(request, nomination, workbook)
    return _page(request, nomination, workbook)


def _confirm(request: SignedInRequest, nomination: Nomination, workbook: FilledWorkbook) -> HttpResponse:
    chosen = {name.removeprefix("take-"): request.POST[name] for name in request.POST if name.startswith("take-")}
    decided = {code: side == MINE for code, side in chosen.items() if side in {MINE, THEIRS}}
    seen = request.POST.get("seen", "")
    try:
        changed = workbooks.apply(workbook_id=workbook.pk, decided=decided, seen=seen, by=request.user, at=request.received_at)
    except (Refused, content.Invalid) as refused:
        status = CONFLICT if getattr(refused, "refusal", None) == WorkbookRefusal.MOVED_ON else acts.UNPROCESSABLE
        return _page(request, nomination, workbook, chosen=chosen, error=str(refused), status=status)
    words = ngettext("%(count)s entry has been taken over from the workbook.", "%(count)s entries have been taken over from the workbook.",
                     len(changed))  # fmt: skip
    messages.success(request, words % {"count": len(changed)})
    return redirect(nomination)


def _page(
    request: SignedInRequest,
    nomination: Nomination,
    workbook: FilledWorkbook,
    *,
    chosen: Mapping[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    if workbook.applied_at:
        messages.info(request, WorkbookRefusal.APPLIED.label)
        return redirect(nomination)
    judged = workbooks.judge(nomination, workbook.file.read())
    if not judged.is_clean or judged.proposal is None:
        messages.error(request, judged.refusal or WorkbookRefusal.NOT_CLEAN.label)
        return redirect("applications:workbook_upload", nomination.code)
    labels = {item.code: item.label.in_language(get_language()) for _section, item in nomination.round.definition.items()}
    context = {
        "nomination": nomination,
        "workbook": workbook,
        "sections": _sections(nomination, judged, chosen),
        "kept": [labels[code] for code in judged.proposal.kept],
        "stray": judged.stray,
        "seen": judged.proposal.digest(nomination.content),
        "count": len(judged.proposal.changed) + len(judged.proposal.conflicting),
        "conflicts": len(judged.proposal.conflicting),
        "error": error,
        "refused": nominations.why_not_edit(nomination, at=request.received_at),
    }
    return render(request, "applications/workbook_review.html", context, status=status)


def _sections(nomination: Nomination, judged: Judged, chosen: Mapping[str, str] | None) -> list[ChangedSection]:
    assert judged.proposal is not None  # noqa: S101 (asked by the caller)
    differences = content.differences(nomination.round.definition, nomination.content, judged.proposal.values, get_language())
    by_code = {difference.code: difference for difference in differences}
    concerned = {*judged.proposal.changed, *judged.proposal.conflicting}
    return [
        ChangedSection(
            label=section.label.in_language(get_language()),
            entries=[_entry(by_code[code], judged, chosen) for code in section.codes if code in concerned],
            **_saved_meanwhile(nomination, judged, section),
        )
        for section in nomination.round.definition.sections_to_fill()
        if concerned & set(section.codes)
    ]


def _entry(difference: content.Difference, judged: Judged, chosen: Mapping[str, str] | None) -> Changed:
    is_conflict = judged.proposal is not None and difference.code in judged.proposal.conflicting
    side = (chosen or {}).get(difference.code, "")
    return Changed(difference, is_conflict, side, is_undecided=is_conflict and chosen is not None and side not in {MINE, THEIRS})


def _saved_meanwhile(nomination: Nomination, judged: Judged, section: Section) -> dict[str, Any]:
    saved = nomination.sections.get(section.code, {})
    if not saved or judged.passport is None or judged.passport.revisions.get(section.code) == nomination.revision_of(section.code):
        return {}
    return {"saved_by": saved.get("by", ""), "saved_at": datetime.fromisoformat(saved["at"])}
