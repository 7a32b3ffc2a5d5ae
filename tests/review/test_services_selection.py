"""The list: proposed under the rules with a reason for everybody, released by a second person, published, decided or voided."""

from collections import Counter
from datetime import timedelta

import pgtrigger
import pytest

from applications.enums import Status
from applications.models import Nomination, Pilot
from applications.rules import Refused
from pilotportal.audit import queries as audit
from pilotportal.audit.models import Event, Seal
from review import queries
from review.enums import Clause, Place, Refusal, SelectionStatus
from review.methods import selection as walking
from review.models import Selection, SelectionEntry
from review.queries import facts
from review.services import ranking, scoring, selection
from tests import factories
from tests.factories import BEIJING_CODE, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import RANKED_AT, ROOM, SCORED_AT

pytestmark = pytest.mark.django_db
GROUND = {"reason": "报名城市质量较高", "document_number": "人社函〔2025〕9号"}
NUMBER = "人社部函〔2025〕100号"


def refusal_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.refusal


def propose(round, places=2, **changes):
    ground = {} if places == round.planned_places else GROUND
    asked = {"reason": "", "document_number": "", "by": review.staff_of(round), "at": RANKED_AT} | ground
    return selection.propose(round_id=round.pk, places=places, **asked | changes)


def entries(made):
    return {entry.nomination.city_id: entry for entry in made.entries.select_related("nomination")}


# -- the walk ---------------------------------------------------------------------------------------------------------------


def test_the_list_follows_the_ranking_and_everybody_has_one_reason():
    round = review.small_round()
    review.ranked(round)
    made = propose(round)
    found = entries(made)
    assert {city: (entry.place, entry.clause) for city, entry in found.items()} == {
        TANGSHAN: (Place.CHOSEN, Clause.BY_RANK),
        SHIJIAZHUANG: (Place.CHOSEN, Clause.BY_RANK),
        TAIYUAN: (Place.RESERVE, Clause.PLACES_FILLED),
        BEIJING_CODE: (Place.PASSED_OVER, Clause.PLACES_FILLED),
    }
    assert found[TAIYUAN].reserve_order == 1
    assert found[TAIYUAN].facts["first_for"] == ["east"]
    assert set(found) == set(round.nominations.filter(status=Status.ACCEPTED).values_list("city_id", flat=True))
    assert Event.objects.get(kind="selection.proposed").data["digest"] == made.digest


def test_a_maximum_of_a_region_passes_over_and_moves_up():
    round = review.small_round(region_limits=ROOM | {"east": [0, 1]})
    review.ranked(round)
    found = entries(propose(round))
    assert (found[TANGSHAN].place, found[TAIYUAN].place) == (Place.CHOSEN, Place.CHOSEN)
    assert found[TAIYUAN].clause == Clause.MOVED_UP
    passed = found[SHIJIAZHUANG]
    assert (passed.place, passed.clause) == (Place.RESERVE, Clause.MAXIMUM_REACHED)
    assert (passed.facts["region"], passed.facts["number"], passed.facts["holders"]) == ("east", 1, [1])
    assert passed.facts["first_for"] == ["east"]
    assert found[BEIJING_CODE].place == Place.PASSED_OVER


def test_a_minimum_of_a_region_brings_in_and_keeps_places():
    cities = [TANGSHAN, SHIJIAZHUANG, BEIJING_CODE, TAIYUAN]
    round = review.small_round(region_limits=ROOM | {"central": [1, 9]})
    review.ranked(round, marks=lambda city, _position, _code: 9 - cities.index(city))
    found = entries(propose(round))
    assert (found[TAIYUAN].place, found[TAIYUAN].clause) == (Place.CHOSEN, Clause.FOR_MINIMUM)
    assert (found[TAIYUAN].facts["region"], found[TAIYUAN].facts["number"]) == ("central", 1)
    kept = found[SHIJIAZHUANG]
    assert (kept.place, kept.clause) == (Place.RESERVE, Clause.KEPT_FOR_MINIMUM)
    assert kept.facts["kept"] == [{"region": "central", "number": 1, "places": 1}]


def test_a_city_with_too_few_sheets_is_listed_without_a_rank():
    round = review.small_round(planned_places=1)
    review.assigned(round, cities=[TANGSHAN, TAIYUAN], n=3)
    review.pledge(round)
    for sheet in review.sheets(round):
        if sheet.nomination.city_id == TAIYUAN:
            review.submit(sheet)
    ranking.compute(round_id=round.pk, by=review.staff_of(round), at=RANKED_AT)
    left_out = entries(propose(round, places=1))[TANGSHAN]
    assert (left_out.rank, left_out.place, left_out.clause) == (None, Place.NOT_RANKED, Clause.TOO_FEW_SHEETS)
    assert left_out.facts == {"sheets": 0, "minimum": 2}


def test_39_places_are_reached_with_15_9_12_and_3_by_region():
    """The rules of the 2025 round on a made-up ranking in which the east is best throughout."""
    round = factories.opened_round()
    numbers = {"east": 30, "central": 15, "west": 25, "northeast": 6}
    ranked = [
        {
            "code": f"{region}{number}",
            "rank": None,
            "score": f"{90 - number}/1",
            "province_code": f"{region}{number // 3}",
            "region": region,
        }
        for region, count in numbers.items()
        for number in range(count)
    ]
    for rank, entry in enumerate(ranked, start=1):
        entry["rank"] = rank
    walk = walking.select(facts.candidates_of(ranked), facts.rules_of(round, places=39))
    chosen = [entry["region"] for entry in ranked if entry["code"] in walk.selected]
    assert Counter(chosen) == {"east": 15, "central": 9, "west": 12, "northeast": 3}


# -- what is refused --------------------------------------------------------------------------------------------------------


def test_another_number_of_places_needs_a_reason_and_a_document():
    round = review.small_round()
    review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert refusal_of(propose, round=round, places=1, reason="") == Refusal.PLACES
    assert refusal_of(propose, round=round, places=1, document_number=" ") == Refusal.PLACES
    made = propose(round, places=1)
    assert (made.places, made.places_reason, made.places_document) == (1, GROUND["reason"], GROUND["document_number"])


def test_rules_that_contradict_each_other_are_named():
    round = review.small_round(region_limits=ROOM | {"northeast": [1, 3]})
    review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    with pytest.raises(Refused) as refused:
        propose(round)
    assert refused.value.refusal == Refusal.INFEASIBLE
    assert "1" in str(refused.value)
    assert not Selection.objects.exists()


def test_more_places_than_cities_are_refused():
    round = review.small_round()
    review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert refusal_of(propose, round=round, places=3) == Refusal.INFEASIBLE


def test_a_tie_across_the_line_has_to_be_parted_first():
    round = review.small_round(planned_places=1)
    made = review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3, marks=lambda *_: 7)
    with pytest.raises(Refused) as refused:
        propose(round, places=1)
    assert refused.value.refusal == Refusal.TIE_OPEN
    assert "唐山市" in str(refused.value)
    assert "太原市" in str(refused.value)
    order = [entry["nomination"] for entry in reversed(made.entries)]
    ranking.resolve_tie(round_id=round.pk, order=order, reason="现场抽签", by=review.staff_of(round), at=RANKED_AT)
    assert entries(propose(round, places=1))[TAIYUAN].place == Place.CHOSEN


def test_a_tie_that_the_line_does_not_cut_stays_a_tie():
    round = review.small_round(planned_places=2)
    review.ranked(round, cities=[TANGSHAN, TAIYUAN, BEIJING_CODE], marks=lambda city, *_: 5 if city == BEIJING_CODE else 7)
    found = entries(propose(round))
    assert (found[TANGSHAN].rank, found[TAIYUAN].rank, found[BEIJING_CODE].rank) == (1, 1, 3)
    assert found[TANGSHAN].place == found[TAIYUAN].place == Place.CHOSEN


def test_a_list_needs_a_ranking_of_the_marks_as_they_stand():
    round = review.small_round()
    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert refusal_of(propose, round=round) == Refusal.NO_RANKING
    ranking.compute(round_id=round.pk, by=review.staff_of(round), at=SCORED_AT)
    sheet = review.sheets(round)[0]
    scoring.reopen(sheet_id=sheet.pk, reason="复核", by=review.staff_of(round), at=SCORED_AT)
    assert refusal_of(propose, round=round) == Refusal.RANKING_OLD
    review.submit(sheet, 2)
    assert refusal_of(propose, round=round) == Refusal.RANKING_OLD
    ranking.compute(round_id=round.pk, by=review.staff_of(round), at=SCORED_AT)
    assert propose(round).status == SelectionStatus.PROPOSED


def test_one_list_is_in_force_at_a_time():
    round = review.small_round()
    first = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert refusal_of(propose, round=round) == Refusal.SELECTION_IN_FORCE
    selection.void(selection_id=first.pk, reason="重新核对", by=review.staff_of(round), at=RANKED_AT)
    again = propose(round)
    assert again.digest == first.digest
    assert queries.selection_in_force(round) == again


@pytest.mark.parametrize("role", ["supervisor", "partner", "expert"])
def test_only_staff_act(role):
    round = review.small_round()
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    outsider = factories.user(role, "310000" if role == "expert" else None)
    act = {"selection_id": made.pk, "by": outsider, "at": RANKED_AT}
    calls = [
        (selection.sign_off, {"digest": made.digest}),
        (selection.publish_notice, {}),
        (selection.decide, {"decision_number": NUMBER}),
        (selection.void, {"reason": "理由"}),
    ]
    assert [refusal_of(call, **act, **asked) for call, asked in calls] == [Refusal.NOT_STAFF] * 4
    assert refusal_of(propose, round=round, by=outsider) == Refusal.NOT_STAFF


# -- release, notice, decision ----------------------------------------------------------------------------------------------


@pytest.fixture
def round():
    return review.small_round(planned_places=1)


@pytest.fixture
def made(round):
    return review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)


def test_a_second_person_releases_the_list_that_they_saw(round, made):
    asked = {"selection_id": made.pk, "at": RANKED_AT}
    second = factories.staff()
    assert refusal_of(selection.sign_off, digest=made.digest, by=made.proposed_by, **asked) == Refusal.SAME_PERSON
    assert refusal_of(selection.sign_off, digest="sm3:00", by=second, **asked) == Refusal.DIGEST_CHANGED
    done = selection.sign_off(digest=made.digest, by=second, **asked)
    assert (done.status, done.signed_off_by) == (SelectionStatus.SIGNED_OFF, second)
    assert refusal_of(selection.sign_off, digest=made.digest, by=factories.staff(), **asked) == Refusal.NOT_TO_SIGN


def test_a_list_whose_rows_were_altered_is_not_released(round, made):
    with pgtrigger.ignore("review.SelectionEntry:never_changed"):
        SelectionEntry.objects.filter(selection=made, place=Place.CHOSEN).update(rank=9)
    asked = {"selection_id": made.pk, "digest": made.digest, "by": factories.staff(), "at": RANKED_AT}
    assert refusal_of(selection.sign_off, **asked) == Refusal.DIGEST_CHANGED


def test_the_notice_follows_the_release_and_lasts_its_working_days(round, made):
    asked = {"selection_id": made.pk, "by": review.staff_of(round), "at": RANKED_AT}
    assert refusal_of(selection.publish_notice, **asked) == Refusal.NOT_SIGNED_OFF
    selection.sign_off(selection_id=made.pk, digest=made.digest, by=factories.staff(), at=RANKED_AT)
    done = selection.publish_notice(**asked)
    assert (done.status, done.notice_from) == (SelectionStatus.NOTICE, RANKED_AT)  # Tuesday 2 September
    assert done.notice_until == RANKED_AT + timedelta(days=8)  # the end of Tuesday 9 September
    assert Event.objects.get(kind="selection.notice").data["only_weekends_known"] == []


def test_the_decision_waits_for_the_notice_and_makes_pilots(round):
    made = review.on_notice(round, cities=[TANGSHAN, TAIYUAN], n=3)
    asked = {"selection_id": made.pk, "by": review.staff_of(round), "decision_number": NUMBER}
    early, due = made.notice_until - timedelta(microseconds=1), made.notice_until
    assert refusal_of(selection.decide, **asked, at=early) == Refusal.NOTICE_RUNNING
    assert refusal_of(selection.decide, **asked | {"decision_number": " "}, at=due) == Refusal.NO_DECISION_NUMBER
    pilots = selection.decide(**asked, at=due)
    assert [pilot.nomination.city_id for pilot in pilots] == [TANGSHAN]
    assert dict(Nomination.objects.values_list("city_id", "status")) == {TANGSHAN: Status.SELECTED, TAIYUAN: Status.NOT_SELECTED}
    assert Selection.objects.get(pk=made.pk).decision_number == NUMBER
    assert refusal_of(selection.decide, **asked, at=due) == Refusal.NOT_ON_NOTICE
    assert Pilot.objects.count() == 1


def test_nothing_is_decided_before_it_was_published(made):
    asked = {"selection_id": made.pk, "by": made.proposed_by, "decision_number": NUMBER, "at": RANKED_AT + timedelta(days=60)}
    assert refusal_of(selection.decide, **asked) == Refusal.NOT_ON_NOTICE
    assert not Pilot.objects.exists()


def test_a_list_is_voided_with_a_reason_until_it_is_decided(round):
    made = review.on_notice(round, cities=[TANGSHAN, TAIYUAN], n=3)
    asked = {"selection_id": made.pk, "by": review.staff_of(round), "at": made.notice_until}
    assert refusal_of(selection.void, reason=" ", **asked) == Refusal.NO_REASON
    assert selection.void(reason="异议成立", **asked).void_reason == "异议成立"
    assert refusal_of(selection.void, reason="异议成立", **asked) == Refusal.FINAL
    assert refusal_of(selection.decide, decision_number=NUMBER, **asked) == Refusal.NOT_ON_NOTICE


def test_a_decided_list_is_final(round):
    made = review.decided(round, cities=[TANGSHAN, TAIYUAN], n=3)
    asked = {"selection_id": made.pk, "reason": "异议成立", "by": review.staff_of(round), "at": made.notice_until}
    assert refusal_of(selection.void, **asked) == Refusal.FINAL


def test_every_stage_closes_with_a_seal_and_the_record_holds(round):
    review.decided(round, cities=[TANGSHAN, TAIYUAN], n=3)
    reasons = list(Seal.objects.order_by("sequence").values_list("reason", flat=True))
    stages = ["draw", "assignment", "ranking", "selection"]
    assert [reason.split()[0] for reason in reasons] == [*stages, "selection", "selection", "selection"]
    assert reasons[-1] == f"selection {round.code} decided"
    verdict = audit.verify()
    assert (verdict.ok, verdict.unsealed) == (True, 0)


def test_the_preview_is_what_a_proposal_makes(round):
    made = review.ranked(round, cities=[TANGSHAN, TAIYUAN], n=3)
    preview = queries.outcome_of(made, places=1)
    assert preview.selected == (TANGSHAN,)
    assert [city for city, entry in entries(propose(round, places=1)).items() if entry.place == Place.CHOSEN] == [TANGSHAN]
