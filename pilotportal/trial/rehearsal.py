"""`scripts/rehearse`: a whole round in a scratch database, with a real worker, and nothing left behind but its results."""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from pilotportal.trial.installation import Installation
from pilotportal.trial.processes import TrialError
from pilotportal.trial.scratch import scratch_database
from pilotportal.trial.services import embedded_services, started
from pilotportal.trial.supervisor import Stopped, Supervisor, listen_for_stop

OPTIONS = ("seed", "units", "places", "experts")
LONGEST = 6 * 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the rehearsal: 0 only when its acceptance report is all green."""
    wanted = _arguments(arguments)
    listen_for_stop()
    try:
        with ExitStack() as stack:
            return _play(wanted, stack)
    except TrialError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        return 130


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/rehearse", description="Plays a whole round on a simulated clock.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the acceptance report and the documents")
    parser.add_argument("--seed", type=int, help="the same seed plays the same round")
    parser.add_argument("--units", type=int, help="provincial units that take part")
    parser.add_argument("--places", type=int, help="cities to select")
    parser.add_argument("--experts", type=int, help="experts in the pool")
    return parser.parse_args(arguments)


def _play(wanted: argparse.Namespace, stack: ExitStack) -> int:
    folder = Path(tempfile.mkdtemp(prefix="portal-rehearsal-"))
    folder.chmod(0o711)  # the servers' own user steps through it
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    installation = _installation(folder, stack)
    installation.manage("migrate", "--noinput")
    supervisor = Supervisor()
    stack.callback(supervisor.stop)
    supervisor.start(installation.worker())
    rehearsal = installation.command("rehearse", *_forwarded(wanted))
    stack.callback(rehearsal.stop)
    rehearsal.start()
    supervisor.watch_until(lambda: not rehearsal.running, limit=LONGEST)
    if rehearsal.exit_code:
        shutil.copytree(installation.logs, wanted.out / "logs", dirs_exist_ok=True)
    return rehearsal.exit_code or 0


def _installation(folder: Path, stack: ExitStack) -> Installation:
    """Own services, or a scratch database and a queue of its own on the given ones."""
    environment = {**os.environ, "PORTAL_QUEUE": f"rehearsal-{secrets.token_hex(6)}"}
    installation = Installation(folder=folder, environment=environment)
    services = embedded_services(folder=folder, logs=installation.logs, environment=environment, durable=False)
    if given := environment.get("DATABASE_URL"):
        installation.environment["DATABASE_URL"] = stack.enter_context(scratch_database(given))
    installation.environment |= stack.enter_context(started(services))
    return installation


def _forwarded(wanted: argparse.Namespace) -> list[str]:
    given = {name: getattr(wanted, name) for name in OPTIONS}
    return ["--out", str(wanted.out.resolve()), *(f"--{name}={value}" for name, value in given.items() if value is not None)]


if __name__ == "__main__":
    sys.exit(main())
