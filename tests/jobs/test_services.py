from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from pilotportal.jobs import rules, services, tasks
from pilotportal.jobs.enums import Refusal, Status
from pilotportal.jobs.models import Job
from tests.factories import user
from tests.jobs.making import AT, requested, worked_off
from tests.threads import together


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sent: list[int] = []
    monkeypatch.setattr(tasks.run, "apply_async", lambda *_arguments, **options: sent.append(options["kwargs"]["job_id"]))
    monkeypatch.setattr(tasks.run, "delay", lambda *, job_id: sent.append(job_id))
    return sent


def test_a_request_is_queued_once_it_is_committed(
    owner: User, queued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = requested(owner, round="2025")
        assert queued == []
    assert queued == [job.pk]
    assert (job.status, job.arguments, job.requested_at) == (Status.REQUESTED, {"round": "2025", "language": "zh-hans"}, AT)
    assert Event.objects.get(kind="job.requested").target_id == job.pk


def test_the_same_request_twice_is_one_job(owner: User) -> None:
    assert requested(owner, round="2025") == requested(owner, round="2025")
    assert Job.objects.count() == 1


def test_requests_that_differ_are_jobs_of_their_own(owner: User) -> None:
    other = user(Role.STAFF)
    with translation.override("en"):
        english = requested(owner, round="2025")
    made = {requested(owner, round="2025"), requested(owner, round="2026"), requested(other, round="2025"), english}
    assert len(made) == 4


def test_after_the_first_is_ready_the_same_request_makes_a_new_file(owner: User, build: list[object]) -> None:
    build.append(b"one")
    first = worked_off(requested(owner))
    assert requested(owner) != first


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_make_one_job(owner: User) -> None:
    made = together(*[lambda: requested(owner, round="2025")] * 6)
    assert len(set(made)) == 1
    assert Job.objects.count() == 1


def test_cancel_ends_a_waiting_job(owner: User) -> None:
    job = services.cancel(job_id=requested(owner).pk, by=owner, at=AT)
    assert (job.status, job.finished_at) == (Status.CANCELLED, AT)
    assert Event.objects.filter(kind="job.cancelled", target_id=job.pk).exists()


def test_cancel_of_a_ready_job_is_refused(owner: User, build: list[object]) -> None:
    build.append(b"done")
    job = worked_off(requested(owner))
    with pytest.raises(services.Refused) as refused:
        services.cancel(job_id=job.pk, by=owner, at=AT)
    assert refused.value.refusal == Refusal.FINISHED
    assert Job.objects.get(pk=job.pk).status == Status.READY


def test_a_failed_job_starts_again_clean(owner: User, build: list[object]) -> None:
    build += [OSError("disk full"), b"better"]
    job = worked_off(requested(owner))
    assert job.status == Status.FAILED
    job = services.retry(job_id=job.pk, by=owner, at=AT + timedelta(minutes=5))
    assert (job.status, job.error, job.finished_at) == (Status.REQUESTED, "", None)
    assert worked_off(job).status == Status.READY


def test_retry_of_a_waiting_job_is_refused(owner: User) -> None:
    with pytest.raises(services.Refused) as refused:
        services.retry(job_id=requested(owner).pk, by=owner, at=AT)
    assert refused.value.refusal == Refusal.NOT_FAILED


@pytest.mark.parametrize(("silence", "resumed"), [(rules.SILENT_FOR, 0), (rules.SILENT_FOR + timedelta(seconds=1), 1)])
def test_a_job_of_which_nothing_is_heard_is_queued_again(owner: User, silence: timedelta, resumed: int) -> None:
    requested(owner)
    assert services.resume_abandoned(at=AT + silence) == resumed
    assert services.resume_abandoned(at=AT + silence) == 0  # it has just been queued


def test_an_ended_job_is_left_alone(owner: User) -> None:
    services.cancel(job_id=requested(owner).pk, by=owner, at=AT)
    assert services.resume_abandoned(at=AT + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"status": Status.RUNNING, "done": 2, "total": 1}, "job_done_within_total"),
        ({"status": Status.FAILED, "error": ""}, "job_failed_says_why"),
    ],
)
def test_the_database_refuses_a_job_without_its_proof(owner: User, changes: dict[str, object], constraint: str) -> None:
    job = requested(owner)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**changes)


def test_the_database_refuses_a_leap(owner: User) -> None:
    """Waiting, then ready: no worker was at it."""
    job = requested(owner)
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(status=Status.READY)
