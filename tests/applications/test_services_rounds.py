"""A round from its preparation to its opening, and the moving of its deadlines."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications import shipped
from applications.enums import DeadlineKind, Refusal
from applications.models import Amendment, Criterion, Deadline, Quota, RegionLimit, Round
from applications.rules import Refused
from applications.services import rounds
from pilotportal.accounts.models import Division
from pilotportal.audit.models import Event
from pilotportal.digests import digest_of
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, OPENING, SHANXI
from tests.threads import together

pytestmark = pytest.mark.django_db


def criteria(*weights):
    return [dict(shipped.round_2025()["criteria"][n], weight=weight) for n, weight in enumerate(weights)]


def save(round, by, seen=None, **changes):
    return rounds.save(round_id=round.pk, record=rounds.snapshot(round) | changes, seen=seen, by=by, at=OPENING)


def open_it(round, **seen):
    return rounds.open_round(round_id=round.pk, by=factories.made_by(round), at=OPENING, **seen)


def amend(round, instant, *, province=None, reason="台风", document_number="人社厅函〔2025〕90号", kind=DeadlineKind.NOMINATION):
    return rounds.amend_deadline(
        deadline_id=round.deadlines.get(kind=kind).pk,
        province=Division.objects.get(pk=province) if province else None,
        instant=instant,
        reason=reason,
        document_number=document_number,
        by=factories.made_by(round),
        at=OPENING,
    )


def nomination_deadline(round, province=None):
    return Deadline.objects.get(round=round, kind=DeadlineKind.NOMINATION).closes_at(province)


# -- preparing -----------------------------------------------------------------------------------------------------------------


def test_the_shipped_round_comes_back_as_it_was_written():
    record = shipped.round_2025()
    made = rounds.snapshot(factories.preparing_round(co_departments=record["co_departments"]))
    instants = {kind: made["deadlines"][kind] for kind in record["deadlines"]}
    assert {**made, "deadlines": None} == {**record, "deadlines": None}
    assert instants["nomination"] == "2025-07-18T16:00:00+00:00"


def test_a_second_round_with_the_same_code_is_refused():
    factories.preparing_round()
    with pytest.raises(Refused) as refused:
        factories.preparing_round()
    assert refused.value.refusal == Refusal.CODE_TAKEN
    assert Round.objects.count() == 1


def test_saving_replaces_the_rules_and_records_which():
    round = factories.preparing_round()
    save(round, factories.made_by(round), criteria=criteria(70, 30), planned_places=35)
    assert list(round.criteria.values_list("weight", flat=True)) == [70, 30]
    event = Event.objects.get(kind="round.saved")
    assert event.data["changed"] == ["planned_places", "criteria"]


def test_two_editors_of_a_round_never_overwrite_each_other():
    round, first, second = factories.preparing_round(), factories.staff(), factories.staff()
    seen = rounds.digest_of_rules(round)
    save(round, first, seen, planned_places=35)
    with pytest.raises(Refused) as refused:
        save(round, second, seen, planned_places=40)
    assert refused.value.refusal == Refusal.CHANGED_MEANWHILE
    assert Round.objects.get().planned_places == 35


def test_an_opened_round_can_no_longer_be_saved():
    round = factories.opened_round()
    with pytest.raises(Refused) as refused:
        save(round, factories.made_by(round))
    assert refused.value.refusal == Refusal.NOT_PREPARING


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"quotas": {BEIJING_CODE: 2}}, "quota_municipality_nominates_itself"),
        ({"region_limits": {"east": [9, 8]}}, "region_limit_minimum_within_maximum"),
        ({"minimum_sheets": 8}, "round_minimum_within_panel"),
        ({"criteria": [dict(shipped.round_2025()["criteria"][0], weight=0)]}, "criterion_weight_within_100"),
    ],
)
def test_the_database_refuses_rules_that_contradict_themselves(changes, constraint):
    round = factories.preparing_round()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        save(round, factories.made_by(round), **changes)
    assert save(round, factories.made_by(round)).pk == round.pk


def test_a_round_on_the_pattern_of_another_takes_no_document_for_its_own():
    old = shipped.round_2025()
    deadlines = old["deadlines"] | {"nomination": "2026-07-01T00:00:00+08:00"}
    new = rounds.renewed(old, call_number="人社部发〔2026〕3号", deadlines=deadlines, places=2, code="2026")
    assert (new["code"], new["call_number"]) == ("2026", "人社部发〔2026〕3号")
    assert (new["quotas"][HEBEI], new["quotas"][BEIJING_CODE]) == (2, 1)
    assert {given["kind"] for given in new["basis"].values()} == {"default", "decided"}
    assert old["title_zh"] in new["basis"]["planned_places"]["text"]
    assert new["basis"]["deadline_nomination"]["text"] == "人社部发〔2026〕3号"


def test_a_round_of_the_same_call_keeps_what_the_call_says():
    old = shipped.round_2025()
    same = rounds.renewed(old, call_number=old["call_number"], deadlines=old["deadlines"], places=None, code="2025-2")
    assert same == old | {"code": "2025-2"}


# -- opening -------------------------------------------------------------------------------------------------------------------


def test_opening_freezes_the_rules_with_their_digest():
    round = open_it(factories.preparing_round())
    assert round.digest == digest_of(rounds.snapshot(Round.objects.get(pk=round.pk)))
    assert Event.objects.get(kind="round.opened").data["digest"] == round.digest


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"criteria": criteria(60, 39), "tie_rules": []}, Refusal.WEIGHTS),
        ({"tie_rules": ["gone"]}, Refusal.TIE_RULES),
        ({"quotas": {}}, Refusal.NO_QUOTA),
        ({"deadlines": {}}, Refusal.NO_DEADLINE),
        ({"planned_places": 60}, Refusal.REGIONS),
    ],
)
def test_a_round_that_lacks_something_cannot_be_opened(changes, refusal):
    round = factories.preparing_round(**changes)
    with pytest.raises(Refused) as refused:
        open_it(round)
    assert refused.value.refusal == refusal
    assert not Round.objects.get(pk=round.pk).is_opened


def test_the_database_does_not_open_a_round_whose_weights_do_not_sum_to_100():
    round = factories.preparing_round(criteria=criteria(60, 39))
    with pytest.raises(IntegrityError, match="sum to 100"), transaction.atomic():
        Round.objects.filter(pk=round.pk).update(opened_at=OPENING, opened_by=factories.made_by(round), digest="sm3:0")


def test_what_changed_since_the_preview_is_not_opened():
    round = factories.preparing_round()
    seen = rounds.digest_of_rules(round)
    save(round, factories.made_by(round), planned_places=35)
    with pytest.raises(Refused) as refused:
        open_it(round, seen=seen)
    assert refused.value.refusal == Refusal.CHANGED_MEANWHILE
    assert open_it(round, seen=rounds.digest_of_rules(Round.objects.get(pk=round.pk))).is_opened


@pytest.mark.parametrize("field", ["planned_places", "notice_days", "maximum_load", "title_zh", "basis"])
def test_no_rule_of_an_opened_round_can_be_changed(field):
    round = factories.opened_round()
    changed = {"title_zh": "另一个", "basis": {}}.get(field, 9)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Round.objects.filter(pk=round.pk).update(**{field: changed})


@pytest.mark.parametrize("model", [Criterion, Quota, RegionLimit, Deadline])
def test_no_part_of_an_opened_round_can_be_removed(model):
    round = factories.opened_round()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        model.objects.filter(round=round).delete()


@pytest.mark.django_db(transaction=True)
def test_two_openings_at_once_open_it_once():
    round, first, second = factories.preparing_round(), factories.staff(), factories.staff()
    results = together(*[lambda by=by: rounds.open_round(round_id=round.pk, by=by, at=OPENING) for by in (first, second)])
    assert sorted(type(result).__name__ for result in results) == ["Refused", "Round"]
    assert Event.objects.filter(kind="round.opened").count() == 1


# -- deadlines move ------------------------------------------------------------------------------------------------------------


def test_an_amendment_stands_beside_the_original():
    round = factories.opened_round()
    later = DEADLINE + timedelta(days=7)
    amend(round, later)
    deadline = Deadline.objects.get(round=round, kind=DeadlineKind.NOMINATION)
    assert (deadline.original, deadline.closes_at(None), deadline.closes_at(HEBEI)) == (DEADLINE, later, later)
    amendment = Amendment.objects.get()
    assert (amendment.reason, amendment.document_number) == ("台风", "人社厅函〔2025〕90号")
    event = Event.objects.get(kind="deadline.amended")
    assert event.data["original"] != event.data["instant"]


def test_an_amendment_for_one_province_leaves_the_others():
    round = factories.opened_round()
    amend(round, later := DEADLINE + timedelta(days=7), province=HEBEI)
    assert (nomination_deadline(round, HEBEI), nomination_deadline(round, SHANXI), nomination_deadline(round)) == (
        later,
        DEADLINE,
        DEADLINE,
    )


def test_a_later_extension_for_all_reaches_the_province_too():
    round = factories.opened_round()
    amend(round, DEADLINE + timedelta(days=3), province=HEBEI)
    amend(round, later := DEADLINE + timedelta(days=7))
    assert nomination_deadline(round, HEBEI) == later


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, Refusal.NO_GROUND),
        ({"document_number": ""}, Refusal.NO_GROUND),
        ({"instant": DEADLINE}, Refusal.SAME_DEADLINE),
        ({"instant": OPENING}, Refusal.NOT_AHEAD),
        ({"province": HEBEI, "instant": DEADLINE - timedelta(days=1)}, Refusal.BEFORE_THE_OTHERS),
        ({"province": HEBEI, "kind": DeadlineKind.SCORE_SHEETS}, Refusal.NOT_BY_PROVINCE),
    ],
)
def test_an_amendment_without_ground_or_sense_is_refused(changes, refusal):
    round = factories.opened_round()
    arguments = {"instant": DEADLINE + timedelta(days=7)} | changes
    with pytest.raises(Refused) as refused:
        amend(round, arguments.pop("instant"), **arguments)
    assert refused.value.refusal == refusal
    assert not Amendment.objects.exists()


def test_the_deadline_of_a_round_in_preparation_is_edited_and_not_amended():
    with pytest.raises(Refused) as refused:
        amend(factories.preparing_round(), DEADLINE + timedelta(days=7))
    assert refused.value.refusal == Refusal.NOT_OPENED


def test_the_database_refuses_an_amendment_without_a_document():
    round = factories.opened_round()
    with pytest.raises(IntegrityError, match="amendment_has_its_ground"), transaction.atomic():
        Amendment.objects.create(
            deadline=round.deadlines.first(),
            instant=DEADLINE,
            reason="台风",
            document_number="",
            amended_by=factories.made_by(round),
            amended_at=OPENING,
        )


@pytest.mark.django_db(transaction=True)
def test_the_same_amendment_twice_at_once_is_made_once():
    round = factories.opened_round()
    factories.made_by(round)
    results = together(*[lambda: amend(round, DEADLINE + timedelta(days=7))] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Amendment", "Refused"]
    assert Amendment.objects.count() == 1
