"""What an expert does: pledge, read, score, submit, step aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.content import shown_sections
from applications.models import Attachment, Criterion
from applications.permissions import round_for
from applications.rules import Refused
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files.responses import Give, download
from pilotportal.files.responses import show as show_inline
from pilotportal.files.rules import why_not_serve
from pilotportal.moments import until
from review import permissions, queries
from review.enums import Refusal
from review.forms import EMPTY, Entry, ReasonForm, RecusalForm, SheetForm
from review.models import ScoreSheet
from review.rules import GIVEN_UP, OPEN_SHEET, why_not_score
from review.services import scoring
from review.shipped import PLEDGE
from review.views.acts import UNPROCESSABLE, Question, address, answer, ask, chosen_round, posted

CONFLICT = 409
Theirs = Mapping[str, Entry]


@dataclass(frozen=True)
class Row:
    """One criterion on the page; `theirs` where another window saved something else meanwhile."""

    criterion: Criterion
    mark: BoundField
    comment: BoundField
    theirs: Entry | None


@login_required
@require_GET
def sheets(request: SignedInRequest) -> HttpResponse:
    """The expert's sheets in the order that is theirs, and the one to go on with."""
    round = chosen_round(request, can=permissions.can_hold_sheets)
    mine = list(queries.sheets_visible_to(request.user).filter(nomination__round=round)) if round else []
    pending = [sheet for sheet in mine if sheet.status in OPEN_SHEET]
    closes_at = queries.sheets_close_at(round) if round else None
    context = {
        "round": round,
        "sheets": list(zip(mine, queries.totals_of(mine), strict=True)),
        "pledged": bool(mine) and mine[0].pledged,
        "closes_at": closes_at,
        "pending": len(pending),
        "following": pending[0] if pending and closes_at and request.received_at < closes_at else None,
    }
    return render(request, "review/sheets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pledge(request: SignedInRequest, code: str) -> HttpResponse:
    """廉洁承诺: read, then signed; bound to the text that was on the page."""
    round = round_for(request.user, code, can=permissions.can_hold_sheets)
    if request.method == "POST":
        digest = request.POST.get("digest", "")
        return answer(
            request,
            lambda: scoring.sign_pledge(round_id=round.pk, text_digest=digest, by=request.user, at=request.received_at),
            done=_("You have signed the pledge. The dossiers are open to you now."),
            to=address("sheets", round),
        )
    expert = queries.expert_of(request.user)
    context = {
        "round": round,
        "paragraphs": PLEDGE.in_language(get_language()),
        "digest": scoring.pledge_digest(),
        "signed": queries.pledge_of(expert, round) if expert else None,
        "back": address("sheets", round),
    }
    return render(request, "review/pledge.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sheet(request: SignedInRequest, code: str) -> HttpResponse:
    """The dossier with the sheet beside it. Saving keeps a draft; `submit` saves and hands in."""
    found = permissions.sheet_for(request.user, code, can=permissions.can_score)
    if not found.pledged and found.status not in GIVEN_UP:
        return redirect("review:pledge", found.nomination.round.code)
    criteria = found.nomination.round.criteria.all()
    if request.method == "POST":
        return _save(request, found, SheetForm(criteria, request.POST))
    page = _page(request, found, SheetForm(criteria, initial=SheetForm.standing(queries.entries_of(found), found.revision)))
    _note_reading(request, found)
    return page


def _save(request: SignedInRequest, found: ScoreSheet, form: SheetForm) -> HttpResponse:
    """What can be read is saved even where another entry cannot, so that nothing entered is lost."""
    form.is_valid()
    try:
        saved = scoring.save_sheet(
            sheet_id=found.pk, marks=form.marks, revision=form.cleaned_data.get("revision") or 0, by=request.user, at=request.received_at
        )
        form.put("revision", saved.revision)
        if "submit" in request.POST:
            form.ask_for_missing()
        if form.errors:
            return _page(request, saved, form, status=UNPROCESSABLE)
        return _submit(request, saved) if "submit" in request.POST else _saved(request, saved)
    except scoring.Stale as stale:
        form.put("revision", stale.revision)  # saving again from here is the person's decision
        form.take_over(stale.theirs)
        form.add_error(None, str(stale))
        return _page(request, found, form, status=CONFLICT, theirs=stale.theirs)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, permissions.sheet_for(request.user, found.code), form, status=UNPROCESSABLE)


def _saved(request: SignedInRequest, saved: ScoreSheet) -> HttpResponse:
    messages.success(request, _("The sheet has been saved as a draft."))
    return redirect(saved)


def _submit(request: SignedInRequest, saved: ScoreSheet) -> HttpResponse:
    scoring.submit_sheet(sheet_id=saved.pk, by=request.user, at=request.received_at)
    messages.success(request, _("The score sheet of %(city)s has been submitted.") % {"city": saved.nomination})
    return redirect(address("sheets", saved.nomination.round))


@login_required
@require_http_methods(["GET", "POST"])
def recuse(request: SignedInRequest, code: str) -> HttpResponse:
    """回避, for good: by the expert, or recorded by staff."""
    found, form = permissions.sheet_for(request.user, code, can=permissions.can_recuse), RecusalForm(posted(request))
    own = permissions.can_score(request.user, found)
    question = Question(
        danger=True,
        title=_("Recusal"),
        kicker=found.nomination.city.full_name if own else found,
        lead=_("The dossier closes for good, and marks on this sheet no longer count. The ministry looks for another expert."),
        act=_("Declare the recusal") if own else _("Record the recusal"),
        done=_("The recusal from %(city)s is on record.") % {"city": found.nomination},
        **_way_back(found, own=own),
    )
    return ask(
        request,
        question,
        form,
        lambda: scoring.recuse(sheet_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data),
    )


@login_required
@require_http_methods(["GET", "POST"])
def decline(request: SignedInRequest, code: str) -> HttpResponse:
    """No conflict, but no judgement either."""
    found, form = permissions.sheet_for(request.user, code, can=permissions.can_recuse), ReasonForm(posted(request))
    own = permissions.can_score(request.user, found)
    question = Question(
        title=_("Give the sheet back"),
        kicker=found.nomination.city.full_name if own else found,
        lead=_("For an expert who has no conflict of interest but cannot judge this nomination. The ministry looks for another expert."),
        act=_("Give the sheet back"),
        done=_("The sheet of %(city)s has been given back.") % {"city": found.nomination},
        **_way_back(found, own=own),
    )
    return ask(
        request,
        question,
        form,
        lambda: scoring.decline(sheet_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data),
    )


@login_required
@require_GET
def file(request: SignedInRequest, code: str, attachment_id: int) -> HttpResponseBase:
    """A file of the dossier behind the expert's own sheet, to be kept."""
    return _given(request, *_in_dossier(request, code, attachment_id), kind="dossier.file_read", give=download)


@login_required
@require_GET
def file_view(request: SignedInRequest, code: str, attachment_id: int) -> HttpResponseBase:
    """The same, to be looked at in the page."""
    return _given(request, *_in_dossier(request, code, attachment_id), kind="dossier.file_viewed", give=show_inline)


@login_required
@require_GET
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # typed for views without arguments
def file_page(request: SignedInRequest, code: str, attachment_id: int) -> HttpResponse:
    """The file in its frame, with what is known about it."""
    found, attachment = _in_dossier(request, code, attachment_id)
    definition = found.nomination.round.definition
    context = {
        "sheet": found,
        "file": attachment,
        "withheld": why_not_serve(attachment.file.scan_state, own=False),
        "entry": definition.label_of(attachment.proves, get_language()) if attachment.proves else "",
        "view_url": reverse("review:file_view", args=[code, attachment_id]),
        "file_url": reverse("review:file", args=[code, attachment_id]),
    }
    return render(request, "review/sheet_file.html", context)


def _in_dossier(request: SignedInRequest, code: str, attachment_id: int) -> tuple[ScoreSheet, Attachment]:
    found = permissions.sheet_for(request.user, code, can=permissions.can_score)
    dossier = permissions.dossier_for(request.user, found)
    attachment = next((attachment for attachment in dossier.files if attachment.pk == attachment_id), None)
    if attachment is None:
        raise Http404
    return found, attachment


def _given(request: SignedInRequest, found: ScoreSheet, attachment: Attachment, *, kind: str, give: Give) -> HttpResponseBase:
    """Whoever is given a file leaves a trace; what may be harmful is given to nobody."""
    if withheld := why_not_serve(attachment.file.scan_state, own=False):
        return render(request, "components/file_withheld.html", {"withheld": withheld, "file": attachment}, status=HTTPStatus.FORBIDDEN)
    round_code, digest = found.nomination.round.code, attachment.file.digest
    audit.record(kind, at=request.received_at, by=request.user, target=found, round_code=round_code, file=digest)
    return give(attachment.file, name=attachment.name)


def _page(request: SignedInRequest, found: ScoreSheet, form: SheetForm, *, status: int = 200, theirs: Theirs | None = None) -> HttpResponse:
    round, dossier = found.nomination.round, queries.dossier_for(request.user, found)
    closes_at = queries.sheets_close_at(round)
    shown = shown_sections(round.definition, dossier.version.content, get_language(), personal=False) if dossier else []
    context = {
        "sheet": found,
        "form": form,
        "rows": [Row(criterion, mark, comment, _differing(theirs, criterion, form)) for criterion, mark, comment in form.rows],
        "closes_at": closes_at,
        "refusal": _refusal(found, closes_at=closes_at, at=request.received_at),
        "dossier": dossier,
        "sections": list(shown),
        "neighbours": _neighbours(request, found),
    }
    return render(request, "review/sheet.html", context, status=status)


def _differing(theirs: Theirs | None, criterion: Criterion, form: SheetForm) -> Entry | None:
    """What another window saved for a criterion, where it is not what stands on the form."""
    if theirs is None:
        return None
    saved = theirs.get(criterion.code, EMPTY)
    return None if form.marks.get(criterion.code) in {saved, EMPTY} else saved


def _refusal(found: ScoreSheet, *, closes_at: datetime, at: datetime) -> str:
    refusal: Refusal | None = why_not_score(found.status, pledged=found.pledged, closes_at=closes_at, at=at)
    return str(Refused(refusal, closed_at=until(closes_at))) if refusal else ""


def _neighbours(request: SignedInRequest, found: ScoreSheet) -> dict[str, Any]:
    """The expert's sheets before and behind this one, in the order that is theirs."""
    mine = list(queries.sheets_visible_to(request.user).filter(nomination__round=found.nomination.round))
    place = mine.index(found)
    return {
        "place": place + 1,
        "of": len(mine),
        "previous": mine[place - 1] if place else None,
        "next": mine[place + 1] if place + 1 < len(mine) else None,
    }


def _way_back(found: ScoreSheet, *, own: bool) -> dict[str, Any]:
    round, city = found.nomination.round, found.nomination.city.name
    if own:
        sheets = address("sheets", round)
        return {"to": sheets, "above": [(_("My score sheets"), sheets), (city, found.get_absolute_url())]}
    sheets = reverse("review:nomination_sheets", args=[found.nomination.code])
    return {"to": sheets, "above": [(_("Progress of the review"), address("progress", round)), (city, sheets)]}


def _note_reading(request: SignedInRequest, found: ScoreSheet) -> None:
    """Whoever opens a dossier leaves a trace."""
    if dossier := queries.dossier_for(request.user, found):
        audit.record(
            "dossier.read",
            at=request.received_at,
            by=request.user,
            target=found,
            round_code=found.nomination.round.code,
            digest=dossier.version.digest,
        )
