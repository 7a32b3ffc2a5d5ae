"""The days of those who nominate: handling and approving official, the city, the co-department, and both officials at a correction."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from applications.enums import Status, Verdict
from applications.models import CoSignature, Invitation, Letter, Nomination, Round
from applications.services import decisions
from tests import factories
from tests.applications import lettering
from tests.factories import IN_TIME, REVIEW_TIME, SHIJIAZHUANG, TANGSHAN
from tests.journeys.days.conftest import Arrive
from tests.journeys.days.person import on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

INDUSTRY = "industry"
CORRECTION_CLOSES = REVIEW_TIME + timedelta(days=5)


def almost_ready(round: Round, *, city: str = TANGSHAN, **missing: str) -> Nomination:
    """Everything is filled in but what is missing and the undertaking, and no letter is there."""
    nomination = factories.draft(round, city=city)
    undertakings = {field.code: False for _section, field in round.definition.undertakings()}
    nomination.content = factories.complete_content(round.definition) | undertakings | missing
    nomination.save(update_fields=["content"])
    return Nomination.objects.get(pk=nomination.pk)


def returned(nomination: Nomination, code: str) -> Nomination:
    fields = [{"code": code, "note": "与统计公报不一致"}]
    by = factories.made_by(nomination.round)
    decisions.return_for_correction(nomination_id=nomination.pk, fields=fields, closes_at=CORRECTION_CLOSES, by=by, at=REVIEW_TIME)
    return nomination


def test_the_handling_official_closes_a_gap_has_it_co_signed_and_makes_the_letter(arrive: Arrive) -> None:
    on(IN_TIME)
    nomination = almost_ready(factories.opened_round(co_departments=[INDUSTRY]), gdp="")
    industry = factories.cosigner()
    handler = arrive(factories.handler())
    handler.follow("Complete and submit the nomination of %(city)s", city=nomination)
    handler.follow(handler.label_of(nomination.round.definition.section("basics")))
    handler.fill("gdp", "many")
    handler.press("Save")
    handler.is_told_what_is_missing("gdp")
    handler.fill("gdp", "9133.2")
    handler.press("Save")
    handler.follow("To the checklist")
    handler.follow("To the co-signatures")
    handler.press("Ask them")
    handler.read("The departments have been asked. They can read the nomination from now on.")
    factories.cosigned(nomination, industry)
    handler.go("Nominations")
    handler.follow("Recommendation letter")
    handler.press("Make the letter")
    handler.is_told_what_is_missing("document_number")
    handler.enter("Document number", lettering.NUMBER)
    handler.press("Make the letter")
    handler.read("The letter has been made. Print it, have it stamped, and upload the scan here.")
    handler.press("Letter as PDF")
    handler.go("My files")
    handler.read("Recommendation letter: %(number)s", number=lettering.NUMBER)
    assert [line["joined"] for line in Letter.objects.get().lines] == [[industry.organisation.name]]


def test_the_approving_official_orders_hands_in_and_withdraws(arrive: Arrive) -> None:
    on(IN_TIME)
    round = factories.opened_round(ranks_nominations=True)
    first, second = (almost_ready(round, city=city) for city in (TANGSHAN, SHIJIAZHUANG))
    approver = arrive(factories.approver())
    approver.go("Nominations")
    approver.follow("Recommendation letter")
    approver.press("Up", of=second.city.name)
    approver.enter("Document number", lettering.NUMBER)
    approver.press("Make the letter")
    made = Letter.objects.get()
    assert [line["nomination"] for line in made.lines] == [second.code, first.code]
    approver.press("Upload")
    approver.is_told_what_is_missing("file")
    approver.bring(name="推荐函.png", content=lettering.picture(made.seal), kind="image/png")
    approver.press("Upload")
    approver.read(second.city.name)
    approver.go("Nominations")
    approver.follow(second.city.name, exact=True)
    approver.follow("Check and submit")
    approver.press("Submit to the ministry")
    approver.is_told_what_is_missing("undertaking")
    approver.page.locator("#id_undertaking").check()
    approver.press("Submit to the ministry")
    approver.read("The nomination has arrived.")
    approver.read(Nomination.objects.get(pk=second.pk).versions.get().digest)
    approver.go("Nominations")
    approver.follow(first.city.name, exact=True)
    approver.follow("Withdraw this nomination")
    approver.press("Withdraw")
    approver.is_told_what_is_missing("reason")
    approver.enter("Reason of the withdrawal", "本市决定下一批次再报")
    approver.press("Withdraw")
    approver.read("The nomination of %(city)s has been withdrawn.", city=first)
    states = dict(Nomination.objects.values_list("city", "status"))
    assert states == {TANGSHAN: Status.WITHDRAWN, SHIJIAZHUANG: Status.SUBMITTED}


def test_the_city_is_invited_drafts_and_hands_back(arrive: Arrive) -> None:
    on(IN_TIME)
    nomination = almost_ready(factories.opened_round(), overview="")
    bureau = factories.city_official()
    handler = arrive(factories.handler())
    handler.go("Nominations")
    handler.follow(nomination.city.name, exact=True)
    handler.follow("Invite the city to draft")
    handler.enter("Note to the city", "请补充城市概况")
    handler.press("Invite the city")
    handler.read("The city has been invited. It can fill in the form and attach evidence from now on.")
    city = arrive(bureau)
    city.follow("Draft the nomination of %(city)s and hand it back", city=nomination)
    city.read("请补充城市概况")
    city.follow(city.label_of(nomination.round.definition.section("basics")))
    city.fill("overview", "唐山是制造业大市。")
    city.press("Save")
    city.follow("To the checklist")
    city.follow("Hand back to the province")
    city.press("Hand it back")
    city.read("The nomination has been handed back to the province.")
    city.go("Due from me")
    city.read("Nothing is due from you")
    assert Invitation.objects.get().handed_back
    assert Nomination.objects.get().content["overview"] == "唐山是制造业大市。"


def test_the_co_department_objects_reads_again_and_signs(arrive: Arrive) -> None:
    on(IN_TIME)
    nomination = factories.asked(almost_ready(factories.opened_round(co_departments=[INDUSTRY])))
    department = arrive(factories.cosigner())
    department.follow("Read and co-sign the nomination of %(city)s", city=nomination)
    department.press("Raise the objection")
    department.is_told_what_is_missing("reason")
    department.enter("Reason of the objection", "概况与统计公报不一致")
    department.press("Raise the objection")
    department.read("The objection to the nomination of %(city)s has been recorded; the province has been told.", city=nomination)
    lettering.rewrite(nomination)
    department.go("Due from me")
    department.read("Changed since the objection")
    department.follow("Read and co-sign the nomination of %(city)s", city=nomination)
    department.read("The content was changed after your objection. Read it again: sign it, or say what is still wrong.")
    department.press("Co-sign")
    department.read("Your department has co-signed the nomination of %(city)s.", city=nomination)
    assert list(CoSignature.objects.order_by("pk").values_list("verdict", flat=True)) == [Verdict.OBJECTED, Verdict.SIGNED]


def test_what_the_ministry_named_is_corrected_and_handed_in_again(arrive: Arrive) -> None:
    on(REVIEW_TIME)
    nomination = returned(factories.submitted(factories.opened_round()), "gdp")
    definition = nomination.round.definition
    handler = arrive(factories.handler())
    handler.follow("Correct the nomination of %(city)s", city=nomination)
    handler.read("Only these entries are open. Everything else stays as it was handed in.")
    handler.read("与统计公报不一致")
    handler.follow(handler.label_of(definition.section("basics")))
    expect(handler.page.locator("#id_overview")).to_have_count(0)
    handler.fill("gdp", "8900.5")
    handler.press("Save")
    approver = arrive(factories.approver())
    approver.follow("Correct the nomination of %(city)s", city=nomination)
    approver.follow("Check and submit")
    approver.read("8,900.50")
    approver.page.locator("#id_undertaking").check()
    approver.press("Submit to the ministry")
    approver.read("The nomination has arrived.")
    approver.go("Nominations")
    approver.follow(nomination.city.name, exact=True)
    approver.follow("Compare with version %(number)s", number=1)
    approver.read("8,900.50")
    assert [version.content["gdp"] for version in nomination.versions.order_by("number")] == ["100.00", "8900.50"]
