"""The only writers of jobs, besides the task that runs them, and of what the periodic tasks did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.jobs import queries, rules, tasks
from pilotportal.jobs.enums import Refusal, Status
from pilotportal.jobs.models import Job, PeriodicRun
from pilotportal.queue import after_commit


class Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.label)


@transaction.atomic
def request(*, kind: str, label: str, file_name: str, by: User, at: datetime, **arguments: Any) -> Job:
    """Ask for slow work. The same open request of the same person is returned instead of a second one, so two clicks make one job."""
    arguments = {**arguments, "language": get_language()}
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if standing := Job.objects.filter(owner=by, kind=kind, arguments=arguments, status__in=[Status.REQUESTED, Status.RUNNING]).first():
        return standing
    job = Job.objects.create(kind=kind, label=label, file_name=file_name, arguments=arguments, owner=by, requested_at=at, heard_at=at)
    audit.record("job.requested", at=at, by=by, target=job, kind_of_work=kind)
    after_commit(tasks.run, job_id=job.pk)
    return job


@transaction.atomic
def cancel(*, job_id: int, by: User, at: datetime) -> Job:
    job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)
    if refusal := rules.why_not_cancel(job.status):
        raise Refused(refusal)
    job.status, job.finished_at = Status.CANCELLED, at
    job.save(update_fields=["status", "finished_at"])
    audit.record("job.cancelled", at=at, by=by, target=job)
    return job


@transaction.atomic
def retry(*, job_id: int, by: User, at: datetime) -> Job:
    job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)
    if refusal := rules.why_not_retry(job.status):
        raise Refused(refusal)
    job.status, job.error, job.finished_at, job.heard_at = Status.REQUESTED, "", None, at
    job.save(update_fields=["status", "error", "finished_at", "heard_at"])
    audit.record("job.retried", at=at, by=by, target=job)
    after_commit(tasks.run, job_id=job.pk)
    return job


@transaction.atomic
def resume_abandoned(*, at: datetime) -> int:
    """Queue again what a killed worker or a lost message left lying. Returns how many."""
    jobs = list(queries.abandoned(at).select_for_update(skip_locked=True, of=("self",)))
    for job in jobs:
        Job.objects.filter(pk=job.pk).update(status=Status.REQUESTED, heard_at=at)
        after_commit(tasks.run, job_id=job.pk)
    return len(jobs)


def note_start(*, name: str, delivery: str, at: datetime) -> None:
    PeriodicRun.objects.create(name=name, delivery=delivery, started_at=at)


@transaction.atomic
def note_end(*, name: str, delivery: str, done: Mapping[str, int] | None = None, error: str = "", at: datetime) -> None:
    """Write down the end of the run, and forget older ones: a few that had nothing to do, many that did something."""
    run = PeriodicRun.objects.filter(name=name, delivery=delivery, finished_at__isnull=True).last()
    if run:
        run.finished_at, run.done, run.error = at, dict(done or {}), error
        run.save(update_fields=["finished_at", "done", "error"])
    for runs, kept in ((queries.idle_runs(name), rules.IDLE_RUNS_KEPT), (queries.eventful_runs([name]), rules.EVENTFUL_RUNS_KEPT)):
        oldest = runs.values_list("pk", flat=True)[kept - 1 : kept].first()
        if oldest:
            runs.filter(pk__lt=oldest).delete()
