"""The figures of a played round. The same seed gives the same figures, byte for byte."""

from typing import Any

from applications.enums import DeadlineKind, Refusal
from applications.models import Correction, Nomination, Pilot, Plan, Round, Summary
from applications.models.nominations import deadline_of
from applications.rules import NOMINATION_IN
from pilotportal.documents.pdf import demonstration_sentence
from pilotportal.rehearsal.play import Play
from pilotportal.rehearsal.stages.nominating import LATE
from review.enums import Outcome, Place, SheetStatus
from review.models import FormalCheck, Recusal, ScoreSheet, SelectionEntry
from review.rules import GIVEN_UP


def of(play: Play) -> dict[str, Any]:
    """Counts are of the database as it stands at the end; `selected` is in the order of the divisions."""
    inside = Nomination.objects.filter(round=play.round, status__in=NOMINATION_IN)
    checks = FormalCheck.objects.filter(nomination__round=play.round)
    sheets = ScoreSheet.objects.filter(nomination__round=play.round)
    plans = list(Plan.objects.filter(pilot__nomination__round=play.round, number=1))
    summaries = list(Summary.objects.filter(pilot__nomination__round=play.round))
    round = Round.objects.prefetch_related("deadlines__amendments").get(pk=play.round.pk)
    plan_deadline, summary_deadline = (deadline_of(round, kind, None) for kind in (DeadlineKind.PLAN, DeadlineKind.SUMMARY))
    return {
        "note": demonstration_sentence(),
        "seed": play.chance.seed,
        "units": play.size.units,
        "nominations_in": inside.count(),
        "refused_late": sum(attempt.name == LATE and attempt.came == Refusal.CLOSED for attempt in play.attempts),
        "returned": Correction.objects.filter(nomination__round=play.round).count(),
        "rejected": checks.filter(outcome=Outcome.REJECTED).count(),
        "seats": sheets.exclude(status__in=GIVEN_UP).count(),
        "recusals": Recusal.objects.filter(nomination__round=play.round).count(),
        "sheets": sheets.filter(status=SheetStatus.SUBMITTED).count(),
        "selected": _selected(play),
        "pilots": Pilot.objects.filter(nomination__round=play.round).count(),
        "plans_filed": sum(plan.filed_at is not None for plan in plans),
        "plans_late": sum(plan.issued_at is not None and plan.issued_at >= plan_deadline for plan in plans),
        "summaries": sum(summary.submitted_at is not None for summary in summaries),
        "summaries_late": sum(summary.submitted_at is not None and summary.submitted_at >= summary_deadline for summary in summaries),
    }


def _selected(play: Play) -> list[dict[str, str]]:
    chosen = SelectionEntry.objects.filter(selection__round=play.round, selection__status="decided", place=Place.CHOSEN)
    cities = chosen.order_by("nomination__city").values_list("nomination__city__code", "nomination__city__name", "nomination__city__region")
    return [{"code": code, "name": name, "region": region} for code, name, region in cities]
