"""Pledge, recusal, marks: each refusal beside the success that it guards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.rules import Refused
from applications.services import rounds
from pilotportal.audit.models import Event
from pilotportal.digests import digest_of
from review.enums import Ground, Refusal, SheetStatus
from review.models import Mark, MarkChange, PanelMember, Pledge, Recusal, ScoreSheet
from review.services import scoring
from review.services.scoring import Stale
from review.shipped import PLEDGE
from tests.factories import TANGSHAN
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, SCORED_AT, SHEETS_CLOSE

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return review.small_round()


@pytest.fixture
def sheet(round):
    """On Tangshan, of an expert who has pledged."""
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    return review.sheets(round)[0]


@pytest.fixture
def save(sheet):
    def carry_out(marks=None, revision=0, **changes):
        asked = {"by": sheet.expert.user, "at": SCORED_AT} | changes
        return scoring.save_sheet(sheet_id=sheet.pk, marks={} if marks is None else marks, revision=revision, **asked)

    return carry_out


@pytest.fixture
def submit(sheet):
    def carry_out(**changes):
        return scoring.submit_sheet(sheet_id=sheet.pk, **{"by": sheet.expert.user, "at": SCORED_AT} | changes)

    return carry_out


@pytest.fixture
def reopen(round, sheet):
    def carry_out(**changes):
        asked = {"reason": "畸高，请复核", "by": review.staff_of(round), "at": SCORED_AT}
        return scoring.reopen(sheet_id=sheet.pk, **asked | changes)

    return carry_out


def refusal_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal


def standing(sheet):
    return {mark.criterion.code: (mark.mark, mark.comment) for mark in Mark.objects.filter(sheet=sheet).select_related("criterion")}


# -- pledge -----------------------------------------------------------------------------------------------------------------


def test_the_pledge_is_bound_to_its_text_and_signed_once(round):
    review.panel(round, 3)
    by = round.panel_draw.members.first().expert.user
    first = scoring.sign_pledge(round_id=round.pk, text_digest=scoring.pledge_digest(), by=by, at=DRAWN_AT)
    assert first.text_digest == digest_of(PLEDGE.record())
    assert scoring.sign_pledge(round_id=round.pk, by=by, at=SCORED_AT) == first
    assert Pledge.objects.count() == Event.objects.filter(kind="pledge.signed").count() == 1


def test_a_text_that_is_no_longer_in_force_is_not_signed(round):
    review.panel(round, 3)
    by = round.panel_draw.members.first().expert.user
    assert refusal_of(scoring.sign_pledge, round_id=round.pk, text_digest="sm3:00", by=by, at=DRAWN_AT) == Refusal.OLD_PLEDGE
    assert not Pledge.objects.exists()


def test_only_the_panel_signs(round):
    outsider = review.expert()
    assert refusal_of(scoring.sign_pledge, round_id=round.pk, by=outsider.user, at=DRAWN_AT) == Refusal.NOT_ON_THE_PANEL


# -- marks ------------------------------------------------------------------------------------------------------------------


def test_a_draft_may_be_incomplete_and_absent_is_absent(sheet, save):
    save({"manufacturing": (8, "基础扎实"), "plan": (None, "思路待核"), "talent": (None, "")})
    assert standing(sheet) == {"manufacturing": (8, "基础扎实"), "plan": (None, "思路待核")}
    assert ScoreSheet.objects.get(pk=sheet.pk).status == SheetStatus.DRAFT


def test_every_change_of_a_mark_is_kept_and_comments_are_not_counted_as_such(sheet, save):
    save({"manufacturing": (8, "甲"), "plan": (5, "乙")})
    save({"manufacturing": (8, "改过的评语"), "plan": (6, "乙")}, revision=1)
    save({"plan": (None, "")}, revision=2)
    ledger = list(MarkChange.objects.filter(sheet=sheet).values_list("criterion__code", "old", "new", "phase"))
    assert ledger == [
        ("manufacturing", None, 8, "draft"),
        ("plan", None, 5, "draft"),
        ("plan", 5, 6, "draft"),
        ("plan", 6, None, "draft"),
    ]
    assert standing(sheet) == {"manufacturing": (8, "改过的评语")}


def test_saving_the_same_again_changes_no_mark(sheet, save):
    save({"manufacturing": (8, "甲")})
    save({"manufacturing": (8, "甲")}, revision=1)
    assert MarkChange.objects.filter(sheet=sheet).count() == 1
    assert Event.objects.filter(kind="sheet.saved").latest("pk").data["criteria"] == []


@pytest.mark.parametrize("mark", [-1, 11, "8", 8.0, True])
def test_a_mark_outside_its_range_is_refused_and_nothing_is_saved(sheet, save, mark):
    with pytest.raises(Refused) as refused:
        save({"plan": (7, "可行"), "manufacturing": (mark, "甲")})
    assert refused.value.refusal == Refusal.MARK_RANGE
    assert refused.value.facts["max_mark"] == 10
    assert standing(sheet) == {}


@pytest.mark.parametrize("mark", [0, 10])
def test_both_ends_of_the_range_are_marks(sheet, save, mark):
    save({"manufacturing": (mark, "甲")})
    assert standing(sheet) == {"manufacturing": (mark, "甲")}


def test_a_criterion_that_the_round_does_not_have_is_refused(sheet, save):
    assert refusal_of(save, marks={"charm": (8, "甲")}) == Refusal.NOT_A_CRITERION


def test_two_windows_never_overwrite_each_other(sheet, save):
    save({"manufacturing": (8, "甲")})
    with pytest.raises(Stale) as stale:
        save({"manufacturing": (3, "乙")}, revision=0)
    assert stale.value.theirs == {"manufacturing": (8, "甲")}
    assert stale.value.revision == 1
    assert standing(sheet) == {"manufacturing": (8, "甲")}
    assert save({"manufacturing": (3, "乙")}, revision=1).revision == 2


def test_nobody_else_fills_in_a_sheet(round, sheet, save, submit):
    other = next(s.expert.user for s in review.sheets(round) if s.expert_id != sheet.expert_id)
    for person in (other, review.staff_of(round)):
        assert refusal_of(save, by=person) == Refusal.NOT_YOURS
        assert refusal_of(submit, by=person) == Refusal.NOT_YOURS
    assert save().revision == 1


def test_without_the_pledge_nothing_is_saved(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    asked = {"sheet_id": sheet.pk, "marks": {}, "revision": 0, "by": sheet.expert.user, "at": SCORED_AT}
    assert refusal_of(scoring.save_sheet, **asked) == Refusal.NO_PLEDGE
    review.pledge(round)
    assert scoring.save_sheet(**asked).revision == 1


def test_nothing_of_a_mark_stands_in_the_record_of_events(sheet, save, submit):
    save(review.entries(sheet.nomination.round, 7))
    submit()
    for event in Event.objects.filter(target_type="review.scoresheet"):
        assert set(event.data) <= {"sheet", "criteria", "revision", "digest"}
        assert "材料充分" not in str(event.data)


def test_saving_takes_a_constant_number_of_queries(round, sheet, save):
    whole = review.entries(round, 6)
    with CaptureQueriesContext(connection) as one:
        save({"manufacturing": (8, "甲")})
    with CaptureQueriesContext(connection) as six:
        save(whole, revision=1)
    assert len(one) == len(six) == 12


# -- submission -------------------------------------------------------------------------------------------------------------


def test_submit_needs_a_mark_and_a_comment_for_every_criterion(round, sheet, save, submit):
    whole = review.entries(round)
    save({**whole, "plan": (7, "  "), "talent": (None, "待核")})
    with pytest.raises(Refused) as refused:
        submit()
    assert (refused.value.refusal, refused.value.facts) == (Refusal.MARKS_MISSING, {"count": 2})
    save(whole, revision=1)
    done = submit()
    assert (done.status, done.submitted_at) == (SheetStatus.SUBMITTED, SCORED_AT)
    assert done.digest == digest_of(scoring.sheet_record(done, whole))
    assert Event.objects.get(kind="sheet.submitted").data["digest"] == done.digest


def test_a_second_click_submits_nothing_more(sheet, submit):
    review.fill_in(sheet)
    submit()
    assert refusal_of(submit) == Refusal.SHEET_SUBMITTED
    assert Event.objects.filter(kind="sheet.submitted").count() == 1


def test_a_submitted_sheet_is_not_changed(round, sheet, save):
    review.submit(sheet)
    assert refusal_of(save, marks=review.entries(round, 3), revision=1) == Refusal.SHEET_SUBMITTED
    assert set(standing(sheet).values()) == set(review.entries(round, 8).values())


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1)])
def test_at_the_deadline_a_sheet_is_neither_saved_nor_submitted(sheet, save, submit, late):
    review.fill_in(sheet, at=SHEETS_CLOSE - timedelta(microseconds=1))
    assert refusal_of(save, revision=1, at=SHEETS_CLOSE + late) == Refusal.SHEET_CLOSED
    assert refusal_of(submit, at=SHEETS_CLOSE + late) == Refusal.SHEET_CLOSED
    assert submit(at=SHEETS_CLOSE - timedelta(microseconds=1)).status == SheetStatus.SUBMITTED


def test_an_amended_deadline_counts(round, sheet, submit):
    review.fill_in(sheet)
    deadline = round.deadlines.get(kind="score_sheets")
    later = SHEETS_CLOSE + timedelta(days=2)
    asked = {"reason": "材料较多", "document_number": "人社函〔2025〕8号", "by": review.staff_of(round), "at": SCORED_AT}
    rounds.amend_deadline(deadline_id=deadline.pk, province=None, instant=later, **asked)
    assert submit(at=SHEETS_CLOSE).status == SheetStatus.SUBMITTED


# -- recusal, giving back, reopening ----------------------------------------------------------------------------------------


def test_recusal_before_and_after_the_marks_closes_the_sheet_for_good(round, sheet, save, submit):
    review.submit(sheet)
    recusal = scoring.recuse(sheet_id=sheet.pk, ground=Ground.ADVISED, note="参与过方案论证", by=sheet.expert.user, at=SCORED_AT)
    assert (recusal.expert, recusal.nomination, recusal.declared_by) == (sheet.expert, sheet.nomination, sheet.expert.user)
    assert ScoreSheet.objects.get(pk=sheet.pk).status == SheetStatus.RECUSED
    assert refusal_of(save, revision=1) == Refusal.GIVEN_UP
    again = {"sheet_id": sheet.pk, "ground": Ground.KIN, "by": sheet.expert.user, "at": SCORED_AT}
    assert refusal_of(scoring.recuse, **again) == Refusal.GIVEN_UP
    assert Recusal.objects.count() == 1


def test_recusal_is_the_experts_own_or_recorded_by_staff(round, sheet):
    other = next(s.expert.user for s in review.sheets(round) if s.expert_id != sheet.expert_id)
    asked = {"sheet_id": sheet.pk, "ground": Ground.KIN, "at": SCORED_AT}
    assert refusal_of(scoring.recuse, by=other, **asked) == Refusal.NOT_YOURS
    assert scoring.recuse(by=review.staff_of(round), **asked).declared_by == review.staff_of(round)


def test_recusal_needs_no_pledge_and_other_grounds_need_words(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    asked = {"sheet_id": sheet.pk, "ground": Ground.OTHER, "by": sheet.expert.user, "at": SCORED_AT}
    assert refusal_of(scoring.recuse, **asked) == Refusal.GROUND
    assert scoring.recuse(note="有经济往来", **asked).note == "有经济往来"


def test_declining_needs_a_reason_and_is_over_once_submitted(sheet):
    asked = {"sheet_id": sheet.pk, "by": sheet.expert.user, "at": SCORED_AT}
    assert refusal_of(scoring.decline, reason=" ", **asked) == Refusal.NO_REASON
    assert scoring.decline(reason="专业不符", **asked).status == SheetStatus.DECLINED
    assert refusal_of(scoring.decline, reason="专业不符", **asked) == Refusal.GIVEN_UP


def test_a_submitted_sheet_is_not_declined(sheet):
    review.submit(sheet)
    asked = {"sheet_id": sheet.pk, "reason": "专业不符", "by": sheet.expert.user, "at": SCORED_AT}
    assert refusal_of(scoring.decline, **asked) == Refusal.SHEET_SUBMITTED


def test_reopen_gives_the_sheet_back_and_the_ledger_says_why(sheet, save, submit, reopen):
    assert refusal_of(reopen) == Refusal.NOT_REOPENABLE
    first = review.submit(sheet).digest
    assert refusal_of(reopen, reason="") == Refusal.NO_REASON
    assert refusal_of(reopen, by=sheet.expert.user) == Refusal.NOT_STAFF
    assert refusal_of(reopen, at=SHEETS_CLOSE) == Refusal.SHEET_CLOSED
    assert reopen().status == SheetStatus.REOPENED
    save({"plan": (5, "复核后调整")}, revision=1)
    change = MarkChange.objects.filter(sheet=sheet).latest("pk")
    assert (change.old, change.new, change.phase, change.reason) == (8, 5, "reopened", "畸高，请复核")
    assert submit().digest != first


def test_an_expert_is_excused_once_with_a_reason(round, sheet):
    asked = {"round_id": round.pk, "expert_id": sheet.expert_id, "by": review.staff_of(round), "at": SCORED_AT}
    assert refusal_of(scoring.excuse, reason="", **asked) == Refusal.NO_REASON
    assert refusal_of(scoring.excuse, reason="生病", **asked | {"by": sheet.expert.user}) == Refusal.NOT_STAFF
    assert scoring.excuse(reason="生病", **asked).excused_reason == "生病"
    assert refusal_of(scoring.excuse, reason="生病", **asked) == Refusal.WRONG_STAGE
    assert ScoreSheet.objects.get(pk=sheet.pk).declined_reason == "生病"
    assert PanelMember.objects.filter(excused_at__isnull=False).count() == 1


def test_what_a_list_rests_on_stays_as_it_is_while_the_list_is_in_force():
    round = review.small_round(planned_places=1)
    review.proposed(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    staff = review.staff_of(round)
    calls = [
        (scoring.recuse, {"sheet_id": sheet.pk, "ground": Ground.KIN, "by": sheet.expert.user}),
        (scoring.reopen, {"sheet_id": sheet.pk, "reason": "复核", "by": staff}),
        (scoring.decline, {"sheet_id": sheet.pk, "reason": "专业不符", "by": sheet.expert.user}),
        (scoring.excuse, {"round_id": round.pk, "expert_id": sheet.expert_id, "reason": "生病", "by": staff}),
    ]
    assert [refusal_of(call, at=SCORED_AT, **asked) for call, asked in calls] == [Refusal.SELECTION_IN_FORCE] * 4
