"""What the chosen cities hand in: late is taken and shown, empty is refused, two hands never overwrite each other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.enums import DeadlineKind, PlanStatus, Refusal, SummaryStatus
from applications.models import IndicatorActual, Pilot, Plan, Progress, Summary
from applications.rules import Refused
from applications.services import closing, pilots, rounds
from pilotportal.audit.models import Event
from tests import factories
from tests.factories import HEBEI, PLAN_DEADLINE, SELECTED_AT, SUMMARY_DEADLINE
from tests.threads import together

pytestmark = pytest.mark.django_db
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
def pilot():
    return factories.pilot(factories.opened_round())


@pytest.fixture
def city(pilot):
    return factories.city_official(pilot.nomination.city_id)


def file_plan(plan, *, number="冀人社备〔2025〕3号", at=SELECTED_AT + DAY):
    return pilots.file_plan(plan_id=plan.pk, filing_number=number, by=factories.handler(HEBEI), at=at)


def submit(pilot, by, *, at=SUMMARY_DEADLINE - DAY, **seen):
    return pilots.submit_summary(pilot_id=pilot.pk, by=by, at=at, **seen)


def report(pilot, by, *, year=2025, actuals=None, at=SELECTED_AT):
    return pilots.report_progress(pilot_id=pilot.pk, year=year, work="工作", problems="", actuals=actuals or {}, by=by, at=at)


# -- the plan ------------------------------------------------------------------------------------------------------------------


def test_a_promise_of_the_nomination_is_the_same_row_in_the_pilot(pilot):
    promised = pilot.nomination.content["indicators"]
    assert [(row.key, row.name, str(row.target)) for row in pilot.indicators.all()] == [
        (row["key"], row["name"], row["target"]) for row in promised
    ]


def test_the_life_of_a_plan(pilot, city):
    plan = factories.issued_plan(pilot, by=city)
    assert (plan.status, plan.number, plan.revision) == (PlanStatus.ISSUED, 1, 1)
    assert file_plan(plan).status == PlanStatus.FILED
    second = factories.issued_plan(pilot, by=city, at=PLAN_DEADLINE + DAY)
    assert second.number == 2
    pilot = Pilot.objects.get()
    assert pilot.plan == second
    assert pilot.plan_handed_in_at == SELECTED_AT  # a revision does not make the plan late


@pytest.mark.parametrize(("at", "late"), [(PLAN_DEADLINE - MICROSECOND, False), (PLAN_DEADLINE, True), (PLAN_DEADLINE + 80 * DAY, True)])
def test_a_late_plan_is_taken_and_marked(pilot, city, at, late):
    factories.issued_plan(pilot, by=city, at=at)
    assert Event.objects.get(kind="plan.issued").data["late"] is late
    assert Pilot.objects.get().plan_handed_in_at == at


def test_filing_is_not_what_makes_a_plan_late(pilot, city):
    plan = factories.issued_plan(pilot, by=city, at=PLAN_DEADLINE - MICROSECOND)
    file_plan(plan, at=PLAN_DEADLINE + 30 * DAY)
    assert Pilot.objects.get().plan_handed_in_at < PLAN_DEADLINE


def test_a_plan_of_an_amended_deadline_is_in_time(pilot, city):
    rounds.amend_deadline(
        deadline_id=pilot.round.deadlines.get(kind=DeadlineKind.PLAN).pk,
        province=None,
        instant=PLAN_DEADLINE + 90 * DAY,
        reason="名单公布推迟",
        document_number="人社厅函〔2025〕120号",
        by=factories.staff(),
        at=SELECTED_AT,
    )
    factories.issued_plan(pilot, by=city, at=PLAN_DEADLINE + 80 * DAY)
    assert Event.objects.get(kind="plan.issued").data["late"] is False


def test_a_plan_is_issued_once_and_filed_once(pilot, city):
    plan = factories.issued_plan(pilot, by=city)
    with pytest.raises(Refused) as refused:
        pilots.issue_plan(plan_id=plan.pk, document_number="2号", file=plan.file, by=city, at=SELECTED_AT)
    assert refused.value.refusal == Refusal.PLAN_STATE
    file_plan(plan)
    with pytest.raises(Refused) as refused:
        file_plan(plan, number="另一号")
    assert refused.value.refusal == Refusal.PLAN_STATE
    assert Plan.objects.get().filing_number == "冀人社备〔2025〕3号"


def test_a_draft_cannot_be_filed(pilot, city):
    with pytest.raises(Refused) as refused:
        file_plan(factories.drafted_plan(pilot, by=city))
    assert refused.value.refusal == Refusal.PLAN_STATE


def test_numbers_that_are_only_spaces_are_refused_by_the_rule_and_empty_ones_by_the_database(pilot, city):
    plan = factories.drafted_plan(pilot, by=city)
    file = factories.stored_pdf("plan")
    with pytest.raises(Refused) as refused:
        pilots.issue_plan(plan_id=plan.pk, document_number=" ", file=file, by=city, at=SELECTED_AT)
    assert refused.value.refusal == Refusal.NO_NUMBER
    with pytest.raises(IntegrityError, match="plan_issued_has_its_document"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.ISSUED, issued_at=SELECTED_AT, file=file)
    issued = pilots.issue_plan(plan_id=plan.pk, document_number="1号", file=file, by=city, at=SELECTED_AT)
    with pytest.raises(Refused) as refused:
        file_plan(issued, number="　")
    assert refused.value.refusal == Refusal.NO_NUMBER
    with pytest.raises(IntegrityError, match="plan_filed_has_its_number"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.FILED, filed_at=SELECTED_AT, filed_by=city)


def test_an_issued_plan_is_frozen_by_the_database(pilot, city):
    plan = factories.issued_plan(pilot, by=city)
    for change in ({"title": "另一个"}, {"issued_at": SELECTED_AT - DAY}, {"document_number": "9号"}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(**change)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).delete()


def test_two_editors_of_a_plan_never_overwrite_each_other(pilot, city):
    save = {"pilot_id": pilot.pk, "outline": "任务", "at": SELECTED_AT}
    first = pilots.save_plan(title="甲", seen=(0, 0), by=city, **save)
    with pytest.raises(Refused) as refused:
        pilots.save_plan(title="乙", seen=(0, 0), by=factories.city_official(), **save)
    assert refused.value.refusal == Refusal.STALE
    assert Plan.objects.get().title == "甲"
    assert pilots.save_plan(title="丙", seen=pilots.state_of(first), by=city, **save).revision == 2


def test_what_changed_since_the_page_was_opened_is_not_handed_in(pilot, city):
    plan = factories.drafted_plan(pilot, by=city)
    seen = pilots.state_of(plan)
    pilots.save_plan(pilot_id=pilot.pk, title="改动后", outline="任务", by=city, at=SELECTED_AT)
    with pytest.raises(Refused) as refused:
        pilots.issue_plan(plan_id=plan.pk, document_number="1号", file=factories.stored_pdf(), seen=seen, by=city, at=SELECTED_AT)
    assert refused.value.refusal == Refusal.STALE
    assert Plan.objects.get().status == PlanStatus.DRAFT


def test_a_plan_that_arrived_in_time_but_after_the_sealing_is_told_so(pilot, city):
    plan = factories.drafted_plan(pilot, by=city)
    closing.close_due(at=PLAN_DEADLINE + DAY)
    arguments = {"plan_id": plan.pk, "document_number": "1号", "file": factories.stored_pdf(), "by": city}
    with pytest.raises(Refused) as refused:
        pilots.issue_plan(at=PLAN_DEADLINE - MICROSECOND, **arguments)
    assert refused.value.refusal == Refusal.SEALED
    assert pilots.issue_plan(at=PLAN_DEADLINE + DAY, **arguments).status == PlanStatus.ISSUED


@pytest.mark.django_db(transaction=True)
def test_a_plan_saved_and_handed_in_at_once_is_handed_in_as_it_was_seen(pilot, city):
    plan, file = factories.drafted_plan(pilot, by=city), factories.stored_pdf()
    seen = pilots.state_of(plan)
    issued, saved = together(
        lambda: pilots.issue_plan(plan_id=plan.pk, document_number="1号", file=file, seen=seen, by=city, at=SELECTED_AT),
        lambda: pilots.save_plan(pilot_id=pilot.pk, title="别人", outline="别的", seen=seen, by=city, at=SELECTED_AT),
    )
    first = Plan.objects.get(number=1)
    if isinstance(issued, Refused):
        assert (issued.refusal, first.title, first.status) == (Refusal.STALE, "别人", PlanStatus.DRAFT)
    else:
        assert (first.title, first.status) == ("实施方案", PlanStatus.ISSUED)
    assert isinstance(saved, Plan | Refused)


@pytest.mark.django_db(transaction=True)
def test_a_plan_filed_twice_at_once_is_filed_once(pilot, city):
    plan, province = factories.issued_plan(pilot, by=city), factories.handler(HEBEI)
    results = together(
        *[
            lambda number=number: pilots.file_plan(plan_id=plan.pk, filing_number=number, by=province, at=SELECTED_AT)
            for number in ("1号", "2号")
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["Plan", "Refused"]
    assert Event.objects.filter(kind="plan.filed").count() == 1


# -- progress ------------------------------------------------------------------------------------------------------------------


def test_progress_is_reported_once_a_year_with_its_figures(pilot, city):
    indicator = pilot.indicators.get()
    report(pilot, city, actuals={indicator.pk: Decimal("1200.50")})
    assert IndicatorActual.objects.get().value == Decimal("1200.50")
    with pytest.raises(Refused) as refused:
        report(pilot, city)
    assert refused.value.refusal == Refusal.REPORTED
    assert "2025" in str(refused.value)
    assert Progress.objects.count() == 1


def test_figures_of_another_pilot_are_not_taken(pilot, city):
    other = factories.pilot(pilot.round, city="140100")
    report(pilot, city, actuals={other.indicators.get().pk: Decimal(1)})
    assert not IndicatorActual.objects.exists()


@pytest.mark.parametrize("year", [2024, 2026])
def test_progress_of_a_year_outside_the_pilot_is_refused(pilot, city, year):
    with pytest.raises(Refused) as refused:
        report(pilot, city, year=year)
    assert refused.value.refusal == Refusal.NOT_A_YEAR_OF_THE_PILOT
    assert report(pilot, city).year == 2025


@pytest.mark.django_db(transaction=True)
def test_two_reports_of_a_year_at_once_make_one(pilot, city):
    results = together(*[lambda: report(pilot, city)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Progress", "Refused"]


# -- the summary ---------------------------------------------------------------------------------------------------------------


def test_the_life_of_a_summary(pilot, city):
    factories.drafted_summary(pilot, by=city)
    assert submit(pilot, city).status == SummaryStatus.SUBMITTED
    by = {"pilot_id": pilot.pk, "at": SUMMARY_DEADLINE}
    assert pilots.endorse_summary(by=factories.approver(HEBEI), **by).status == SummaryStatus.ENDORSED
    summary = pilots.accept_summary(by=factories.staff(), **by)
    assert (summary.status, summary.accepted_at) == (SummaryStatus.ACCEPTED, SUMMARY_DEADLINE)


@pytest.mark.parametrize("part", Summary.PARTS)
@pytest.mark.parametrize("nothing", ["", " \n"])
def test_an_empty_part_is_refused_by_the_rule_and_by_the_database(pilot, city, part, nothing):
    factories.drafted_summary(pilot, by=city, **{part: nothing})
    with pytest.raises(Refused) as refused:
        submit(pilot, city)
    assert refused.value.refusal == Refusal.EMPTY_PART
    with pytest.raises(IntegrityError, match="summary_submitted_has_four_parts"), transaction.atomic():
        Summary.objects.update(status=SummaryStatus.SUBMITTED, submitted_at=SUMMARY_DEADLINE, submitted_by=city)


@pytest.mark.parametrize(("at", "late"), [(SUMMARY_DEADLINE - MICROSECOND, False), (SUMMARY_DEADLINE, True)])
def test_a_late_summary_is_taken_and_marked(pilot, city, at, late):
    factories.drafted_summary(pilot, by=city)
    submit(pilot, city, at=at)
    assert Event.objects.get(kind="summary.submitted").data["late"] is late
    assert Pilot.objects.get().summary_handed_in_at == at


def test_the_steps_of_a_summary_come_in_order(pilot, city):
    by = {"pilot_id": pilot.pk, "by": factories.approver(HEBEI), "at": SUMMARY_DEADLINE}
    for step in (pilots.submit_summary, pilots.endorse_summary, pilots.accept_summary):
        with pytest.raises(Refused) as refused:
            step(**by)
        assert refused.value.refusal == Refusal.SUMMARY_STATE
    factories.drafted_summary(pilot, by=city)
    submit(pilot, city)
    with pytest.raises(Refused):
        pilots.accept_summary(**by)
    with pytest.raises(IntegrityError, match="summary_endorsed_by_somebody"), transaction.atomic():
        Summary.objects.update(status=SummaryStatus.ENDORSED)
    assert pilots.endorse_summary(**by).status == SummaryStatus.ENDORSED


def test_a_submitted_summary_cannot_be_edited(pilot, city):
    factories.drafted_summary(pilot, by=city)
    summary = submit(pilot, city)
    parts = dict.fromkeys(Summary.PARTS, "改动")
    with pytest.raises(Refused) as refused:
        pilots.save_summary(pilot_id=pilot.pk, parts=parts, revision=summary.revision, by=city, at=SUMMARY_DEADLINE)
    assert refused.value.refusal == Refusal.SUMMARY_STATE


def test_two_editors_of_a_summary_never_overwrite_each_other(pilot, city):
    factories.drafted_summary(pilot, by=city)
    with pytest.raises(Refused) as refused:
        factories.drafted_summary(pilot, by=factories.city_official(), overview="另一个")
    assert refused.value.refusal == Refusal.STALE
    with pytest.raises(Refused) as refused:
        submit(pilot, city, revision=0)
    assert refused.value.refusal == Refusal.STALE
    assert submit(pilot, city, revision=1).overview == "总体情况。"


@pytest.mark.django_db(transaction=True)
def test_a_summary_saved_and_submitted_at_once_is_submitted_as_it_was_seen(pilot, city):
    factories.drafted_summary(pilot, by=city)
    parts = dict.fromkeys(Summary.PARTS, "别的")
    submitted, saved = together(
        lambda: submit(pilot, city, revision=1),
        lambda: pilots.save_summary(pilot_id=pilot.pk, parts=parts, revision=1, by=city, at=SUMMARY_DEADLINE - DAY),
    )
    summary = Summary.objects.get()
    if isinstance(submitted, Refused):
        assert (summary.status, summary.overview) == (SummaryStatus.DRAFT, "别的")
    else:
        assert isinstance(saved, Refused)
        assert (summary.status, summary.overview) == (SummaryStatus.SUBMITTED, "总体情况。")
