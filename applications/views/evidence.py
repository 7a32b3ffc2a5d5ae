"""Evidence of a nomination as its hands see it: adding, replacing, describing, bringing back."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import permissions
from applications.enums import AttachmentKind
from applications.forms.evidence import DescriptionForm, EvidenceForm
from applications.forms.files import FileForm
from applications.models import Attachment, Nomination
from applications.rules import Refused
from applications.services import evidence, nominations
from applications.views.acts import answer, posted
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.files import queries as file_queries
from pilotportal.files import rules as file_rules
from pilotportal.files import services as files
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.models import StoredFile

can_change = partial(permissions.can_attach, kind=AttachmentKind.EVIDENCE)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, code: str) -> HttpResponse:
    """One file within the form; with scripts, several and large ones in parts (`views.uploads`)."""
    nomination = permissions.nomination_for(request.user, code, can=can_change)
    form = EvidenceForm(*_sent(request), definition=nomination.round.definition, initial={"proves": request.GET.get("proves", "")})
    if form.is_valid():
        facts = {"caption": form.cleaned_data["caption"], "proves": form.cleaned_data["proves"]}
        if _kept(request, nomination, form, lambda file, name: evidence.add(file=file, name=name, **facts, **_act(request, nomination))):
            messages.success(request, _("The file has been added: %(name)s") % {"name": form.cleaned_data["file"].name})
            return back_to_files(nomination)
    return _page(request, nomination, form)


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination, replaced = loaded(request, code, number)
    form = FileForm(*_sent(request))
    if form.is_valid() and _kept(
        request, nomination, form, lambda file, name: evidence.replace(replaced=replaced, file=file, name=name, **_act(request, nomination))
    ):
        messages.success(request, _("“%(old)s” has been replaced.") % {"old": replaced.name})
        return back_to_files(nomination)
    return _page(request, nomination, form, replaced=replaced)


@login_required
@require_http_methods(["GET", "POST"])
def describe(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination, described = loaded(request, code, number)
    standing = {"caption": described.caption, "proves": described.proves}
    form = DescriptionForm(posted(request), definition=nomination.round.definition, initial=standing)
    if form.is_valid():
        try:
            evidence.describe(described=described, **form.cleaned_data, **_act(request, nomination))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": described.name})
            return back_to_files(nomination)
    closed = nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at)
    context = {"nomination": nomination, "described": described, "form": form, "refused": closed}
    return answer(request, "applications/evidence_describe.html", context, refused=bool(form.errors))


@login_required
@require_POST
def restore(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    nomination, restored = loaded(request, code, number)
    try:
        evidence.restore(attachment_id=restored.pk, **_act(request, nomination))
    except (Refused, files.Refused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The file is back: %(name)s") % {"name": restored.name})
    return back_to_files(nomination)


def loaded(request: SignedInRequest, code: str, number: int) -> tuple[Nomination, Attachment]:
    """The nomination and a piece of its evidence, be it in force or not."""
    nomination = permissions.nomination_for(request.user, code, can=can_change)
    pieces = nomination.attachments.select_related("file__scan").filter(kind=AttachmentKind.EVIDENCE)
    return nomination, get_object_or_404(pieces, pk=number)


def back_to_files(nomination: Nomination) -> HttpResponse:
    return redirect(files_url(nomination))


def files_url(nomination: Nomination) -> str:
    return f"{nomination.get_absolute_url()}#files"


def _sent(request: SignedInRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _act(request: SignedInRequest, nomination: Nomination) -> dict[str, Any]:
    return {"nomination_id": nomination.pk, "by": request.user, "at": request.received_at}


def _kept(request: SignedInRequest, nomination: Nomination, form: Form, keep: Any) -> bool:
    """State comes before the content is looked at: nobody stores bytes here that cannot be attached."""
    upload = form.cleaned_data["file"]
    try:
        if refused := nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at):
            raise refused
        stored: StoredFile = files.store_upload(upload.read(), at=request.received_at, name=upload.name)
        keep(stored, upload.name)
    except files.Refused as unfit:
        form.add_error("file", str(unfit))
    except Refused as refused:
        form.add_error(None, str(refused))
    return not form.errors


def _page(request: SignedInRequest, nomination: Nomination, form: Form, *, replaced: Attachment | None = None) -> HttpResponse:
    purpose = evidence.purpose_of(nomination, instead_of=replaced)
    context = {
        "nomination": nomination,
        "form": form,
        "replaced": replaced,
        "refused": nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at),
        "unfinished": file_queries.unfinished(request.user, purpose=purpose),
        "start_url": reverse("applications:upload_start", args=[nomination.code]),
        "files_url": files_url(nomination),
        "part": file_rules.PART,
        "words": json.dumps(_words(), ensure_ascii=False),
    }
    return answer(request, "applications/evidence_upload.html", context, refused=bool(form.errors))


def _words() -> dict[str, str]:
    """The sentences of the script."""
    return {
        "help": _("PDF, JPEG or PNG. Several files at once; large ones go on after a lost connection."),
        "begin": _("Beginning …"),
        "sending": _("Uploading: {sent} of {size} MB"),
        "paused": _("Paused at {sent} of {size} MB"),
        "lost": _("The connection is lost. The upload goes on by itself when it is back: {sent} of {size} MB are safe."),
        "whole": _("Arrived completely. Say what it shows, then add the files."),
        "arrived": _("Arrived completely."),
        "checking": _("Being checked …"),
        "added": _("Added"),
        "signed_out": _("Your session has ended. Sign in in another window, then go on here."),
        "failed": _("The server could not take it. Try again."),
        "pause": _("Pause"),
        "resume": _("Go on"),
        "remove": _("Remove"),
        "caption": _("Say what the file shows."),
        "waiting": _("Will be added as soon as it has arrived."),
        "elsewhere": str(FileRefusal.ELSEWHERE.label),
    }
