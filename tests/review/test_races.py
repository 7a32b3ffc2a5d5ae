"""Two hands at the same moment, on real connections."""

from functools import partial

import pytest

from applications.rules import Refused
from pilotportal.audit.models import Event
from review.enums import Refusal
from review.models import AssignmentRun, PanelDraw, ScoreSheet, Selection
from review.services import assignment, panel, scoring, selection
from review.services.scoring import Stale
from tests.factories import TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, NONCE, PUBLIC_NUMBER, RANKED_AT, SCORED_AT
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def one_refused(results):
    """Exactly one got through; the refusal of the other."""
    [refused] = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, Refused), refused
    return refused.refusal


@pytest.fixture
def round():
    return review.small_round(planned_places=1)


@pytest.fixture
def sheet(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    return review.sheets(round)[0]


def test_two_submissions_of_a_sheet_make_one(sheet):
    review.fill_in(sheet)
    submit = partial(scoring.submit_sheet, sheet_id=sheet.pk, by=sheet.expert.user, at=SCORED_AT)
    assert one_refused(together(submit, submit)) == Refusal.SHEET_SUBMITTED
    assert Event.objects.filter(kind="sheet.submitted").count() == 1


def test_two_windows_that_save_at_once_keep_one_and_tell_the_other(sheet):
    save = partial(scoring.save_sheet, sheet_id=sheet.pk, revision=0, by=sheet.expert.user, at=SCORED_AT)
    results = together(partial(save, marks={"plan": (3, "甲")}), partial(save, marks={"plan": (9, "乙")}))
    [stale] = [result for result in results if isinstance(result, Stale)]
    [kept] = sheet.marks.values_list("mark", "comment")
    assert stale.theirs == {"plan": kept}
    assert ScoreSheet.objects.get(pk=sheet.pk).revision == 1


def test_two_draws_make_one_panel(round):
    review.experts(5)
    draw = partial(panel.draw, round_id=round.pk, size=3, nonce=NONCE, public_number=PUBLIC_NUMBER, by=review.staff_of(round), at=DRAWN_AT)
    assert one_refused(together(draw, draw)) == Refusal.DRAWN
    assert PanelDraw.objects.get().members.count() == 3


def test_two_proposals_of_the_assignment_are_one_and_applied_together_make_one_set_of_sheets(round):
    review.accepted(round, [TANGSHAN, TAIYUAN])
    review.panel(round, 4)
    propose = partial(assignment.propose, round_id=round.pk, by=review.staff_of(round), at=DRAWN_AT)
    first, second = together(propose, propose)
    assert first == second == AssignmentRun.objects.get()
    apply = partial(assignment.apply, run_id=first.pk, by=review.staff_of(round), at=DRAWN_AT)
    together(apply, apply)
    assert ScoreSheet.objects.count() == 6


def test_two_fillings_give_a_seat_once(round):
    review.assigned(round, cities=[TANGSHAN], n=4)
    sheet = review.sheets(round)[0]
    scoring.decline(sheet_id=sheet.pk, reason="专业不符", by=sheet.expert.user, at=SCORED_AT)
    fill = partial(assignment.fill_vacancies, round_id=round.pk, by=review.staff_of(round), at=SCORED_AT)
    assert sorted(len(made) for made in together(fill, fill)) == [0, 1]
    assert ScoreSheet.objects.count() == 4


def test_two_proposed_lists_leave_one(round):
    review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    propose = partial(
        selection.propose, round_id=round.pk, places=1, reason="", document_number="", by=review.staff_of(round), at=RANKED_AT
    )
    assert one_refused(together(propose, propose)) == Refusal.SELECTION_IN_FORCE
    assert Selection.objects.count() == 1


def test_two_decisions_make_one_set_of_pilots(round):
    made = review.on_notice(round, cities=[TANGSHAN, TAIYUAN], n=3)
    decide = partial(selection.decide, selection_id=made.pk, decision_number="1号", by=review.staff_of(round), at=made.notice_until)
    assert one_refused(together(decide, decide)) == Refusal.NOT_ON_NOTICE


def test_a_sheet_is_not_reopened_under_a_list_that_is_being_proposed(round):
    review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    sheet, staff = review.sheets(round)[0], review.staff_of(round)
    propose = partial(selection.propose, round_id=round.pk, places=1, reason="", document_number="", by=staff, at=SCORED_AT)
    reopen = partial(scoring.reopen, sheet_id=sheet.pk, reason="复核", by=staff, at=SCORED_AT)
    assert one_refused(together(propose, reopen)) in {Refusal.SELECTION_IN_FORCE, Refusal.RANKING_OLD}
