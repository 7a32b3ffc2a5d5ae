"""The day of an expert, in both languages. By keyboard and without scripts: tests/journeys/test_review.py."""

import pytest

from review.enums import SheetStatus
from review.models import ScoreSheet
from tests.factories import TAIYUAN, TANGSHAN
from tests.journeys.days.conftest import IN_BOTH_LANGUAGES, Arrive
from tests.journeys.days.person import Person, on
from tests.review import factories as review
from tests.review.factories import SCORED_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def score(expert: Person, sheet: ScoreSheet, **other: str) -> None:
    for code in sheet.nomination.round.criteria.values_list("code", flat=True):
        expert.page.fill(f"[name=mark-{code}]", other.get(code, "8"))
        expert.page.fill(f"[name=comment-{code}]", "材料充分，措施可行。")


@IN_BOTH_LANGUAGES
def test_the_expert_pledges_scores_and_sends(arrive: Arrive) -> None:
    on(SCORED_AT)
    round = review.small_round()
    review.assigned(round, cities=[TANGSHAN, TAIYUAN], n=3)
    first, second = (sheet for sheet in review.sheets(round) if sheet.expert == review.sheets(round)[0].expert)
    expert = arrive(first.expert.user)
    expert.follow("%(count)s score sheet to fill in", plural="%(count)s score sheets to fill in", count=2)
    expert.follow("Read and sign the pledge")
    expert.press("I sign this pledge")
    expert.follow(first.nomination.city.name, exact=True)
    score(expert, first, plan="")
    expert.press("Save and submit")
    expert.is_told_what_is_missing("mark-plan")
    expert.page.fill("[name=mark-plan]", "9")
    expert.press("Save and submit")
    expert.read("The score sheet of %(city)s has been submitted.", city=first.nomination)
    expert.go("My score sheets")
    expert.follow("Go on with %(city)s", city=second.nomination.city.name)
    score(expert, second)
    expert.press("Save the draft")
    expert.read("The sheet has been saved as a draft.")
    expert.press("Save and submit")
    expert.read("All your sheets are in. Thank you.")
    sent = ScoreSheet.objects.filter(expert=first.expert)
    assert set(sent.values_list("status", flat=True)) == {SheetStatus.SUBMITTED}
