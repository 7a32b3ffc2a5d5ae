"""A section that saves itself while one types: the page sends what it has and is told in a few words what came of it.

The page asks the address of the section with a header that names the person it was made for. Without scripts nobody asks.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import content
from applications.definition import Section
from applications.forms.layout import remarks_on
from applications.forms.sections import SectionForm
from applications.models import Nomination
from applications.rules import Refused
from applications.services import nominations, sittings
from applications.views import checklist
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.clock import BEIJING

HEADER = "X-Autosave"  # its value is the number of the person whose page it is
SIGNED_OUT, SOMEBODY_ELSE, REFUSED, CONFLICT, SAVED = "signed_out", "somebody_else", "refused", "conflict", "saved"
View = Callable[..., HttpResponse]


def told_in_words(view: View) -> View:
    """A page that saves itself is not led to the sign-in: it is told, and keeps the text until its person is back."""

    @wraps(view)
    def respond(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if HEADER not in request.headers:
            return view(request, *arguments, **named)
        if not request.user.is_authenticated:
            return JsonResponse({"state": SIGNED_OUT}, status=401)
        if str(request.user.pk) != request.headers[HEADER]:
            return JsonResponse({"state": SOMEBODY_ELSE, "sentence": _somebody_else(request)}, status=401)
        try:
            return view(request, *arguments, **named)
        except (Http404, PermissionDenied):
            return JsonResponse({"state": REFUSED, "sentence": _("You may not change this section any longer.")})

    return respond


def _somebody_else(request: HttpRequest) -> str:
    who = getattr(request.user, "name", "")
    return _("%(who)s is signed in on this computer now. Nothing is saved in that name; your text is kept for you.") % {"who": who}


def answer(request: SignedInRequest, nomination: Nomination, section: Section, form: SectionForm) -> JsonResponse:
    """Save what can be saved, and say what could not."""
    before = nomination.sections.get(section.code, {})
    try:
        saved = _save(request, nomination, section, form)
    except (Refused, content.Invalid) as refused:
        return JsonResponse({"state": REFUSED, "sentence": str(refused)})
    nomination.content, nomination.sections = saved.content, saved.sections
    return JsonResponse(_news(nomination, section, form) | (_conflict(form, before) if form.disputed else {}))


def _save(request: SignedInRequest, nomination: Nomination, section: Section, form: SectionForm) -> Nomination:
    form.is_valid()
    turn = sittings.Turn(form.page, form.turn)
    revision = nomination.revision_of(section.code)
    form.compare(standing=nomination.content, revision=revision, own=sittings.own(nomination.sections.get(section.code, {}), turn))

    def save(revision: int) -> Nomination:
        return nominations.save_section(
            nomination_id=nomination.pk,
            section=section,
            values=form.so_far(),
            revision=revision,
            turn=turn,
            by=request.user,
            at=request.received_at,
        )

    try:
        return save(revision)
    except nominations.Stale as stale:  # in between
        form.compare(standing=stale.theirs, revision=stale.revision)
        return save(stale.revision)


def _news(nomination: Nomination, section: Section, form: SectionForm) -> dict[str, Any]:
    wrong = form.sentences()
    gaps = [gap for gap in nominations.gaps_of(nomination) if gap.section == section.code]
    return {
        "state": CONFLICT if form.disputed else SAVED,
        "sentence": _sentence(nomination, section, len(wrong)),
        "revision": nomination.revision_of(section.code),
        "base": form.base_beside(nomination.content),
        "errors": wrong,
        "gaps": render_to_string("applications/_nomination_gaps.html", {"gaps": checklist.gap_links(nomination, gaps)}),
        "unchecked": sorted(nomination.sections.get(section.code, {}).get("taken_over", {})),
        "entries": {code: form.rendered(code) for code, conflict in form.conflicts.items() if conflict.taken_over},
    }


def _sentence(nomination: Nomination, section: Section, wrong: int) -> str:
    saved = nomination.sections.get(section.code, {})
    if not saved:
        return ngettext("%(count)s entry cannot be read", "%(count)s entries cannot be read", wrong) % {"count": wrong} if wrong else ""
    facts = {"time": f"{timezone.localtime(datetime.fromisoformat(saved['at']), BEIJING):%H:%M:%S}", "count": wrong}
    if not wrong:
        return _("Saved at %(time)s") % facts
    return ngettext("Saved at %(time)s, except %(count)s entry", "Saved at %(time)s, except %(count)s entries", wrong) % facts


def _conflict(form: SectionForm, before: sittings.Saved) -> dict[str, Any]:
    """Who saved something else, and both texts at each entry."""
    at = datetime.fromisoformat(before["at"]) if before.get("at") else None
    facts = {"who": before.get("by", ""), "at": at, "entries": form.disputed_entries()}
    remarks = {code: _remarks(form, code) for code in form.disputed}
    return {"conflict": render_to_string("applications/_nomination_disputed.html", facts), "remarks": remarks}


def _remarks(form: SectionForm, code: str) -> str:
    facts = remarks_on(form, code) | {"code": code}
    return render_to_string("applications/_nomination_remarks.html", facts)


def difference(request: SignedInRequest, nomination: Nomination, section: Section, form: SectionForm) -> HttpResponse:
    """A copy that was left on the computer, held against what stands: nothing where the portal has it all."""
    differing = form.unsent()
    if not differing:
        return HttpResponse(status=204)
    saved = nomination.sections.get(section.code, {})
    facts = {
        "differing": differing,
        "newer": form.revision != nomination.revision_of(section.code),
        "saved_by": saved.get("by", ""),
        "saved_at": datetime.fromisoformat(saved["at"]) if saved else None,
    }
    return render(request, "applications/_nomination_copy.html", facts)
