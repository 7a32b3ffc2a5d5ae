"""The closing of a deadline: once, late, beside itself, and against what is handed in at the same moment."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation

from applications.enums import DeadlineKind, Refusal, Status
from applications.models import Closing, Nomination
from applications.periodic import close_deadlines
from applications.queries import DueList
from applications.rules import Refused
from applications.services import closing, decisions, nominations, pilots, rounds
from pilotportal import clock
from pilotportal.accounts.models import Division
from pilotportal.audit import queries as audit_queries
from pilotportal.audit.models import Event
from pilotportal.digests import canonical, digest_of, matches
from pilotportal.jobs.models import PeriodicRun
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from pilotportal.notices.periodic import mail_missing
from review.services import scoring
from tests import factories
from tests.factories import (
    BEIJING_CODE,
    DEADLINE,
    HEBEI,
    IN_TIME,
    LANGFANG,
    PLAN_DEADLINE,
    SHANXI,
    SHIJIAZHUANG,
    SUMMARY_DEADLINE,
    TAIYUAN,
    TANGSHAN,
)
from tests.review import factories as reviewing
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
    due = DueList(round, DeadlineKind.NOMINATION, DEADLINE, frozenset({HEBEI}))
    assert closing.close(due=due, at=DEADLINE - MICROSECOND) is None
    assert closing.close(due=due, at=DEADLINE) is not None


def test_closing_twice_leaves_one_list_and_one_event():
    factories.submitted(factories.opened_round())
    assert len(closing.close_due(at=SETTLED)) == 1
    assert closing.close_due(at=SETTLED + SECOND) == []
    assert Event.objects.get(kind="deadline.closed").target_name == "申报 2025年7月18日 24:00"


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
    assert set(made) == {DeadlineKind.NOMINATION, DeadlineKind.SCORE_SHEETS, DeadlineKind.PLAN, DeadlineKind.SUMMARY}


# -- corrections ---------------------------------------------------------------------------------------------------------------


def returned(round, *, city=TANGSHAN, closes_at):
    nomination = factories.submitted(round, city=city)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=closes_at,
        by=factories.made_by(round),
        at=DEADLINE + timedelta(hours=1),
    )
    return nomination


def corrections(made):
    return [each for each in made if each.kind == DeadlineKind.CORRECTION]


def test_a_correction_that_expired_is_listed_with_the_version_that_stands():
    round, closes_at = factories.opened_round(), DEADLINE + timedelta(days=5)
    expired, corrected = returned(round, closes_at=closes_at), returned(round, city=TAIYUAN, closes_at=closes_at)
    submit(corrected, closes_at - MICROSECOND)
    with pytest.raises(Refused):
        submit(expired, closes_at)
    settled = closes_at + timedelta(seconds=90)
    assert corrections(closing.close_due(at=settled - MICROSECOND)) == []
    (made,) = corrections(closing.close_due(at=settled))
    entries = {entry["city"]: (entry["handed_in"], entry["version"], entry["digest"]) for entry in made.entries}
    assert entries == {
        TANGSHAN: (False, 1, expired.versions.get(number=1).digest),
        TAIYUAN: (True, 2, corrected.versions.get(number=2).digest),
    }
    assert made.provinces == [HEBEI, SHANXI]
    assert corrections(closing.close_due(at=settled + SECOND)) == []
    assert Nomination.objects.get(pk=expired.pk).status == Status.RETURNED


def test_corrections_with_other_instants_have_other_lists():
    round = factories.opened_round()
    returned(round, closes_at=DEADLINE + timedelta(days=5))
    returned(round, city=TAIYUAN, closes_at=DEADLINE + timedelta(days=6))
    made = corrections(closing.close_due(at=DEADLINE + timedelta(days=5, hours=1)))
    assert [listed(each) for each in made] == [{TANGSHAN}]
    made = corrections(closing.close_due(at=DEADLINE + timedelta(days=6, hours=1)))
    assert [listed(each) for each in made] == [{TAIYUAN}]


def test_a_correction_in_flight_when_its_list_was_sealed_is_refused_and_another_is_not():
    round, closes_at = factories.opened_round(), DEADLINE + timedelta(days=5)
    sealed, later = returned(round, closes_at=closes_at), returned(round, city=SHIJIAZHUANG, closes_at=closes_at + timedelta(days=1))
    closing.close_due(at=closes_at + timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        submit(sealed, closes_at - SECOND)
    assert refused.value.refusal == Refusal.SEALED
    assert submit(later, closes_at - SECOND).number == 2


# -- who is told ---------------------------------------------------------------------------------------------------------------


def told(person, kind=None):
    found = Notice.objects.filter(recipient=person, key__startswith="closing:").order_by("pk")
    return list(found.filter(kind=kind) if kind else found)


def test_those_in_the_list_get_its_digest_and_those_missing_are_told_what_is_missing():
    round = factories.opened_round(quotas={HEBEI: 3, SHANXI: 1, BEIJING_CODE: 1})
    people = {province: factories.handler(province) for province in (HEBEI, SHANXI, BEIJING_CODE)}
    factories.submitted(round)
    factories.draft(round, city=SHIJIAZHUANG)
    factories.submitted(round, city=TAIYUAN)
    for at in (SETTLED, SETTLED + SECOND):
        closing.close_due(at=at)
    made = Closing.objects.get()
    receipt, missing = told(people[HEBEI])
    assert (receipt.kind, receipt.digest) == (Kind.RECEIPT, made.digest)
    assert "唐山市" in str(receipt.facts)
    assert (missing.kind, missing.facts[0][1]) == (Kind.NOTICE, "石家庄市")
    assert [notice.kind for notice in told(people[SHANXI])] == [Kind.RECEIPT]
    assert [notice.kind for notice in told(people[BEIJING_CODE])] == [Kind.NOTICE]


def test_the_staff_is_told_what_came_and_which_provinces_are_missing():
    round = factories.opened_round(quotas={HEBEI: 1, SHANXI: 1})
    factories.submitted(round)
    closing.close_due(at=SETTLED)
    (notice,) = told(factories.made_by(round))
    assert {value for _label, value in notice.facts} >= {"1", "山西省"}
    assert notice.url == f"{reverse('applications:deadlines', args=[round.code])}#nomination"


def test_a_kill_before_the_commit_leaves_neither_list_nor_notice():
    factories.submitted(factories.opened_round(quotas={HEBEI: 1}))
    factories.handler()
    with transaction.atomic():
        closing.close_due(at=SETTLED)
        transaction.set_rollback(True)
    assert (Closing.objects.count(), Notice.objects.filter(key__startswith="closing:").count()) == (0, 0)


def test_cities_and_provinces_are_told_of_their_plans():
    round = factories.opened_round()
    punctual, _late = factories.pilots_of(round, TANGSHAN, TAIYUAN)
    city, handler = factories.city_official(TANGSHAN), factories.handler(SHANXI)
    factories.issued_plan(punctual, by=city, at=PLAN_DEADLINE - MICROSECOND)
    closing.close_due(at=PLAN_DEADLINE + timedelta(hours=1))
    assert [notice.kind for notice in told(city)] == [Kind.RECEIPT]
    assert Kind.NOTICE in {notice.kind for notice in told(handler)}


def test_a_moved_deadline_is_told_to_those_for_whom_it_holds():
    round = factories.opened_round(quotas={HEBEI: 1, SHANXI: 1})
    hebei, shanxi, without = factories.handler(), factories.handler(SHANXI), factories.handler("320000")
    amend(round, DEADLINE + timedelta(days=9), province=HEBEI)
    amend(round, DEADLINE + timedelta(days=2))
    moved = [Notice.objects.filter(recipient=person, key__startswith="amendment:") for person in (hebei, shanxi, without)]
    assert [notices.count() for notices in moved] == [1, 1, 0]
    assert {"台风", "人社厅函〔2025〕90号"} <= {value for _label, value in moved[0].get().facts}


def test_a_moved_deadline_of_plans_and_sheets_is_told_to_cities_and_experts(scoring_round):
    expert = reviewing.sheets(scoring_round)[0].expert.user
    amend(scoring_round, reviewing.SHEETS_CLOSE + timedelta(days=1), kind=DeadlineKind.SCORE_SHEETS)
    assert Notice.objects.filter(recipient=expert, key__startswith="amendment:").count() == 1
    round = factories.opened_round(code="2026")
    factories.pilot(round)
    city = factories.city_official()
    amend(round, PLAN_DEADLINE + timedelta(days=9), kind=DeadlineKind.PLAN, at=PLAN_DEADLINE - timedelta(days=1))
    assert Notice.objects.filter(recipient=city, key__startswith="amendment:").count() == 1


def test_a_return_is_told_to_the_province_with_its_deadline():
    handler, other = factories.handler(), factories.handler(SHANXI)
    returned(factories.opened_round(), closes_at=DEADLINE + timedelta(days=5))
    (notice,) = Notice.objects.filter(recipient=handler, key__startswith="correction:")
    assert "2025年7月23日 24:00" in notice.body
    assert not Notice.objects.filter(recipient=other).exists()


def test_the_province_is_told_that_its_correction_expired_and_what_stands():
    round, closes_at = factories.opened_round(), DEADLINE + timedelta(days=5)
    handler = factories.handler()
    nomination = returned(round, closes_at=closes_at)
    closing.close_due(at=closes_at + timedelta(hours=1))
    (notice,) = [notice for notice in told(handler, Kind.NOTICE) if notice.url == nomination.get_absolute_url()]
    with translation.override("en"):
        assert "version 1 stands" in notice.body


# -- score sheets --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def scoring_round():
    round = reviewing.small_round()
    reviewing.assigned(round)
    reviewing.pledge(round)
    return round


def test_the_list_of_sheets_names_each_with_its_digest_and_no_expert(scoring_round):
    first, *others = reviewing.sheets(scoring_round)
    reviewing.submit(first)
    (made,) = [each for each in closing.close_due(at=reviewing.SHEETS_CLOSE + timedelta(hours=1)) if each.kind == DeadlineKind.SCORE_SHEETS]
    by_code = {entry["sheet"]: entry for entry in made.entries}
    assert set(by_code) == {first.code, *(sheet.code for sheet in others)}
    assert [entry["sheet"] for entry in made.entries if entry["handed_in"]] == [first.code]
    first.refresh_from_db()
    assert by_code[first.code]["digest"] == first.digest
    assert set(by_code[first.code]) == {"sheet", "city", "handed_in", "digest"}
    out = sum(sheet.expert == first.expert for sheet in others)
    (notice,) = told(first.expert.user)
    assert notice.kind == (Kind.NOTICE if out else Kind.RECEIPT)


def test_an_expert_whose_sheets_are_all_in_has_a_receipt_and_the_others_are_told(scoring_round):
    sheets = reviewing.sheets(scoring_round)
    through = sheets[0].expert
    for sheet in sheets:
        if sheet.expert == through:
            reviewing.submit(sheet)
    closing.close_due(at=reviewing.SHEETS_CLOSE + timedelta(hours=1))
    for expert in {sheet.expert for sheet in sheets}:
        assert [notice.kind for notice in told(expert.user)] == [Kind.RECEIPT if expert == through else Kind.NOTICE]


def test_a_sheet_in_flight_when_the_list_was_sealed_is_refused(scoring_round):
    sheet = reviewing.sheets(scoring_round)[0]
    reviewing.fill_in(sheet)
    closing.close_due(at=reviewing.SHEETS_CLOSE + timedelta(seconds=90))
    with pytest.raises(Refused) as refused:
        scoring.submit_sheet(sheet_id=sheet.pk, by=sheet.expert.user, at=reviewing.SHEETS_CLOSE - MICROSECOND)
    assert refused.value.refusal == Refusal.SEALED


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


def everybody_was_told_once():
    """Of one nomination in and two places left: two officials of both, one of the staff; in the portal and by mail."""
    told = Notice.objects.filter(key__startswith="closing:").order_by("recipient__role", "key")
    assert [(notice.recipient.role, notice.key.split(":", 2)[2]) for notice in told] == [
        ("province_approver", f"{HEBEI}:in"),
        ("province_approver", f"{HEBEI}:missing"),
        ("province_handler", f"{HEBEI}:in"),
        ("province_handler", f"{HEBEI}:missing"),
        ("staff", "staff"),
    ]
    assert all(notice.mailed_at for notice in told)


def test_the_task_delivered_twice_produces_one_list(celery_worker):
    factories.submitted(factories.opened_round())
    clock.set_simulated(SETTLED, running=False)
    close_deadlines.delay()
    close_deadlines.delay()
    celery_worker.wait_until_idle()
    assert [listed(made) for made in Closing.objects.all()] == [{TANGSHAN}]
    assert not audit_queries.verify().broken
    assert Event.objects.filter(sealed__isnull=True).count() == 0
    everybody_was_told_once()
    assert PeriodicRun.objects.filter(name=close_deadlines.name, finished_at__isnull=False, error="").count() == 2


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
    clock.set_simulated(SETTLED + timedelta(minutes=3), running=False)  # the mails that the killed process had queued or not
    mail_missing.delay()
    celery_worker.wait_until_idle()
    everybody_was_told_once()
    assert PeriodicRun.objects.filter(name=close_deadlines.name, finished_at__isnull=True).count() == 1  # the one that was killed
