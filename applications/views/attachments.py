"""The letter and the evidence of a nomination."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import permissions, queries
from applications.enums import AttachmentKind
from applications.forms.nominations import UploadForm
from applications.models import Nomination
from applications.rules import Refused
from applications.services import nominations
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files import services as files
from pilotportal.files.responses import download


@login_required
@require_http_methods(["GET", "POST"])
def attach(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    if kind not in AttachmentKind.values:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, kind=AttachmentKind(kind))
    if form.is_valid() and _keep(request, nomination, AttachmentKind(kind), form):
        messages.success(request, _("The file has been added: %(name)s") % {"name": form.cleaned_data["file"].name})
        return redirect(f"{nomination.get_absolute_url()}#files")
    facts = {
        "nomination": nomination,
        "kind": AttachmentKind(kind),
        "form": form,
        "standing": next((each for each in nominations.files_of(nomination) if each.kind == kind == AttachmentKind.LETTER), None),
        "refused": nominations.why_not_attach(nomination, kind=kind, at=request.received_at),
    }
    return render(request, "applications/nomination_attach.html", facts, status=422 if form.errors else 200)


def _keep(request: SignedInRequest, nomination: Nomination, kind: AttachmentKind, form: UploadForm) -> bool:
    """Rights and state come before the content is looked at: nobody stores bytes here that cannot be attached."""
    upload = form.cleaned_data["file"]
    try:
        if refused := nominations.why_not_attach(nomination, kind=kind, at=request.received_at):
            raise refused
        nominations.attach(
            nomination_id=nomination.pk,
            kind=kind,
            file=files.store_upload(upload.read(), at=request.received_at),
            name=upload.name,
            caption=form.cleaned_data.get("caption", ""),
            by=request.user,
            at=request.received_at,
        )
    except files.Refused as unfit:
        form.add_error("file", str(unfit))
    except Refused as refused:
        form.add_error(None, str(refused))
    return not form.errors


@login_required
@require_GET
def fetch(request: SignedInRequest, code: str, number: int) -> FileResponse:
    nomination = permissions.nomination_for(request.user, code)
    attachment = next((each for each in queries.files_visible_to(request.user, nomination) if each.pk == number), None)
    if attachment is None:
        raise Http404
    audit.record(
        "nomination.downloaded",
        at=request.received_at,
        by=request.user,
        target=nomination,
        round_code=nomination.round.code,
        digest=attachment.file.digest,
    )
    return download(attachment.file, name=attachment.name)


@login_required
@require_POST
def detach(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    attachment = get_object_or_404(nomination.attachments, pk=number, replaced_at__isnull=True)
    try:
        nominations.detach(nomination_id=nomination.pk, attachment_id=attachment.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The file has been taken out: %(name)s") % {"name": attachment.name})
    return redirect(f"{nomination.get_absolute_url()}#files")
