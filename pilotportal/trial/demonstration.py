"""`scripts/demo`: the whole portal on this machine, with a demonstration in it."""

import argparse
import fcntl
import hashlib
import http.client
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pilotportal.trial.installation import CHECKOUT, Installation
from pilotportal.trial.processes import TrialError
from pilotportal.trial.services import embedded_services, passable, service_folder, started
from pilotportal.trial.supervisor import Stopped, Supervisor, listen_for_stop, say

STAGES = ("nominating", "review", "selected", "piloting")
READY_WITHIN = 90.0


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after it was asked to stop, 1 when it could not go on."""
    wanted = _arguments(arguments)
    folder = Path(os.environ.get("PORTAL_DATA_DIR") or CHECKOUT / "var" / "demo").resolve()
    listen_for_stop()
    try:
        with _held(folder):
            _require_free(wanted.port)
            if wanted.fresh:
                _empty(folder)
            _run(folder, stage=wanted.stage, port=wanted.port)
    except TrialError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        say("Stopped.")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Starts the portal with a demonstration of the 2025 round.")
    parser.add_argument("--port", type=int, default=8000, help="port on this machine (default: 8000)")
    parser.add_argument("--stage", choices=STAGES, help="where the round stands (default: nominating)")
    parser.add_argument("--fresh", action="store_true", help="throw the demonstration's data away and begin anew")
    return parser.parse_args(arguments)


def _run(folder: Path, *, stage: str | None, port: int) -> None:
    installation = Installation(folder=folder, environment=os.environ)
    _require_stage(folder, stage)
    if not (folder / "stage").exists():  # a first start that was cut short, or a folder that was deleted but not its services outside
        shutil.rmtree(service_folder(folder), ignore_errors=True)
        (folder / "migrate-digest").unlink(missing_ok=True)
    services = embedded_services(folder=folder, logs=installation.logs, environment=os.environ)
    say(f"Starting {' and '.join(service.child.name for service in services) or 'with the given services'} …")
    with started(services) as addresses:
        installation.environment |= addresses
        _prepare(installation, stage=stage or "nominating")
        supervisor = Supervisor()
        try:
            for service in services:
                supervisor.adopt(service.child)
            say("Starting web, worker and beat …")
            for child in (installation.worker(), installation.beat(), installation.web(port=port)):
                supervisor.start(child)
            supervisor.watch_until(lambda: _ready(port), limit=READY_WITHIN)
            _announce(folder, port=port)
            supervisor.watch()
        finally:
            say("Stopping …")
            supervisor.stop()


def _prepare(installation: Installation, *, stage: str) -> None:
    say("Preparing the database …")
    _when_changed(
        installation, [*CHECKOUT.glob("*/migrations/*.py"), *CHECKOUT.glob("pilotportal/*/migrations/*.py")], "migrate", "--noinput"
    )
    _when_changed(
        installation, [*(CHECKOUT / "static").rglob("*"), CHECKOUT / "pilotportal" / "assets.py"], "collectstatic", "--noinput", "--clear"
    )
    loaded = installation.folder / "stage"
    if not loaded.exists():
        say(f"Loading the demonstration (stage: {stage}) …")
        installation.manage("demonstrate", "--stage", stage)
        loaded.write_text(stage)


def _when_changed(installation: Installation, sources: Sequence[Path], *command: str) -> None:
    """Runs a command unless it ran before on the same files, packages and settings: each saves a third of a second start."""
    done = installation.folder / f"{command[0]}-digest"
    present = _digest([*sources, CHECKOUT / "requirements" / "run.lock", CHECKOUT / "pilotportal" / "settings.py"])
    if os.environ.get("DATABASE_URL") or not done.exists() or done.read_text() != present:
        installation.manage(*command)
        done.write_text(present)


def _digest(sources: Sequence[Path]) -> str:
    files = ((str(path), path.stat()) for path in sorted(sources) if path.is_file())
    return hashlib.sha256("".join(f"{path} {stat.st_size} {stat.st_mtime_ns}\n" for path, stat in files).encode()).hexdigest()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(folder: Path, *, port: int) -> None:
    accounts = [line.split("\t") for line in (folder / "accounts.txt").read_text().splitlines() if line]
    say(f"\nThe portal is ready: http://localhost:{port}/\n")
    widths = [max(map(len, column)) for column in zip(*(account[:3] for account in accounts), strict=True)]
    for *columns, name in accounts:
        say("  " + "  ".join(text.ljust(width) for text, width in zip(columns, widths, strict=True)) + f"  {name}")
    say(f"\nData and logs: {folder}. Ctrl-C stops everything; the next start goes on from here.")


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One demonstration at a time in a folder."""
    with (passable(folder) / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrialError(f"A demonstration is running already with its data in {folder}.") from None
        yield


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise TrialError(f"Port {port} cannot be used ({error.strerror}). Take another one: scripts/demo --port {port + 1}") from None


def _require_stage(folder: Path, stage: str | None) -> None:
    marker = folder / "stage"
    loaded = marker.read_text() if marker.exists() else stage
    if stage and loaded != stage:
        raise TrialError(f"The data in {folder} stand at stage {loaded}. Add --fresh to throw them away and begin anew at {stage}.")


def _empty(folder: Path) -> None:
    if os.environ.get("DATABASE_URL"):
        raise TrialError("--fresh does not empty a database that DATABASE_URL names; name an empty one.")
    strangers = {entry.name for entry in folder.iterdir()} - {"lock"}
    if strangers and "secret-key" not in strangers:
        raise TrialError(f"{folder} does not look like a demonstration's data; it is left alone.")
    shutil.rmtree(service_folder(folder), ignore_errors=True)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


if __name__ == "__main__":
    sys.exit(main())
