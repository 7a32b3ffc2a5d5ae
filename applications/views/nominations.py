"""The life of a nomination as its province sees it, and as the ministries read it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications import content, permissions, queries, requests
from applications.enums import AttachmentKind, DeadlineKind, Refusal
from applications.forms.nominations import ListFilter, StartForm, WithdrawForm
from applications.models import Attachment, Nomination
from applications.models.nominations import deadline_of
from applications.rules import Refused
from applications.services import holding, nominations, taking_over
from applications.views import checklist, hands, listing
from pilotportal.accounts.enums import Role
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit

PAGE = 50
FIELD_OF_REFUSAL = {
    Refusal.NO_REASON: "level_reason",
    Refusal.OTHER_PROVINCE: "city",
    Refusal.NOT_A_CITY: "city",
    Refusal.TWICE: "city",
}


@login_required
@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """A province finds its nominations in the round, the ministries what is in."""
    code = requests.code_of_list(request)
    if permissions.can_nominate(request.user):
        rounds = listing.rounds_of(request.user, at=request.received_at)
        rounds = [each for each in rounds if each.round.code == code] or rounds  # all, where the province has no part in that round
        return render(request, "applications/nomination_list.html", {"rounds": rounds})
    if not permissions.can_read_nominations(request.user):
        raise PermissionDenied
    if request.user.role in {Role.CITY, Role.CO_DEPARTMENT}:
        lines = [line for line in listing.lines_of(request.user, at=request.received_at) if line.nomination.round.code == code]
        return render(request, "applications/nomination_list_hands.html", {"lines": lines})
    narrow = ListFilter(request.GET, provinces=queries.provincial_units())
    listed = narrow.narrowed(queries.nominations_listed_for(request.user).filter(round__code=code)).order_by("city_id", "pk")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    return render(request, "applications/nomination_list_in.html", {"page": page, "filter": narrow, "code": code})


@login_required
@require_http_methods(["GET", "POST"])
def start(request: SignedInRequest, round_code: str) -> HttpResponse:
    round = permissions.round_for(request.user, round_code)
    if not permissions.can_nominate(request.user):
        raise PermissionDenied
    cities = queries.nominable_cities(round, str(request.user.division_id))
    form = StartForm(request.POST if request.method == "POST" else None, cities=cities)
    if form.is_valid():
        try:
            nomination = nominations.start(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as refused:
            field = FIELD_OF_REFUSAL.get(Refusal(refused.refusal))
            form.add_error(field if field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The nomination of %(city)s has been started.") % {"city": nomination})
            return redirect("applications:nomination_take_over", nomination.code) if _offered(request, nomination) else redirect(nomination)
    status = 422 if form.errors else 200
    closes_at = deadline_of(round, DeadlineKind.NOMINATION, request.user.division_id)
    return render(request, "applications/nomination_start.html", {"round": round, "form": form, "closes_at": closes_at}, status=status)


@login_required
@require_GET
def detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The province's checklist while it writes; afterwards, and for all others, what stands and how it went."""
    nomination = permissions.nomination_for(request.user, code)
    own = permissions.can_edit(request.user, nomination)
    why_not = nominations.why_not_edit(nomination, at=request.received_at)
    correction = nomination.open_correction if permissions.can_read_corrections(request.user, nomination) else None
    facts = hands.facts_for(request, nomination) | {
        "nomination": nomination,
        "dossier": queries.dossier_for(request.user, nomination),
        "correction": correction,
        "notes": checklist.notes_of(nomination, correction) if correction else [],
        "former": _former(nomination) if own else [],
        "can_withdraw": permissions.can_withdraw(request.user, nomination)
        and not nominations.why_not_withdraw(nomination, at=request.received_at),
    }
    if own and not why_not:
        return render(request, "applications/nomination_checklist.html", facts | _to_do(request, nomination))
    return render(request, "applications/nomination_detail.html", facts | {"own": own, "why_not": why_not if own else None})


def _former(nomination: Nomination) -> list[Attachment]:
    """Evidence that was taken out or replaced: the province's own affair, and kept."""
    return [each for each in nomination.attachments.all() if each.replaced_at and each.kind == AttachmentKind.EVIDENCE]


def _offered(request: SignedInRequest, nomination: Nomination) -> int:
    return len(taking_over.offers(nomination, by=request.user))


def _to_do(request: SignedInRequest, nomination: Nomination) -> dict[str, object]:
    correction = nomination.open_correction
    kinds = {each.kind for each in holding.files_of(nomination)}
    return {
        "form_note": nomination.round.definition.note.in_language(get_language()),
        "sections": checklist.states(nomination, nominations.gaps_of(nomination)),
        "files_open": {kind: not correction or kind in correction.codes for kind in AttachmentKind.values},
        "has_letter": AttachmentKind.LETTER in kinds,
        "has_evidence": AttachmentKind.EVIDENCE in kinds,
        "closes_at": correction.closes_at if correction else nomination.closes_at(),
        "refused": nominations.why_not_submit(nomination, at=request.received_at, undertaken=True),
        "can_submit": permissions.can_submit(request.user, nomination),
        "offered": _offered(request, nomination),
    }


@login_required
@require_GET
def preview(request: SignedInRequest, code: str) -> HttpResponse:
    """The whole content as it is printed."""
    nomination = permissions.nomination_for(request.user, code)
    dossier = queries.dossier_for(request.user, nomination)
    note_reading(request, nomination)
    personal = permissions.can_read_contacts(request.user, nomination)
    sections = content.shown_sections(nomination.round.definition, dossier.content, get_language(), personal=personal)
    return render(request, "applications/nomination_preview.html", {"nomination": nomination, "dossier": dossier, "sections": sections})


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_withdraw)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    refused = nominations.why_not_withdraw(nomination, at=request.received_at)
    if form.is_valid():
        try:
            nominations.withdraw(nomination_id=nomination.pk, by=request.user, at=request.received_at, **form.cleaned_data)
        except Refused as answer:
            form.add_error(None, str(answer))
        else:
            messages.success(request, _("The nomination of %(city)s has been withdrawn.") % {"city": nomination})
            return redirect("applications:nominations")
    facts = {"nomination": nomination, "form": form, "refused": refused}
    return render(request, "applications/nomination_withdraw.html", facts, status=422 if form.errors else 200)


def note_reading(request: SignedInRequest, nomination: Nomination) -> None:
    """Whoever reads a nomination that is not of their own province leaves a trace."""
    if not permissions.can_handle(request.user, nomination):
        audit.record(
            "nomination.read",
            at=request.received_at,
            by=request.user,
            target=nomination,
            round_code=nomination.round.code,
            page=request.path,
        )
