"""What the cities report: yearly progress, and the summary with its way through province and ministry."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from applications import permissions
from applications.enums import DeadlineKind, Refusal, Standing, SummaryStatus
from applications.forms.pilots import ProgressForm, SummaryForm
from applications.models import Pilot, Summary
from applications.rules import Refused
from applications.services import pilots
from applications.views import acts
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.moments import until


class Step(Protocol):
    def __call__(self, *, pilot_id: int, by: User, at: datetime) -> Summary: ...


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_progress(request: SignedInRequest, code: str) -> HttpResponse:
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_write_pilot)
    reported = {report.year for report in pilot.progress.all()}
    years = [year for year in pilots.years_to_report(pilot, at=request.received_at) if year not in reported]
    if not years:
        messages.error(request, _("Every year up to now has been reported."))
        return redirect(pilot)
    form = ProgressForm(acts.posted(request), pilot=pilot, years=years)
    if request.method == "POST" and form.is_valid():
        try:
            pilots.report_progress(pilot_id=pilot.pk, by=request.user, at=request.received_at, **form.wanted())
        except Refused as refused:
            form.add_error("year", str(refused))
        else:
            messages.success(request, _("The progress has been reported."))
            return redirect(pilot)
    return acts.answer(request, "applications/progress_new.html", {"pilot": pilot, "form": form}, refused=form.is_bound)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_summary(request: SignedInRequest, code: str) -> HttpResponse:
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_write_pilot)
    summary: Summary | None = getattr(pilot, "summary", None)
    if summary and summary.status != SummaryStatus.DRAFT:
        messages.error(request, Refusal.SUMMARY_STATE.label)
        return redirect(pilot)
    form = SummaryForm(acts.posted(request), summary=summary)
    theirs: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            pilots.save_summary(pilot_id=pilot.pk, parts=form.parts, revision=revision, by=request.user, at=request.received_at)
        except Refused as refused:
            form.add_error(None, str(refused))
            theirs = _theirs(pilot, form)
        else:
            messages.success(request, _("The summary has been saved."))
            return redirect("applications:summary_submit" if "go_on" in request.POST else "applications:summary_edit", pilot.code)
    return acts.answer(request, "applications/summary_edit.html", {"pilot": pilot, "form": form, "theirs": theirs}, refused=form.is_bound)


def _theirs(pilot: Pilot, form: SummaryForm) -> list[tuple[str, str]]:
    """The parts that somebody else saved meanwhile, beside which the person's own still stand in the form."""
    saved = Summary.objects.get(pilot=pilot)
    form.see_anew(saved.revision)
    return [(str(form.fields[part].label), getattr(saved, part)) for part in Summary.PARTS if getattr(saved, part) != form.parts[part]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit_summary(request: SignedInRequest, code: str) -> HttpResponse:
    """The four parts as they will be handed in, what is missing, and whether it will be late."""
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_write_pilot)
    summary: Summary | None = getattr(pilot, "summary", None)
    if not summary or summary.status != SummaryStatus.DRAFT:
        messages.error(request, Refusal.SUMMARY_STATE.label)
        return redirect(pilot)
    if request.method == "POST":
        seen = request.POST.get("revision", "")
        try:
            revision = int(seen) if seen.isdecimal() else -1
            pilots.submit_summary(pilot_id=pilot.pk, revision=revision, by=request.user, at=request.received_at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("applications:summary_submit", pilot.code)
        messages.success(request, _("The summary has been handed in. Your province endorses it next."))
        return redirect(pilot)
    late = pilot.standing(DeadlineKind.SUMMARY, at=request.received_at) == Standing.OVERDUE
    context = {
        "pilot": pilot,
        "summary": summary,
        "parts": parts_of(summary),
        "missing": [label for label, text in parts_of(summary) if not text.strip()],
        "late_since": until(pilot.closes_at(DeadlineKind.SUMMARY)) if late else "",
    }
    return render(request, "applications/summary_submit.html", context)


def parts_of(summary: Summary) -> list[tuple[str, str]]:
    return [(str(SummaryForm.base_fields[part].label), getattr(summary, part)) for part in Summary.PARTS]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def endorse_summary(request: SignedInRequest, code: str) -> HttpResponse:
    return _step(
        request,
        code,
        can=permissions.can_endorse_summary,
        awaited=SummaryStatus.SUBMITTED,
        step=pilots.endorse_summary,
        act=gettext_lazy("Endorse the summary"),
        done=gettext_lazy("The summary has been endorsed. It now lies with the ministry."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_summary(request: SignedInRequest, code: str) -> HttpResponse:
    return _step(
        request,
        code,
        can=permissions.can_accept_summary,
        awaited=SummaryStatus.ENDORSED,
        step=pilots.accept_summary,
        act=gettext_lazy("Accept the summary"),
        done=gettext_lazy("The summary has been accepted."),
    )


def _step(
    request: SignedInRequest,
    code: str,
    *,
    can: Callable[[User, Pilot], bool],
    awaited: SummaryStatus,
    step: Step,
    act: Promise,
    done: Promise,
) -> HttpResponse:
    """The summary is read on the page that moves it on."""
    pilot = permissions.pilot_for(request.user, code, can=can)
    summary: Summary | None = getattr(pilot, "summary", None)
    if not summary or summary.status != awaited:
        messages.error(request, Refusal.SUMMARY_STATE.label)
        return redirect(pilot)
    if request.method == "POST":
        try:
            step(pilot_id=pilot.pk, by=request.user, at=request.received_at)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(done))
        return redirect(pilot)
    context = {"pilot": pilot, "summary": summary, "parts": parts_of(summary), "act": act}
    return render(request, "applications/summary_step.html", context)
