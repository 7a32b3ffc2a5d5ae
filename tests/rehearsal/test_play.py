from datetime import timedelta

import pytest
from django.db import IntegrityError

from applications.enums import Refusal
from applications.rules import Refused
from pilotportal import clock
from pilotportal.accounts.models import Division
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.play import Act, Play, QueueError, Stage, wait_for
from pilotportal.rehearsal.size import Size


@pytest.fixture
def play(marked_as_demonstration) -> Play:
    return Play(size=Size(), chance=Chance(1), lineup=None, cast=None, round=None)


def _refuse(refusal: Refusal) -> None:
    raise Refused(refusal)


def test_acts_are_played_in_order_of_time_each_at_its_instant(play: Play):
    seen = []
    later, sooner = moments.DEADLINE, moments.LAST_SECOND
    acts = [Act(later, lambda at: seen.append((at, clock.now()))), Act(sooner, lambda at: seen.append((at, clock.now())))]
    assert play.perform(Stage("two", lambda _play: acts))
    assert seen == [(sooner, sooner), (later, later)]
    assert list(play.timings) == ["two"]


def test_nothing_is_played_after_the_standstill(play: Play):
    play.until = moments.DEADLINE
    seen = []
    acts = [Act(moments.DEADLINE + timedelta(seconds=after), seen.append) for after in (0, 1)]
    assert not play.perform(Stage("two", lambda _play: acts))
    assert seen == [moments.DEADLINE]


def test_an_attempt_is_right_only_when_refused_for_the_expected_reason(play: Play):
    play.refused("as_expected", "", expected=Refusal.CLOSED, act=lambda: _refuse(Refusal.CLOSED))
    play.refused("otherwise", "", expected=Refusal.CLOSED, act=lambda: _refuse(Refusal.QUOTA))
    play.refused("not_at_all", "", expected=Refusal.CLOSED, act=lambda: None)
    assert [(attempt.came, attempt.ok) for attempt in play.attempts] == [("closed", True), ("quota", False), ("done", False)]


@pytest.mark.django_db
def test_what_the_database_lets_through_is_noted_as_done(play: Play):
    play.forced("refused", act=lambda: Division.objects.create(code="990000", name="某地", province_id="110000", level="x", region="east"))
    play.forced("let_through", act=Division.objects.count)
    assert [(attempt.came, attempt.ok) for attempt in play.attempts] == [(IntegrityError.__name__, True), ("done", False)]


def test_an_error_that_nobody_expected_is_not_swallowed(play: Play):
    with pytest.raises(ZeroDivisionError):
        play.refused("broken", "", expected=Refusal.CLOSED, act=lambda: 1 / 0)


def test_waiting_for_a_worker_that_does_nothing_ends():
    with pytest.raises(QueueError, match="closing"):
        wait_for(lambda: False, what="closing", limit=0.1)
