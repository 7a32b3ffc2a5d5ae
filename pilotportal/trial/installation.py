"""The folder, the environment and the processes of one installation on this machine."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from pilotportal.trial.processes import Child, TrialError, run

CHECKOUT = Path(__file__).resolve().parents[2]
CELERY = ("celery", "-A", "pilotportal")
WORKER = (*CELERY, "worker", "--without-heartbeat", "--without-gossip", "--without-mingle")  # docs/operations.md, “Processes”


class Installation:
    """A data folder, and the environment that its processes get: `environment` still lacks the addresses of the services."""

    def __init__(self, *, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.environment = {
            **environment,
            "PORTAL_MODE": "demonstration",
            "PORTAL_SECRET_KEY": self._secret_key(),
            "PORTAL_HOSTS": environment.get("PORTAL_HOSTS", "localhost,127.0.0.1"),
            "PORTAL_DATA_DIR": str(folder),
            "PORTAL_CLOCK_FILE": str(folder / "clock.json"),
            "PORTAL_TLS": "false",
            "PYTHONUNBUFFERED": "1",
        }

    def manage(self, *arguments: str) -> None:
        """Runs a management command to its end. Raises TrialError with what it said last."""
        command = self._child("manage", "manage", *arguments, grace=10)
        if run(command):
            raise TrialError(f"manage.py {' '.join(arguments)} failed:\n{command.last_words()}")

    def command(self, *arguments: str) -> Child:
        """A management command that speaks to our terminal."""
        child = self._child("manage", "manage", *arguments, grace=10)
        child.log = None
        return child

    def web(self, *, port: int) -> Child:
        command = ("gunicorn", "--config", "deploy/gunicorn.conf.py", "pilotportal.wsgi")
        return self._child("web", *command, grace=20, environment={"PORT": str(port)})

    def worker(self, *, processes: int = 2) -> Child:
        return self._child("worker", *WORKER, f"--concurrency={processes}", "--loglevel=INFO", grace=30)

    def beat(self) -> Child:
        return self._child("beat", *CELERY, "beat", "--pidfile=", "--loglevel=INFO", grace=10)

    def _child(self, name: str, *module: str, grace: float, environment: Mapping[str, str] | None = None) -> Child:
        return Child(
            name=name,
            command=[sys.executable, "-m", *module],
            log=self.logs / f"{name}.log",
            environment={**self.environment, **(environment or {})},
            folder=CHECKOUT,
            grace=grace,
        )

    def _secret_key(self) -> str:
        """Made once, so that a second start does not sign everybody out."""
        file = self.folder / "secret-key"
        if not file.exists():
            write_secret(file, secrets.token_urlsafe(64))
        return file.read_text()


def write_secret(file: Path, text: str) -> None:
    """Readable by its owner alone from the first byte on."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    draft.replace(file)
