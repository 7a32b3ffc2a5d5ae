"""Assignment: proved, applied as one, undone as one, and its empty seats filled."""

from collections import Counter
from datetime import timedelta

import pytest

from applications.rules import Refused
from pilotportal.audit.models import Event
from review import queries
from review.enums import Ground, Refusal, RunStatus, SheetStatus
from review.models import AssignmentRun, PanelMember, Recusal, ScoreSheet
from review.queries import facts
from review.services import assignment, formal, scoring
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, REVIEW_TIME, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, SCORED_AT, SHEETS_CLOSE

pytestmark = pytest.mark.django_db
CITIES = [TANGSHAN, TAIYUAN]


@pytest.fixture
def round():
    return review.small_round()


@pytest.fixture
def staff(round):
    return review.staff_of(round)


@pytest.fixture
def act(round, staff):
    """Each step on the fixture's round, by staff, on the day of the draw."""

    def carry_out(step, **arguments):
        return step(**{"by": staff, "at": DRAWN_AT} | arguments)

    return carry_out


@pytest.fixture
def propose(round, act):
    return lambda **changes: act(assignment.propose, round_id=round.pk, **changes)


@pytest.fixture
def fill(round, act):
    return lambda **changes: act(assignment.fill_vacancies, round_id=round.pk, **changes)


def held(round):
    return sorted((s.nomination.city_id, s.expert_id) for s in review.sheets(round) if s.status not in {"recused", "declined"})


def refusal_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal


def test_propose_fills_every_seat_proves_it_and_changes_nothing_yet(round, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    run = propose()
    assert run.status == RunStatus.PROPOSED
    assert Counter(seat["nomination"] for seat in run.seats) == {TANGSHAN: 3, TAIYUAN: 3}
    assert max(Counter(seat["expert"] for seat in run.seats).values()) == 2
    assert run.unfilled == []
    assert facts.findings(run) == ()
    assert not ScoreSheet.objects.exists()


def test_a_run_that_was_tampered_with_is_found_out(round, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    run = propose()
    seat = run.seats[0]
    idle = next(e["id"] for e in run.problem["experts"] if {"nomination": seat["nomination"], "expert": e["id"]} not in run.seats)
    run.seats = [{"nomination": seat["nomination"], "expert": idle}, *run.seats[1:]]
    assert facts.findings(run)


def test_the_same_facts_give_the_same_run(round, act, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    first = propose()
    assert propose() == first
    act(assignment.apply, run_id=first.pk)
    act(assignment.undo, run_id=first.pk)
    again = propose()
    assert again != first
    assert (again.digest, again.seats, again.certificate) == (first.digest, first.seats, first.certificate)


def test_other_facts_make_older_proposals_lapse(round, propose):
    review.accepted(round, [TANGSHAN, TAIYUAN])
    review.panel(round, 5)
    first = propose()
    member = queries.panel_of(round)[0]
    member.expert.industries = ["C14"]
    member.expert.save()
    second = propose()
    assert second.digest != first.digest
    assert AssignmentRun.objects.get(pk=first.pk).status == RunStatus.UNDONE


def test_propose_is_refused_before_its_time(round, act, propose):
    assert refusal_of(propose) == Refusal.NOT_DRAWN
    review.panel(round, 4)
    assert refusal_of(propose) == Refusal.NOTHING_ACCEPTED
    nomination = review.submitted(round, TANGSHAN)
    assert refusal_of(propose, at=DEADLINE - timedelta(seconds=1)) == Refusal.BEFORE_DEADLINE
    assert refusal_of(propose) == Refusal.OPEN_CHECKS
    act(formal.accept, nomination_id=nomination.pk, at=REVIEW_TIME)
    assert len(propose().seats) == 3


def test_only_staff_assign(round, propose):
    assert refusal_of(propose, by=factories.user("supervisor")) == Refusal.NOT_STAFF


def test_nobody_scores_a_city_of_the_province_of_their_workplace(round, propose):
    review.accepted(round, [TANGSHAN, TAIYUAN])
    local = review.expert(HEBEI)
    review.panel(round, 4)
    run = propose()
    assert {"nomination": TANGSHAN, "expert": str(local.pk)} not in run.seats
    assert len(run.seats) == 6


def test_a_seat_that_nobody_may_take_is_reported_with_its_reasons(round, propose):
    review.accepted(round, [TANGSHAN])
    locals_ = [review.expert(HEBEI), review.expert(HEBEI)]
    review.panel(round, 4)
    run = propose()
    assert len(run.seats) == 2
    assert run.unfilled == [{"nomination": TANGSHAN, "missing": 1, "excluded": {"own_province": len(locals_)}, "same_group": 0, "full": 0}]
    assert facts.findings(run) == ()


def test_two_experts_of_one_employer_do_not_sit_on_one_nomination(round, propose):
    review.accepted(round, [TANGSHAN])
    employer = review.expert().user.organisation
    review.expert(employer=employer)
    review.panel(round, 4)
    run = propose()
    assert len(run.seats) == 3
    assert facts.findings(run) == ()
    colleagues = {member["id"] for member in round.panel_draw.pool if member["employer"] == str(employer.pk)}
    assert len(colleagues) == 2
    assert len({seat["expert"] for seat in run.seats} & colleagues) == 1


def test_whose_employer_is_named_in_the_nomination_does_not_score_it(round, act, propose):
    insider = review.expert("310000")
    enterprise = [{"key": "e1", "name": insider.user.organisation.name, "kind": "chain_leader"}]
    nomination = review.submitted(round, TANGSHAN, enterprises=enterprise)
    act(formal.accept, nomination_id=nomination.pk, at=REVIEW_TIME)
    review.panel(round, 3)
    run = propose()
    assert len(run.seats) == 2
    assert run.unfilled[0]["excluded"] == {"own_employer": 1}
    assert str(insider.pk) not in {seat["expert"] for seat in run.seats}


def test_an_expert_of_the_field_is_preferred(round, propose):
    nomination = review.accepted(round, [TANGSHAN])[0]
    wanted = {row["industry"] for row in nomination.content["sub_sectors"]}
    core = [review.expert(home, industries=sorted(wanted)) for home in ("310000", "330000", "440000")]
    [review.expert(home, industries=["C14"]) for home in ("510000", "420000", "610000")]
    review.panel(round, 6)
    assert {seat["expert"] for seat in propose().seats} == {str(expert.pk) for expert in core}


def test_nobody_carries_more_than_the_greatest_load():
    round = review.small_round(maximum_load=2)
    review.accepted(round, [TANGSHAN, TAIYUAN, BEIJING_CODE])
    review.panel(round, 4)
    run = assignment.propose(round_id=round.pk, by=review.staff_of(round), at=DRAWN_AT)
    assert max(Counter(seat["expert"] for seat in run.seats).values()) == 2
    assert sum(shortage["missing"] for shortage in run.unfilled) == 1


def test_apply_makes_one_sheet_a_seat_and_twice_changes_nothing(round, act, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    run = propose()
    act(assignment.apply, run_id=run.pk)
    made = held(round)
    assert made == sorted((seat["nomination"], int(seat["expert"])) for seat in run.seats)
    act(assignment.apply, run_id=run.pk)
    assert held(round) == made
    assert Event.objects.filter(kind="assignment.applied").count() == 1


def test_apply_after_the_facts_have_changed_is_refused(round, act, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    run = propose()
    expert = queries.panel_of(round)[0].expert
    nomination = round.nominations.get(city=TANGSHAN)
    Recusal.objects.create(nomination=nomination, expert=expert, ground=Ground.KIN, declared_by=expert.user, declared_at=DRAWN_AT)
    assert refusal_of(act, step=assignment.apply, run_id=run.pk) == Refusal.FACTS_CHANGED
    assert not ScoreSheet.objects.exists()
    act(assignment.apply, run_id=propose().pk)
    assert (TANGSHAN, expert.pk) not in held(round)


def test_a_second_assignment_beside_one_in_force_is_refused(round, act, propose):
    review.accepted(round, CITIES)
    review.panel(round, 5)
    lapsed = propose()
    member = queries.panel_of(round)[0]
    member.expert.industries = ["C14"]
    member.expert.save()
    run = propose()
    assert refusal_of(act, step=assignment.apply, run_id=lapsed.pk) == Refusal.NOT_PROPOSED
    act(assignment.apply, run_id=run.pk)
    assert refusal_of(propose) == Refusal.IN_FORCE


def test_undo_removes_every_sheet_and_says_which(round, act):
    run = review.assigned(round, cities=CITIES)
    codes = [sheet.code for sheet in review.sheets(round)]
    act(assignment.undo, run_id=run.pk)
    assert not ScoreSheet.objects.exists()
    assert sorted(Event.objects.get(kind="assignment.undone").data["removed"]) == sorted(codes)
    assert refusal_of(act, step=assignment.undo, run_id=run.pk) == Refusal.NOT_IN_FORCE


@pytest.mark.parametrize("deed", ["saves", "recuses", "declines"])
def test_undo_is_refused_once_an_expert_has_acted(round, act, deed):
    run = review.assigned(round, cities=CITIES)
    review.pledge(round)
    sheet = review.sheets(round)[0]
    if deed == "saves":
        scoring.save_sheet(sheet_id=sheet.pk, marks={}, revision=0, by=sheet.expert.user, at=SCORED_AT)
    elif deed == "recuses":
        scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=sheet.expert.user, at=SCORED_AT)
    else:
        scoring.decline(sheet_id=sheet.pk, reason="专业不符", by=sheet.expert.user, at=SCORED_AT)
    assert refusal_of(act, step=assignment.undo, run_id=run.pk) == Refusal.IN_USE
    assert len(review.sheets(round)) == 6


def test_a_vacancy_goes_to_the_panel_while_all_else_stays(round, act, fill):
    run = review.assigned(round, cities=[TANGSHAN, TAIYUAN, BEIJING_CODE])
    before = held(round)
    sheet = review.sheets(round)[0]
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=sheet.expert.user, at=SCORED_AT)
    preview = assignment.vacancies(round)
    [new] = fill()
    assert preview.seats == ((sheet.nomination.city_id, str(new.expert_id)),)
    assert preview.called == ()
    assert new.nomination_id == sheet.nomination_id
    assert new.expert_id != sheet.expert_id
    assert set(before) - {(sheet.nomination.city_id, sheet.expert_id)} <= set(held(round))
    filling = AssignmentRun.objects.get(base=run)
    assert (filling.status, facts.findings(filling)) == (RunStatus.APPLIED, ())
    assert fill() == []


def test_the_next_in_the_draw_is_called_up_when_the_panel_has_nobody(round, fill):
    review.assigned(round, cities=CITIES, n=3, waiting=3)
    waiting = queries.called_next(round.panel_draw)
    sheet = review.sheets(round)[0]
    scoring.decline(sheet_id=sheet.pk, reason="专业不符", by=sheet.expert.user, at=SCORED_AT)
    assert [place for place, _expert in assignment.vacancies(round).called] == [4]
    [new] = fill()
    assert new.expert == waiting[0][1]
    member = PanelMember.objects.get(expert=new.expert)
    assert (member.position, member.substitute) == (4, True)
    assert scoring.sign_pledge(round_id=round.pk, by=new.expert.user, at=SCORED_AT).expert == new.expert


def test_substitutes_who_may_not_judge_are_passed_over_in_the_order_of_the_draw(round, fill):
    review.accepted(round, [TANGSHAN])
    review.panel(round, 3, waiting=3)
    first, second = (expert for _place, expert in queries.called_next(round.panel_draw)[:2])
    first.province_id = HEBEI
    first.save()
    staff = review.staff_of(round)
    run = assignment.propose(round_id=round.pk, by=staff, at=DRAWN_AT)
    assignment.apply(run_id=run.pk, by=staff, at=DRAWN_AT)
    sheet = review.sheets(round)[0]
    scoring.decline(sheet_id=sheet.pk, reason="专业不符", by=sheet.expert.user, at=SCORED_AT)
    [new] = fill()
    assert new.expert == second
    assert not PanelMember.objects.filter(expert=first).exists()


def test_an_excused_expert_is_replaced_and_gets_nothing_more(round, act, fill):
    review.assigned(round, cities=CITIES, n=4, waiting=2)
    gone = review.sheets(round)[0].expert
    lost = [sheet for sheet in review.sheets(round) if sheet.expert == gone]
    act(scoring.excuse, round_id=round.pk, expert_id=gone.pk, reason="生病")
    new = fill()
    assert len(new) == len(lost)
    assert gone.pk not in {sheet.expert_id for sheet in new}
    assert Counter(city for city, _expert in held(round)) == {TANGSHAN: 3, TAIYUAN: 3}


def test_seats_that_nobody_can_take_stay_empty_and_are_told(round, fill):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=sheet.expert.user, at=SCORED_AT)
    assert fill() == []
    [shortage] = assignment.vacancies(round).assignment.shortages
    assert (shortage.nomination, shortage.missing) == (TANGSHAN, 1)


def test_a_seat_that_breaks_a_rule_now_has_to_be_given_up_first(round, act, fill):
    review.assigned(round, cities=[TANGSHAN], n=3, waiting=1)
    sheet = review.sheets(round)[0]
    sheet.expert.province_id = HEBEI
    sheet.expert.save()
    assert refusal_of(fill) == Refusal.SEATS_CONTRADICT
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.OTHER, note="调入河北工作", by=sheet.expert.user, at=SCORED_AT)
    assert len(fill()) == 1


def test_filling_is_refused_without_an_assignment_and_after_the_deadline(round, fill):
    assert refusal_of(fill) == Refusal.NOT_IN_FORCE
    review.assigned(round, cities=[TANGSHAN])
    assert refusal_of(fill, at=SHEETS_CLOSE) == Refusal.SHEET_CLOSED
    assert fill(at=SHEETS_CLOSE - timedelta(seconds=1)) == []


def test_undo_takes_later_fillings_along(round, act, propose, fill):
    review.accepted(round, [TANGSHAN])
    mover = review.expert(HEBEI)
    review.panel(round, 3)
    run = propose()
    act(assignment.apply, run_id=run.pk)
    mover.province_id = "310000"
    mover.save()
    [new] = fill()
    assert new.expert == mover
    act(assignment.undo, run_id=run.pk)
    assert not ScoreSheet.objects.exists()
    assert not AssignmentRun.objects.filter(status=RunStatus.APPLIED).exists()


def test_a_submitted_sheet_outlives_its_expert_being_excused(round, act):
    review.assigned(round, cities=CITIES)
    review.pledge(round)
    sheet = review.submit(review.sheets(round)[0])
    act(scoring.excuse, round_id=round.pk, expert_id=sheet.expert_id, reason="生病")
    assert ScoreSheet.objects.get(pk=sheet.pk).status == SheetStatus.SUBMITTED
    assert all(s.status == SheetStatus.DECLINED for s in review.sheets(round) if s.expert_id == sheet.expert_id and s.pk != sheet.pk)


def test_shijiazhuang_and_tangshan_share_the_province_that_excludes(round, propose):
    review.accepted(round, [TANGSHAN, SHIJIAZHUANG])
    locals_ = {str(review.expert(HEBEI).pk) for _ in range(2)}
    review.panel(round, 5)
    assert not {seat["expert"] for seat in propose().seats} & locals_
