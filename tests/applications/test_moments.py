"""The moments around every deadline: a second and a microsecond before, the instant itself, a microsecond after."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.urls import reverse

from applications.enums import DeadlineKind, Refusal, Standing, Status
from applications.models import Closing, Nomination, Pilot
from applications.rules import Refused
from applications.services import closing, decisions, holding, nominations, pilots, reminders
from pilotportal import clock
from pilotportal.clock import BEIJING
from pilotportal.notices.models import Notice
from review.enums import Refusal as ReviewRefusal
from review.services import scoring
from tests import factories
from tests.factories import DEADLINE, PLAN_DEADLINE, SUMMARY_DEADLINE
from tests.review import factories as reviewing

pytestmark = pytest.mark.django_db
SECOND, MICROSECOND, DAY = timedelta(seconds=1), timedelta(microseconds=1), timedelta(days=1)
MOMENTS = pytest.mark.parametrize(
    ("distance", "in_time"),
    [(-SECOND, True), (-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)],
    ids=["1 s before", "1 µs before", "the instant", "1 µs after"],
)
LEAP_DAY_ENDS = datetime(2028, 3, 1, 0, 0, tzinfo=BEIJING)
LEAP_YEAR = {
    "nomination": LEAP_DAY_ENDS.isoformat(),
    "score_sheets": "2028-04-01T00:00:00+08:00",
    "plan": "2028-06-01T00:00:00+08:00",
    "summary": "2030-01-01T00:00:00+08:00",
}


@pytest.fixture(params=["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def zone_of_the_server(request):
    """What the machine thinks its zone is, which nothing may depend on."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def refusal_of(act, **arguments):
    try:
        act(**arguments)
    except Refused as refused:
        return refused.refusal
    return None


# -- every kind ----------------------------------------------------------------------------------------------------------------


@MOMENTS
def test_a_nomination(distance, in_time):
    nomination = factories.complete_draft(factories.opened_round())
    given = {"nomination_id": nomination.pk, "by": factories.approver(), "at": DEADLINE + distance}
    assert refusal_of(nominations.submit, **given) == (None if in_time else Refusal.CLOSED)


@MOMENTS
def test_a_withdrawal(distance, in_time):
    nomination = factories.submitted(factories.opened_round())
    given = {"nomination_id": nomination.pk, "reason": "改推", "by": factories.approver(), "at": DEADLINE + distance}
    assert refusal_of(nominations.withdraw, **given) == (None if in_time else Refusal.CLOSED)


@MOMENTS
def test_a_correction(distance, in_time):
    round, closes_at = factories.opened_round(), DEADLINE + 5 * DAY
    nomination = factories.submitted(round)
    fields = [{"code": "overview", "note": "请补充"}]
    by = factories.made_by(round)
    decisions.return_for_correction(nomination_id=nomination.pk, fields=fields, closes_at=closes_at, by=by, at=DEADLINE)
    given = {"nomination_id": nomination.pk, "by": factories.approver(), "at": closes_at + distance}
    assert refusal_of(nominations.submit, **given) == (None if in_time else Refusal.CLOSED)
    assert Nomination.objects.get().status == (Status.SUBMITTED if in_time else Status.RETURNED)


@MOMENTS
def test_a_plan_is_taken_and_late_from_the_instant_on(distance, in_time):
    pilot = factories.pilot(factories.opened_round())
    factories.issued_plan(pilot, at=PLAN_DEADLINE + distance)
    standing = Pilot.objects.get().standing(DeadlineKind.PLAN, at=PLAN_DEADLINE + DAY)
    assert standing == (Standing.IN_TIME if in_time else Standing.LATE)


@MOMENTS
def test_a_summary_is_taken_and_late_from_the_instant_on(distance, in_time):
    pilot = factories.pilot(factories.opened_round())
    city = factories.city_official()
    factories.drafted_summary(pilot, by=city)
    pilots.submit_summary(pilot_id=pilot.pk, by=city, at=SUMMARY_DEADLINE + distance)
    standing = Pilot.objects.get().standing(DeadlineKind.SUMMARY, at=SUMMARY_DEADLINE + DAY)
    assert standing == (Standing.IN_TIME if in_time else Standing.LATE)


@MOMENTS
def test_a_score_sheet(distance, in_time):
    sheet = reviewing.fill_in(reviewing.one_sheet())
    given = {"sheet_id": sheet.pk, "by": sheet.expert.user, "at": reviewing.SHEETS_CLOSE + distance}
    assert refusal_of(scoring.submit_sheet, **given) == (None if in_time else ReviewRefusal.SHEET_CLOSED)


@MOMENTS
def test_the_end_of_a_leap_day(distance, in_time):
    round = factories.opened_round(deadlines=LEAP_YEAR)
    nomination = factories.complete_draft(round, at=LEAP_DAY_ENDS - 2 * DAY)
    given = {"nomination_id": nomination.pk, "by": factories.approver(), "at": LEAP_DAY_ENDS + distance}
    assert refusal_of(nominations.submit, **given) == (None if in_time else Refusal.CLOSED)


# -- through the whole of the web, in whatever zone the server stands -----------------------------------------------------------


@pytest.fixture
def portal_clock():
    yield lambda at: clock.set_simulated(at, running=False)
    Path(portal.CLOCK_FILE).unlink(missing_ok=True)


@MOMENTS
def test_a_submission_in_the_browser(client, zone_of_the_server, portal_clock, distance, in_time):
    nomination = factories.complete_draft(factories.opened_round())
    client.force_login(factories.approver())
    address = reverse("applications:nomination_submit", args=[nomination.code])
    portal_clock(DEADLINE - timedelta(minutes=1))
    page = client.get(address, headers={"Accept-Language": "en"})
    assert "1 minute left" in page.text
    assert "18 July 2025 24:00" in page.text
    portal_clock(DEADLINE + distance)
    answer = client.post(address, {"undertaking": "on", "seen": holding.draft_digest(nomination)})
    assert answer.status_code == (302 if in_time else 422)
    assert Nomination.objects.get().status == (Status.SUBMITTED if in_time else Status.DRAFT)


def test_the_submitting_request_carries_no_file(client, portal_clock):
    nomination = factories.complete_draft(factories.opened_round())
    client.force_login(factories.approver())
    portal_clock(DEADLINE - SECOND)
    address = reverse("applications:nomination_submit", args=[nomination.code])
    page = client.get(address).text
    assert "multipart/form-data" not in page
    assert 'type="file"' not in page
    size = len(holding.draft_digest(nomination)) + len("undertaking=on&seen=&csrfmiddlewaretoken=") + 64
    assert size < 300  # bytes of the whole body; what it refers to was uploaded before
    answer = client.post(address, {"undertaking": "on", "seen": holding.draft_digest(nomination)})
    version = nomination.versions.get()
    assert answer.status_code == 302
    assert [file["digest"] for file in version.files] == [file.file.digest for file in nomination.attachments.all()]


# -- the clock of the machine steps --------------------------------------------------------------------------------------------


def test_a_clock_that_steps_back_opens_nothing_that_was_sealed():
    round = factories.opened_round()
    nomination = factories.complete_draft(round)
    closing.close_due(at=DEADLINE + timedelta(minutes=2))
    given = {"nomination_id": nomination.pk, "by": factories.approver(), "at": DEADLINE - timedelta(hours=1)}
    assert refusal_of(nominations.submit, **given) == Refusal.SEALED
    assert closing.close_due(at=DEADLINE - timedelta(hours=1)) == []
    assert closing.close_due(at=DEADLINE + timedelta(minutes=3)) == []
    assert Closing.objects.count() == 1


def test_a_clock_that_steps_back_and_forth_reminds_and_tells_nobody_twice():
    factories.opened_round(reminder_days=[3, 1])
    factories.handler()
    steps = [-3 * DAY, -DAY, -3 * DAY, -DAY, timedelta(minutes=2), -DAY, timedelta(minutes=2), timedelta(minutes=3)]
    for step in steps:
        reminders.remind(at=DEADLINE + step)
        closing.close_due(at=DEADLINE + step)
    keys = list(Notice.objects.values_list("recipient", "key"))
    assert len(keys) == len(set(keys))
    assert sum("reminder:" in key for _recipient, key in keys) == 2
    assert Closing.objects.count() == 1


def test_what_was_received_keeps_its_instant_when_the_clock_steps_back():
    round = factories.opened_round()
    nomination = factories.submitted(round, at=DEADLINE - SECOND)
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": "overview", "note": "请补充"}],
        closes_at=DEADLINE + DAY,
        by=factories.made_by(round),
        at=DEADLINE + SECOND,
    )
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=DEADLINE - timedelta(hours=1))
    first, second = nomination.versions.order_by("number")
    assert first.submitted_at == (DEADLINE - SECOND).astimezone(UTC)
    assert second.submitted_at < first.submitted_at
    (made,) = closing.close_due(at=DEADLINE + timedelta(minutes=2))
    assert [entry["version"] for entry in made.entries] == [2]
