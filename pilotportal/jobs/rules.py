from datetime import timedelta

from pilotportal.jobs.enums import Refusal, Status

TRANSITIONS: dict[str, set[str]] = {
    Status.REQUESTED: {Status.RUNNING, Status.CANCELLED, Status.FAILED},
    Status.RUNNING: {Status.READY, Status.FAILED, Status.CANCELLED, Status.REQUESTED},
    Status.READY: set(),
    Status.FAILED: {Status.REQUESTED},
    Status.CANCELLED: {Status.REQUESTED},
}
SILENT_FOR = timedelta(minutes=2)  # a running job that has said nothing this long has lost its worker
IDLE_RUNS_KEPT, EVENTFUL_RUNS_KEPT = 5, 500  # of each periodic task; a run that was killed is an event
EXPIRES_AFTER = timedelta(days=30)  # then the result is made anew on request


def why_not_cancel(status: str) -> Refusal | None:
    return None if Status.CANCELLED in TRANSITIONS[status] else Refusal.FINISHED


def why_not_retry(status: str) -> Refusal | None:
    return None if status in {Status.FAILED, Status.CANCELLED} else Refusal.NOT_FAILED
