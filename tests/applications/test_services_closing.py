"""The closing of a deadline: once, late, beside itself, and against what is handed in at the same moment."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from applications.enums import DeadlineKind, Refusal, Status
from applications.models import Closing, Nomination
from applications.periodic import close_deadlines
from applications.rules import Refused
from applications.services import closing, decisions, nominations, pilots, rounds
from pilotportal import clock
from pilotportal.accounts.models import Division
from pilotportal.audit import queries as audit_queries
from pilotportal.audit.models import Event
from pilotportal.digests import canonical, digest_of, matches
from tests import factories
from tests.factories import DEADLINE, HEBEI, IN_TIME, LANGFANG, PLAN_DEADLINE, SHANXI, SHIJIAZHUANG, SUMMARY_DEADLINE, TAIYUAN, TANGSHAN
from tests.threads import together

pytestmark = pytest.mark.django_db
SETTLED = DEADLINE + timedelta(seconds=90)
HOURS_LATER = DEADLINE + timedelta(hours=7)
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


def amend(round, instant, *, province=None, at=IN_TIME, kind=DeadlineKind.NOMINATION):
    return rounds.amend_deadline(
        deadline_id=round.deadlines.get(kind=kind).pk,
        province=Division.objects.get(pk=province) if province else None,
        instant=instant,
        reason="台风",
        document_number="人社厅函〔2025〕90号",
        by=factories.made_by(round),
        at=at,
    )


def submit(nomination, at):
    return nominations.submit(nomination_id=nomination.pk, by=factories.approver(nomination.province_id), at=at)


def listed(made):
    return {entry["city"] for entry in made.entries}


# -- once, and not before its time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "lists"),
    [
        (DEADLINE - MICROSECOND, 0),
        (DEADLINE, 0),
        (SETTLED - MICROSECOND, 0),
        (SETTLED, 1),
        (HOURS_LATER, 1),
    ],
)
def test_the_list_is_sealed_when_the_deadline_has_passed_and_settled(at, lists):
    factories.submitted(factories.opened_round())
    assert len(closing.close_due(at=at)) == lists
    assert Closing.objects.count() == lists


def test_close_before_the_deadline_does_nothing_even_when_asked_for():
    round = factories.opened_round()
    deadline = round.deadlines.get(kind=DeadlineKind.NOMINATION)
    assert closing.close(deadline=deadline, closes_at=DEADLINE, provinces=[HEBEI], at=DEADLINE - MICROSECOND) is None
    assert closing.close(deadline=deadline, closes_at=DEADLINE, provinces=[HEBEI], at=DEADLINE) is not None


def test_closing_twice_leaves_one_list_and_one_event():
    factories.submitted(factories.opened_round())
    assert len(closing.close_due(at=SETTLED)) == 1
    assert closing.close_due(at=SETTLED + SECOND) == []
    assert Event.objects.filter(kind="deadline.closed").count() == 1


def test_a_round_in_preparation_is_not_closed():
    factories.preparing_round()
    assert closing.close_due(at=HOURS_LATER) == []


def test_the_list_names_each_version_with_its_digest_and_seals_the_events():
    round = factories.opened_round()
    nomination = factories.submitted(round)
    factories.draft(round, city=SHIJIAZHUANG)
    (made,) = closing.close_due(at=SETTLED)
    version = nomination.versions.get()
    assert made.entries == [
        {
            "nomination": nomination.code,
            "city": TANGSHAN,
            "version": 1,
            "digest": version.digest,
            "submitted_at": version.submitted_at.isoformat(timespec="microseconds"),
        }
    ]
    assert len(made.provinces) == 32
    assert Event.objects.filter(sealed__isnull=True).count() == 0
    assert not audit_queries.verify().broken


def test_the_digest_can_be_recomputed_from_the_stored_row():
    factories.submitted(factories.opened_round())
    closing.close_due(at=SETTLED)
    made = Closing.objects.get()
    assert matches(canonical(made.record()), made.digest)
    made.entries[0]["version"] = 2
    assert digest_of(made.record()) != made.digest


def test_a_sealed_list_cannot_be_changed_or_deleted():
    factories.submitted(factories.opened_round())
    closing.close_due(at=SETTLED)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Closing.objects.update(entries=[])
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Closing.objects.all().delete()


# -- the deadline holds without the closing ------------------------------------------------------------------------------------


def test_with_celery_down_the_last_second_is_in_and_midnight_is_refused():
    round = factories.opened_round()
    in_time, late = factories.complete_draft(round), factories.complete_draft(round, city=SHIJIAZHUANG)
    submit(in_time, DEADLINE - SECOND)
    with pytest.raises(Refused) as refused:
        submit(late, DEADLINE)
    assert refused.value.refusal == Refusal.CLOSED
    (made,) = closing.close_due(at=HOURS_LATER)
    assert listed(made) == {TANGSHAN}
    assert made.closed_at == HOURS_LATER
    with pytest.raises(Refused):
        submit(late, HOURS_LATER + SECOND)


def test_a_late_closing_lists_the_version_of_the_deadline_and_not_the_correction_after_it():
    round = factories.opened_round()
    nomination = factories.submitted(round)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=DEADLINE + timedelta(days=5),
        by=factories.made_by(round),
        at=DEADLINE + SECOND,
    )
    assert submit(nomination, DEADLINE + timedelta(hours=1)).number == 2
    (made,) = closing.close_due(at=HOURS_LATER)
    assert [entry["version"] for entry in made.entries] == [1]


def test_what_was_withdrawn_in_time_is_not_listed():
    round = factories.opened_round()
    kept, withdrawn = factories.submitted(round), factories.submitted(round, city=SHIJIAZHUANG)
    nominations.withdraw(nomination_id=withdrawn.pk, reason="", by=factories.approver(HEBEI), at=DEADLINE - SECOND)
    (made,) = closing.close_due(at=SETTLED)
    assert listed(made) == {kept.city_id}


# -- amended deadlines ---------------------------------------------------------------------------------------------------------


def test_an_amended_deadline_closes_at_its_new_instant_only():
    round = factories.opened_round()
    amend(round, later := DEADLINE + timedelta(days=7))
    nomination = factories.complete_draft(round)
    assert closing.close_due(at=HOURS_LATER) == []
    submit(nomination, later - SECOND)
    (made,) = closing.close_due(at=later + timedelta(minutes=2))
    assert (made.closes_at, listed(made)) == (later, {TANGSHAN})


def test_a_province_with_its_own_deadline_has_its_own_list():
    round = factories.opened_round()
    amend(round, later := DEADLINE + timedelta(days=3), province=HEBEI)
    factories.submitted(round, city=TAIYUAN)
    nomination = factories.complete_draft(round)
    (general,) = closing.close_due(at=SETTLED)
    assert listed(general) == {TAIYUAN}
    assert HEBEI not in general.provinces
    assert len(general.provinces) == 31
    submit(nomination, DEADLINE + timedelta(days=1))
    (own,) = closing.close_due(at=later + timedelta(minutes=2))
    assert (own.provinces, listed(own)) == ([HEBEI], {TANGSHAN})


def test_another_province_does_not_gain_by_the_amendment():
    round = factories.opened_round()
    amend(round, DEADLINE + timedelta(days=3), province=HEBEI)
    nomination = factories.complete_draft(round, city=TAIYUAN)
    with pytest.raises(Refused) as refused:
        submit(nomination, DEADLINE)
    assert refused.value.refusal == Refusal.CLOSED


def test_an_extension_after_the_deadline_seals_first_what_was_in_though_celery_was_down():
    round = factories.opened_round()
    factories.submitted(round)
    second = factories.complete_draft(round, city=SHIJIAZHUANG)
    amend(round, later := DEADLINE + timedelta(days=7), at=HOURS_LATER)
    assert [listed(made) for made in Closing.objects.all()] == [{TANGSHAN}]
    submit(second, HOURS_LATER + SECOND)
    closing.close_due(at=later + timedelta(minutes=2))
    assert [listed(made) for made in Closing.objects.order_by("closes_at")] == [{TANGSHAN}, {TANGSHAN, SHIJIAZHUANG}]


# -- plans and summaries -------------------------------------------------------------------------------------------------------


def test_the_list_of_plans_names_who_was_in_and_who_was_missing():
    round = factories.opened_round()
    punctual, late = factories.pilots_of(round, TANGSHAN, TAIYUAN)
    factories.issued_plan(punctual, at=PLAN_DEADLINE - MICROSECOND)
    factories.issued_plan(late, at=PLAN_DEADLINE)
    (made,) = [made for made in closing.close_due(at=PLAN_DEADLINE + timedelta(hours=1)) if made.kind == DeadlineKind.PLAN]
    assert {entry["city"]: entry["handed_in"] for entry in made.entries} == {TANGSHAN: True, TAIYUAN: False}


def test_the_list_of_summaries_names_who_was_in_and_who_was_missing():
    round = factories.opened_round()
    punctual, late, silent = factories.pilots_of(round, TANGSHAN, TAIYUAN, SHIJIAZHUANG)
    for pilot, at in ((punctual, SUMMARY_DEADLINE - MICROSECOND), (late, SUMMARY_DEADLINE)):
        factories.drafted_summary(pilot)
        pilots.submit_summary(pilot_id=pilot.pk, by=factories.city_official(pilot.nomination.city_id), at=at)
    factories.drafted_summary(silent)
    made = {made.kind: made for made in closing.close_due(at=SUMMARY_DEADLINE + timedelta(hours=1))}
    handed_in = {entry["city"]: entry["handed_in"] for entry in made[DeadlineKind.SUMMARY].entries}
    assert handed_in == {TANGSHAN: True, TAIYUAN: False, SHIJIAZHUANG: False}
    assert set(made) == {DeadlineKind.NOMINATION, DeadlineKind.PLAN, DeadlineKind.SUMMARY}


# -- against what is handed in at the same moment ------------------------------------------------------------------------------


def test_a_request_that_gets_its_turn_after_the_sealing_is_refused_and_not_lost_silently():
    round = factories.opened_round()
    in_time, waiting = factories.complete_draft(round), factories.complete_draft(round, city=SHIJIAZHUANG)
    submit(in_time, DEADLINE - SECOND)
    closing.close_due(at=SETTLED)
    with pytest.raises(Refused) as refused:
        submit(waiting, DEADLINE - SECOND)
    assert refused.value.refusal == Refusal.SEALED
    with pytest.raises(Refused) as refused:
        nominations.withdraw(nomination_id=in_time.pk, reason="", by=factories.approver(HEBEI), at=DEADLINE - SECOND)
    assert refused.value.refusal == Refusal.SEALED


def test_a_sealed_list_does_not_bind_a_province_with_a_later_deadline():
    round = factories.opened_round()
    amend(round, DEADLINE + timedelta(days=3), province=HEBEI)
    nomination = factories.complete_draft(round)
    closing.close_due(at=SETTLED)
    assert submit(nomination, DEADLINE - SECOND).number == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_list():
    factories.submitted(factories.opened_round())
    results = together(*[lambda: closing.close_due(at=SETTLED)] * 4)
    assert sorted(len(made) for made in results) == [0, 0, 0, 1]
    assert Closing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_submission_beside_the_closing_is_either_listed_or_refused():
    round = factories.opened_round()
    cities = [TANGSHAN, SHIJIAZHUANG, LANGFANG, TAIYUAN]
    drafts = [factories.complete_draft(round, city=city) for city in cities]
    approvers = {province: factories.approver(province) for province in (HEBEI, SHANXI)}

    def hand_in(nomination):
        return lambda: nominations.submit(nomination_id=nomination.pk, by=approvers[nomination.province_id], at=DEADLINE - SECOND)

    results = together(*map(hand_in, drafts[:2]), lambda: closing.close_due(at=SETTLED), *map(hand_in, drafts[2:]))
    submissions = dict(zip(cities, [*results[:2], *results[3:]], strict=True))
    refused = {city for city, result in submissions.items() if isinstance(result, Refused)}
    assert {result.refusal for result in submissions.values() if isinstance(result, Refused)} <= {Refusal.SEALED}
    assert listed(Closing.objects.get()) == set(cities) - refused
    assert set(Nomination.objects.filter(status=Status.SUBMITTED).values_list("city", flat=True)) == set(cities) - refused


# -- by the real worker --------------------------------------------------------------------------------------------------------


def blocked_on(table):
    """Whether a backend of this database waits for a lock on the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return cursor.fetchone()[0] > 0


def wait_until(condition, *, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "what was waited for did not happen"
        time.sleep(0.05)


def test_the_task_delivered_twice_produces_one_list(celery_worker):
    factories.submitted(factories.opened_round())
    clock.set_simulated(SETTLED, running=False)
    close_deadlines.delay()
    close_deadlines.delay()
    celery_worker.wait_until_idle()
    assert [listed(made) for made in Closing.objects.all()] == [{TANGSHAN}]
    assert not audit_queries.verify().broken
    assert Event.objects.filter(sealed__isnull=True).count() == 0


@pytest.mark.parametrize(
    ("table", "lists_left_behind"),
    [
        ("audit_event", 0),  # killed in the transaction: the list was written, its event not
        ("audit_seal", 1),  # killed after it: the list stands, the events are not sealed yet
    ],
)
def test_kill_of_the_worker_during_closing_leaves_one_list_after_the_restart(celery_worker, table, lists_left_behind):
    factories.submitted(factories.opened_round())
    clock.set_simulated(SETTLED, running=False)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        close_deadlines.delay()
        wait_until(lambda: blocked_on(table))
        os.killpg(celery_worker.child.process.pid, signal.SIGKILL)
        celery_worker.child.process.wait()
        assert Closing.objects.count() == lists_left_behind
    celery_worker.queue.delete("unacked", "unacked_index")  # the broker keeps what was killed for ten minutes; beat does not wait
    close_deadlines.delay()
    close_deadlines.delay()
    celery_worker.start()
    celery_worker.wait_until_idle()
    assert [listed(made) for made in Closing.objects.all()] == [{TANGSHAN}]
    assert Event.objects.filter(kind="deadline.closed").count() == 1
    assert not audit_queries.verify().broken
