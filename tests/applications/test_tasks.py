"""Receipts go once, and late rather than never."""

from datetime import timedelta

import pytest
from django.core import mail
from kombu.exceptions import OperationalError

from applications import periodic, tasks
from applications.models import Nomination
from applications.services import nominations
from pilotportal import clock
from tests import factories
from tests.factories import HEBEI, IN_TIME

pytestmark = pytest.mark.django_db


def test_the_receipt_is_sent_once_however_often_the_task_is_delivered():
    nomination = factories.submitted(factories.opened_round())
    tasks.send_receipt(nomination_id=nomination.pk)
    tasks.send_receipt(nomination_id=nomination.pk)
    (message,) = mail.outbox
    assert nomination.current_version.digest in message.body
    assert nomination.city.name in message.subject


def test_a_newer_deployment_may_send_more_arguments():
    nomination = factories.submitted(factories.opened_round())
    tasks.send_receipt(nomination_id=nomination.pk, colour="red")
    assert len(mail.outbox) == 1


def test_a_submission_stands_when_the_queue_is_down(django_capture_on_commit_callbacks, monkeypatch):
    nomination = factories.complete_draft(factories.opened_round())

    def unreachable(**_arguments):
        raise OperationalError("the queue cannot be reached")

    monkeypatch.setattr(tasks.send_receipt, "delay", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=IN_TIME)
    assert Nomination.objects.get(pk=nomination.pk).status == "submitted"


def test_a_lost_receipt_is_queued_again(monkeypatch):
    lost, sent = factories.submitted(round := factories.opened_round()), factories.submitted(round, city="130100")
    tasks.send_receipt(nomination_id=sent.pk)
    queued = []
    monkeypatch.setattr(tasks.send_receipt, "delay", lambda **arguments: queued.append(arguments["nomination_id"]))
    monkeypatch.setattr(clock, "now", lambda: IN_TIME + timedelta(minutes=1))
    periodic.send_missing_receipts()
    assert queued == []
    monkeypatch.setattr(clock, "now", lambda: IN_TIME + timedelta(minutes=3))
    periodic.send_missing_receipts()
    assert queued == [lost.pk]
