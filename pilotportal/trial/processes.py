"""Child processes that cannot outlive the one that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import IO

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class TrialError(Exception):
    """Says to a person why the trial cannot go on."""


@dataclass(frozen=True)
class Owner:
    """The user that a service runs as, where it must not be root."""

    uid: int
    gid: int

    def take(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def unprivileged() -> Owner | None:
    """Whom to run a service as: nobody when we are root, else ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Owner(uid=nobody.pw_uid, gid=nobody.pw_gid)


def reachable(path: Path, *, owner: Owner | None) -> bool:
    """Whether the owner may step into every folder on the way to `path`."""
    return owner is None or all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


@dataclass
class Child:
    """A process that is started, watched and stopped; its output goes to a file, or to our own terminal.

    `stop_with` asks it to end in order, within `grace` seconds; `orphan_signal` is what the kernel sends when the thread that
    started it is gone, so start children from a thread that lives as long as the program.
    """

    name: str
    command: list[str]
    log: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    folder: Path | None = None
    owner: Owner | None = None
    stop_with: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    text: str = ""  # written to its standard input
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = _spawn(self, log)
        if self.process.stdin:
            self.process.stdin.write(self.text.encode())
            self.process.stdin.close()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def last_words(self, *, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log else ""

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.stop_with)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(child: Child) -> int:
    """Runs a child to its end; the exit code."""
    child.start()
    try:
        while child.running:
            sleep(0.01)
        return child.exit_code or 0
    finally:
        child.stop()


def _spawn(child: Child, log: IO[bytes] | None) -> subprocess.Popen[bytes]:
    owner = child.owner
    return subprocess.Popen(
        child.command,
        stdin=subprocess.PIPE if child.text else subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        cwd=child.folder,
        env=dict(child.environment),
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
        start_new_session=True,  # Ctrl-C reaches only us, so that we can stop the children in order
        preexec_fn=_die_with(os.getpid(), child.orphan_signal),  # noqa: PLW1509 - two system calls, no lock
    )


def _die_with(parent: int, orphan_signal: signal.Signals) -> Callable[[], None]:
    """Runs after privileges were dropped: the kernel forgets the request when the user changes.

    A script that starts us in the background has us ignore Ctrl-C; a child would inherit that and not hear what it is stopped with.
    """

    def before_exec() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return before_exec
