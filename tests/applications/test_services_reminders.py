"""Reminders go to those from whom something is missing: once each, the nearest only, and from the new instant once a deadline moved."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail

from applications.enums import DeadlineKind
from applications.services import decisions, nominations, pilots, reminders, rounds
from pilotportal.accounts.models import Division
from pilotportal.notices import tasks
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests import factories
from tests.factories import DEADLINE, HEBEI, OPENING, PLAN_DEADLINE, SHANXI, SHIJIAZHUANG, SUMMARY_DEADLINE, TAIYUAN, TANGSHAN
from tests.review import factories as reviewing
from tests.threads import together

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
QUOTAS = {HEBEI: 1, SHANXI: 1}


def opened(**changes):
    return factories.opened_round(**{"reminder_days": [14, 3, 1], "quotas": QUOTAS} | changes)


def reminded(person=None):
    found = Notice.objects.filter(kind=Kind.REMINDER).order_by("pk")
    return list(found.filter(recipient=person) if person else found)


def amend(round, instant, *, province=None, at, kind=DeadlineKind.NOMINATION):
    return rounds.amend_deadline(
        deadline_id=round.deadlines.get(kind=kind).pk,
        province=Division.objects.get(pk=province) if province else None,
        instant=instant,
        reason="台风",
        document_number="人社厅函〔2025〕90号",
        by=factories.made_by(round),
        at=at,
    )


# -- nominations ---------------------------------------------------------------------------------------------------------------


def test_a_province_with_a_draft_or_places_left_is_reminded_and_one_that_is_through_is_not():
    round = opened()
    handler, approver, other, stranger = factories.handler(), factories.approver(), factories.approver(SHANXI), factories.approver("320000")
    factories.draft(round, by=handler)
    factories.submitted(round, city=TAIYUAN)
    assert reminders.remind(at=DEADLINE - 3 * DAY) == 2
    assert [reminded(person) != [] for person in (handler, approver, other, stranger)] == [True, True, False, False]
    assert "唐山市" in str(reminded(handler)[0].facts)


def test_each_distance_is_sent_once_however_often_the_task_runs():
    opened(quotas={HEBEI: 1})
    handler = factories.handler()
    moments = [DEADLINE - 14 * DAY - SECOND, *[DEADLINE - days * DAY + n * SECOND for days in (14, 3, 1) for n in (0, 1, 60)], DEADLINE]
    assert [reminders.remind(at=at) for at in moments] == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert len(reminded(handler)) == 3


def test_a_task_that_was_down_catches_up_with_the_nearest_only():
    opened(quotas={HEBEI: 1})
    factories.handler()
    assert reminders.remind(at=DEADLINE - timedelta(hours=5)) == 1
    assert reminders.remind(at=DEADLINE - timedelta(hours=4)) == 0


def test_after_the_deadline_nobody_is_reminded():
    opened()
    factories.handler()
    assert reminders.remind(at=DEADLINE) == reminders.remind(at=DEADLINE + DAY) == 0


def test_a_round_in_preparation_reminds_nobody():
    factories.preparing_round(reminder_days=[14])
    factories.handler()
    assert reminders.remind(at=DEADLINE - 10 * DAY) == 0


def test_a_moved_deadline_counts_from_its_new_instant():
    round = opened(quotas={HEBEI: 1})
    factories.handler()
    assert reminders.remind(at=DEADLINE - 3 * DAY) == 1
    later = DEADLINE + 10 * DAY
    amend(round, later, at=DEADLINE - 2 * DAY)
    assert reminders.remind(at=DEADLINE - DAY) == 0  # 11 days left; the distance of 14 had passed when it was moved
    assert reminders.remind(at=later - 3 * DAY) == 1
    assert reminders.remind(at=later - DAY) == 1


def test_a_province_with_its_own_deadline_is_reminded_of_its_own():
    round = opened()
    hebei, shanxi = factories.handler(), factories.handler(SHANXI)
    amend(round, DEADLINE + 5 * DAY, province=HEBEI, at=OPENING + DAY)
    reminders.remind(at=DEADLINE - 10 * DAY)  # 15 days before the one, 10 before the other
    assert [len(reminded(person)) for person in (hebei, shanxi)] == [0, 1]
    reminders.remind(at=DEADLINE + 4 * DAY)
    assert [len(reminded(person)) for person in (hebei, shanxi)] == [1, 1]


def test_who_gave_up_a_place_again_is_reminded_of_the_nearest():
    round = opened(quotas={HEBEI: 1})
    by = factories.approver()
    nomination = factories.submitted(round, at=DEADLINE - 20 * DAY)
    assert reminders.remind(at=DEADLINE - 3 * DAY) == 0
    nominations.withdraw(nomination_id=nomination.pk, reason="改推", by=by, at=DEADLINE - 2 * DAY)
    assert reminders.remind(at=DEADLINE - 2 * DAY) > 0


def test_the_reminder_goes_by_mail_once(django_capture_on_commit_callbacks, monkeypatch):
    opened(quotas={HEBEI: 1})
    handler = factories.handler()
    monkeypatch.setattr(tasks.mail, "delay", tasks.mail.run)
    for _run in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            reminders.remind(at=DEADLINE - DAY)
    assert [message.to for message in mail.outbox] == [[handler.email]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once():
    opened(quotas={HEBEI: 1})
    factories.handler()
    outcomes = together(*[partial(reminders.remind, at=DEADLINE - DAY)] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(reminded()) == 1


# -- corrections ---------------------------------------------------------------------------------------------------------------


def returned(round, *, closes_at, at):
    nomination = factories.submitted(round)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=closes_at,
        by=factories.made_by(round),
        at=at,
    )
    return nomination


def test_a_correction_is_reminded_of_by_its_own_deadline_until_it_is_in():
    round, approver = opened(), factories.approver()
    closes_at = DEADLINE + 10 * DAY
    nomination = returned(round, closes_at=closes_at, at=DEADLINE + DAY)
    assert reminders.remind(at=DEADLINE + DAY + SECOND) == 0  # the distance of 14 days had passed when it was returned
    reminders.remind(at=closes_at - 3 * DAY)
    (reminder,) = reminded(approver)
    assert reminder.url == nomination.get_absolute_url()
    nominations.submit(nomination_id=nomination.pk, by=approver, at=closes_at - 2 * DAY)
    reminders.remind(at=closes_at - DAY)
    assert len(reminded(approver)) == 1


# -- plans, summaries, score sheets --------------------------------------------------------------------------------------------


def test_the_plan_is_reminded_of_to_the_city_and_its_province():
    round = opened()
    done, missing = factories.pilots_of(round, TANGSHAN, TAIYUAN)
    city, handler = factories.city_official(TAIYUAN), factories.handler(SHANXI)
    through = factories.city_official(TANGSHAN)
    factories.issued_plan(done, by=through)
    reminders.remind(at=PLAN_DEADLINE - DAY)
    assert [len(reminded(person)) for person in (city, handler, through)] == [1, 1, 0]
    assert reminded(city)[0].url == missing.get_absolute_url()


def test_the_summary_is_reminded_of_until_it_is_handed_in():
    pilot = factories.pilot(opened(quotas={HEBEI: 1}))
    city = factories.city_official()
    factories.drafted_summary(pilot, by=city, at=SUMMARY_DEADLINE - 5 * DAY)
    reminders.remind(at=SUMMARY_DEADLINE - 3 * DAY)
    pilots.submit_summary(pilot_id=pilot.pk, by=city, at=SUMMARY_DEADLINE - 2 * DAY)
    reminders.remind(at=SUMMARY_DEADLINE - DAY)
    assert len(reminded(city)) == 1


def test_experts_are_reminded_of_their_sheets_and_who_is_through_is_not():
    round = reviewing.small_round(reminder_days=[3])
    reviewing.assigned(round)
    reviewing.pledge(round)
    sheets = reviewing.sheets(round)
    through = sheets[0].expert
    for sheet in sheets:
        if sheet.expert == through:
            reviewing.submit(sheet)
    at = reviewing.SHEETS_CLOSE - 2 * DAY
    assert reminders.remind(at=at) == len({sheet.expert for sheet in sheets}) - 1
    assert not reminded(through.user)
    assert reminders.remind(at=at + SECOND) == 0


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, TAIYUAN, SHIJIAZHUANG]])
def test_a_run_that_has_sent_everything_asks_little(cities, django_assert_num_queries):
    round = opened(quotas={HEBEI: 2, SHANXI: 1})
    for city in cities:
        factories.draft(round, city=city)
    reminders.remind(at=DEADLINE - DAY)
    with django_assert_num_queries(14):
        reminders.remind(at=DEADLINE - DAY)
