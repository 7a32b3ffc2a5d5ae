"""The one task that works jobs off, and the builders that the apps register with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from celery import shared_task
from django.db.models import F
from django.utils import translation

from pilotportal import clock
from pilotportal.files.enums import MediaType
from pilotportal.files.services import store
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job

log = structlog.get_logger(__name__)

Progress = Callable[[int, int], None]
Build = Callable[[Mapping[str, Any], Progress], bytes]


@dataclass(frozen=True)
class Builder:
    build: Build
    media_type: MediaType


BUILDERS: dict[str, Builder] = {}


class Interrupted(Exception):
    """The job was cancelled, or another worker has taken it over."""


def builder(kind: str, *, media_type: MediaType) -> Callable[[Build], Build]:
    """Register the function that makes the file of jobs of this kind: `(arguments, progress) -> bytes`.

    It calls `progress(done, total)` between steps, which also tells it to stop by raising Interrupted.
    """

    def register(build: Build) -> Build:
        BUILDERS[kind] = Builder(build, media_type)
        return build

    return register


@shared_task(name="jobs.run")
def run(*, job_id: int, **newer_arguments: object) -> None:
    """Safe to run twice: only one delivery can claim the row, and only the attempt that claimed it can finish it."""
    if not (attempt := _claim(job_id)):
        return
    job = Job.objects.select_related("owner").get(pk=job_id)
    made_by = BUILDERS[job.kind]
    try:
        with translation.override(job.arguments.get("language", "zh-hans")):
            content = made_by.build(job.arguments, _reporter(job_id, attempt))
    except Interrupted:
        log.info("job interrupted", job=job_id)
    except Exception as fault:
        log.exception("job failed", job=job_id)
        _mine(job_id, attempt).update(status=Status.FAILED, error=f"{type(fault).__name__}: {fault}"[:500], finished_at=clock.now())
    else:
        result = store(content, media_type=made_by.media_type, at=clock.now())
        _mine(job_id, attempt).update(status=Status.READY, result=result, done=F("total"), finished_at=clock.now())


def _claim(job_id: int) -> int:
    """The number of the attempt that is now ours, or 0."""
    claimed = Job.objects.filter(pk=job_id, status=Status.REQUESTED).update(
        status=Status.RUNNING, attempt=F("attempt") + 1, heard_at=clock.now(), done=0
    )
    return Job.objects.values_list("attempt", flat=True).get(pk=job_id) if claimed else 0


def _mine(job_id: int, attempt: int) -> Any:
    return Job.objects.filter(pk=job_id, status=Status.RUNNING, attempt=attempt)


def _reporter(job_id: int, attempt: int) -> Progress:
    def report(done: int, total: int) -> None:
        if not _mine(job_id, attempt).update(done=done, total=total, heard_at=clock.now()):
            raise Interrupted

    return report
