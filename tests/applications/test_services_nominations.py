"""The life of a nomination up to its submission."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications import queries
from applications.content import Invalid
from applications.enums import AttachmentKind, Problem, Refusal, Status
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
    with pytest.raises(Invalid) as invalid:
        nominations.save_section(
            nomination_id=nomination.pk, section=section, values={"sub_sectors": rows}, revision=0, by=factories.handler(HEBEI), at=IN_TIME
        )
    assert invalid.value.problem == Problem.TOO_MANY_ROWS
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


def test_zero_in_place_of_nothing_is_a_change():
    round = factories.opened_round()
    nomination = factories.submitted(round)
    decisions.return_for_correction(
        nomination_id=nomination.pk, fields=[{"code": "overview", "note": "请补充"}], closes_at=DEADLINE, by=factories.staff(), at=IN_TIME
    )
    section = round.definition.section("manufacturing")
    save = {"nomination_id": nomination.pk, "section": section, "revision": 1, "by": factories.handler(), "at": IN_TIME}
    nominations.save_section(values={"manufacturing_enterprises": 100}, **save)  # as it stands
    with pytest.raises(Refused) as refused:
        nominations.save_section(values={"manufacturing_enterprises": None}, **save | {"revision": 2})
    assert refused.value.refusal == Refusal.NOT_OPEN_FIELD


@pytest.mark.parametrize("kind", AttachmentKind.values)
def test_a_correction_opens_files_only_where_it_names_them(kind):
    nomination, by = factories.submitted(factories.opened_round()), factories.handler()
    decisions.return_for_correction(
        nomination_id=nomination.pk, fields=[{"code": "letter", "note": "未盖章"}], closes_at=DEADLINE, by=factories.staff(), at=IN_TIME
    )
    attach = {"nomination_id": nomination.pk, "file": factories.stored_pdf("new"), "name": "新.pdf", "by": by, "at": IN_TIME}
    if kind == AttachmentKind.LETTER:
        nominations.attach(kind=kind, **attach)
        assert nomination.attachments.filter(replaced_at__isnull=True).get().name == "新.pdf"
    else:
        with pytest.raises(Refused) as refused:
            nominations.attach(kind=kind, **attach)
        assert refused.value.refusal == Refusal.NOT_OPEN_FIELD


def test_a_letter_that_the_correction_does_not_name_cannot_be_taken_out():
    nomination = factories.submitted(factories.opened_round())
    decisions.return_for_correction(
        nomination_id=nomination.pk, fields=[{"code": "overview", "note": "请补充"}], closes_at=DEADLINE, by=factories.staff(), at=IN_TIME
    )
    letter = nomination.attachments.get()
    with pytest.raises(Refused) as refused:
        nominations.detach(nomination_id=nomination.pk, attachment_id=letter.pk, by=factories.handler(), at=IN_TIME)
    assert refused.value.refusal == Refusal.NOT_OPEN_FIELD


@pytest.mark.parametrize(
    ("fields", "closes_at", "refusal"),
    [
        ([], DEADLINE, Refusal.NO_FIELDS),
        ([{"code": "nothing", "note": "请补充"}], DEADLINE, Refusal.UNKNOWN_FIELDS),
        ([{"code": "undertaking", "note": "请补充"}], DEADLINE, Refusal.UNKNOWN_FIELDS),
        ([{"code": "overview", "note": "请补充"}], IN_TIME, Refusal.CORRECTION_PAST),
        ([{"code": "overview", "note": "请补充"}, {"code": "evidence", "note": "请补充"}], DEADLINE, None),
    ],
)
def test_what_a_return_must_name(fields, closes_at, refusal):
    nomination, staff = factories.submitted(factories.opened_round()), factories.staff()
    call = {"nomination_id": nomination.pk, "fields": fields, "closes_at": closes_at, "by": staff, "at": IN_TIME}
    if refusal is None:
        assert decisions.return_for_correction(**call).codes == {"overview", "evidence"}
    else:
        with pytest.raises(Refused) as refused:
            decisions.return_for_correction(**call)
        assert refused.value.refusal == refusal
        assert Nomination.objects.get().status == Status.SUBMITTED


def test_the_undertaking_is_given_with_the_submission():
    nomination, by = factories.complete_draft(factories.opened_round()), factories.approver()
    Nomination.objects.update(content={**nomination.content, "undertaking": None})
    with pytest.raises(Refused) as refused:
        nominations.submit(nomination_id=nomination.pk, by=by, at=IN_TIME)
    assert (refused.value.refusal, refused.value.facts["count"]) == (Refusal.INCOMPLETE, 1)
    version = nominations.submit(nomination_id=nomination.pk, by=by, at=IN_TIME, undertaken=True)
    assert version.content["undertaking"] is True
    assert Nomination.objects.get().content == version.content


def test_an_expired_correction_leaves_the_first_version_standing():
    """What was typed for the correction is kept, and neither read nor followed to the pilot."""
    round, staff = factories.opened_round(), factories.staff()
    nomination = factories.submitted(round)
    first = nomination.content["indicators"][0]
    decisions.return_for_correction(
        nomination_id=nomination.pk, fields=[{"code": "indicators", "note": "请补充"}], closes_at=DEADLINE, by=staff, at=IN_TIME
    )
    section = round.definition.section("goals")
    rows = [{**first, "target": "999999.00"}]
    nominations.save_section(
        nomination_id=nomination.pk, section=section, values={"indicators": rows}, revision=1, by=factories.handler(), at=IN_TIME
    )
    decisions.accept(nomination_id=nomination.pk, by=staff, at=DEADLINE)
    for reader in (staff, factories.handler()):
        dossier = queries.dossier_for(reader, queries.nominations_visible_to(reader).get())
        assert dossier.content["indicators"] == [first]
    (pilot,) = decisions.decide(round_id=round.pk, selected=[nomination.pk], by=staff, at=DEADLINE)
    assert str(pilot.indicators.get().target) == first["target"]


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
