"""形式审查: the queue, and the three answers to one nomination."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.content import shown_sections
from applications.enums import AttachmentKind, Refusal, Status
from applications.models import Attachment, Nomination, NominationVersion
from applications.permissions import can_read_contacts, nomination_for, round_for
from applications.queries import dossier_of
from applications.rules import Refused
from applications.services import corrections, decisions, holding
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from review import permissions, queries
from review.forms import AcceptForm, RejectForm, ReturnForm, VersionForm
from review.services import formal
from review.views.acts import address, carried_out, chosen_round, posted, status_of

ON_A_PAGE = 100
LAST_CHECKS = 20


@login_required
@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """Everything that awaits its formal review; all that can be accepted now can be accepted together."""
    round = chosen_round(request, can=permissions.can_watch)
    if round is None:
        return render(request, "review/queue.html", {"round": None})
    waiting = list(queries.awaiting_formal_review(round))
    checks = queries.checks_visible_to(request.user).filter(nomination__round=round).order_by("-pk")
    context = {
        "round": round,
        "page": Paginator(waiting, ON_A_PAGE).get_page(request.GET.get("page")),
        "acceptable": sum(not queries.why_not_accept(nomination, at=request.received_at) for nomination in waiting),
        "can_check": permissions.can_check(request.user),
        "checks": checks[:LAST_CHECKS],
    }
    return render(request, "review/queue.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def accept_all(request: SignedInRequest, code: str) -> HttpResponse:
    """The preview of accepting together, and the act: exactly the versions that were previewed, or none."""
    round = round_for(request.user, code, can=permissions.can_check)
    form = AcceptForm(queries.acceptable(round, at=request.received_at), posted(request))
    if carried_out(
        form,
        lambda: formal.accept_many(nomination_ids=[nomination.pk for nomination in form.chosen], by=request.user, at=request.received_at),
    ):
        count = len(form.chosen)
        done = ngettext("%(count)s nomination has been accepted.", "%(count)s nominations have been accepted.", count)
        messages.success(request, done % {"count": count})
        return redirect(address("queue", round))
    return render(request, "review/accept_all.html", {"round": round, "form": form}, status=status_of(form))


@login_required
@require_GET
def check(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = nomination_for(request.user, code, can=_may_read)
    return _page(request, nomination, VersionForm(nomination))


@login_required
@require_POST
def accept(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = nomination_for(request.user, code, can=_may_check)
    form = VersionForm(nomination, request.POST)
    if carried_out(form, lambda: formal.accept(nomination_id=nomination.pk, by=request.user, at=request.received_at)):
        messages.success(request, _("%(city)s has been accepted for review.") % {"city": nomination})
        return redirect(address("queue", nomination.round))
    return _page(request, nomination, form)


@login_required
@require_http_methods(["GET", "POST"])
def return_for_correction(request: SignedInRequest, code: str) -> HttpResponse:
    """The dossier with a line for a note beside each entry."""
    nomination = nomination_for(request.user, code, can=_may_check)
    form = ReturnForm(nomination, posted(request), returnable=decisions.returnable(nomination), received_at=request.received_at)
    if carried_out(
        form,
        lambda: formal.return_for_correction(
            nomination_id=nomination.pk,
            fields=form.returned,
            closes_at=form.cleaned_data["closes_at"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        ),
    ):
        messages.success(request, _("%(city)s has been returned; only the entries with a note are open.") % {"city": nomination})
        return redirect(address("queue", nomination.round))
    refused = None if nomination.status == Status.SUBMITTED else Refused(Refusal.NOT_SUBMITTED)
    context = _dossier(request.user, nomination) | {
        "form": form,
        "refused": refused,
        "notes_on_files": [(kind.label, form.note_on(kind)) for kind in AttachmentKind],
    }
    context["sections"] = [(section, [(item, form.note_on(item.code)) for item in section.items]) for section in context["sections"]]
    return render(request, "review/return.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def reject(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = nomination_for(request.user, code, can=_may_check)
    form = RejectForm(nomination, posted(request))
    if carried_out(form, lambda: formal.reject(nomination_id=nomination.pk, by=request.user, at=request.received_at, **form.cleaned_data)):
        messages.success(request, _("%(city)s has not been accepted.") % {"city": nomination})
        return redirect(address("queue", nomination.round))
    context = {"nomination": nomination, "form": form, "refused": queries.why_not_accept(nomination, at=request.received_at)}
    return render(request, "review/reject.html", context, status=status_of(form))


def _may_read(user: User, _nomination: Nomination) -> bool:
    return permissions.can_watch(user)


def _may_check(user: User, _nomination: Nomination) -> bool:
    return permissions.can_check(user)


def _page(request: SignedInRequest, nomination: Nomination, form: VersionForm) -> HttpResponse:
    context = _dossier(request.user, nomination) | {
        "form": form,
        "can_check": permissions.can_check(request.user),
        "refused": queries.why_not_accept(nomination, at=request.received_at),
        "checks": queries.checks_visible_to(request.user).filter(nomination=nomination),
        "letter": _letter(nomination),
        "answered": corrections.answered_by(nomination, nomination.current_version) if nomination.current_version else None,
        "place": queries.place_of(nomination),
    }
    return render(request, "review/check.html", context, status=status_of(form))


@dataclass(frozen=True)
class LetterMatch:
    """The stamped letter of the version in force, and the version whose content it names (none: it names no digest, or another one)."""

    scan: Attachment
    names: NominationVersion | None


def _letter(nomination: Nomination) -> LetterMatch | None:
    version = nomination.current_version
    files = dossier_of(version, nomination.attachments.all()).files if version else []
    scan = next((file for file in files if file.kind == AttachmentKind.LETTER), None)
    if scan is None:
        return None
    return LetterMatch(scan, holding.version_named_by(scan.letter, nomination) if scan.letter else None)


def _dossier(user: User, nomination: Nomination) -> dict[str, Any]:
    version = nomination.current_version
    return {
        "nomination": nomination,
        "version": version,
        "files": dossier_of(version, nomination.attachments.all()).files if version else [],
        "sections": list(
            shown_sections(
                nomination.round.definition,
                nomination.handed_in,
                get_language(),
                personal=can_read_contacts(user, nomination),
            )
        ),
    }
