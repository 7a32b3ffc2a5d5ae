"""Handing in, the receipt, and the versions that were handed in."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import content, documents, permissions, queries
from applications.forms.nominations import SubmitForm
from applications.models import Nomination, NominationVersion
from applications.rules import Refused
from applications.services import corrections, holding, nominations
from applications.views import checklist
from applications.views.nominations import note_reading
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.jobs import services as jobs


@login_required
@require_http_methods(["GET", "POST"])
def submit(request: SignedInRequest, code: str) -> HttpResponse:
    """Everything once more, the undertaking, and the button; the handling official sees who has it."""
    may = permissions.can_submit if request.method == "POST" else permissions.can_handle
    nomination = permissions.nomination_for(request.user, code, can=may)
    form = SubmitForm(
        request.POST if request.method == "POST" else None, nomination=nomination, initial={"seen": holding.draft_digest(nomination)}
    )
    if form.is_valid():
        try:
            nominations.submit(
                nomination_id=nomination.pk, by=request.user, at=request.received_at, undertaken=True, seen=form.cleaned_data["seen"]
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            form.renew(seen=holding.draft_digest(nomination))
        else:
            return redirect("applications:nomination_receipt", nomination.code)
    facts = {
        "nomination": nomination,
        "form": form,
        "dossier": queries.dossier_for(request.user, nomination),
        "sections": _to_check(nomination),
        "gaps": checklist.gap_links(nomination, checklist.without_undertaking(nominations.gaps_of(nomination))),
        "refused": nominations.why_not_submit(nomination, at=request.received_at, undertaken=True),
        "can_submit": permissions.can_submit(request.user, nomination),
        "approvers": queries.approvers_of(nomination.province_id),
        **_corrected(nomination),
    }
    return render(request, "applications/nomination_submit.html", facts, status=422 if form.errors else 200)


def _corrected(nomination: Nomination) -> dict[str, object]:
    """What the correction has changed so far, against the version that was returned."""
    correction = nomination.open_correction
    if correction is None:
        return {}
    found = content.differences(nomination.round.definition, correction.version.content, nomination.content, get_language())
    records = holding.file_records(nomination)
    return {
        "correction": correction,
        "changed": [each for each in found if each.changed],
        "files_added": [file for file in records if file not in correction.version.files],
        "files_removed": [file for file in correction.version.files if file not in records],
        "proof": nominations.proof_of_correction(nomination),
    }


def _to_check(nomination: Nomination) -> list[content.ShownSection]:
    """Everything but the undertaking, which stands under it."""
    codes = {section.code for section in checklist.sections_to_fill(nomination)}
    shown = content.shown_sections(nomination.round.definition, nomination.content, get_language())
    return [section for section in shown if section.code in codes]


@login_required
@require_GET
def receipt(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code)
    if not nomination.current_version:
        raise Http404
    facts = {
        "nomination": nomination,
        "version": nomination.current_version,
        "lines": documents.receipt_lines(_version(nomination, nomination.current_version.number)),
        "own": permissions.can_handle(request.user, nomination),
        "may_print": permissions.can_read_contacts(request.user, nomination),
    }
    return render(request, "applications/nomination_receipt.html", facts)


@login_required
@require_POST
def receipt_pdf(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """Ask for the receipt as a PDF, with the whole record inside; the worker writes it."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_read_contacts)
    version = _version(nomination, number)
    job = jobs.request(
        kind="applications.receipt",
        label=_("Receipt: %(city)s, version %(number)s") % {"city": nomination, "number": version.number},
        file_name=_("receipt-%(code)s-%(number)s.pdf") % {"code": nomination.code, "number": version.number},
        by=request.user,
        at=request.received_at,
        version_id=version.pk,
    )
    return redirect(job)


@login_required
@require_GET
def version(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """An older version as it was handed in."""
    nomination = permissions.nomination_for(request.user, code)
    shown = _version(nomination, number)
    note_reading(request, nomination)
    facts = {
        "nomination": nomination,
        "version": shown,
        "dossier": queries.dossier_of(shown, nomination.attachments.all()),
        "sections": content.shown_sections(
            nomination.round.definition,
            shown.content,
            get_language(),
            personal=permissions.can_read_contacts(request.user, nomination),
        ),
    }
    return render(request, "applications/nomination_version.html", facts)


@login_required
@require_GET
def compare(request: SignedInRequest, code: str, old: int, new: int) -> HttpResponse:
    """Two versions side by side, what changed first."""
    nomination = permissions.nomination_for(request.user, code)
    before, after = _version(nomination, old), _version(nomination, new)
    note_reading(request, nomination)
    personal = permissions.can_read_contacts(request.user, nomination)
    compared = content.differences(nomination.round.definition, before.content, after.content, get_language(), personal=personal)
    differences = list(compared)
    facts = {
        "nomination": nomination,
        "old": before,
        "new": after,
        "changed": [each for each in differences if each.changed],
        "unchanged": [each for each in differences if not each.changed],
        "proof": _proof(nomination, before, after),
        "files_added": [file for file in after.files if file not in before.files],
        "files_removed": [file for file in before.files if file not in after.files],
    }
    return render(request, "applications/nomination_compare.html", facts)


def _proof(nomination: Nomination, old: NominationVersion, new: NominationVersion) -> corrections.Proof | None:
    """Where the newer version answers the correction of the older one."""
    correction = corrections.answered_by(nomination, new)
    return corrections.proof_of(new, correction) if correction and correction.version.number == old.number else None


def _version(nomination: Nomination, number: int) -> NominationVersion:
    version = get_object_or_404(nomination.versions.select_related("submitted_by__organisation"), number=number)
    version.nomination = nomination  # loaded already, with all that its names ask for
    return version
