"""The days of a pilot city after the selection, with its province and the ministry: plan, filing, progress, summary."""

from datetime import timedelta

import pytest

from applications.enums import PlanStatus, SummaryStatus
from applications.models import Pilot, Summary
from tests import factories
from tests.factories import SELECTED_AT, SUMMARY_DEADLINE
from tests.files import hostile
from tests.journeys.days.conftest import Arrive
from tests.journeys.days.person import on
from tests.review import factories as review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def pilot(transactional_db: None) -> Pilot:
    review.decided(review.small_round(planned_places=1), cities=[factories.TANGSHAN], n=3)
    return Pilot.objects.get()


def test_the_city_issues_its_plan_and_the_province_files_it(arrive: Arrive, pilot: Pilot) -> None:
    on(SELECTED_AT)
    city = arrive(factories.city_official())
    city.follow("Issue and hand in the implementation plan")
    city.follow("Write the plan")
    city.press("Save")
    city.is_told_what_is_missing("title", "outline")
    city.enter("Title", "唐山市试点实施方案")
    city.enter("Main tasks and schedule", "一、任务。二、进度。")
    city.press("Save")
    city.follow("Hand in the issued plan")
    city.press("Hand in")
    city.is_told_what_is_missing("document_number", "file")
    city.enter("Document number", "唐政发〔2025〕1号")
    city.bring(name="实施方案.pdf", content=hostile.pdf(), kind="application/pdf")
    city.press("Hand in")
    city.read("The plan has been handed in. Your province files it next.")
    province = arrive(factories.handler())
    province.follow("File the implementation plan of %(city)s", city=pilot)
    province.follow("File the plan")
    province.press("File the plan")
    province.is_told_what_is_missing("filing_number")
    province.enter("Filing number", "冀人社备〔2025〕1号")
    province.press("File the plan")
    province.read("The plan has been filed.")
    assert pilot.plans.get().status == PlanStatus.FILED


def test_progress_is_reported_and_the_summary_goes_up_to_the_ministry(arrive: Arrive, pilot: Pilot) -> None:
    factories.issued_plan(pilot)
    on(SUMMARY_DEADLINE - timedelta(days=30))
    city = arrive(factories.city_official())
    city.go("Pilots")
    city.follow(pilot.nomination.city.name)
    city.follow("Report progress")
    city.press("Report progress")
    city.is_told_what_is_missing("work")
    city.enter("Work done", "建成公共服务平台。")
    city.press("Report progress")
    city.read("The progress has been reported.")
    city.go("Due from me")
    city.follow("Sum up the pilot")
    city.follow("Write the summary")
    for part in Summary.PARTS:
        city.fill(part, "试点按计划完成。")
    city.press("Save, then check and hand in")
    city.press("Hand in")
    city.read("The summary has been handed in. Your province endorses it next.")
    approver = arrive(factories.approver())
    approver.follow("Endorse the summary of %(city)s", city=pilot)
    approver.follow("Read and endorse")
    approver.press("Endorse the summary")
    approver.read("The summary has been endorsed. It now lies with the ministry.")
    staff = arrive(factories.staff())
    staff.follow("%(count)s summary to accept", plural="%(count)s summaries to accept", count=1)
    staff.follow(pilot.nomination.city.name)
    staff.follow("Read and accept")
    staff.press("Accept the summary")
    staff.read("The summary has been accepted.")
    assert Pilot.objects.get().summary.status == SummaryStatus.ACCEPTED
    assert pilot.progress.count() == 1
