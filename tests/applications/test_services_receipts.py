"""Whoever acts has a receipt with the digest, in the transaction of the act."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from kombu.exceptions import OperationalError

from applications.models import Nomination
from applications.rules import Refused
from applications.services import decisions, holding, nominations, pilots
from pilotportal.notices import tasks
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests import factories
from tests.factories import DEADLINE, HEBEI, IN_TIME, SELECTED_AT

pytestmark = pytest.mark.django_db


def receipts(person=None):
    found = Notice.objects.filter(kind=Kind.RECEIPT).order_by("pk")
    return list(found.filter(recipient=person) if person else found)


def test_a_submission_gives_its_approver_the_digest_and_mails_it(django_capture_on_commit_callbacks):
    nomination, by = factories.complete_draft(factories.opened_round()), factories.approver()
    version = nominations.submit(nomination_id=nomination.pk, by=by, at=IN_TIME)
    (receipt,) = receipts(by)
    assert (receipt.digest, receipt.url) == (version.digest, nomination.get_absolute_url())
    assert nomination.code in str(receipt.facts)
    tasks.mail(notice_ids=[receipt.pk])
    (message,) = mail.outbox
    assert version.digest in message.body
    assert nomination.city.name in message.subject


def test_a_refused_submission_gives_none():
    nomination = factories.complete_draft(factories.opened_round())
    with pytest.raises(Refused):
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=DEADLINE)
    assert receipts() == []


def test_what_is_rolled_back_leaves_no_receipt():
    nomination = factories.complete_draft(factories.opened_round())
    with transaction.atomic():
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        transaction.set_rollback(True)
    assert receipts() == []


def test_a_correction_has_a_receipt_of_its_own():
    round = factories.opened_round()
    nomination, by = factories.submitted(round), factories.approver()
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=DEADLINE + timedelta(days=5),
        by=factories.made_by(round),
        at=DEADLINE + timedelta(days=1),
    )
    version = nominations.submit(nomination_id=nomination.pk, by=by, at=DEADLINE + timedelta(days=2))
    assert [receipt.digest for receipt in receipts(by)] == [version.digest]


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_withdrawal_names_what_was_withdrawn(handed_in):
    nomination, by = factories.complete_draft(factories.opened_round()), factories.approver()
    digest = holding.draft_digest(Nomination.objects.get())
    if handed_in:
        digest = nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME).digest
    nominations.withdraw(nomination_id=nomination.pk, reason="改推", by=by, at=IN_TIME)
    (receipt,) = receipts(by)
    assert receipt.digest == digest
    assert "改推" in str(receipt.facts)


def test_every_step_of_a_pilot_has_a_receipt():
    pilot = factories.pilot(factories.opened_round())
    city, handler, approver = factories.city_official(), factories.handler(), factories.approver()
    plan = factories.issued_plan(pilot, by=city)
    pilots.file_plan(plan_id=plan.pk, filing_number="冀人社备〔2025〕1号", by=handler, at=SELECTED_AT)
    factories.drafted_summary(pilot, by=city, at=SELECTED_AT)
    pilots.submit_summary(pilot_id=pilot.pk, by=city, at=SELECTED_AT)
    pilots.endorse_summary(pilot_id=pilot.pk, by=approver, at=SELECTED_AT)
    (filed,), (endorsed,) = receipts(handler), receipts(approver)
    issued, summary = receipts(city)
    assert issued.digest == filed.digest == plan.file.digest
    assert summary.digest == endorsed.digest != issued.digest
    assert "冀人社备〔2025〕1号" in str(filed.facts)
    assert {receipt.url for receipt in receipts() if receipt.recipient_id in {city.pk, handler.pk}} == {pilot.get_absolute_url()}


def test_a_submission_stands_when_the_queue_is_down(django_capture_on_commit_callbacks, monkeypatch):
    nomination = factories.complete_draft(factories.opened_round())

    def unreachable(**_arguments):
        raise OperationalError("the queue cannot be reached")

    monkeypatch.setattr(tasks.mail, "delay", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=IN_TIME)
    assert Nomination.objects.get(pk=nomination.pk).status == "submitted"
