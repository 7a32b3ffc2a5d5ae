"""The life of a nomination up to its submission."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications.enums import Refusal, Status
from applications.models import Nomination
from applications.rules import Refused
from applications.services import decisions, nominations
from pilotportal.accounts.models import Division
from pilotportal.audit.models import Event
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, IN_TIME, LANGFANG, SHIJIAZHUANG, TAIYUAN, TANGSHAN

pytestmark = pytest.mark.django_db


def start(round, city, by, at=IN_TIME):
    return nominations.start(round_id=round.pk, city=Division.objects.get(pk=city), by=by, at=at)


def test_start_a_city_of_another_province_is_refused():
    round, by = factories.opened_round(), factories.handler(HEBEI)
    assert start(round, TANGSHAN, by).province_id == HEBEI
    with pytest.raises(Refused) as refused:
        start(round, TAIYUAN, by)
    assert refused.value.refusal == Refusal.OTHER_PROVINCE


def test_the_database_refuses_a_city_of_another_province():
    round, by = factories.opened_round(), factories.handler(HEBEI)
    with pytest.raises(IntegrityError, match="nomination_city_of_the_province"), transaction.atomic():
        Nomination.objects.create(round=round, province_id=HEBEI, city_id=TAIYUAN, created_by=by, created_at=IN_TIME)


def test_start_above_the_quota_is_refused_and_a_withdrawal_frees_the_place():
    round = factories.opened_round(quotas={HEBEI: 2})
    by, approver = factories.handler(HEBEI), factories.approver(HEBEI)
    first = start(round, TANGSHAN, by)
    start(round, SHIJIAZHUANG, by)
    with pytest.raises(Refused) as refused:
        start(round, LANGFANG, by)
    assert refused.value.refusal == Refusal.QUOTA
    nominations.withdraw(nomination_id=first.pk, reason="", by=approver, at=IN_TIME)
    assert start(round, LANGFANG, by).status == Status.DRAFT


def test_the_database_refuses_a_nomination_above_the_quota():
    round, by = factories.opened_round(quotas={HEBEI: 1}), factories.handler(HEBEI)
    start(round, TANGSHAN, by)
    with pytest.raises(DatabaseError, match="quota"), transaction.atomic():
        Nomination.objects.create(round=round, province_id=HEBEI, city_id=LANGFANG, created_by=by, created_at=IN_TIME)


def test_a_municipality_nominates_itself_once():
    round, by = factories.opened_round(), factories.handler(BEIJING_CODE)
    assert start(round, BEIJING_CODE, by).city_id == BEIJING_CODE
    with pytest.raises(Refused) as refused:
        start(round, BEIJING_CODE, by)
    assert refused.value.refusal == Refusal.TWICE


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (timedelta(seconds=1), None),
        (timedelta(microseconds=1), None),
        (timedelta(0), Refusal.CLOSED),
        (-timedelta(microseconds=1), Refusal.CLOSED),
    ],
)
def test_submit_around_the_deadline(before, refusal):
    nomination = factories.complete_draft(factories.opened_round())
    at, by = DEADLINE - before, factories.approver(HEBEI)
    if refusal:
        with pytest.raises(Refused) as refused:
            nominations.submit(nomination_id=nomination.pk, by=by, at=at)
        assert refused.value.refusal == refusal
    else:
        assert nominations.submit(nomination_id=nomination.pk, by=by, at=at).submitted_at == at


def test_a_second_submission_is_refused_and_leaves_one_version():
    nomination = factories.submitted(factories.opened_round())
    with pytest.raises(Refused) as refused:
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=IN_TIME)
    assert refused.value.refusal == Refusal.NOT_A_DRAFT
    assert nomination.versions.count() == 1
    assert Event.objects.filter(kind="nomination.submitted", target_id=nomination.pk).count() == 1


def test_submitted_content_is_frozen_by_the_database():
    nomination = factories.submitted(factories.opened_round())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(content={"overview": "altered"})
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        nomination.versions.update(content={})


def test_a_fourth_sub_sector_is_refused_by_the_form_rule_and_by_the_database():
    round = factories.opened_round()
    nomination = factories.draft(round)
    section = round.definition.section("direction")
    rows = [{"industry": "C36", "description": f"第{n}个"} for n in range(1, 5)]
    with pytest.raises(ValueError, match="At most 3 rows"):
        nominations.save_section(
            nomination_id=nomination.pk, section=section, values={"sub_sectors": rows}, revision=0, by=factories.handler(HEBEI), at=IN_TIME
        )
    with pytest.raises(IntegrityError, match="three_sub_sectors"), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(content={"sub_sectors": rows})


def test_two_editors_of_a_section_never_overwrite_each_other():
    round = factories.opened_round()
    nomination, first, second = factories.draft(round), factories.handler(HEBEI), factories.handler(HEBEI)
    section = round.definition.section("basics")
    save = {"nomination_id": nomination.pk, "section": section, "at": IN_TIME}
    nominations.save_section(values={"overview": "甲"}, revision=0, by=first, **save)
    with pytest.raises(nominations.Stale) as stale:
        nominations.save_section(values={"overview": "乙"}, revision=0, by=second, **save)
    assert stale.value.theirs["overview"] == "甲"
    assert stale.value.saved_by == first.name
    assert Nomination.objects.get(pk=nomination.pk).content["overview"] == "甲"


def test_a_correction_opens_only_its_fields_and_has_its_own_deadline():
    round = factories.opened_round()
    nomination, staff, by = factories.submitted(round), factories.staff(), factories.handler(HEBEI)
    after = DEADLINE + timedelta(days=5)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=after + timedelta(days=3),
        by=staff,
        at=after,
    )
    section = round.definition.section("basics")
    saved = Nomination.objects.get(pk=nomination.pk)
    values = {code: saved.content[code] for code in section.codes}
    with pytest.raises(Refused) as refused:
        nominations.save_section(
            nomination_id=nomination.pk, section=section, values=values | {"applicant": "别人"}, revision=1, by=by, at=after
        )
    assert refused.value.refusal == Refusal.NOT_OPEN_FIELD
    nominations.save_section(
        nomination_id=nomination.pk, section=section, values=values | {"overview": "补充后"}, revision=1, by=by, at=after
    )
    assert nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=after).number == 2
