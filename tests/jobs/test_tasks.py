from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import get_language

from pilotportal.accounts.models import User
from pilotportal.digests import digest
from pilotportal.jobs import services, tasks
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from tests.jobs.making import AT, requested, worked_off


def test_a_job_leaves_its_file_with_its_digest(owner: User, build: list[object]) -> None:
    build.append(b"%PDF the report")
    job = worked_off(requested(owner))
    assert (job.status, job.attempt, job.done, job.error) == (Status.READY, 1, job.total, "")
    assert job.result.read() == b"%PDF the report"
    assert job.result.digest == digest(b"%PDF the report")
    assert job.finished_at is not None


def test_a_builder_gets_the_arguments_and_the_language_of_the_request(owner: User, build: list[object]) -> None:
    seen: list[object] = []

    def step(arguments: Mapping[str, Any], _progress: tasks.Progress) -> bytes:
        seen.extend([arguments["round"], get_language()])
        return b"x"

    build.append(step)
    worked_off(requested(owner, round="2025"))
    assert seen == ["2025", "zh-hans"]


def test_progress_is_seen_while_it_runs(owner: User, build: list[object]) -> None:
    job = requested(owner)
    seen: list[tuple[int, int]] = []

    def step(_arguments: Mapping[str, Any], progress: tasks.Progress) -> bytes:
        for done in range(3):
            progress(done, 3)
            seen.append(Job.objects.values_list("done", "total").get(pk=job.pk))
        return b"x"

    build.append(step)
    assert worked_off(job).done == 3
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_a_fault_is_told_and_the_job_fails(owner: User, build: list[object]) -> None:
    build.append(OSError("No space left on device"))
    job = worked_off(requested(owner))
    assert (job.status, job.error, job.result) == (Status.FAILED, "OSError: No space left on device", None)


def test_a_second_delivery_does_nothing(owner: User, build: list[object]) -> None:
    build.append(b"only once")
    job = worked_off(requested(owner))
    again = worked_off(job)
    assert (again.attempt, again.finished_at, again.result_id) == (1, job.finished_at, job.result_id)
    assert build == []


def test_a_cancelled_job_stops_at_its_next_step_and_stays_cancelled(owner: User, build: list[object]) -> None:
    job = requested(owner)

    def step(_arguments: Mapping[str, Any], progress: tasks.Progress) -> bytes:
        services.cancel(job_id=job.pk, by=owner, at=AT)
        progress(1, 2)
        pytest.fail("went on after the cancellation")

    build.append(step)
    job = worked_off(job)
    assert (job.status, job.result) == (Status.CANCELLED, None)


def test_a_worker_that_was_given_up_cannot_finish_for_the_one_that_took_over(owner: User, build: list[object]) -> None:
    job = requested(owner)

    def lost(_arguments: Mapping[str, Any], _progress: tasks.Progress) -> bytes:
        assert services.resume_abandoned(at=AT + timedelta(days=365 * 100)) == 1
        tasks.run(job_id=job.pk)
        return b"late"

    build += [lost, b"in time"]
    job = worked_off(job)
    assert (job.status, job.attempt) == (Status.READY, 2)
    assert job.result.read() == b"in time"


def test_a_newer_deployments_argument_is_no_fault(owner: User, build: list[object]) -> None:
    build.append(b"x")
    job = requested(owner)
    tasks.run(job_id=job.pk, priority="high")
    assert Job.objects.get(pk=job.pk).status == Status.READY
