"""Each person is told once, in the transaction of what it is about, and in both languages."""

from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import DatabaseError, models, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.clock import BEIJING
from pilotportal.moments import lazy_until
from pilotportal.notices import periodic, queries, services, tasks
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests.factories import user
from tests.threads import together

pytestmark = pytest.mark.django_db
AT = datetime(2025, 7, 18, 9, 0, tzinfo=BEIJING)
MIDNIGHT = datetime(2025, 7, 19, 0, 0, tzinfo=BEIJING)


class Act(models.TextChoices):
    DONE = "done", _("Nomination")


def tell(*people, key="test:1", at=AT, **words):
    given = {"subject": _("Nomination"), "body": "An %(about)s.", "about": {"about": lazy_until(MIDNIGHT)}} | words
    return services.notify(to=people, key=key, at=at, **given)


def test_everybody_is_told_once_under_a_key():
    one, two = user(Role.STAFF), user(Role.STAFF)
    assert [tell(one), tell(one, two), tell(one, two), tell(one, key="test:2")] == [1, 1, 0, 1]
    assert Notice.objects.count() == 3


def test_an_account_that_was_closed_is_told_nothing():
    assert tell(user(Role.STAFF, is_active=False)) == 0


def test_the_words_stand_in_both_languages_whoever_wrote_them():
    with translation.override("en"):
        tell(user(Role.STAFF), facts={_("Nomination"): lazy_until(MIDNIGHT)})
    notice = Notice.objects.get()
    with translation.override("en"):
        assert (notice.subject, notice.body, notice.facts) == (
            "Nomination",
            "An 18 July 2025 24:00.",
            [("Nomination", "18 July 2025 24:00")],
        )
    with translation.override("zh-hans"):
        assert (notice.subject, notice.body, notice.facts) == ("申报", "An 2025年7月18日 24:00.", [("申报", "2025年7月18日 24:00")])


def test_a_percent_sign_of_a_city_or_reason_is_only_a_percent_sign():
    tell(user(Role.STAFF), subject="%(name)s", body="%(name)s", about={"name": "50 %s"})
    assert Notice.objects.get().body == "50 %s"


def test_a_notice_is_not_left_behind_by_what_was_rolled_back(django_capture_on_commit_callbacks):
    person = user(Role.STAFF)
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        tell(person)
        transaction.set_rollback(True)
    assert Notice.objects.count() == 0
    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        tell(user(Role.STAFF))


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_one_person_once():
    person = user(Role.STAFF)
    told = together(*[transaction.atomic(partial(tell, person))] * 4)
    assert not [fault for fault in told if isinstance(fault, Exception)]
    assert Notice.objects.count() == 1


def test_what_was_said_cannot_be_changed_or_deleted():
    tell(user(Role.STAFF))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Notice.objects.update(texts={})
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Notice.objects.all().delete()
    Notice.objects.update(read_at=AT)


def test_a_receipt_names_the_act_the_thing_the_instant_and_the_digest():
    person = user(Role.STAFF)
    give = partial(services.give_receipt, to=person, act=Act.DONE, target=person, facts={_("City"): "唐山市"}, digest="sm3:12ab")
    give(at=AT)
    give(at=AT)
    give(at=AT + timedelta(microseconds=1))
    second, first = Notice.objects.all()
    assert first.kind == second.kind == Kind.RECEIPT
    assert first.digest == "sm3:12ab"
    with translation.override("en"):
        assert str(person) in first.subject
        assert [value for _label, value in first.facts] == ["Nomination", "18 July 2025, 09:00:00", "唐山市"]


def test_only_one_s_own_unread_notices_are_marked():
    one, two = user(Role.STAFF), user(Role.STAFF)
    tell(one, two)
    tell(one, key="later", at=AT + timedelta(hours=1))
    assert services.mark_all_read(by=one, at=AT) == 1
    assert queries.unread_of(one).count() == queries.unread_of(two).count() == 1


# -- the mail ------------------------------------------------------------------------------------------------------------------


def test_the_mail_goes_once_after_the_commit_in_the_first_language(django_capture_on_commit_callbacks, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks.mail, "delay", lambda **arguments: queued.append(arguments))
    with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
        tell(user(Role.STAFF, email="wang@example.org"), facts={_("City"): "唐山市"}, digest="sm3:ab")
    for _delivery in range(2):
        tasks.mail(**queued[0], colour="of a newer deployment")
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("申报", ["wang@example.org"])
    assert "2025年7月18日 24:00" in message.body
    assert "sm3:ab" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{Notice.objects.get().code}@")


def test_who_has_no_address_reads_in_the_portal():
    tell(user(Role.STAFF, email=""))
    tasks.mail(notice_ids=[Notice.objects.get().pk])
    assert mail.outbox == []
    assert Notice.objects.get().mailed_at is None


def test_one_mail_that_cannot_go_keeps_no_other_and_is_tried_again(monkeypatch):
    tell(user(Role.STAFF, email="bad@example.org"), user(Role.STAFF, email="good@example.org"))
    deliver = mail.EmailMessage.send

    def send(message, **options):
        if message.to == ["bad@example.org"]:
            raise SMTPServerDisconnected("went away")
        return deliver(message, **options)

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    monkeypatch.setattr(tasks.mail, "autoretry_for", ())
    with pytest.raises(Exception, match="went away"):
        tasks.mail.run(notice_ids=list(Notice.objects.values_list("pk", flat=True)))
    assert [message.to for message in mail.outbox] == [["good@example.org"]]
    assert [notice.recipient.email for notice in Notice.objects.filter(mailed_at__isnull=True)] == ["bad@example.org"]


@pytest.mark.parametrize(
    ("later", "found"),
    [(timedelta(minutes=1), 0), (timedelta(minutes=3), 1), (timedelta(days=3), 0)],
    ids=["its own task may still come", "lost", "too old to be news"],
)
def test_a_mail_that_was_lost_is_found(later, found, monkeypatch):
    tell(user(Role.STAFF), user(Role.STAFF, email=""))
    sent = user(Role.STAFF)
    tell(sent)
    Notice.objects.filter(recipient=sent).update(mailed_at=AT)
    queued = []
    monkeypatch.setattr(tasks.mail, "delay", lambda **arguments: queued.extend(arguments["notice_ids"]))
    monkeypatch.setattr(clock, "now", lambda: AT + later)
    periodic.mail_missing()
    assert len(queued) == found


def test_many_are_mailed_in_batches(django_capture_on_commit_callbacks, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks.mail, "delay", lambda **arguments: queued.append(len(arguments["notice_ids"])))
    monkeypatch.setattr(services, "BATCH", 2)
    with django_capture_on_commit_callbacks(execute=True):
        tell(*[user(Role.STAFF) for _person in range(5)])
    assert queued == [2, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_send_one_mail():
    person = user(Role.STAFF)
    with transaction.atomic():
        tell(person)
    together(*[partial(tasks.mail.run, notice_ids=[Notice.objects.get().pk])] * 4)
    assert len(mail.outbox) == 1
