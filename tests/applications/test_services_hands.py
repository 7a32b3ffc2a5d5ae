"""The city drafts, the departments sign, the ministry grants a place: what each act changes, records, and refuses."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from applications import queries
from applications.enums import AttachmentKind, Refusal, SignatureState, Status, Verdict
from applications.models import CoSignature, Invitation, Nomination, QuotaException, SignatureRequest
from applications.rules import Refused
from applications.services import decisions, holding, invitations, nominations, quotas, signatures
from pilotportal.accounts.enums import Branch
from pilotportal.accounts.models import Division
from pilotportal.audit.models import Event
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, IN_TIME, LANGFANG, REVIEW_TIME, SHANXI, SHIJIAZHUANG, TANGSHAN

pytestmark = pytest.mark.django_db
LATER = IN_TIME + timedelta(hours=1)


@pytest.fixture
def round():
    return factories.opened_round(co_departments=["industry"])


@pytest.fixture
def nomination(round):
    return factories.complete_draft(round)


def fresh(nomination) -> Nomination:
    return queries.nominations().get(pk=nomination.pk)


def change(nomination, by=None, text="另一段概述。", at=IN_TIME):
    section = nomination.round.definition.section("basics")
    standing = fresh(nomination)
    return nominations.save_section(
        nomination_id=nomination.pk,
        section=section,
        values={"overview": text},
        revision=standing.revision_of("basics"),
        by=by or factories.handler(),
        at=at,
    )


def submit(nomination, at=IN_TIME):
    return nominations.submit(nomination_id=nomination.pk, by=factories.approver(nomination.province_id), at=at)


def refusal_of(act) -> Refusal:
    with pytest.raises(Refused) as refused:
        act()
    assert "%(" not in str(refused.value)
    return refused.value.refusal


def state_of(nomination, branch=Branch.INDUSTRY) -> SignatureState:
    return next(line.state for line in nominations.signatures_of(fresh(nomination)) if line.branch == branch)


def events(kind) -> list[dict]:
    """What was recorded, and beside it always the digest of what it was about."""
    return [{name: value for name, value in event.data.items() if name != "digest"} for event in Event.objects.filter(kind=kind)]


def digests(kind) -> list[str]:
    return [event.data["digest"] for event in Event.objects.filter(kind=kind)]


class TestInvitation:
    def test_an_invited_city_edits_entries_and_evidence(self, nomination):
        city = factories.city_official()
        assert refusal_of(lambda: change(nomination, by=city)) == Refusal.NOT_INVITED
        factories.invited(nomination)
        assert change(nomination, by=city).content["overview"] == "另一段概述。"
        evidence = nominations.attach(
            nomination_id=nomination.pk, kind=AttachmentKind.EVIDENCE, file=factories.stored_pdf("e"), name="e.pdf", by=city, at=IN_TIME
        )
        nominations.detach(nomination_id=nomination.pk, attachment_id=evidence.pk, by=city, at=IN_TIME)
        assert fresh(nomination).sections["basics"]["by"] == city.name

    def test_handing_back_ends_it_with_the_digest_of_what_was_handed_back(self, nomination):
        city = factories.city_official()
        factories.invited(nomination)
        invitations.hand_back(nomination_id=nomination.pk, by=city, at=LATER)
        ended = Invitation.objects.get()
        assert (ended.handed_back, ended.ended_by, ended.ended_at) == (True, city, LATER)
        assert refusal_of(lambda: change(nomination, by=city)) == Refusal.NOT_INVITED
        assert events("nomination.handed_back") == [{"city": TANGSHAN}]
        assert digests("nomination.handed_back") == [holding.recommended_digest(fresh(nomination))]
        assert refusal_of(lambda: invitations.hand_back(nomination_id=nomination.pk, by=city, at=LATER)) == Refusal.NOT_INVITED

    def test_the_province_ends_it_and_invites_again(self, nomination):
        factories.invited(nomination)
        assert refusal_of(lambda: factories.invited(nomination)) == Refusal.INVITED
        invitations.end(nomination_id=nomination.pk, by=factories.handler(), at=LATER)
        factories.invited(nomination, at=LATER)
        assert [each.handed_back for each in fresh(nomination).invitations.all()] == [False, False]
        assert fresh(nomination).open_invitation.invited_at == LATER

    def test_submission_and_withdrawal_end_it(self):
        round = factories.opened_round()
        one, two = factories.complete_draft(round), factories.draft(round, city=SHIJIAZHUANG)
        factories.invited(one), factories.invited(two)
        submit(one, at=LATER)
        nominations.withdraw(nomination_id=two.pk, reason="改推", by=factories.approver(), at=LATER)
        assert not Invitation.objects.filter(ended_at__isnull=True).exists()
        assert set(Invitation.objects.values_list("ended_at", flat=True)) == {LATER}
        assert len(events("nomination.invitation_ended")) == 2

    def test_a_city_is_invited_to_a_correction(self):
        nomination = factories.submitted(factories.opened_round())
        assert refusal_of(lambda: factories.invited(nomination, at=REVIEW_TIME)) == Refusal.NOT_EDITABLE
        decisions.return_for_correction(
            nomination_id=nomination.pk,
            fields=[{"code": "overview", "note": "请补充"}],
            closes_at=REVIEW_TIME + timedelta(days=3),
            by=factories.staff(),
            at=REVIEW_TIME,
        )
        factories.invited(nomination, at=REVIEW_TIME)
        assert change(nomination, by=factories.city_official(), at=REVIEW_TIME).content["overview"] == "另一段概述。"

    def test_a_municipality_is_its_own_province(self):
        nomination = factories.draft(factories.opened_round(), city=BEIJING_CODE)
        assert refusal_of(lambda: factories.invited(nomination)) == Refusal.OWN_CITY


class TestAsking:
    def test_departments_of_the_own_province_are_asked_once(self, nomination):
        own, foreign = factories.co_department(HEBEI), factories.co_department(SHANXI)
        ask = {"nomination_id": nomination.pk, "by": factories.handler(), "at": IN_TIME}
        assert refusal_of(lambda: signatures.ask(organisations=[foreign], **ask)) == Refusal.NO_DEPARTMENT
        signatures.ask(organisations=[own, foreign], **ask)
        assert [request.organisation for request in SignatureRequest.objects.all()] == [own]
        assert refusal_of(lambda: signatures.ask(organisations=[own], **ask)) == Refusal.ASKED_BEFORE
        assert events("nomination.signature_asked") == [{"departments": [own.name]}]

    def test_an_added_department_can_be_cancelled_and_asked_again_a_required_one_cannot(self, nomination):
        asked = factories.asked(nomination, Branch.INDUSTRY, Branch.REFORM)
        industry, reform = asked.requests_in_force
        cancel = {"nomination_id": nomination.pk, "by": factories.handler(), "at": LATER}
        assert refusal_of(lambda: signatures.cancel(request_id=industry.pk, **cancel)) == Refusal.REQUIRED
        factories.objected(nomination, factories.cosigner(Branch.REFORM))
        signatures.cancel(request_id=reform.pk, **cancel)
        assert refusal_of(lambda: signatures.cancel(request_id=reform.pk, **cancel)) == Refusal.NOT_ASKED
        assert events("nomination.signature_cancelled") == [{"department": reform.organisation.name, "said": "objected"}]
        factories.asked(nomination, Branch.REFORM, at=LATER)
        assert state_of(nomination, Branch.REFORM) == SignatureState.ASKED
        assert CoSignature.objects.count() == 1

    def test_nobody_is_asked_after_the_submission(self):
        nomination = factories.submitted(factories.opened_round())
        assert refusal_of(lambda: factories.asked(nomination)) == Refusal.COSIGNED_BEFORE


class TestAnswers:
    def test_a_required_signature_lets_the_nomination_through(self, nomination):
        assert state_of(nomination) == SignatureState.NOT_ASKED
        assert refusal_of(lambda: submit(nomination)) == Refusal.UNSIGNED
        factories.asked(nomination)
        assert state_of(nomination) == SignatureState.ASKED
        assert refusal_of(lambda: submit(nomination)) == Refusal.UNSIGNED
        said = factories.cosigned(nomination, factories.cosigner())
        assert state_of(nomination) == SignatureState.SIGNED
        assert submit(nomination).number == 1
        department = factories.co_department().name
        assert events("nomination.cosigned") == [{"department": department, "reason": ""}]
        assert digests("nomination.cosigned") == [said.digest]

    def test_a_change_voids_a_signature_and_the_same_text_brings_it_back(self, nomination):
        before = nomination.content["overview"]
        factories.asked(nomination)
        factories.cosigned(nomination, factories.cosigner())
        change(nomination)
        assert state_of(nomination) == SignatureState.LAPSED
        assert refusal_of(lambda: submit(nomination)) == Refusal.UNSIGNED
        change(nomination, text=before)
        assert state_of(nomination) == SignatureState.SIGNED

    def test_evidence_voids_a_signature_and_the_letter_does_not(self, nomination):
        factories.asked(nomination)
        factories.cosigned(nomination, factories.cosigner())
        attach = {"nomination_id": nomination.pk, "name": "x.pdf", "by": factories.handler(), "at": IN_TIME}
        nominations.attach(kind=AttachmentKind.LETTER, file=factories.stored_pdf("new letter"), **attach)
        assert state_of(nomination) == SignatureState.SIGNED
        nominations.attach(kind=AttachmentKind.EVIDENCE, file=factories.stored_pdf("figures"), **attach)
        assert state_of(nomination) == SignatureState.LAPSED

    def test_an_objection_stands_through_changes_until_the_department_signs(self, nomination):
        factories.asked(nomination)
        by = factories.cosigner()
        factories.objected(nomination, by, reason="数据与统计不一致")
        assert refusal_of(lambda: submit(nomination)) == Refusal.OBJECTED
        change(nomination)
        (line,) = nominations.signatures_of(fresh(nomination))
        assert (line.state, line.answered) == (SignatureState.OBJECTED, True)
        assert refusal_of(lambda: submit(nomination)) == Refusal.OBJECTED
        factories.cosigned(nomination, by)
        assert submit(nomination).number == 1
        assert [said.verdict for said in CoSignature.objects.all()] == [Verdict.OBJECTED, Verdict.SIGNED]

    def test_an_added_department_keeps_the_nomination_only_by_objecting(self, nomination):
        factories.asked(nomination, Branch.INDUSTRY, Branch.REFORM)
        factories.cosigned(nomination, factories.cosigner())
        reform = factories.cosigner(Branch.REFORM)
        factories.objected(nomination, reform)
        with pytest.raises(Refused) as refused:
            submit(nomination)
        assert refused.value.refusal == Refusal.OBJECTED
        assert reform.organisation.name in str(refused.value)
        signatures.cancel(
            nomination_id=nomination.pk, request_id=fresh(nomination).requests_in_force[1].pk, by=factories.handler(), at=LATER
        )
        assert submit(nomination).number == 1

    def test_what_was_not_read_is_not_signed(self, nomination):
        factories.asked(nomination)
        seen = holding.recommended_digest(fresh(nomination))
        change(nomination)
        answer = {"nomination_id": nomination.pk, "by": factories.cosigner(), "at": IN_TIME}
        for verdict in Verdict:
            assert refusal_of(lambda: signatures.answer(verdict=verdict, reason="x", seen=seen, **answer)) == Refusal.CHANGED_FOR_SIGNER  # noqa: B023
        assert not CoSignature.objects.exists()

    def test_an_objection_needs_a_reason_and_the_same_is_not_said_twice(self, nomination):
        factories.asked(nomination)
        by = factories.cosigner()
        assert refusal_of(lambda: factories.objected(nomination, by, reason=" \n")) == Refusal.NO_OBJECTION
        factories.cosigned(nomination, by)
        assert refusal_of(lambda: factories.cosigned(nomination, by)) == Refusal.SAID_BEFORE
        factories.objected(nomination, by)
        assert refusal_of(lambda: factories.objected(nomination, by)) == Refusal.SAID_BEFORE
        factories.objected(nomination, by, reason="另一处也不一致")

    def test_nobody_signs_for_another_department_or_an_unfinished_nomination(self, round):
        nomination = factories.asked(factories.draft(round))
        assert refusal_of(lambda: factories.cosigned(nomination, factories.cosigner(Branch.COMMERCE))) == Refusal.NOT_ASKED
        assert refusal_of(lambda: factories.cosigned(nomination, factories.cosigner())) == Refusal.TO_COMPLETE
        factories.objected(nomination, factories.cosigner())

    def test_the_database_keeps_what_was_said(self, nomination):
        factories.asked(nomination)
        said = factories.cosigned(nomination, factories.cosigner())
        with pytest.raises(ProgrammingError), transaction.atomic():
            CoSignature.objects.filter(pk=said.pk).update(digest="sm3:other")

    def test_a_correction_is_answered_without_the_departments_and_their_signatures_stay_with_the_first_version(self, nomination):
        factories.asked(nomination)
        said = factories.cosigned(nomination, factories.cosigner())
        submit(nomination)
        decisions.return_for_correction(
            nomination_id=nomination.pk,
            fields=[{"code": "overview", "note": "请补充"}],
            closes_at=REVIEW_TIME + timedelta(days=3),
            by=factories.staff(),
            at=REVIEW_TIME,
        )
        change(nomination, at=REVIEW_TIME)
        assert holding.recommended_digest(fresh(nomination)) != said.digest == holding.signed_digest(fresh(nomination))
        assert state_of(nomination) == SignatureState.SIGNED
        assert submit(nomination, at=REVIEW_TIME).number == 2
        assert state_of(nomination) == SignatureState.SIGNED
        assert refusal_of(lambda: factories.objected(nomination, factories.cosigner())) == Refusal.COSIGNED_BEFORE

    def test_a_withdrawn_nomination_asks_nobody(self, nomination):
        factories.asked(nomination)
        nominations.withdraw(nomination_id=nomination.pk, reason="改推", by=factories.approver(), at=LATER)
        assert fresh(nomination).requests_in_force == []
        assert refusal_of(lambda: factories.objected(nomination, factories.cosigner())) == Refusal.NOT_ASKED


class TestPlaces:
    def grant(self, round, province=HEBEI, **changes):
        facts = {"places": 1, "reason": "承接国家先进制造业集群", "document_number": "人社流动函〔2025〕5号"} | changes
        return quotas.grant(round_id=round.pk, province=Division.objects.get(pk=province), by=factories.staff(), at=IN_TIME, **facts)

    def test_a_granted_place_is_one_city_more_and_no_two(self):
        round = factories.opened_round(quotas={HEBEI: 1, SHANXI: 1})
        factories.draft(round)
        assert refusal_of(lambda: factories.draft(round, city=SHIJIAZHUANG)) == Refusal.QUOTA
        self.grant(round)
        factories.draft(round, city=SHIJIAZHUANG)
        with pytest.raises(Refused) as refused:
            factories.draft(round, city=LANGFANG)
        assert refused.value.facts["places"] == 2
        assert events("round.places_granted") == [
            {"province": HEBEI, "places": 1, "reason": "承接国家先进制造业集群", "document_number": "人社流动函〔2025〕5号"}
        ]

    def test_a_grant_is_of_one_province_and_adds_up(self):
        round = factories.opened_round(quotas={HEBEI: 1, SHANXI: 1})
        self.grant(round), self.grant(round, places=2)
        assert queries.places_by_province(round) == {HEBEI: 4, SHANXI: 1}
        mine = queries.places_by_round(HEBEI)[round.pk]
        assert (mine.quota, mine.granted, mine.total) == (1, 3, 4)
        assert queries.places_by_round(SHANXI)[round.pk].total == 1

    @pytest.mark.parametrize(
        ("province", "changes", "refusal"),
        [
            (HEBEI, {"reason": " "}, Refusal.NO_GROUND),
            (HEBEI, {"document_number": ""}, Refusal.NO_GROUND),
            (BEIJING_CODE, {}, Refusal.NO_EXCEPTION_FOR_ITSELF),
            ("140000", {}, Refusal.NO_QUOTA_TO_EXTEND),
        ],
    )
    def test_a_grant_needs_its_ground(self, province, changes, refusal):
        round = factories.opened_round(quotas={HEBEI: 1, BEIJING_CODE: 1})
        assert refusal_of(lambda: self.grant(round, province, **changes)) == refusal
        assert not QuotaException.objects.exists()

    def test_a_place_that_nobody_could_use_is_not_granted(self):
        round = factories.opened_round(quotas={HEBEI: 1})
        facts = {"places": 1, "reason": "r", "document_number": "n", "province": Division.objects.get(pk=HEBEI), "by": factories.staff()}
        assert refusal_of(lambda: quotas.grant(round_id=round.pk, at=DEADLINE, **facts)) == Refusal.CLOSED
        quotas.grant(round_id=round.pk, at=DEADLINE - timedelta(microseconds=1), **facts)

    def test_a_round_in_preparation_has_its_quotas_edited_instead(self):
        round = factories.preparing_round()
        assert refusal_of(lambda: self.grant(round)) == Refusal.NOT_OPENED


def test_a_withdrawn_city_can_be_nominated_anew_without_its_former_hands(nomination):
    factories.asked(nomination), factories.invited(nomination)
    nominations.withdraw(nomination_id=nomination.pk, reason="改推", by=factories.approver(), at=IN_TIME)
    again = factories.draft(nomination.round)
    assert not again.requests_in_force
    assert again.open_invitation is None
    assert Nomination.objects.get(pk=nomination.pk).status == Status.WITHDRAWN
