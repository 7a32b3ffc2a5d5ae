"""What the chosen cities file: plans, progress, summaries. Late ones are taken and shown as late."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from applications.enums import PlanStatus, Refusal, SummaryStatus
from applications.models import Indicator, IndicatorActual, Pilot, Plan, Progress, Summary
from applications.rules import PLAN_TRANSITIONS, SUMMARY_TRANSITIONS, Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.files.models import StoredFile


@transaction.atomic
def save_plan(*, pilot_id: int, title: str, outline: str, by: User, at: datetime) -> Plan:
    """Save the draft of the plan; after one was issued this begins the next version."""
    pilot = _locked(pilot_id)
    last = pilot.plans.order_by("number").last()
    if last and last.status == PlanStatus.DRAFT:
        last.title, last.outline = title, outline
        last.save(update_fields=["title", "outline"])
        plan = last
    else:
        plan = Plan.objects.create(pilot=pilot, number=last.number + 1 if last else 1, title=title, outline=outline)
    _record("plan.saved", plan, pilot, by=by, at=at, number=plan.number)
    return plan


@transaction.atomic
def issue_plan(*, plan_id: int, document_number: str, file: StoredFile, by: User, at: datetime) -> Plan:
    """Hand in the plan that the city has issued under its document number. Raises Refused."""
    plan = _locked_plan(plan_id, PlanStatus.ISSUED)
    plan.status, plan.document_number, plan.file, plan.issued_at, plan.issued_by = PlanStatus.ISSUED, document_number, file, at, by
    plan.save(update_fields=["status", "document_number", "file", "issued_at", "issued_by"])
    _record("plan.issued", plan, plan.pilot, by=by, at=at, document_number=document_number, file=file.digest)
    return plan


@transaction.atomic
def file_plan(*, plan_id: int, filing_number: str, by: User, at: datetime) -> Plan:
    """备案 by the province: a fact with a number, not an approval. Raises Refused."""
    plan = _locked_plan(plan_id, PlanStatus.FILED)
    plan.status, plan.filing_number, plan.filed_at, plan.filed_by = PlanStatus.FILED, filing_number, at, by
    plan.save(update_fields=["status", "filing_number", "filed_at", "filed_by"])
    _record("plan.filed", plan, plan.pilot, by=by, at=at, filing_number=filing_number)
    return plan


@transaction.atomic
def report_progress(
    *, pilot_id: int, year: int, work: str, problems: str, actuals: Mapping[int, Decimal], by: User, at: datetime
) -> Progress:
    """The yearly report with the actual value of each indicator (by primary key). Raises Refused for a year already reported."""
    pilot = _locked(pilot_id)
    if pilot.progress.filter(year=year).exists():
        raise Refused(Refusal.REPORTED, year=year)
    progress = Progress.objects.create(pilot=pilot, year=year, work=work, problems=problems, reported_by=by, reported_at=at)
    indicators = Indicator.objects.filter(pilot=pilot, pk__in=actuals)
    IndicatorActual.objects.bulk_create(
        IndicatorActual(indicator=indicator, year=year, value=actuals[indicator.pk], reported_by=by, reported_at=at)
        for indicator in indicators
    )
    _record("progress.reported", progress, pilot, by=by, at=at, year=year)
    return progress


@transaction.atomic
def save_summary(*, pilot_id: int, parts: Mapping[str, str], revision: int, by: User, at: datetime) -> Summary:
    """Save the draft of the four parts. Raises Refused where it was handed in, or saved meanwhile by somebody else."""
    pilot = _locked(pilot_id)
    summary, _made = Summary.objects.get_or_create(pilot=pilot)
    if summary.status != SummaryStatus.DRAFT:
        raise Refused(Refusal.SUMMARY_STATE)
    if summary.revision != revision:
        raise Refused(Refusal.STALE)
    for part in Summary.PARTS:
        setattr(summary, part, parts[part])
    summary.revision += 1
    summary.save(update_fields=[*Summary.PARTS, "revision"])
    _record("summary.saved", summary, pilot, by=by, at=at)
    return summary


@transaction.atomic
def submit_summary(*, pilot_id: int, by: User, at: datetime) -> Summary:
    """Hand in the summary with its four parts. Raises Refused."""
    summary = _locked_summary(pilot_id, SummaryStatus.SUBMITTED)
    if not all(getattr(summary, part).strip() for part in Summary.PARTS):
        raise Refused(Refusal.EMPTY_PART)
    return _advance(summary, SummaryStatus.SUBMITTED, by=by, at=at)


@transaction.atomic
def endorse_summary(*, pilot_id: int, by: User, at: datetime) -> Summary:
    return _advance(_locked_summary(pilot_id, SummaryStatus.ENDORSED), SummaryStatus.ENDORSED, by=by, at=at)


@transaction.atomic
def accept_summary(*, pilot_id: int, by: User, at: datetime) -> Summary:
    return _advance(_locked_summary(pilot_id, SummaryStatus.ACCEPTED), SummaryStatus.ACCEPTED, by=by, at=at)


def _advance(summary: Summary, status: SummaryStatus, *, by: User, at: datetime) -> Summary:
    summary.status = status
    setattr(summary, f"{status}_at", at)
    setattr(summary, f"{status}_by", by)
    summary.save(update_fields=["status", f"{status}_at", f"{status}_by"])
    _record(f"summary.{status}", summary, summary.pilot, by=by, at=at)
    return summary


def _locked(pilot_id: int) -> Pilot:
    return Pilot.objects.select_for_update(of=("self",)).select_related("nomination__round").get(pk=pilot_id)


def _locked_plan(plan_id: int, wanted: PlanStatus) -> Plan:
    plan = Plan.objects.select_for_update(of=("self",)).select_related("pilot__nomination__round").get(pk=plan_id)
    if wanted not in PLAN_TRANSITIONS[plan.status]:
        raise Refused(Refusal.PLAN_STATE)
    return plan


def _locked_summary(pilot_id: int, wanted: SummaryStatus) -> Summary:
    summary = Summary.objects.select_for_update(of=("self",)).select_related("pilot__nomination__round").filter(pilot_id=pilot_id).first()
    if not summary or wanted not in SUMMARY_TRANSITIONS[summary.status]:
        raise Refused(Refusal.SUMMARY_STATE)
    return summary


def _record(kind: str, target: Plan | Progress | Summary, pilot: Pilot, *, by: User, at: datetime, **data: object) -> None:
    audit.record(kind, at=at, by=by, target=target, round_code=pilot.nomination.round.code, pilot=pilot.code, **data)
