"""What the database itself refuses, whoever asks: each beside the row that it takes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from review.enums import Clause, Ground, Outcome, Place, RunStatus, SelectionStatus, SheetStatus
from review.models import (
    AssignmentRun,
    DrawCommitment,
    FormalCheck,
    Mark,
    MarkChange,
    PanelDraw,
    PanelMember,
    Pledge,
    Ranking,
    Recusal,
    ScoreSheet,
    Selection,
    SelectionEntry,
    TieResolution,
)
from review.services import assignment
from tests import factories
from tests.factories import HEBEI, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, RANKED_AT, SCORED_AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return review.small_round(planned_places=1)


@pytest.fixture
def sheet(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    return review.sheets(round)[0]


def refused(match, error=IntegrityError):
    """The statement inside fails, and the test goes on."""
    return pytest.raises(error, match=match)


def test_a_sheet_of_an_expert_from_the_province(sheet):
    local, guest = review.expert(HEBEI), review.expert("310000")
    fields = {"run": sheet.run, "nomination": sheet.nomination, "assigned_at": DRAWN_AT}
    with refused("works in the province"), transaction.atomic():
        ScoreSheet.objects.create(expert=local, **fields)
    assert ScoreSheet.objects.create(expert=guest, **fields).pk


def test_a_sheet_of_an_expert_who_stepped_aside(sheet):
    guest = review.expert("310000")
    Recusal.objects.create(nomination=sheet.nomination, expert=guest, ground=Ground.KIN, declared_by=guest.user, declared_at=DRAWN_AT)
    with refused("stepped aside"), transaction.atomic():
        ScoreSheet.objects.create(run=sheet.run, nomination=sheet.nomination, expert=guest, assigned_at=DRAWN_AT)


def test_two_sheets_of_one_expert_on_one_nomination(sheet):
    with refused("sheet_once_an_expert"), transaction.atomic():
        ScoreSheet.objects.create(run=sheet.run, nomination=sheet.nomination, expert=sheet.expert, assigned_at=DRAWN_AT)


@pytest.mark.parametrize(("mark", "match"), [(-1, "mark_not_below_zero"), (11, "above the highest mark")])
def test_a_mark_outside_its_range(round, sheet, mark, match):
    criterion = round.criteria.first()
    with refused(match), transaction.atomic():
        Mark.objects.create(sheet=sheet, criterion=criterion, mark=mark)
    made = Mark.objects.create(sheet=sheet, criterion=criterion, mark=10)
    with refused(match), transaction.atomic():
        Mark.objects.filter(pk=made.pk).update(mark=mark)


def test_a_mark_for_a_criterion_of_another_round(sheet):
    criterion = factories.preparing_round(code="2026").criteria.first()
    with refused("belongs to another round"), transaction.atomic():
        Mark.objects.create(sheet=sheet, criterion=criterion, mark=5)


@pytest.mark.parametrize("change", [{"mark": 3}, {"comment": "改"}])
def test_a_mark_on_a_submitted_sheet(sheet, change):
    review.fill_in(sheet)
    assert Mark.objects.filter(sheet=sheet).update(**change) == 6
    review.submit(sheet)
    with refused("not open"), transaction.atomic():
        Mark.objects.filter(sheet=sheet).update(**change)
    with refused("not open"), transaction.atomic():
        Mark.objects.filter(sheet=sheet).delete()


@pytest.mark.parametrize("gap", [{"mark": None}, {"comment": ""}])
def test_a_submission_with_a_gap(sheet, gap):
    review.fill_in(sheet)
    Mark.objects.filter(sheet=sheet, criterion__code="plan").update(**gap)
    proof = {"status": SheetStatus.SUBMITTED, "submitted_at": SCORED_AT, "digest": "sm3:00"}
    with refused("lacks a mark"), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(**proof)
    Mark.objects.filter(sheet=sheet, criterion__code="plan").update(mark=5, comment="可行")
    assert ScoreSheet.objects.filter(pk=sheet.pk).update(**proof) == 1


def test_a_submission_without_the_pledge(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    Mark.objects.bulk_create(Mark(sheet=sheet, criterion=criterion, mark=5, comment="可行") for criterion in round.criteria.all())
    proof = {"status": SheetStatus.SUBMITTED, "submitted_at": SCORED_AT, "digest": "sm3:00"}
    with refused("not signed the pledge"), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(**proof)


@pytest.mark.parametrize("missing", [{"submitted_at": None}, {"digest": ""}])
def test_a_submitted_sheet_without_its_proof(sheet, missing):
    review.fill_in(sheet)
    proof = {"status": SheetStatus.SUBMITTED, "submitted_at": SCORED_AT, "digest": "sm3:00"} | missing
    with refused("sheet_submitted_has_submitted_at"), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(**proof)


@pytest.mark.parametrize(
    ("status", "match"), [(SheetStatus.DECLINED, "sheet_declined_has_reason"), (SheetStatus.REOPENED, "sheet_reopened_has_reason")]
)
def test_a_sheet_given_back_or_reopened_without_a_reason(sheet, status, match):
    if status == SheetStatus.REOPENED:
        review.submit(sheet)
    with refused(match), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(status=status)


def test_a_state_that_the_table_does_not_lead_to(sheet):
    with refused("Invalid transition", DatabaseError), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(status=SheetStatus.REOPENED, reopened_reason="复核")
    ScoreSheet.objects.filter(pk=sheet.pk).update(status=SheetStatus.RECUSED)
    with refused("Invalid transition", DatabaseError), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(status=SheetStatus.DRAFT)


def test_a_sheet_that_was_acted_on_is_neither_deleted_nor_given_to_somebody_else(round, sheet):
    review.fill_in(sheet)
    with refused("Cannot delete", DatabaseError), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).delete()
    with refused("Cannot update", DatabaseError), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(expert=review.expert())
    untouched = review.sheets(round)[1]
    assert ScoreSheet.objects.filter(pk=untouched.pk).delete()[0] == 1


def test_two_assignments_in_force(round, sheet):
    other = AssignmentRun.objects.create(
        round=round, seed="s", problem={}, seats=[], certificate={}, digest="d", proposed_by=review.staff_of(round), proposed_at=DRAWN_AT
    )
    with refused("run_one_in_force"), transaction.atomic():
        AssignmentRun.objects.filter(pk=other.pk).update(status=RunStatus.APPLIED, applied_at=DRAWN_AT)
    assert AssignmentRun.objects.filter(pk=other.pk).update(base=sheet.run, status=RunStatus.APPLIED, applied_at=DRAWN_AT) == 1


@pytest.mark.parametrize("proof", ["applied", "undone"])
def test_a_run_in_a_state_without_its_moment(round, proof):
    review.accepted(round, [TANGSHAN])
    review.panel(round, 3)
    run = assignment.propose(round_id=round.pk, by=review.staff_of(round), at=DRAWN_AT)
    with refused(f"run_{proof}_has_{proof}_at"), transaction.atomic():
        AssignmentRun.objects.filter(pk=run.pk).update(status=proof)
    with refused("Cannot update", DatabaseError), transaction.atomic():
        AssignmentRun.objects.filter(pk=run.pk).update(seats=[])


def test_draw_and_panel_are_never_changed(round):
    draw = review.panel(round, 3)
    rows = [
        (PanelDraw.objects.filter(pk=draw.pk), {"seed": "x"}),
        (PanelMember.objects.filter(draw=draw), {"position": 99}),
        (DrawCommitment.objects.filter(round=round), {"commitment": "x"}),
    ]
    for found, change in rows:
        with refused("Cannot update", DatabaseError), transaction.atomic():
            found.update(**change)
        with refused("Cannot", DatabaseError), transaction.atomic():
            found._raw_delete("default")
    assert PanelMember.objects.filter(draw=draw).count() == 3


def test_two_commitments_in_force_and_a_withdrawal_without_a_reason(round):
    review.panel(round, 3)
    first = DrawCommitment.objects.get()
    fields = {"round": round, "pool": [], "size": 3, "root": "r", "commitment": "c", "committed_by": first.committed_by}
    with refused("draw_commitment_one_in_force"), transaction.atomic():
        DrawCommitment.objects.create(committed_at=DRAWN_AT, **fields)
    with refused("draw_commitment_withdrawn_has_reason"), transaction.atomic():
        DrawCommitment.objects.filter(pk=first.pk).update(withdrawn_at=DRAWN_AT, withdrawn_by=first.committed_by)


def test_somebody_excused_without_a_reason(round):
    draw = review.panel(round, 3)
    with refused("panel_member_excused_has_reason"), transaction.atomic():
        PanelMember.objects.filter(draw=draw, position=1).update(excused_at=DRAWN_AT)


def test_a_rejection_without_a_reason_and_a_recusal_that_does_not_say_why(round, sheet):
    version = sheet.nomination.versions.get()
    check = {"nomination": sheet.nomination, "version": version, "checked_by": review.staff_of(round), "checked_at": DRAWN_AT}
    with refused("formal_check_rejection_has_reason"), transaction.atomic():
        FormalCheck.objects.create(outcome=Outcome.REJECTED, **check)
    assert FormalCheck.objects.create(outcome=Outcome.REJECTED, reason="未盖章", **check).pk
    recusal = {"nomination": sheet.nomination, "expert": sheet.expert, "declared_by": sheet.expert.user, "declared_at": DRAWN_AT}
    with refused("recusal_other_says_why"), transaction.atomic():
        Recusal.objects.create(ground=Ground.OTHER, **recusal)
    assert Recusal.objects.create(ground=Ground.OTHER, note="有经济往来", **recusal).pk


def test_what_was_declared_written_down_and_computed_is_never_changed(round):
    review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    sheet, nomination = review.sheets(round)[0], round.nominations.first()
    criterion = round.criteria.first()
    MarkChange.objects.create(sheet=sheet, criterion=criterion, old=None, new=5, phase="draft", changed_at=SCORED_AT)
    recusal = {"nomination": nomination, "expert": review.expert(), "declared_by": review.staff_of(round), "declared_at": SCORED_AT}
    Recusal.objects.create(ground=Ground.KIN, **recusal)
    tie = {"round": round, "base": "b", "rank": 1, "order": [], "method": "draw", "resolved_by": review.staff_of(round)}
    TieResolution.objects.create(reason="抽签", resolved_at=RANKED_AT, **tie)
    changes = [
        (FormalCheck, {"reason": "x"}),
        (Pledge, {"text_digest": "x"}),
        (Recusal, {"note": "x"}),
        (MarkChange, {"new": 1}),
        (Ranking, {"entries": []}),
        (TieResolution, {"order": [1]}),
        (SelectionEntry, {"place": Place.CHOSEN}),
        (Selection, {"places": 9}),
    ]
    for model, change in changes:
        assert model.objects.exists(), model
        with refused("Cannot update", DatabaseError), transaction.atomic():
            model.objects.update(**change)


def test_a_tie_parted_without_a_reason(round):
    tie = {"round": round, "base": "b", "rank": 1, "order": [], "method": "draw", "resolved_by": review.staff_of(round)}
    with refused("tie_parted_with_reason"), transaction.atomic():
        TieResolution.objects.create(reason="", resolved_at=RANKED_AT, **tie)


def test_a_list_released_by_its_proposer_or_by_nobody(round):
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    row = Selection.objects.filter(pk=made.pk)
    release = {"status": SelectionStatus.SIGNED_OFF, "signed_off_at": RANKED_AT}
    with refused("selection_released_by_a_second_person"), transaction.atomic():
        row.update(signed_off_by=made.proposed_by, **release)
    with refused("selection_released_by_somebody"), transaction.atomic():
        row.update(**release)
    assert row.update(signed_off_by=factories.staff(), **release) == 1


def test_a_decision_without_its_document_or_before_the_end_of_the_notice(round):
    made = review.on_notice(round, cities=[TANGSHAN, TAIYUAN], n=3)
    row = Selection.objects.filter(pk=made.pk)
    decision = {"status": SelectionStatus.DECIDED, "decided_by": made.proposed_by, "decided_at": made.notice_until}
    with refused("selection_decided_has_its_document"), transaction.atomic():
        row.update(**decision)
    with refused("selection_decided_after_the_notice"), transaction.atomic():
        row.update(**decision | {"decided_at": made.notice_from, "decision_number": "1号"})
    assert row.update(decision_number="1号", **decision) == 1


def test_a_list_voided_without_a_reason_and_a_second_list_beside_one_in_force(round):
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    with refused("selection_voided_has_reason"), transaction.atomic():
        Selection.objects.filter(pk=made.pk).update(status=SelectionStatus.VOIDED)
    fields = {"round": round, "ranking": made.ranking, "places": 1, "digest": "d", "proposed_by": made.proposed_by}
    with refused("selection_one_in_force"), transaction.atomic():
        Selection.objects.create(proposed_at=RANKED_AT, **fields)


def test_two_entries_of_one_city_on_a_list(round):
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    with refused("selection_entry_once"), transaction.atomic():
        SelectionEntry.objects.create(selection=made, nomination=round.nominations.first(), place=Place.CHOSEN, clause=Clause.BY_RANK)
