"""Large files in parts, for the script: begin, send a part, ask, finish, give up. Every answer is JSON; a refusal holds its sentence.

Rights and state are asked before a byte of the body is read.
"""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications import permissions
from applications.enums import AttachmentKind
from applications.forms.evidence import DescriptionForm
from applications.forms.uploads import BeginForm, PartForm
from applications.models import Attachment, Nomination
from applications.rules import Refused
from applications.services import evidence, nominations
from applications.views.evidence import back_to_files, can_change
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.files import queries
from pilotportal.files import services as files
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.models import Upload
from pilotportal.files.rules import PART
from pilotportal.files.services import uploads


@login_required
@require_POST
def start(request: SignedInRequest, code: str) -> JsonResponse:
    nomination = permissions.nomination_for(request.user, code, can=can_change)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _refused(_("The upload could not be begun: name or size of the file is missing."))
    facts = dict(form.cleaned_data)
    instead_of = _piece(nomination, facts.pop("instead_of"))
    try:
        upload = evidence.begin_upload(nomination_id=nomination.pk, instead_of=instead_of, by=request.user, at=request.received_at, **facts)
    except (Refused, files.Refused) as refused:
        return _refused(str(refused))
    return JsonResponse(_state(upload) | {"claim": upload.claim})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def part(request: SignedInRequest, code: str, upload_code: str) -> JsonResponse:
    """How far it is; or the next part, in the body as it is."""
    nomination, upload = _loaded(request, code, upload_code)
    if request.method == "GET":
        return JsonResponse(_state(upload))
    form = PartForm(request.GET)
    if refused := nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at):
        return _refused(str(refused))
    if not form.is_valid() or int(request.headers.get("Content-Length") or 0) not in range(1, PART + 1):
        return _refused(str(FileRefusal.OUT_OF_STEP.label), **_state(upload))
    try:
        upload = uploads.append(upload_id=upload.pk, part=request.body, at=request.received_at, **form.cleaned_data)
    except files.Refused as unfit:
        upload.refresh_from_db()
        return _refused(str(unfit), status=HTTPStatus.CONFLICT, reason=unfit.refusal, **_state(upload))
    return JsonResponse(_state(upload))


@login_required
@require_POST
def finish(request: SignedInRequest, code: str, upload_code: str) -> JsonResponse:
    """Put together, judged, kept and added with its caption. Asked twice, as after a lost answer, it is added once."""
    nomination, upload = _loaded(request, code, upload_code)
    if refused := nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at):
        return _refused(str(refused))
    instead_of = _piece(nomination, evidence.replaced_by(upload))
    form = DescriptionForm(_described(request, instead_of), definition=nomination.round.definition)
    if not form.is_valid():
        return _refused(" ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        evidence.add_upload(
            nomination_id=nomination.pk,
            upload_id=upload.pk,
            instead_of=instead_of,
            by=request.user,
            at=request.received_at,
            **form.cleaned_data,
        )
    except (Refused, files.Refused) as refused:
        return _refused(str(refused))
    return JsonResponse({"added": upload.name})


@login_required
@require_POST
def cancel(request: SignedInRequest, code: str, upload_code: str) -> HttpResponse:
    nomination, upload = _loaded(request, code, upload_code)
    uploads.cancel(upload_id=upload.pk)
    if request.accepts("text/html"):
        messages.success(request, _("The upload of “%(name)s” has been given up.") % {"name": upload.name})
        return back_to_files(nomination)
    return JsonResponse({"cancelled": upload.name})


def _loaded(request: SignedInRequest, code: str, upload_code: str) -> tuple[Nomination, Upload]:
    nomination = permissions.nomination_for(request.user, code, can=can_change)
    own = queries.uploads_visible_to(request.user).filter(purpose__startswith=evidence.purpose_of(nomination))
    return nomination, get_object_or_404(own, code=upload_code)


def _piece(nomination: Nomination, number: int | None) -> Attachment | None:
    pieces = nomination.attachments.select_related("file").filter(kind=AttachmentKind.EVIDENCE)
    return get_object_or_404(pieces, pk=number) if number else None


def _described(request: SignedInRequest, instead_of: Attachment | None) -> Any:
    """A file in the place of another keeps what was said of that."""
    return {"caption": instead_of.caption, "proves": instead_of.proves} if instead_of else request.POST


def _state(upload: Upload) -> dict[str, Any]:
    return {"code": upload.code, "received": upload.received, "size": upload.size}


def _refused(sentence: str, *, status: int = HTTPStatus.UNPROCESSABLE_ENTITY, **facts: Any) -> JsonResponse:
    return JsonResponse({"sentence": sentence, **facts}, status=status)
