"""The whole demonstration, as a person starts it: twice on the same data, stopped once in order and once by force."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pilotportal.trial.services import free_port

REPLACED = ("DATABASE_URL", "REDIS_URL", "PORTAL_CLOCK_FILE", "PORTAL_HOSTS", "PORTAL_SECRET_KEY", "PORTAL_MODE")


class Demo:
    """A started demonstration and what it says."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.said_in = folder.with_name(f"said-{time.monotonic_ns()}")
        kept = {name: value for name, value in os.environ.items() if name not in REPLACED}
        with self.said_in.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pilotportal.trial.demonstration", "--port", str(self.port), *arguments],
                cwd=settings.BASE_DIR,
                env=kept | {"PORTAL_DATA_DIR": str(folder)},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.said_in.read_text()

    def wait_for(self, text: str, *, seconds: float = 300) -> None:
        limit = time.monotonic() + seconds
        while text not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < limit, self.said
            time.sleep(0.1)

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def processes(self) -> dict[int, str]:
        """All that descend from it, and their command lines."""
        found, waiting = {}, [self.process.pid]
        while waiting:
            children = Path(f"/proc/{waiting[0]}/task/{waiting.pop(0)}/children").read_text().split()
            waiting += map(int, children)
            found |= {int(pid): Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in children}
        return found


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if demo.process.poll() is None:
            left = demo.processes()
            demo.process.kill()
            demo.process.wait()
            gone(left)  # else they would still write to the folder that is being removed


def running(pids: dict[int, str]) -> list[str]:
    return [command for pid, command in pids.items() if Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes()]


def gone(pids: dict[int, str], *, seconds: float = 20) -> bool:
    limit = time.monotonic() + seconds
    while running(pids) and time.monotonic() < limit:
        time.sleep(0.1)
    return running(pids) == []


@pytest.mark.timeout(700)
def test_demonstration_from_its_first_start_to_its_end_by_force(open_folder, demos):
    folder = open_folder / "demo"

    first = Demo(folder, "--stage", "nominating")
    demos.append(first)
    first.wait_for("The portal is ready")
    assert (first.status("/ready/"), first.status("/accounts/login/")) == (200, 200)
    accounts = (folder / "accounts.txt").read_text().splitlines()
    assert accounts
    assert all(word in first.said for line in accounts for word in line.split("\t"))
    assert (folder / "accounts.txt").stat().st_mode & 0o077 == 0

    web = next(pid for pid, command in first.processes().items() if "gunicorn" in command)
    os.kill(web, signal.SIGKILL)
    first.wait_for("web has been started again")
    first_processes = first.processes()
    assert {name for name in ("postgres", "valkey", "worker", "beat") if name in " ".join(first_processes.values())} == {
        "postgres",
        "valkey",
        "worker",
        "beat",
    }
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    assert running(first_processes) == []

    second = Demo(folder)
    demos.append(second)
    second.wait_for("The portal is ready")
    assert "Loading the demonstration" not in second.said
    assert (folder / "accounts.txt").read_text().splitlines() == accounts
    second_processes = second.processes()
    second.process.kill()
    assert gone(second_processes)
