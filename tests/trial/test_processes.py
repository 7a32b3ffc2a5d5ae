import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pilotportal.trial.processes import Child, Owner, reachable, run, unprivileged

ROOT = os.geteuid() == 0
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = """
import sys, time
from pathlib import Path
from pilotportal.trial.processes import Child, Owner
owner = Owner(uid=65534, gid=65534) if sys.argv[1] == "dropping" else None
child = Child(name="sleeper", command=["sleep", "60"], log=Path(sys.argv[2]), owner=owner)
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


def python(code: str, **options: object) -> Child:
    return Child(name="python", command=[sys.executable, "-c", code], **options)


def until(happens, *, seconds: float = 10) -> bool:
    limit = time.monotonic() + seconds
    while not happens() and time.monotonic() < limit:
        time.sleep(0.02)
    return happens()


def alive(pid: int) -> bool:
    """A zombie that nobody has collected is dead, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_output_goes_to_the_log_and_the_exit_code_is_given(tmp_path):
    child = python("import sys; print('to stdout'); print('to stderr', file=sys.stderr); sys.exit(3)", log=tmp_path / "log")
    assert run(child) == 3
    assert set(child.last_words().splitlines()) == {"to stdout", "to stderr"}


def test_text_is_read_from_standard_input(tmp_path):
    child = python("print(input()[::-1])", log=tmp_path / "log", text="abc\n")
    assert run(child) == 0
    assert child.last_words() == "cba"


def test_child_that_does_not_listen_is_killed_after_its_grace(tmp_path):
    child = python(STUBBORN, log=tmp_path / "log", grace=0.2)
    child.start()
    assert until(lambda: "deaf" in child.last_words())
    child.stop()
    assert child.exit_code == -signal.SIGKILL


def test_child_that_listens_ends_by_its_own_signal(tmp_path):
    child = Child(name="sleep", command=["sleep", "60"], log=tmp_path / "log", stop_with=signal.SIGINT)
    child.start()
    child.stop()
    assert child.exit_code == -signal.SIGINT


def test_child_listens_also_where_we_were_told_to_ignore_the_signal(tmp_path):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        test_child_that_listens_ends_by_its_own_signal(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("privileges", ["keeping", pytest.param("dropping", marks=pytest.mark.skipif(not ROOT, reason="needs root"))])
def test_child_dies_with_a_parent_that_was_killed(tmp_path, privileges):
    """The kernel forgets the request when privileges are dropped, so both ways are tried."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, privileges, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not alive(pid))


@pytest.mark.skipif(not ROOT, reason="only root can drop privileges")
def test_owner_has_no_group_of_root(tmp_path):
    child = Child(name="id", command=["id", "-u", "-G"], log=tmp_path / "log", owner=unprivileged())
    child.command = ["sh", "-c", "id -u; id -G"]
    assert run(child) == 0
    assert child.last_words().splitlines() == ["65534", "65534"]


@pytest.mark.parametrize(("user", "runs_as"), [(0, Owner(uid=65534, gid=65534)), (1000, None)])
def test_services_run_as_nobody_for_root_and_as_himself_for_others(monkeypatch, user, runs_as):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert unprivileged() == runs_as


def test_reachable_asks_every_folder_on_the_way(open_folder):
    stranger = Owner(uid=65534, gid=65534)
    inner = open_folder / "closed" / "open"
    inner.mkdir(parents=True)
    assert reachable(inner / "file", owner=stranger)
    inner.parent.chmod(0o700)
    assert not reachable(inner / "file", owner=stranger)
    assert reachable(inner / "file", owner=None)
