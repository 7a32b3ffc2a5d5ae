import pytest

from pilotportal.jobs import rules
from pilotportal.jobs.enums import Refusal, Status

OPEN = {Status.REQUESTED, Status.RUNNING}


@pytest.mark.parametrize("status", Status)
def test_only_an_open_job_can_be_cancelled(status: Status) -> None:
    assert rules.why_not_cancel(status) == (None if status in OPEN else Refusal.FINISHED)


@pytest.mark.parametrize("status", Status)
def test_only_a_failed_or_cancelled_job_can_be_started_again(status: Status) -> None:
    assert rules.why_not_retry(status) == (None if status in {Status.FAILED, Status.CANCELLED} else Refusal.NOT_FAILED)


def test_every_status_has_its_transitions_and_a_ready_file_is_final() -> None:
    assert set(rules.TRANSITIONS) == set(Status)
    assert rules.TRANSITIONS[Status.READY] == set()
