"""The ranking: exact, repeatable, and honest about what it cannot part."""

from datetime import timedelta
from fractions import Fraction

import pgtrigger
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.rules import Refused
from pilotportal.audit.models import Event, Seal
from pilotportal.digests import digest_of
from review import queries
from review.enums import Ground, Refusal, TieMethod
from review.models import Mark, Ranking, ScoreSheet, TieResolution
from review.services import ranking, scoring
from tests import factories
from tests.factories import BEIJING_CODE, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import RANKED_AT, SCORED_AT, SHEETS_CLOSE

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return review.small_round()


@pytest.fixture
def compute(round):
    def carry_out(**changes):
        return ranking.compute(**{"round_id": round.pk, "by": review.staff_of(round), "at": RANKED_AT} | changes)

    return carry_out


def refusal_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal


def by_city(made):
    return {entry["code"]: entry for entry in made.entries}


def same(_city, _position, _criterion):
    return 7


def test_an_entry_says_exactly_how_the_city_came_to_its_place(round, compute):
    marks = {"manufacturing": 9, "hr_services": 8, "talent": 7, "demonstration": 6, "plan": 5, "safeguards": 4}
    review.scored(round, cities=[TANGSHAN], n=3, marks=lambda _city, position, code: marks[code] - (position == 1 and code == "plan"))
    [entry] = compute().entries
    nomination = round.nominations.get()
    total = Fraction(25 * 9 + 20 * 8 + 15 * 7 + 10 * 6 + 20 * 5 + 10 * 4, 10)
    exact = (total + total + total - Fraction(20, 10)) / 3
    assert entry == {
        "nomination": nomination.code,
        "code": TANGSHAN,
        "city": "唐山市",
        "province": "河北省",
        "province_code": "130000",
        "region": "east",
        "rank": 1,
        "score": f"{exact.numerator}/{exact.denominator}",
        "sheets": 3,
        "tied": False,
        "flagged": False,
        "behind": "first",
        "criterion": "",
        "criteria": {
            "manufacturing": "9/1",
            "hr_services": "8/1",
            "talent": "7/1",
            "demonstration": "6/1",
            "plan": "14/3",
            "safeguards": "4/1",
        },
    }


def test_cities_stand_in_the_order_of_their_scores_and_the_stage_is_sealed(round, compute):
    review.scored(round)
    made = compute()
    assert [entry["code"] for entry in made.entries] == review.CITIES
    assert [entry["rank"] for entry in made.entries] == [1, 2, 3, 4]
    event = Event.objects.get(kind="ranking.computed")
    assert made.digest == digest_of(made.entries) == event.data["digest"]
    assert event.target_name.endswith("试点 2025年9月2日 00:00:00")
    assert Seal.objects.filter(reason=f"ranking {round.code}").exists()


def test_sheets_still_out_hold_the_ranking_back_until_their_deadline(round, compute):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    first, second, third = review.sheets(round)
    review.submit(first)
    review.submit(second)
    with pytest.raises(Refused) as refused:
        compute(at=SHEETS_CLOSE - timedelta(microseconds=1))
    assert (refused.value.refusal, refused.value.facts["count"]) == (Refusal.SHEETS_OUT, 1)
    assert compute(at=SHEETS_CLOSE).entries[0]["sheets"] == 2
    review.submit(third)
    assert compute(at=SCORED_AT).entries[0]["sheets"] == 3


def test_too_few_sheets_flag_the_city_and_leave_it_without_a_rank(round, compute):
    review.assigned(round, cities=[TANGSHAN, TAIYUAN], n=3)
    review.pledge(round)
    for sheet in review.sheets(round):
        if sheet.nomination.city_id == TAIYUAN:
            review.submit(sheet)
    review.submit(review.sheets(round)[0])
    ranked, flagged = compute().entries
    assert (ranked["code"], ranked["rank"], ranked["flagged"]) == (TAIYUAN, 1, False)
    assert (flagged["code"], flagged["rank"], flagged["score"], flagged["flagged"], flagged["sheets"]) == (TANGSHAN, None, None, True, 1)


def test_a_draft_and_a_recused_sheet_do_not_count(round, compute):
    review.scored(round, cities=[TANGSHAN], n=3, marks=same)
    sheet = review.sheets(round)[0]
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=sheet.expert.user, at=SCORED_AT)
    reopened = review.sheets(round)[1]
    scoring.reopen(sheet_id=reopened.pk, reason="复核", by=review.staff_of(round), at=SCORED_AT)
    [entry] = compute().entries
    assert (entry["sheets"], entry["flagged"]) == (1, True)


def test_equal_scores_are_parted_by_the_announced_criteria(round, compute):
    def marks(city, _position, criterion):  # 25 for manufacturing outweighs nothing here: the totals are the same
        better = {"hr_services": 8, "plan": 8} if city == TANGSHAN else {"hr_services": 9, "plan": 7}
        return better.get(criterion, 7)

    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3, marks=marks)
    first, second = compute().entries
    assert first["score"] == second["score"]
    assert (first["code"], second["code"]) == (TANGSHAN, TAIYUAN)
    assert (second["behind"], second["criterion"], second["tied"]) == ("criterion", "plan", False)


def test_what_the_criteria_do_not_part_is_shown_as_a_tie(round, compute):
    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3, marks=same)
    made = compute()
    assert [(entry["rank"], entry["tied"]) for entry in made.entries] == [(1, True), (1, True)]
    assert [[entry["code"] for entry in tie] for tie in queries.open_ties(made)] == [[TANGSHAN, TAIYUAN]]


def test_the_trimmed_mean_leaves_out_one_highest_and_one_lowest():
    round = review.small_round(panel_size=5, aggregation="trimmed")
    review.scored(round, cities=[TANGSHAN], n=5, marks=lambda _city, position, _code: [0, 6, 7, 8, 10][position - 1])
    made = ranking.compute(round_id=round.pk, by=review.staff_of(round), at=RANKED_AT)
    assert by_city(made)[TANGSHAN]["score"] == "70/1"


def test_people_part_a_tie_on_record_and_it_stays_parted(round, compute):
    review.scored(round, cities=[TANGSHAN, TAIYUAN, BEIJING_CODE], n=4, marks=same)
    before = compute()
    codes = {entry["code"]: entry["nomination"] for entry in before.entries}
    order = [codes[TAIYUAN], codes[TANGSHAN], codes[BEIJING_CODE]]
    after = ranking.resolve_tie(
        round_id=round.pk, order=order, reason="现场公开抽签", method=TieMethod.DRAW, by=review.staff_of(round), at=RANKED_AT
    )
    assert [(e["code"], e["rank"], e["behind"], e["tied"]) for e in after.entries] == [
        (TAIYUAN, 1, "first", False),
        (TANGSHAN, 2, "draw", False),
        (BEIJING_CODE, 3, "draw", False),
    ]
    assert after.base == before.base
    assert after.digest != before.digest
    assert compute().digest == after.digest
    assert Event.objects.get(kind="ranking.tie_parted").data["order"] == [TAIYUAN, TANGSHAN, BEIJING_CODE]


def test_parting_a_tie_is_refused_without_reason_tie_or_ranking(round, compute):
    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3, marks=same)
    codes = list(round.nominations.order_by("city").values_list("code", flat=True))
    asked = {"round_id": round.pk, "by": review.staff_of(round), "at": RANKED_AT}
    assert refusal_of(ranking.resolve_tie, order=codes, reason="择优", **asked) == Refusal.NO_RANKING
    compute()
    assert refusal_of(ranking.resolve_tie, order=codes, reason="  ", **asked) == Refusal.NO_REASON
    for order in (codes[:1], [*codes, codes[0]], [codes[0], "NOSUCH"], []):
        assert refusal_of(ranking.resolve_tie, order=order, reason="择优", **asked) == Refusal.NO_SUCH_TIE
    assert refusal_of(ranking.resolve_tie, order=codes, reason="择优", **asked | {"by": factories.user("partner")}) == Refusal.NOT_STAFF
    ranking.resolve_tie(order=codes, reason="择优", **asked)
    assert refusal_of(ranking.resolve_tie, order=codes, reason="择优", **asked) == Refusal.NO_SUCH_TIE
    assert TieResolution.objects.count() == 1


def test_a_resolution_lapses_when_a_mark_changes(round, compute):
    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3, marks=same)
    compute(at=SCORED_AT)
    codes = list(round.nominations.order_by("-city").values_list("code", flat=True))
    asked = {"round_id": round.pk, "order": codes, "reason": "择优", "by": review.staff_of(round), "at": SCORED_AT}
    ranking.resolve_tie(**asked)
    for sheet in review.sheets(round):  # every mark one lower: tied again, on other marks
        scoring.reopen(sheet_id=sheet.pk, reason="复核", by=review.staff_of(round), at=SCORED_AT)
        review.submit(sheet, 6)
    assert refusal_of(ranking.resolve_tie, **asked) == Refusal.RANKING_OLD
    assert all(entry["tied"] for entry in compute().entries)


def test_ranking_is_refused_before_there_is_something_to_rank(round, compute):
    assert refusal_of(compute) == Refusal.NOTHING_ACCEPTED
    review.accepted(round, [TANGSHAN])
    assert refusal_of(compute) == Refusal.NOT_IN_FORCE
    assert refusal_of(compute, by=factories.user("supervisor")) == Refusal.NOT_STAFF


def test_ranking_is_refused_while_a_list_is_in_force(compute, round):
    review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert refusal_of(compute) == Refusal.SELECTION_IN_FORCE


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.lists(st.integers(0, 10), min_size=36, max_size=36))
def test_recomputing_gives_the_same_digest_and_the_scores_are_the_fractions(scored_once, marks):
    """Whatever the marks: twice the same, and equal to arithmetic done here with nothing but fractions."""
    round, rows = scored_once
    with pgtrigger.ignore("review.Mark:sheet_is_open"):
        for row, mark in zip(rows, marks, strict=True):
            row.mark = mark
        Mark.objects.bulk_update(rows, ["mark"])
    staff = review.staff_of(round)
    first, second = (ranking.compute(round_id=round.pk, by=staff, at=RANKED_AT) for _ in range(2))
    assert (first.digest, first.entries) == (second.digest, second.entries)
    expected = {TANGSHAN: Fraction(0), SHIJIAZHUANG: Fraction(0)}
    for row in rows:
        expected[row.sheet.nomination.city_id] += Fraction(row.criterion.weight * row.mark, row.criterion.max_mark) / 3
    assert {entry["code"]: Fraction(entry["score"]) for entry in first.entries} == expected
    leader = first.entries[0]
    assert Fraction(leader["score"]) == max(expected.values())


@pytest.fixture
def scored_once(round):
    review.scored(round, cities=[TANGSHAN, SHIJIAZHUANG], n=3)
    marks = Mark.objects.filter(sheet__nomination__round=round).select_related("criterion", "sheet__nomination").order_by("pk")
    assert ScoreSheet.objects.count() == 6
    assert not Ranking.objects.exists()
    return round, list(marks)
