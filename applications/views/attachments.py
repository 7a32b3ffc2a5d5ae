"""The letter and the evidence of a nomination."""

from functools import partial
from http import HTTPStatus

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import permissions, queries
from applications.enums import AttachmentKind
from applications.forms.files import FileForm
from applications.models import Attachment, Nomination
from applications.rules import Refused
from applications.services import holding, nominations
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files import services as files
from pilotportal.files.responses import Give, download
from pilotportal.files.responses import show as show_inline


@login_required
@require_http_methods(["GET", "POST"])
def attach_letter(request: SignedInRequest, code: str) -> HttpResponse:
    """A letter that the province wrote itself; one that the portal wrote is recognised by its scan (`views.letters`)."""
    nomination = permissions.nomination_for(request.user, code, can=partial(permissions.can_attach, kind=AttachmentKind.LETTER))
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and _keep(request, nomination, form):
        messages.success(request, _("The file has been added: %(name)s") % {"name": form.cleaned_data["file"].name})
        return redirect(f"{nomination.get_absolute_url()}#files")
    facts = {
        "nomination": nomination,
        "kind": AttachmentKind.LETTER,
        "form": form,
        "standing": holding.letter_of(nomination),
        "refused": nominations.why_not_attach(nomination, kind=AttachmentKind.LETTER, at=request.received_at),
    }
    return render(request, "applications/letter_attach.html", facts, status=422 if form.errors else 200)


def _keep(request: SignedInRequest, nomination: Nomination, form: FileForm) -> bool:
    """Rights and state come before the content is looked at: nobody stores bytes here that cannot be attached."""
    upload = form.cleaned_data["file"]
    try:
        if refused := nominations.why_not_attach(nomination, kind=AttachmentKind.LETTER, at=request.received_at):
            raise refused
        nominations.attach(
            nomination_id=nomination.pk,
            kind=AttachmentKind.LETTER,
            file=files.store_upload(upload.read(), at=request.received_at),
            name=upload.name,
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
def fetch(request: SignedInRequest, code: str, number: int) -> HttpResponseBase:
    """The file, to be kept."""
    return _given(request, *_seen(request, code, number), kind="nomination.downloaded", give=download)


@login_required
@require_GET
def view(request: SignedInRequest, code: str, number: int) -> HttpResponseBase:
    """The file, to be looked at in the page."""
    return _given(request, *_seen(request, code, number), kind="nomination.file_viewed", give=show_inline)


@login_required
@require_GET
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # typed for views without arguments
def page(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """The file in its frame, with what is known about it. The bytes are asked for, and logged, on their own."""
    nomination, attachment = _seen(request, code, number)
    context = {
        "nomination": nomination,
        "file": attachment,
        "withheld": permissions.why_not_open(request.user, nomination, attachment.file, kind=attachment.kind),
        "entry": nomination.round.definition.label_of(attachment.proves, get_language()) if attachment.proves else "",
        "view_url": reverse("applications:nomination_file_view", args=[code, number]),
        "file_url": reverse("applications:nomination_file", args=[code, number]),
    }
    return render(request, "applications/nomination_file.html", context)


def _seen(request: SignedInRequest, code: str, number: int) -> tuple[Nomination, Attachment]:
    nomination = permissions.nomination_for(request.user, code)
    attachment = next((each for each in queries.files_visible_to(request.user, nomination) if each.pk == number), None)
    if attachment is None:
        raise Http404
    return nomination, attachment


def _given(request: SignedInRequest, nomination: Nomination, attachment: Attachment, *, kind: str, give: Give) -> HttpResponseBase:
    """Whoever is given a file leaves a trace; what may be harmful is given to nobody else."""
    if withheld := permissions.why_not_open(request.user, nomination, attachment.file, kind=attachment.kind):
        return render(request, "components/file_withheld.html", {"withheld": withheld, "file": attachment}, status=HTTPStatus.FORBIDDEN)
    round_code, digest = nomination.round.code, attachment.file.digest
    audit.record(kind, at=request.received_at, by=request.user, target=nomination, round_code=round_code, digest=digest)
    return give(attachment.file, name=attachment.name)


@login_required
@require_POST
def detach(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    attachment = get_object_or_404(nomination.attachments, pk=number, replaced_at__isnull=True)
    if not permissions.can_attach(request.user, nomination, kind=attachment.kind):
        raise PermissionDenied
    try:
        nominations.detach(nomination_id=nomination.pk, attachment_id=attachment.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The file has been taken out: %(name)s") % {"name": attachment.name})
    return redirect(f"{nomination.get_absolute_url()}#files")
