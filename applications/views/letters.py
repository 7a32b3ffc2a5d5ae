"""推荐函: which nominations in which order under which number, the paper, and its stamped scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import permissions, queries
from applications.enums import Status
from applications.forms.letters import LetterForm, ScanForm
from applications.models import Attachment, Letter, Nomination, Round
from applications.rules import Refused
from applications.services import holding, letters, ordering
from applications.views.acts import answer, posted
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.files import services as files
from pilotportal.files.models import StoredFile
from pilotportal.jobs import services as jobs


@dataclass(frozen=True)
class Candidate:
    """A nomination of the province in the round: why it cannot be in a letter now, which letter it has, and whether it can be moved."""

    nomination: Nomination
    place: int
    refused: Refused | None
    letter: Attachment | None
    joined: str
    moves_up: bool
    moves_down: bool


@dataclass(frozen=True)
class Line:
    """A nomination of a letter as it stands now."""

    nomination: Nomination
    position: int
    digest: str
    joined: str
    changed: bool
    scan: Attachment | None


@login_required
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest, round_code: str) -> HttpResponse:
    """The letters of the province in a round, and what goes into a new one."""
    round = _round(request, round_code)
    row = _row(request.user, round, at=request.received_at)
    offered = [each.nomination for each in row if not each.refused]
    form = LetterForm(posted(request), offered=offered, initial=_typed_before(request))
    if form.is_valid():
        try:
            letter = letters.make(
                round_id=round.pk,
                nomination_ids=form.chosen,
                document_number=form.cleaned_data["document_number"],
                by=request.user,
                at=request.received_at,
            )
        except Refused as refused:
            form.add_error(form.field_of.get(refused.refusal), str(refused))
        else:
            messages.success(request, _("The letter has been made. Print it, have it stamped, and upload the scan here."))
            return redirect(letter)
    made = queries.letters_visible_to(request.user).filter(round=round).order_by("-pk")
    context = {"round": round, "row": row, "offered": offered, "form": form, "letters": made}
    return answer(request, "applications/letter_list.html", context, refused=bool(form.errors))


@login_required
@require_POST
def move(request: SignedInRequest, round_code: str) -> HttpResponse:
    """One place up or down. What was typed on the page comes back with it."""
    round = _round(request, round_code)
    up = "up" in request.POST
    moved = get_object_or_404(_own(request.user, round), code=request.POST.get("up" if up else "down", ""))
    try:
        ordering.move(nomination_id=moved.pk, up=up, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    typed = {"number": request.POST.get("document_number", "")[:80], "nomination": request.POST.getlist("nomination")}
    return redirect(f"{reverse('applications:letters', args=[round.code])}?{urlencode(typed, doseq=True)}#order")


@login_required
@require_http_methods(["GET", "POST"])
def show(request: SignedInRequest, code: str) -> HttpResponse:
    """A letter, what stands of what it names, and the upload of its stamped scan."""
    letter = permissions.letter_for(request.user, code)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ScanForm(*sent, letter=letter)
    if form.is_valid() and (taken := _taken(request, letter, form)):
        messages.success(request, _("The scan stands with: %(cities)s") % {"cities": letters.named(taken.nominations)})
        if taken.left_out:
            messages.info(
                request, _("Not with these, which can take no file any more: %(cities)s") % {"cities": letters.named(taken.left_out)}
            )
        return redirect(letter)
    context = {
        "letter": letter,
        "lines": _lines(letter),
        "form": form,
        "kept": form.is_bound and form.kept,
        "refused": letters.why_not_scan(letter, at=request.received_at),
    }
    return answer(request, "applications/letter_detail.html", context, refused=bool(form.errors))


@login_required
@require_POST
def pdf(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask for the paper; the worker writes it."""
    letter = permissions.letter_for(request.user, code)
    job = jobs.request(
        kind="applications.letter",
        label=_("Recommendation letter: %(number)s") % {"number": letter.document_number},
        file_name=_("recommendation-letter-%(code)s.pdf") % {"code": letter.code},
        by=request.user,
        at=request.received_at,
        letter_id=letter.pk,
    )
    return redirect(job)


def _taken(request: SignedInRequest, letter: Letter, form: ScanForm) -> letters.Taken | None:
    """Rights and state come before the content is looked at; what could be stored is kept for a second try."""
    try:
        if refused := letters.why_not_scan(letter, at=request.received_at):
            raise refused
        file, name = _file(request, form)
        form.keep(file, name)
        return letters.attach_scan(
            letter_id=letter.pk, file=file, name=name, typed=form.cleaned_data["typed"], by=request.user, at=request.received_at
        )
    except files.Refused as unfit:
        form.add_error("file", str(unfit))
    except Refused as refused:
        form.add_error(form.field_of.get(refused.refusal), str(refused))
    return None


def _file(request: SignedInRequest, form: ScanForm) -> tuple[StoredFile, str]:
    upload = form.cleaned_data["file"]
    if upload is None and form.kept:
        return form.kept
    return files.store_upload(upload.read(), at=request.received_at), upload.name


def _round(request: SignedInRequest, code: str) -> Round:
    round = permissions.round_for(request.user, code, can=permissions.can_nominate)
    if not round.is_opened:
        raise PermissionDenied
    return round


def _own(user: User, round: Round) -> QuerySet[Nomination]:
    return queries.nominations_visible_to(user).filter(round=round).exclude(status=Status.WITHDRAWN)


def _row(user: User, round: Round, *, at: datetime) -> list[Candidate]:
    row = ordering.in_order(round, _own(user, round))
    fixed = [ordering.why_not_move(each, at=at) for each in row]
    return [
        Candidate(
            nomination=each,
            place=number,
            refused=letters.why_not_recommend(each, at=at),
            letter=holding.letter_of(each),
            joined=letters.named(letters.joined(each)),
            moves_up=number > 1 and not fixed[number - 1] and not fixed[number - 2],
            moves_down=number < len(row) and not fixed[number - 1] and not fixed[number],
        )
        for number, each in enumerate(row, start=1)
    ]


def _typed_before(request: SignedInRequest) -> dict[str, object]:
    """What the page held when a place was changed."""
    if "number" not in request.GET:
        return {}
    return {"document_number": request.GET["number"], "nomination": request.GET.getlist("nomination")}


def _lines(letter: Letter) -> Sequence[Line]:
    standing = letters.nominations_of(letter)
    changed = letters.changed_since(letter, standing)
    scans = {scan.nomination_id: scan for scan in letters.scans_of(letter)}
    return [
        Line(each, line["position"], line["digest"], letters.named(line["joined"]), each in changed, scans.get(each.pk))
        for each, line in zip(standing, letter.lines, strict=True)
    ]
