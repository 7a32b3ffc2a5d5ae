"""The formal review: an outcome for each version, and the status that follows."""

from datetime import timedelta

import pytest

from applications.enums import Refusal as NominationRefusal
from applications.enums import Status
from applications.models import Nomination
from applications.rules import Refused
from applications.services import nominations
from pilotportal.audit.models import Event
from review import queries
from review.enums import Outcome, Refusal
from review.models import FormalCheck
from review.services import formal
from tests import factories
from tests.factories import DEADLINE, HEBEI, REVIEW_TIME, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as review

pytestmark = pytest.mark.django_db
NOTE = [{"code": "overview", "note": "请补充"}]


@pytest.fixture
def round():
    return review.small_round()


@pytest.fixture
def staff(round):
    return review.staff_of(round)


def status_of(nomination):
    return Nomination.objects.get(pk=nomination.pk).status


def test_accept_writes_the_outcome_of_the_version_and_the_status(round, staff):
    nomination = review.submitted(round, TANGSHAN)
    check = formal.accept(nomination_id=nomination.pk, by=staff, at=REVIEW_TIME)
    assert (check.outcome, check.version.number, check.checked_by) == (Outcome.ACCEPTED, 1, staff)
    assert status_of(nomination) == Status.ACCEPTED
    event = Event.objects.get(kind="formal.checked")
    assert (event.data["outcome"], event.data["digest"]) == ("accepted", check.version.digest)


def test_accept_before_the_deadline_is_refused_because_the_province_may_still_withdraw(round, staff):
    nomination = review.submitted(round, TANGSHAN)
    with pytest.raises(Refused) as refused:
        formal.accept(nomination_id=nomination.pk, by=staff, at=DEADLINE - timedelta(seconds=1))
    assert refused.value.refusal == Refusal.BEFORE_DEADLINE
    assert status_of(nomination) == Status.SUBMITTED
    formal.accept(nomination_id=nomination.pk, by=staff, at=DEADLINE)
    assert status_of(nomination) == Status.ACCEPTED


def test_only_staff_judge(round):
    nomination = review.submitted(round, TANGSHAN)
    with pytest.raises(Refused) as refused:
        formal.accept(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=REVIEW_TIME)
    assert refused.value.refusal == Refusal.NOT_STAFF


def test_a_second_acceptance_is_refused_and_leaves_one_outcome(round, staff):
    nomination = review.accepted(round, [TANGSHAN])[0]
    with pytest.raises(Refused) as refused:
        formal.accept(nomination_id=nomination.pk, by=staff, at=REVIEW_TIME)
    assert refused.value.refusal == NominationRefusal.NOT_SUBMITTED
    assert nomination.formal_checks.count() == 1


def test_accept_many_takes_all_or_none(round, staff):
    first, second = review.submitted(round, TANGSHAN), review.submitted(round, TAIYUAN)
    done = review.submitted(round, SHIJIAZHUANG)
    formal.reject(nomination_id=done.pk, reason="推荐函未盖章", by=staff, at=REVIEW_TIME)
    with pytest.raises(Refused):
        formal.accept_many(nomination_ids=[first.pk, second.pk, done.pk], by=staff, at=REVIEW_TIME)
    assert {status_of(first), status_of(second)} == {Status.SUBMITTED}
    assert FormalCheck.objects.filter(outcome=Outcome.ACCEPTED).count() == 0
    checks = formal.accept_many(nomination_ids=[first.pk, second.pk], by=staff, at=REVIEW_TIME)
    assert {check.nomination_id for check in checks} == {first.pk, second.pk}
    assert {status_of(first), status_of(second)} == {Status.ACCEPTED}
    assert Event.objects.get(kind="formal.accepted_together").data["checks"] == [check.pk for check in checks]


def test_the_preview_shows_exactly_what_accept_many_takes(round, staff):
    waiting, returned, rejected = (review.submitted(round, city) for city in (TANGSHAN, TAIYUAN, SHIJIAZHUANG))
    closes_at = REVIEW_TIME + timedelta(days=3)
    formal.return_for_correction(nomination_id=returned.pk, fields=NOTE, closes_at=closes_at, reason="补充", by=staff, at=REVIEW_TIME)
    formal.reject(nomination_id=rejected.pk, reason="推荐函未盖章", by=staff, at=REVIEW_TIME)
    assert set(queries.awaiting_formal_review(round)) == {waiting, returned}
    assert queries.acceptable(round, at=DEADLINE - timedelta(seconds=1)) == []
    assert queries.acceptable(round, at=REVIEW_TIME) == [waiting]
    assert set(queries.acceptable(round, at=closes_at)) == {waiting, returned}  # the correction lapsed: the first version stands
    formal.accept_many(nomination_ids=[n.pk for n in queries.acceptable(round, at=closes_at)], by=staff, at=closes_at)
    assert not queries.awaiting_formal_review(round).exists()


def test_return_opens_the_fields_and_the_next_outcome_is_of_the_next_version(round, staff):
    nomination = review.submitted(round, TANGSHAN)
    closes_at = REVIEW_TIME + timedelta(days=3)
    check = formal.return_for_correction(
        nomination_id=nomination.pk, fields=NOTE, closes_at=closes_at, reason="概况不完整", by=staff, at=REVIEW_TIME
    )
    assert (check.outcome, check.version.number, check.reason) == (Outcome.RETURNED, 1, "概况不完整")
    assert status_of(nomination) == Status.RETURNED
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=REVIEW_TIME)
    accepted = formal.accept(nomination_id=nomination.pk, by=staff, at=REVIEW_TIME)
    assert accepted.version.number == 2


def test_reject_needs_a_reason(round, staff):
    nomination = review.submitted(round, TANGSHAN)
    with pytest.raises(Refused) as refused:
        formal.reject(nomination_id=nomination.pk, reason="  ", by=staff, at=REVIEW_TIME)
    assert refused.value.refusal == Refusal.NO_REASON
    check = formal.reject(nomination_id=nomination.pk, reason="推荐函未盖章", by=staff, at=REVIEW_TIME)
    assert check.outcome == Outcome.REJECTED
    assert status_of(nomination) == Status.REJECTED
