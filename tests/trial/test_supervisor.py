import sys
import time

import pytest

from pilotportal.trial import supervisor
from pilotportal.trial.processes import Child, TrialError
from pilotportal.trial.supervisor import Supervisor


@pytest.fixture
def watching(monkeypatch):
    monkeypatch.setattr(supervisor, "STEP", 0.02)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    watching = Supervisor()
    yield watching
    watching.stop()


def sleeper(tmp_path, name: str = "sleeper") -> Child:
    return Child(name=name, command=["sleep", "60"], log=tmp_path / "log")


def test_child_that_was_killed_is_started_again_and_this_is_said(watching, tmp_path, capsys):
    child = sleeper(tmp_path)
    watching.start(child)
    killed = child.process.pid
    child.process.kill()
    watching.watch_until(lambda: child.running and child.process.pid != killed, limit=10)
    said = capsys.readouterr().out
    assert "sleeper has ended (exit code -9)" in said
    assert "sleeper has been started again" in said


def test_pauses_grow_with_every_failure_and_end_at_a_limit(watching, tmp_path):
    watched = supervisor.Watched(Child(name="false", command=["false"], log=tmp_path / "log"))
    pauses = []
    for _ in range(12):
        watched.start()
        watched.child.process.wait()
        watched.look()
        pauses.append(watched.due - time.monotonic())
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] <= supervisor.LONGEST_PAUSE


def test_child_that_ran_long_begins_with_the_first_pause_again(watching, tmp_path):
    watched = supervisor.Watched(Child(name="false", command=["false"], log=tmp_path / "log"), failures=5)
    watched.start()
    watched.child.process.wait()
    watched.started -= supervisor.SETTLED_AFTER + 1
    watched.look()
    assert watched.failures == 1


def test_child_that_never_starts_ends_the_waiting_with_its_last_words(watching, tmp_path):
    watching.start(Child(name="web", command=[sys.executable, "-c", "raise SystemExit('no settings')"], log=tmp_path / "log"))
    with pytest.raises(TrialError, match=r"web does not start:\n(.*\n)*no settings"):
        watching.watch_until(lambda: False, limit=20)


def test_waiting_has_a_limit(watching, tmp_path):
    watching.start(sleeper(tmp_path))
    with pytest.raises(TrialError, match="Given up after 0 seconds"):
        watching.watch_until(lambda: False, limit=0.1)


def test_the_last_started_is_the_first_stopped_and_adopted_ones_are_left(watching, tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(Child, "stop", lambda self: order.append(self.name))
    adopted = Child(name="postgres", command=["true"])
    watching.adopt(adopted)
    watching.own.extend(Child(name=name, command=["true"]) for name in ("worker", "beat", "web"))
    watching.stop()
    assert order == ["web", "beat", "worker"]
