"""What the chosen cities file: plans, progress, summaries. Late ones are taken and shown as late."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import rules
from applications.enums import Act, DeadlineKind, PlanStatus, Refusal, SummaryStatus
from applications.models import Indicator, IndicatorActual, Pilot, Plan, Progress, Summary
from applications.rules import PLAN_TRANSITIONS, SUMMARY_TRANSITIONS, Refused
from applications.services import closing, receipts
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.files.models import StoredFile


@transaction.atomic
def save_plan(*, pilot_id: int, title: str, outline: str, seen: tuple[int, int] | None = None, by: User, at: datetime) -> Plan:
    """Save the draft of the plan; after one was issued this begins the next version.

    `seen` is the number and the revision of the newest version that the person had before them, (0, 0) where there was none.
    Raises Refused where somebody else saved or handed in meanwhile.
    """
    pilot = _locked(pilot_id)
    last = pilot.plans.order_by("number").last()
    if seen is not None and seen != state_of(last):
        raise Refused(Refusal.STALE)
    plan = last if last and last.status == PlanStatus.DRAFT else Plan(pilot=pilot, number=last.number + 1 if last else 1)
    plan.title, plan.outline, plan.revision = title, outline, plan.revision + 1
    plan.save()
    _record("plan.saved", plan, pilot, by=by, at=at, number=plan.number, revision=plan.revision)
    return plan


def state_of(plan: Plan | None) -> tuple[int, int]:
    """What a page remembers of the newest version, so that nobody overwrites or hands in what they have not seen."""
    return (plan.number, plan.revision) if plan else (0, 0)


@transaction.atomic
def issue_plan(
    *, plan_id: int, document_number: str, file: StoredFile, seen: tuple[int, int] | None = None, by: User, at: datetime
) -> Plan:
    """Hand in the plan that the city has issued under its document number; after the deadline too, then it is late. Raises Refused."""
    plan = _locked_plan(plan_id, PlanStatus.ISSUED)
    _refuse_without(document_number)
    if seen is not None and seen != state_of(plan):
        raise Refused(Refusal.STALE)
    _refuse_if_sealed(plan.pilot, DeadlineKind.PLAN, at=at)
    plan.status, plan.document_number, plan.file, plan.issued_at, plan.issued_by = PlanStatus.ISSUED, document_number, file, at, by
    plan.save(update_fields=["status", "document_number", "file", "issued_at", "issued_by"])
    late = rules.is_late(done_at=at, closes_at=plan.pilot.closes_at(DeadlineKind.PLAN))
    _record("plan.issued", plan, plan.pilot, by=by, at=at, document_number=document_number, file=file.digest, late=late)
    facts = {_("Document number"): document_number}
    receipts.of_pilot(plan.pilot, act=Act.PLAN_ISSUED, digest=file.digest, facts=facts, by=by, at=at)
    return plan


@transaction.atomic
def file_plan(*, plan_id: int, filing_number: str, by: User, at: datetime) -> Plan:
    """备案 by the province: a fact with a number, not an approval. Raises Refused."""
    plan = _locked_plan(plan_id, PlanStatus.FILED)
    _refuse_without(filing_number)
    plan.status, plan.filing_number, plan.filed_at, plan.filed_by = PlanStatus.FILED, filing_number, at, by
    plan.save(update_fields=["status", "filing_number", "filed_at", "filed_by"])
    _record("plan.filed", plan, plan.pilot, by=by, at=at, filing_number=filing_number)
    facts = {_("Filing number"): filing_number}
    receipts.of_pilot(plan.pilot, act=Act.PLAN_FILED, digest=plan.file.digest if plan.file else "", facts=facts, by=by, at=at)
    return plan


@transaction.atomic
def report_progress(
    *, pilot_id: int, year: int, work: str, problems: str, actuals: Mapping[int, Decimal], by: User, at: datetime
) -> Progress:
    """The yearly report with the actual value of each indicator (by primary key). Raises Refused for a year already reported."""
    pilot = _locked(pilot_id)
    years = years_to_report(pilot, at=at)
    if year not in years:
        raise Refused(Refusal.NOT_A_YEAR_OF_THE_PILOT, first=years[0], last=years[-1])
    if pilot.progress.filter(year=year).exists():
        raise Refused(Refusal.REPORTED, year=year)
    progress = Progress.objects.create(pilot=pilot, year=year, work=work, problems=problems, reported_by=by, reported_at=at)
    indicators = Indicator.objects.filter(pilot=pilot, pk__in=actuals)
    IndicatorActual.objects.bulk_create(
        IndicatorActual(indicator=indicator, year=year, value=actuals[indicator.pk], reported_by=by, reported_at=at)
        for indicator in indicators
    )
    _record("progress.reported", progress, pilot, by=by, at=at, year=year, actuals={one.key: str(actuals[one.pk]) for one in indicators})
    return progress


def years_to_report(pilot: Pilot, *, at: datetime) -> range:
    return rules.years_to_report(selected_at=pilot.selected_at, summary_closes_at=pilot.closes_at(DeadlineKind.SUMMARY), at=at)


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
    _record("summary.saved", summary, pilot, by=by, at=at, revision=summary.revision)
    return summary


@transaction.atomic
def submit_summary(*, pilot_id: int, revision: int | None = None, by: User, at: datetime) -> Summary:
    """Hand in the summary with its four parts, as they stood at the `revision` that the person saw. Raises Refused."""
    summary = _locked_summary(pilot_id, SummaryStatus.SUBMITTED)
    if revision is not None and summary.revision != revision:
        raise Refused(Refusal.STALE)
    if not all(getattr(summary, part).strip() for part in Summary.PARTS):
        raise Refused(Refusal.EMPTY_PART)
    _refuse_if_sealed(summary.pilot, DeadlineKind.SUMMARY, at=at)
    late = rules.is_late(done_at=at, closes_at=summary.pilot.closes_at(DeadlineKind.SUMMARY))
    _give_receipt(summary, Act.SUMMARY_SUBMITTED, by=by, at=at)
    return _advance(summary, SummaryStatus.SUBMITTED, by=by, at=at, late=late)


@transaction.atomic
def endorse_summary(*, pilot_id: int, by: User, at: datetime) -> Summary:
    summary = _locked_summary(pilot_id, SummaryStatus.ENDORSED)
    _give_receipt(summary, Act.SUMMARY_ENDORSED, by=by, at=at)
    return _advance(summary, SummaryStatus.ENDORSED, by=by, at=at)


@transaction.atomic
def accept_summary(*, pilot_id: int, by: User, at: datetime) -> Summary:
    return _advance(_locked_summary(pilot_id, SummaryStatus.ACCEPTED), SummaryStatus.ACCEPTED, by=by, at=at)


def _advance(summary: Summary, status: SummaryStatus, *, by: User, at: datetime, **data: object) -> Summary:
    summary.status = status
    setattr(summary, f"{status}_at", at)
    setattr(summary, f"{status}_by", by)
    summary.save(update_fields=["status", f"{status}_at", f"{status}_by"])
    _record(f"summary.{status}", summary, summary.pilot, by=by, at=at, **data)
    return summary


def _give_receipt(summary: Summary, act: Act, *, by: User, at: datetime) -> None:
    digest = digest_of({part: getattr(summary, part) for part in Summary.PARTS})
    receipts.of_pilot(summary.pilot, act=act, digest=digest, by=by, at=at)


def _locked(pilot_id: int) -> Pilot:
    """Everything about a pilot is written under the lock of its row, and read after it was had."""
    return Pilot.objects.select_for_update(of=("self",)).select_related("nomination__round", "nomination__city__province").get(pk=pilot_id)


def _refuse_without(number: str) -> None:
    if not number.strip():
        raise Refused(Refusal.NO_NUMBER)


def _refuse_if_sealed(pilot: Pilot, kind: DeadlineKind, *, at: datetime) -> None:
    nomination = pilot.nomination
    closing.refuse_if_sealed(round_id=nomination.round_id, kind=kind, province_id=nomination.province_id, at=at)


def _locked_plan(plan_id: int, wanted: PlanStatus) -> Plan:
    pilot = _locked(Plan.objects.values_list("pilot_id", flat=True).get(pk=plan_id))
    plan = pilot.plans.get(pk=plan_id)
    if wanted not in PLAN_TRANSITIONS[plan.status]:
        raise Refused(Refusal.PLAN_STATE)
    return plan


def _locked_summary(pilot_id: int, wanted: SummaryStatus) -> Summary:
    pilot = _locked(pilot_id)
    summary = Summary.objects.filter(pilot=pilot).first()
    if not summary or wanted not in SUMMARY_TRANSITIONS[summary.status]:
        raise Refused(Refusal.SUMMARY_STATE)
    summary.pilot = pilot
    return summary


def _record(kind: str, target: Plan | Progress | Summary, pilot: Pilot, *, by: User, at: datetime, **data: object) -> None:
    audit.record(kind, at=at, by=by, target=target, round_code=pilot.nomination.round.code, pilot=pilot.code, **data)
