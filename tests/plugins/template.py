"""A PostgreSQL cluster whose database has been migrated, kept between runs of the tests.

Migrating takes six seconds of CPU time for every test database. So it is done once, for real, for each state of the migrations; a
run copies the cluster, and its test databases copy the migrated one.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from pilotportal.trial.installation import CHECKOUT
from pilotportal.trial.processes import Child, run
from pilotportal.trial.services import EmbeddedPostgres, started

KEPT = CHECKOUT / "var" / "tests"
A_DAY = 24 * 3600


def lay(*, folder: Path, logs: Path) -> None:
    """Puts a migrated cluster into `folder`, from which EmbeddedPostgres then starts."""
    kept = KEPT / f"cluster-{_state_of_migrations()}"
    if not kept.exists():
        _make(kept, folder=folder, logs=logs)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(kept, folder / "cluster")


def _state_of_migrations() -> str:
    """Changes with whatever a migrated database may depend on."""
    rooms = [CHECKOUT, CHECKOUT / "pilotportal"]
    files = [file for room in rooms for kind in ("migrations/*.py", "data/*") for file in room.glob(f"*/{kind}")]
    files += [CHECKOUT / "requirements" / "develop.lock", CHECKOUT / "pilotportal" / "settings.py"]
    contents = (f"{file.relative_to(CHECKOUT)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in sorted(files))
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()[:16]


def _make(kept: Path, *, folder: Path, logs: Path) -> None:
    with started([EmbeddedPostgres(folder=folder, logs=logs, durable=False)]) as addresses:
        environment = {"REDIS_URL": "redis://127.0.0.1:1/0"} | os.environ | addresses  # migrating queues nothing
        command = Child(
            name="migrate",
            command=[sys.executable, "manage.py", "migrate", "--noinput", "-v0"],
            log=logs / "migrate.log",
            environment=environment,
            folder=CHECKOUT,
        )
        if run(command):
            raise SystemExit(f"The test database could not be migrated:\n{command.last_words(lines=30)}")
    _forget_outdated()
    KEPT.mkdir(parents=True, exist_ok=True)
    draft = KEPT / f"draft-{os.getpid()}"
    _copy(folder / "cluster", draft)
    try:
        draft.rename(kept)
    except OSError:  # a run beside this one was quicker
        shutil.rmtree(draft)


def _forget_outdated() -> None:
    """Not those of today, which a run beside this one may be copying."""
    for kept in KEPT.glob("cluster-*"):
        if time.time() - kept.stat().st_mtime > A_DAY:
            shutil.rmtree(kept, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", source, target], check=True)  # with its owner, which shutil leaves out
