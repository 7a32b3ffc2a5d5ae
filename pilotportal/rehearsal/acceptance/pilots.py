"""Of the pilots: plans, indicators, progress, summaries, and the record of everything."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications.enums import DeadlineKind, PlanStatus, Status, SummaryStatus
from applications.models import Closing, Deadline, Nomination, NominationVersion, Pilot
from pilotportal.audit.models import Event
from pilotportal.audit.queries import verify
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.acceptance.check import Check, all_of, same
from pilotportal.rehearsal.play import Play
from pilotportal.rehearsal.stages.piloting import REPORTS


def checks(play: Play) -> Iterator[Check]:
    pilots = list(
        Pilot.objects.filter(nomination__round=play.round)
        .select_related("nomination__city", "summary")
        .prefetch_related("plans", "progress", "indicators__actuals", "nomination__versions")
        .order_by("nomination__city")
    )
    yield from _pilots(play, pilots)
    yield from _deadlines(play, pilots)
    yield from _record(play)


def _pilots(play: Play, pilots: list[Pilot]) -> Iterator[Check]:
    selected = set(Nomination.objects.filter(round=play.round, status=Status.SELECTED).values_list("pk", flat=True))
    yield same(
        "pilots", _("The pilots are the cities that were decided"), found={p.nomination_id for p in pilots} == selected, expected=True
    )
    unfiled = [pilot for pilot in pilots if not any(plan.status == PlanStatus.FILED for plan in pilot.plans.all())]
    yield all_of("plans", _("Every pilot's plan has been filed"), wrong=unfiled, of=len(pilots))
    broken = [pilot for pilot in pilots if _promised(pilot) != _carried(pilot)]
    yield all_of("indicators", _("The indicators are those that were promised in the nomination"), wrong=broken, of=len(pilots))
    silent = [pilot for pilot in pilots if sorted(progress.year for progress in pilot.progress.all()) != list(REPORTS)]
    yield all_of("progress", _("Every pilot has reported on every year"), wrong=silent, of=len(pilots))
    unmeasured = [p for p in pilots if any({actual.year for actual in i.actuals.all()} != set(REPORTS) for i in p.indicators.all())]
    yield all_of("actuals", _("Every indicator has its actual value for every year"), wrong=unmeasured, of=len(pilots))
    open_summaries = [pilot for pilot in pilots if pilot.summary.status != SummaryStatus.ACCEPTED]
    yield all_of("summaries", _("Every summary has been endorsed and accepted"), wrong=open_summaries, of=len(pilots))


def _promised(pilot: Pilot) -> set[tuple[str, str]]:
    version: NominationVersion = max(pilot.nomination.versions.all(), key=lambda version: version.number)
    return {(row["key"], f"{float(row['target']):.2f}") for row in version.content.get("indicators", [])}


def _carried(pilot: Pilot) -> set[tuple[str, str]]:
    return {(indicator.key, f"{float(indicator.target):.2f}") for indicator in pilot.indicators.all()}


def _deadlines(play: Play, pilots: list[Pilot]) -> Iterator[Check]:
    deadline = Deadline.objects.prefetch_related("amendments").get(round=play.round, kind=DeadlineKind.PLAN)
    kept = deadline.original == moments.PLAN_ORIGINAL and deadline.closes_at(None) == moments.PLAN_DEADLINE
    yield Check(
        "amendment",
        _("The deadline for plans was moved, and the original one kept"),
        kept,
        f"{deadline.original} → {deadline.closes_at(None)}",
    )
    plans = {pilot.code: any(p.issued_at and p.issued_at < moments.PLAN_DEADLINE for p in pilot.plans.all()) for pilot in pilots}
    yield _sealed(play, "sealed_plans", _("The sealed list of plans is what was in"), DeadlineKind.PLAN, plans)
    summaries = {pilot.code: bool((at := pilot.summary.submitted_at) and at < moments.SUMMARY_DEADLINE) for pilot in pilots}
    yield _sealed(play, "sealed_summaries", _("The sealed list of summaries is what was in"), DeadlineKind.SUMMARY, summaries)


def _sealed(play: Play, name: str, title: str, kind: DeadlineKind, expected: dict[str, bool]) -> Check:
    closing = Closing.objects.get(round=play.round, kind=kind)
    found = {entry["pilot"]: entry["handed_in"] for entry in closing.entries}
    return Check(name, title, found == expected, f"{sum(found.values())}/{len(found)}")


def _record(play: Play) -> Iterator[Check]:
    verdict = verify()
    yield Check(
        "record", _("The sealed record verifies, from the first seal to the last"), verdict.ok, f"{verdict.events} / {verdict.seals}"
    )
    yield same("record_whole", _("No event is left unsealed"), found=verdict.unsealed, expected=0)
    handed_in = Event.objects.filter(kind="nomination.submitted", round_code=play.round.code).count()
    versions = NominationVersion.objects.filter(nomination__round=play.round).count()
    yield same("record_of_submissions", _("Every submission stands in the record once"), found=handed_in, expected=versions)
