"""PostgreSQL and Valkey started from their programs, in a folder, for one installation.

`DATABASE_URL` and `REDIS_URL` in the environment replace them, so that the trial, the tests, CI and a real installation run the same code.
"""

import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pilotportal.trial.processes import Child, Owner, TrialError, reachable, run, unprivileged
from pilotportal.trial.programs import postgres_programs, valkey_program

OUTSIDE = Path("/var/lib/pilotportal-trial")
START_LIMIT = 30.0
CONSISTENT = {"synchronous_commit": "off"}  # a power cut may take the last half second, never the consistency
UNSAFE_BUT_FAST = {**CONSISTENT, "fsync": "off", "full_page_writes": "off"}
PORT_ATTEMPTS = 5


class Service(Protocol):
    """A server that belongs to one installation. `url` is its address from the start on; `variable` names it in the settings."""

    child: Child
    url: str
    variable: str

    def start(self) -> None:
        """Returns when the server answers."""

    def stop(self) -> None: ...


class EmbeddedPostgres:
    """PostgreSQL on a Unix socket that only its own user (and root) can reach.

    `folder` keeps the cluster between starts. `durable=False` trades safety against a crash for speed: for tests.
    """

    variable = "DATABASE_URL"

    def __init__(self, *, folder: Path, logs: Path, durable: bool = True, database: str = "portal") -> None:
        self.owner = unprivileged()
        self.folder, self.logs, self.database = _own_folder(folder, self.owner), logs, database
        self.programs = postgres_programs(scratch=self.folder, owner=self.owner)
        self.sockets = _socket_folder(self.owner)
        self.url = f"postgresql://portal@/{database}?host={self.sockets}"
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)} | (CONSISTENT if durable else UNSAFE_BUT_FAST)
        self.child = self._program("postgres", "-D", str(self.cluster), *(f"--{name}={value}" for name, value in options.items()))
        self.child.stop_with = self.child.orphan_signal = signal.SIGINT  # ends the sessions; SIGTERM would wait for them
        self.child.grace = 30

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def start(self) -> None:
        if not self.cluster.exists():
            self._initialise()
        self._refuse_another_version()
        self.child.start()
        _wait_until(self._answers, child=self.child)

    def stop(self) -> None:
        self.child.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _answers(self) -> bool:
        return run(self._program("pg_isready", "--quiet", f"--host={self.sockets}", "--dbname=postgres", "--username=portal")) == 0

    def _initialise(self) -> None:
        draft = self.folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)  # an initialisation that was cut short
        settings = ("--username=portal", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
        self._run_well("initdb", f"--pgdata={draft}", *settings)
        self._run_well("postgres", "--single", "-D", str(draft), "postgres", text=f"CREATE DATABASE {self.database}\n")
        draft.rename(self.cluster)

    def _refuse_another_version(self) -> None:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        said = subprocess.check_output([self.programs / "postgres", "--version"], text=True)
        if not re.search(rf"\) {re.escape(made_by)}\b", said):
            raise TrialError(f"The data were made by PostgreSQL {made_by}, but this is {said.strip()}. Begin anew with --fresh.")

    def _run_well(self, program: str, *arguments: str, text: str = "") -> None:
        child = self._program(program, *arguments, text=text)
        if run(child):
            raise TrialError(f"PostgreSQL could not be initialised:\n{child.last_words()}")

    def _program(self, program: str, *arguments: str, text: str = "") -> Child:
        return Child(
            name=program,
            command=[str(self.programs / program), *arguments],
            log=self.logs / f"{program}.log",
            environment=_bare_environment(),
            folder=self.folder,
            owner=self.owner,
            text=text,
        )


class EmbeddedValkey:
    """Valkey on a port of the loopback interface, with a password made for this start.

    `durable=False` keeps nothing on disk: for tests.
    """

    variable = "REDIS_URL"

    def __init__(self, *, folder: Path, logs: Path, durable: bool = True) -> None:
        owner = unprivileged()
        folder = _own_folder(folder, owner)
        self.password = secrets.token_urlsafe(24)
        self.durable = durable
        self.child = Child(
            name="valkey",
            command=[str(valkey_program(scratch=folder, owner=owner)), "-"],
            log=logs / "valkey.log",
            environment=_bare_environment(),
            folder=folder,
            owner=owner,
        )
        self._take_port()

    def start(self) -> None:
        for attempt in range(PORT_ATTEMPTS):
            if attempt:
                self._take_port()  # another process was quicker
            self.child.start()
            if _wait_until(self._answers, child=self.child, exit_is_error=attempt == PORT_ATTEMPTS - 1):
                return

    def stop(self) -> None:
        self.child.stop()

    def _take_port(self) -> None:
        self.port = free_port()
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "databases": 64,
            "dir": ".",
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "daemonize": "no",
        }
        self.child.text = "".join(f"{name} {value}\n" for name, value in settings.items())  # not on the command line, which all can read

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False


def embedded_services(*, folder: Path, logs: Path, environment: Mapping[str, str], durable: bool = True) -> list[Service]:
    """The services that `environment` does not name already, not yet started."""
    place = passable(service_folder(passable(folder)))
    services: list[Service] = []
    if not environment.get(EmbeddedPostgres.variable):
        services.append(EmbeddedPostgres(folder=place / "postgres", logs=logs, durable=durable))
    if not environment.get(EmbeddedValkey.variable):
        services.append(EmbeddedValkey(folder=place / "valkey", logs=logs, durable=durable))
    return services


@contextmanager
def started(services: list[Service]) -> Iterator[dict[str, str]]:
    """Starts the services and stops them at the end; gives their addresses as environment variables."""
    begun: list[Service] = []
    try:
        for service in services:
            begun.append(service)
            service.start()
        yield {service.variable: service.url for service in services}
    finally:
        for service in reversed(begun):
            service.stop()


def service_folder(data: Path) -> Path:
    """Where the services of the installation in `data` keep theirs: there, or outside when their user cannot reach it."""
    inside = data / "services"
    if reachable(inside, owner=unprivileged()):
        return inside
    return OUTSIDE / hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]


def passable(folder: Path) -> Path:
    """Makes a folder, where there is none, that the servers' own user can step through but not list."""
    if not folder.exists():
        passable(folder.parent)
        folder.mkdir()
        folder.chmod(0o711)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _own_folder(folder: Path, owner: Owner | None) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner:
        owner.take(folder)
    return folder.resolve()


def _socket_folder(owner: Owner | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))  # a socket's path ends at 107 bytes
    if owner:
        owner.take(folder)
    return folder


def _bare_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _wait_until(answers: Callable[[], bool], *, child: Child, exit_is_error: bool = True) -> bool:
    """Waits for a server to answer. False when it ended instead and that is no error."""
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if answers():
            return True
        if not child.running:
            if not exit_is_error:
                return False
            raise TrialError(f"{child.name} ended at once (exit code {child.exit_code}):\n{child.last_words()}")
        time.sleep(0.05)
    raise TrialError(f"{child.name} did not answer within {START_LIMIT:.0f} seconds:\n{child.last_words()}")
