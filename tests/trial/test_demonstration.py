import socket

import pytest

from pilotportal.trial import demonstration
from pilotportal.trial.demonstration import main
from pilotportal.trial.supervisor import Stopped


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The data folder of a demonstration that does not really start."""
    folder = tmp_path / "demo"
    monkeypatch.setenv("PORTAL_DATA_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(demonstration, "listen_for_stop", lambda: None)
    return folder


@pytest.fixture
def runs(folder, monkeypatch):
    """What would have been started."""
    runs = []

    def run(data, *, stage, port):
        runs.append((data, stage, port))
        (data / "secret-key").touch()
        (data / "stage").write_text(stage or "nominating")
        raise Stopped

    monkeypatch.setattr(demonstration, "_run", run)
    return runs


def test_being_stopped_is_no_failure(folder, runs, capsys):
    assert main(["--port", "0", "--stage", "review"]) == 0
    assert runs == [(folder, "review", 0)]
    assert capsys.readouterr().out == "Stopped.\n"


def test_a_port_that_is_taken_is_said_before_anything_starts(runs, capsys):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    assert (
        capsys.readouterr().err
        == f"Port {port} cannot be used (Address already in use). Take another one: scripts/demo --port {port + 1}\n"
    )
    assert runs == []


def test_two_demonstrations_do_not_share_a_folder(folder, runs, capsys):
    with demonstration._held(folder):
        assert main(["--port", "0"]) == 1
    assert "running already" in capsys.readouterr().err
    assert runs == []


def test_another_stage_is_not_loaded_over_the_data(folder, monkeypatch, capsys):
    folder.mkdir()
    (folder / "stage").write_text("nominating")
    assert main(["--port", "0", "--stage", "selected"]) == 1
    assert "stand at stage nominating. Add --fresh" in capsys.readouterr().err


def test_fresh_throws_the_data_away_and_keeps_the_lock(folder, runs):
    main(["--port", "0"])
    for name in ("services/postgres/cluster/base", "files/uploads", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "accounts.txt").touch()
    assert main(["--port", "0", "--stage", "selected", "--fresh"]) == 0
    assert {entry.name for entry in folder.iterdir()} == {"lock", "secret-key", "stage"}
    assert (folder / "stage").read_text() == "selected"


def test_fresh_leaves_a_folder_alone_that_holds_something_else(folder, runs, capsys):
    folder.mkdir()
    (folder / "thesis.odt").touch()
    assert main(["--port", "0", "--fresh"]) == 1
    assert (folder / "thesis.odt").exists()
    assert "left alone" in capsys.readouterr().err
    assert runs == []


def test_fresh_does_not_empty_somebody_elses_database(folder, runs, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/portal")
    assert main(["--port", "0", "--fresh"]) == 1
    assert "DATABASE_URL" in capsys.readouterr().err
    assert runs == []


def test_accounts_are_shown_in_columns(tmp_path, capsys):
    (tmp_path / "accounts.txt").write_text("ministry staff\tstaff\tsecret-1\t王敏\nexpert\texpert01\tsecret-2\t李 强\n")
    demonstration._announce(tmp_path, port=8000)
    said = capsys.readouterr().out
    assert "http://localhost:8000/" in said
    assert "  ministry staff  staff     secret-1  王敏\n  expert          expert01  secret-2  李 强\n" in said


class Recorded:
    """An installation that only notes its commands."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.commands = []

    def manage(self, *arguments: str) -> None:
        self.commands.append(arguments[0])


@pytest.fixture
def installation(folder):
    folder.mkdir()
    return Recorded(folder)


def test_a_second_start_does_again_only_what_something_changed_for(installation, tmp_path):
    source = tmp_path / "0002_quota.py"
    source.write_text("first")
    for _ in range(2):
        demonstration._when_changed(installation, [source], "migrate")
    assert installation.commands == ["migrate"]
    source.write_text("second, longer")
    demonstration._when_changed(installation, [source], "migrate")
    assert installation.commands == ["migrate", "migrate"]


def test_somebody_elses_database_is_migrated_at_every_start(installation, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/portal")
    for _ in range(2):
        demonstration._when_changed(installation, [], "migrate")
    assert installation.commands == ["migrate", "migrate"]


def test_the_demonstration_is_loaded_once(installation):
    for stage in ("review", "nominating"):
        demonstration._prepare(installation, stage=stage)
    assert installation.commands.count("demonstrate") == 1
    assert (installation.folder / "stage").read_text() == "review"
