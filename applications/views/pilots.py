"""The pilots as their cities, their provinces and the ministries see them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions, queries
from applications.enums import DeadlineKind, PlanStatus, Refusal, Standing, SummaryStatus
from applications.forms.pilots import FilingForm, IssueForm, PlanForm, as_pair
from applications.models import Indicator, Pilot, Plan, Summary
from applications.rules import Refused
from applications.services import pilots
from applications.views import acts
from applications.views.reports import parts_of
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.audit import services as audit
from pilotportal.files import services as files
from pilotportal.files.responses import download
from pilotportal.moments import instant, until

PAGE = 50


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_read_pilots(request.user):
        raise PermissionDenied
    page = Paginator(queries.pilots_visible_to(request.user).order_by("-nomination__round__code", "nomination__city_id"), PAGE).get_page(
        request.GET.get("page")
    )
    lines = [
        {
            "pilot": pilot,
            "plan": pilot.standing(DeadlineKind.PLAN, at=request.received_at),
            "summary": pilot.standing(DeadlineKind.SUMMARY, at=request.received_at),
            "years": [report.year for report in pilot.progress.all()],
        }
        for pilot in page
    ]
    return render(request, "applications/pilot_list.html", {"page": page, "lines": lines})


@login_required
@require_safe
def show(request: SignedInRequest, code: str) -> HttpResponse:
    pilot = permissions.pilot_for(request.user, code)
    years = sorted({actual.year for indicator in pilot.indicators.all() for actual in indicator.actuals.all()})
    context = {
        "pilot": pilot,
        "years": years,
        "indicators": [{"indicator": each, "actuals": _actuals(each, years)} for each in pilot.indicators.all()],
        "plan_standing": pilot.standing(DeadlineKind.PLAN, at=request.received_at),
        "plan_closes_at": pilot.closes_at(DeadlineKind.PLAN),
        "summary_standing": pilot.standing(DeadlineKind.SUMMARY, at=request.received_at),
        "summary_closes_at": pilot.closes_at(DeadlineKind.SUMMARY),
        "summary_steps": _summary_steps(pilot),
        "summary_parts": parts_of(summary) if (summary := getattr(pilot, "summary", None)) else [],
        "may": _acts(request, pilot),
    }
    return render(request, "applications/pilot_detail.html", context)


def _actuals(indicator: Indicator, years: list[int]) -> list[dict[str, Any]]:
    """The last figure of each year; a correction is a further row."""
    last = {actual.year: actual.value for actual in sorted(indicator.actuals.all(), key=lambda actual: actual.pk)}
    return [{"year": year, "value": last.get(year)} for year in years]


def _summary_steps(pilot: Pilot) -> list[dict[str, str]]:
    """Where the summary stands on its way: written, handed in, endorsed, accepted."""
    summary: Summary | None = getattr(pilot, "summary", None)
    at = {status: getattr(summary, f"{status}_at", None) for status in SummaryStatus}
    done = list(SummaryStatus).index(SummaryStatus(summary.status)) + 1 if summary and summary.status != SummaryStatus.DRAFT else 0
    return [
        {
            "label": str(status.label),
            "state": "done" if place < done else "current" if place == done else "todo",
            "date": instant(moment) if place < done and (moment := at[status]) else "",
        }
        for place, status in enumerate(SummaryStatus)
    ]


def _acts(request: SignedInRequest, pilot: Pilot) -> dict[str, bool]:
    """What this person may do now; the services ask the same."""
    user, plan, summary = request.user, pilot.plan, getattr(pilot, "summary", None)
    writes = permissions.can_write_pilot(user, pilot)
    state = summary.status if summary else SummaryStatus.DRAFT
    reported = {report.year for report in pilot.progress.all()}
    return {
        "edit_plan": writes,
        "issue_plan": bool(writes and plan and plan.status == PlanStatus.DRAFT),
        "file_plan": bool(permissions.can_file_plan(user, pilot) and plan and plan.status == PlanStatus.ISSUED),
        "report": writes and bool(set(pilots.years_to_report(pilot, at=request.received_at)) - reported),
        "edit_summary": writes and state == SummaryStatus.DRAFT,
        "submit_summary": bool(writes and summary and state == SummaryStatus.DRAFT),
        "endorse_summary": permissions.can_endorse_summary(user, pilot) and state == SummaryStatus.SUBMITTED,
        "accept_summary": permissions.can_accept_summary(user, pilot) and state == SummaryStatus.ENDORSED,
    }


# -- the plan ------------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_plan(request: SignedInRequest, code: str) -> HttpResponse:
    """The draft; after a version was issued, the beginning of the next one with its text."""
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_write_pilot)
    form = PlanForm(acts.posted(request), plan=pilot.plan, seen=pilots.state_of(pilot.plan))
    theirs: Plan | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _save_plan(request, pilot, form)
        except Refused as refused:
            theirs = Plan.objects.filter(pilot=pilot).order_by("number").last()
            form.add_error(None, str(refused))
            form.see_anew(pilots.state_of(theirs))
        else:
            messages.success(request, _("The plan has been saved. It is handed in with the issued document."))
            return redirect(pilot)
    context = {"pilot": pilot, "form": form, "next_version": _next_version(pilot), "theirs": theirs}
    return acts.answer(request, "applications/plan_edit.html", context, refused=form.is_bound)


def _save_plan(request: SignedInRequest, pilot: Pilot, form: PlanForm) -> Plan:
    entered = form.cleaned_data
    return pilots.save_plan(
        pilot_id=pilot.pk,
        title=entered["title"],
        outline=entered["outline"],
        seen=as_pair(entered["seen"]),
        by=request.user,
        at=request.received_at,
    )


def _next_version(pilot: Pilot) -> int:
    """The number of a version that saving would begin; 0 where it changes the present draft."""
    plan = pilot.plan
    if plan and plan.status == PlanStatus.DRAFT:
        return 0
    return plan.number + 1 if plan else 1


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue_plan(request: SignedInRequest, code: str) -> HttpResponse:
    """Handing in, also after the deadline: then the page says before that it will be late."""
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_write_pilot)
    plan = pilot.plan
    if not plan or plan.status != PlanStatus.DRAFT:
        messages.error(request, Refusal.PLAN_STATE.label)
        return redirect(pilot)
    form = IssueForm(acts.posted(request), request.FILES or None, holder=request.user.pk, seen=pilots.state_of(plan))
    if request.method == "POST" and _issued(request, plan, form):
        messages.success(request, _("The plan has been handed in. Your province files it next."))
        return redirect(pilot)
    context = {"pilot": pilot, "plan": plan, "form": form, "late_since": _late_since(pilot, DeadlineKind.PLAN, request)}
    return acts.answer(request, "applications/plan_issue.html", context, refused=form.is_bound)


def _issued(request: SignedInRequest, plan: Plan, form: IssueForm) -> bool:
    entered_well = form.is_valid()
    file = form.kept_file
    if upload := form.cleaned_data.get("file"):
        try:
            file = files.store_upload(upload.read(), at=request.received_at)
        except files.Refused as refused:
            form.add_error("file", str(refused))
            return False
        form.keep(file)
    if not entered_well or file is None:
        return False
    entered = form.cleaned_data
    try:
        pilots.issue_plan(
            plan_id=plan.pk,
            document_number=entered["document_number"],
            file=file,
            seen=as_pair(entered["seen"]),
            by=request.user,
            at=request.received_at,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file_plan(request: SignedInRequest, code: str) -> HttpResponse:
    pilot = permissions.pilot_for(request.user, code, can=permissions.can_file_plan)
    plan = pilot.plan
    if not plan or plan.status != PlanStatus.ISSUED:
        messages.error(request, Refusal.PLAN_STATE.label)
        return redirect(pilot)
    form = FilingForm(acts.posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            pilots.file_plan(plan_id=plan.pk, filing_number=form.cleaned_data["filing_number"], by=request.user, at=request.received_at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The plan has been filed."))
            return redirect(pilot)
    return acts.answer(request, "applications/plan_file.html", {"pilot": pilot, "plan": plan, "form": form}, refused=form.is_bound)


@login_required
@require_safe
def document(request: SignedInRequest, code: str, number: int) -> FileResponse:
    """The issued document of one version; the reading is recorded."""
    pilot = permissions.pilot_for(request.user, code)
    plan = get_object_or_404(pilot.plans.select_related("file"), number=number)
    if not plan.file:
        raise Http404
    audit.record(
        "plan.downloaded", at=request.received_at, by=request.user, target=plan, round_code=pilot.round.code, file=plan.file.digest
    )
    name = _("%(city)s implementation plan, version %(number)s") % {"city": pilot, "number": plan.number}
    return download(plan.file, name=f"{name}{plan.file.suffix}")


def _late_since(pilot: Pilot, kind: DeadlineKind, request: SignedInRequest) -> str:
    """The deadline in words where what is handed in now would be late."""
    return until(pilot.closes_at(kind)) if pilot.standing(kind, at=request.received_at) == Standing.OVERDUE else ""
