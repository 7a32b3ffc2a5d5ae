"""Jobs for the tests, through the service that people use."""

from datetime import UTC, datetime
from typing import Any

from pilotportal.accounts.models import User
from pilotportal.jobs import services, tasks
from pilotportal.jobs.models import Job
from tests.jobs.conftest import KIND

AT = datetime(2025, 7, 15, 9, 30, tzinfo=UTC)


def requested(by: User, *, at: datetime = AT, label: str = "遴选结果报告", **arguments: Any) -> Job:
    return services.request(kind=KIND, label=label, file_name="遴选结果.pdf", by=by, at=at, **arguments)


def worked_off(job: Job) -> Job:
    tasks.run(job_id=job.pk)
    return Job.objects.get(pk=job.pk)
