"""Editing one section of a nomination."""

from base64 import b64encode
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications import content, permissions
from applications.definition import Section
from applications.enums import AttachmentKind
from applications.forms.sections import SectionForm
from applications.models import Nomination
from applications.rules import Refused
from applications.services import nominations
from applications.views import checklist, drafting
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.moments import instant


@drafting.told_in_words
@login_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, code: str, section: str) -> HttpResponse:
    """The section as a form. Buttons beside the entries redraw the page with what was typed; only “save” saves."""
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    chosen = next((each for each in checklist.sections_to_fill(nomination) if each.code == section), None)
    if chosen is None:
        raise Http404
    form = _form(request, nomination, chosen)
    if request.method == "GET":
        return _page(request, nomination, chosen, form)
    if drafting.HEADER in request.headers:
        answer = drafting.difference if "compare" in request.POST else drafting.answer
        return answer(request, nomination, chosen, form)
    if not _redraw(request, form) and form.is_valid():
        return _save(request, nomination, chosen, form)
    form.compare(standing=nomination.content, revision=nomination.revision_of(chosen.code))
    return _page(request, nomination, chosen, form, status=200 if form.focus else 422)


def _form(request: SignedInRequest, nomination: Nomination, section: Section) -> SectionForm:
    correction = nomination.open_correction
    notes = {named["code"]: named.get("note", "") for named in correction.fields} if correction else {}
    closed = nominations.why_not_edit(nomination, at=request.received_at) and request.method == "GET"
    return SectionForm(
        section,
        standing=nomination.content,
        revision=nomination.revision_of(section.code),
        open_codes=[] if closed else correction.codes if correction else section.codes,
        notes=notes,
        taken_over=nomination.sections.get(section.code, {}).get("taken_over"),
        data=request.POST if request.method == "POST" else None,
    )


def _redraw(request: SignedInRequest, form: SectionForm) -> bool:
    if group := request.POST.get("add"):
        form.add_row(group)
    elif row := request.POST.get("remove"):
        form.remove_row(*row.partition("/")[::2])
    elif code := request.POST.get("take"):
        form.take_over(code)
    elif "recover" in request.POST:
        form.recover()
    return bool(form.focus)


def _save(request: SignedInRequest, nomination: Nomination, section: Section, form: SectionForm) -> HttpResponse:
    try:
        saved = nominations.save_section(
            nomination_id=nomination.pk,
            section=section,
            values=form.values,
            revision=form.revision,
            by=request.user,
            at=request.received_at,
        )
    except nominations.Stale as stale:
        form.compare(standing=stale.theirs, revision=stale.revision)
        return _page(request, nomination, section, form, stale=stale, status=409)
    except (Refused, content.Invalid) as refused:
        form.add_error(None, str(refused))
        return _page(request, nomination, section, form, status=422)
    messages.success(
        request,
        _("Saved: %(section)s, %(at)s") % {"section": section.label.in_language(get_language()), "at": instant(request.received_at)},
    )
    if "next" not in request.POST:
        return redirect("applications:nomination_section", saved.code, section.code)
    following = checklist.neighbours(saved, section).next
    return redirect("applications:nomination_section", saved.code, following.code) if following else redirect(saved)


def _page(
    request: SignedInRequest,
    nomination: Nomination,
    section: Section,
    form: SectionForm,
    *,
    stale: nominations.Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    language = get_language()
    saved = nomination.sections.get(section.code, {})
    gaps = [gap for gap in nominations.gaps_of(nomination) if gap.section == section.code]
    facts = {
        "nomination": nomination,
        "label": section.label.in_language(language),
        "help": section.help.in_language(language),
        "form": form,
        "stale": stale,
        "stale_at": _moment(stale.saved_at) if stale else None,
        "gaps": checklist.gap_links(nomination, gaps) if request.method == "GET" else [],
        "copy_key": _copy_key(request),
        "recovered": "recover" in request.POST,
        "saved_by": saved.get("by", ""),
        "saved_at": _moment(saved.get("at", "")),
        "refused": nominations.why_not_edit(nomination, at=request.received_at),
        "neighbours": checklist.neighbours(nomination, section),
        "evidence": checklist.evidence_of(nomination, section),
        "evidence_open": ""
        if nominations.why_not_attach(nomination, kind=AttachmentKind.EVIDENCE, at=request.received_at)
        else section.codes[0],
    }
    return render(request, "applications/nomination_section.html", facts, status=status)


def _copy_key(request: SignedInRequest) -> str:
    """The key of this person's copies on the computer, 256 bits: whoever uses the computer next reads nothing without signing in as him."""
    return b64encode(salted_hmac("applications.copy", str(request.user.pk), algorithm="sha256").digest()).decode()


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
