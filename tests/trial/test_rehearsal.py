import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from pilotportal.trial import rehearsal
from pilotportal.trial.installation import Installation
from pilotportal.trial.processes import Child
from pilotportal.trial.scratch import scratch_database
from pilotportal.trial.services import passable


def databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_only_what_was_asked_for_is_passed_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = rehearsal._arguments(["--out", "results", "--seed", "0", "--experts", "60"])
    assert rehearsal._forwarded(wanted) == ["--out", str(tmp_path / "results"), "--seed=0", "--experts=60"]


def test_the_folder_for_the_results_must_be_named():
    with pytest.raises(SystemExit):
        rehearsal._arguments(["--seed", "1"])


def test_scratch_database_stands_beside_the_given_one_and_is_dropped():
    before = databases()
    with scratch_database(os.environ["DATABASE_URL"]) as url:
        assert databases() - before == {urlsplit(url).path[1:]}
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE round AS SELECT 1")
    assert databases() == before


def test_scratch_database_is_dropped_while_somebody_is_connected():
    before = databases()
    with pytest.raises(RuntimeError), scratch_database(os.environ["DATABASE_URL"]) as url, psycopg.connect(url):
        raise RuntimeError
    assert databases() == before


def test_given_services_are_not_touched_beyond_the_scratch(open_folder, monkeypatch):
    with rehearsal.ExitStack() as stack:
        installation = rehearsal._installation(open_folder, stack)
        assert installation.environment["DATABASE_URL"] != os.environ["DATABASE_URL"]
        assert installation.environment["REDIS_URL"] == os.environ["REDIS_URL"]
        assert installation.environment["PORTAL_QUEUE"].startswith("rehearsal-")
        assert not Path(open_folder / "services" / "postgres").exists()


@pytest.fixture
def played(open_folder, monkeypatch):
    """A rehearsal whose parts are replaced by programs that take no time: gives its exit code, and leaves the results in the folder."""

    def play(program: str) -> int:
        def child(installation: Installation, *_arguments: str) -> Child:
            return Child(name="rehearse", command=["sh", "-c", program], environment=installation.environment)

        monkeypatch.setattr(Installation, "manage", lambda *_arguments: None)
        monkeypatch.setattr(
            Installation, "worker", lambda self: Child(name="worker", command=["sleep", "60"], log=self.logs / "worker.log")
        )
        monkeypatch.setattr(Installation, "command", child)
        monkeypatch.setattr(rehearsal, "listen_for_stop", lambda: None)
        monkeypatch.setattr(rehearsal.tempfile, "mkdtemp", lambda prefix: str(passable(open_folder / "scratch")))
        return rehearsal.main(["--out", str(open_folder / "results")])

    return play


@pytest.mark.parametrize("code", [0, 1])
def test_exit_code_is_the_rehearsals(played, open_folder, code):
    assert played(f"exit {code}") == code
    assert not (open_folder / "scratch").exists()
    assert (open_folder / "results" / "logs" / "worker.log").exists() == bool(code)  # for whoever has to find out why


def test_rehearsal_sees_a_scratch_database(played, open_folder):
    before = databases()
    assert played(f'echo "$DATABASE_URL" > {open_folder}/seen') == 0
    assert urlsplit((open_folder / "seen").read_text().strip()).path.startswith("/rehearsal_")
    assert databases() == before
