"""The days of the ministry's staff, from the round to the list, and of those who look on: supervisor and partner ministry."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from applications.enums import Status
from applications.models import Nomination, Pilot, Round
from applications.services import nominations
from pilotportal.accounts.enums import Role
from review.enums import SelectionStatus
from review.models import AssignmentRun, Selection
from tests import factories
from tests.factories import OPENING, REVIEW_TIME, TAIYUAN, TANGSHAN
from tests.journeys.days.conftest import Arrive
from tests.journeys.days.person import on
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, PUBLIC_NUMBER, RANKED_AT, SCORED_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

TWO = [TANGSHAN, TAIYUAN]


def corrected(nomination: Nomination) -> None:
    """The province has answered what was named."""
    section = nomination.round.definition.section_of("gdp")
    values = {code: nomination.content.get(code) for code in section.codes} | {"gdp": "8900.50"}
    by, at = factories.handler(nomination.province_id), REVIEW_TIME + timedelta(hours=1)
    fresh = Nomination.objects.get(pk=nomination.pk)
    revision = fresh.revision_of(section.code)
    nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=revision, by=by, at=at)
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(nomination.province_id), at=at)


def test_a_round_is_prepared_and_opened_and_its_deadline_moved(arrive: Arrive) -> None:
    on(OPENING)
    staff = arrive(factories.staff())
    staff.go("Rounds")
    staff.follow("New round")
    staff.follow("The round of 2025 as it comes with the portal")
    staff.enter("Code", "2025/1")
    staff.press("Prepare the round")
    staff.is_told_what_is_missing("code")
    staff.enter("Code", "2025")
    staff.press("Prepare the round")
    staff.read("The round has been prepared. Check each rule and its basis before you open it.")
    staff.follow("Edit the rules")
    staff.enter("Planned number of cities", "40")
    staff.press("Save")
    staff.follow("Back to the round")
    staff.read("Before it can be opened")  # the regions have room for 39
    staff.follow("Edit the rules")
    staff.enter("Planned number of cities", "39")
    staff.press("Save")
    staff.follow("Back to the round")
    staff.follow("Open the round")
    staff.press("Open the round")
    staff.read("The round has been opened. Its rules are frozen; provinces can nominate.")
    staff.go("Rounds", "Deadlines")
    staff.follow("Move this deadline")
    staff.press("Move the deadline")
    staff.is_told_what_is_missing("instant", "reason", "document_number")
    staff.fill("instant", "2025-07-21")
    staff.enter("Reason", "部分地区防汛")
    staff.enter("Document number", "人社厅函〔2025〕88号")
    staff.press("Move the deadline")
    staff.read("The deadline has been moved. The original and the reason stay on record.")
    staff.read("部分地区防汛")
    made = Round.objects.get()
    assert made.is_opened
    assert made.deadlines.get(kind="nomination").amendments.get().document_number == "人社厅函〔2025〕88号"


def test_the_formal_review_returns_one_and_accepts_both(arrive: Arrive) -> None:
    on(REVIEW_TIME)
    round = review.small_round()
    first, _second = (review.submitted(round, city) for city in TWO)
    staff = arrive(review.staff_of(round))
    staff.follow("%(count)s nomination awaits the formal review", plural="%(count)s nominations await the formal review", count=2)
    staff.follow(first.city.name, exact=True)
    staff.follow("Return for correction")
    staff.press("Return for correction")
    staff.is_told_what_is_missing()
    staff.fill("closes_at", "2025-08-02")
    staff.page.locator("#id_note-gdp").fill("与统计公报不一致")
    staff.press("Return for correction")
    staff.read("%(city)s has been returned; only the entries with a note are open.", city=first)
    assert first.corrections.get().codes == {"gdp"}
    corrected(first)
    on(REVIEW_TIME + timedelta(hours=2))
    staff.go("Nominations", "Formal review")
    staff.follow(first.city.name, exact=True)
    staff.follow("What differs from version %(number)s, and the proof that nothing else does", number=1)
    staff.read("8,900.50")
    staff.go("Nominations", "Formal review")
    staff.follow("Accept %(count)s nomination …", plural="Accept %(count)s nominations …", count=2)
    staff.press("Accept those marked")
    staff.read("Nothing awaits the formal review")
    assert set(Nomination.objects.values_list("status", flat=True)) == {Status.ACCEPTED}


def test_the_panel_is_drawn_and_assigned(arrive: Arrive) -> None:
    on(DRAWN_AT)
    round = review.small_round()
    review.accepted(round, TWO)
    review.experts(4)
    staff = arrive(review.staff_of(round))
    staff.go("Expert review", "Expert pool")
    staff.go("Expert review", "Experts and assignment")
    secret = staff.page.input_value("[name=nonce]")
    staff.fill("size", "4")
    staff.press("Commit")
    staff.is_told_what_is_missing("kept")
    staff.tick("I have written the secret number down")
    staff.press("Commit")
    staff.read("Pool and number are committed to. Wait for the public number, then draw.")
    staff.enter("Secret number", secret)
    staff.enter("Public number", PUBLIC_NUMBER)
    staff.press("Draw the panel")
    staff.press("Propose an assignment")
    staff.press("Apply the assignment")
    staff.read("Every seat is taken.")
    staff.go("Expert review", "Progress of the review")
    assert round.panel_draw.members.count() == 4
    assert AssignmentRun.objects.get().applied_at


def test_the_list_goes_from_the_ranking_to_the_decision_by_two_people(arrive: Arrive) -> None:
    on(RANKED_AT)
    round = review.small_round(planned_places=1)
    review.scored(round, cities=TWO, n=3)
    proposer = arrive(review.staff_of(round))
    proposer.go("Results")
    proposer.press("Compute the ranking")
    proposer.follow("唐山市")
    proposer.go("Results", "Selection")
    proposer.press("Propose the list")
    proposer.read("You proposed this list. A second person signs it off.")
    second = arrive(factories.staff())
    second.follow("Check and sign off the proposed list")
    second.press("Sign off this list")
    second.read("The list has been signed off.")
    second.press("Begin the public notice")
    second.read("The public notice has begun.")
    on(Selection.objects.get().notice_until)
    proposer.go("Results", "Selection")
    proposer.press("Record the decision")
    proposer.is_told_what_is_missing("decision_number")
    proposer.enter("Document number of the decision", "人社部函〔2025〕100号")
    proposer.press("Record the decision")
    proposer.read("The decision is on record; the selected cities are pilots now.")
    assert Selection.objects.get().status == SelectionStatus.DECIDED
    assert Pilot.objects.get().nomination.city_id == TANGSHAN


def test_the_supervisor_follows_the_review_and_verifies_the_record(arrive: Arrive) -> None:
    on(RANKED_AT)
    round = review.small_round(planned_places=1)
    review.signed_off(round, cities=TWO, n=3)
    supervisor = arrive(factories.user(Role.SUPERVISOR))
    supervisor.go("Expert review", "Experts and assignment")
    supervisor.go("Expert review", "Progress of the review")
    supervisor.follow("By expert")
    supervisor.follow(round.panel_draw.members.get(position=1).expert.user.name, exact=True)
    supervisor.go("Results", "Ranking")
    supervisor.follow("唐山市")
    supervisor.go("Results", "Selection")
    supervisor.read("Every nomination with its reason")
    expect(supervisor.main.get_by_role("button")).to_have_count(0)
    supervisor.go("Record")
    supervisor.read("Selection signed off")
    supervisor.follow("Verify the record")
    supervisor.read("The record is whole")


def test_the_partner_ministry_reads_what_is_in_and_how_far_it_is(arrive: Arrive) -> None:
    on(SCORED_AT)
    round = review.small_round()
    review.assigned(round, cities=TWO, n=3)
    partner = arrive(factories.user(Role.PARTNER))
    partner.go("Nominations", "Nominations")
    partner.follow("唐山市", exact=True)
    partner.follow("Read the nomination")
    partner.go("Nominations", "Formal review")
    partner.go("Progress of the review")
    partner.read("唐山市")
    partner.go("Results", "Ranking")
    partner.read("Marks are still closed")
