import pytest

from pilotportal.trial.installation import Installation, write_secret
from pilotportal.trial.processes import TrialError


def test_the_secret_key_is_made_once_and_read_by_nobody_else(tmp_path):
    first = Installation(folder=tmp_path, environment={})
    assert len(first.environment["PORTAL_SECRET_KEY"]) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert Installation(folder=tmp_path, environment={}).environment["PORTAL_SECRET_KEY"] == first.environment["PORTAL_SECRET_KEY"]


def test_two_installations_have_two_keys(tmp_path):
    keys = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keys.add(Installation(folder=tmp_path / name, environment={}).environment["PORTAL_SECRET_KEY"])
    assert len(keys) == 2


def test_a_secret_replaces_an_older_one_that_others_could_read(tmp_path):
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_secret(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o077 == 0


def test_a_demonstration_cannot_be_taken_for_production(tmp_path):
    given = {"PORTAL_MODE": "production", "PORTAL_SECRET_KEY": "of the ministry", "PORTAL_DATA_DIR": "/srv", "EMAIL_URL": "smtp://mail"}
    environment = Installation(folder=tmp_path, environment=given).environment
    assert environment["PORTAL_MODE"] == "demonstration"
    assert environment["PORTAL_DATA_DIR"] == str(tmp_path)
    assert environment["PORTAL_SECRET_KEY"] != "of the ministry"
    assert environment["EMAIL_URL"] == "smtp://mail"


def test_a_failed_command_is_reported_with_what_it_said(tmp_path):
    installation = Installation(folder=tmp_path, environment={"PATH": "/usr/bin"})
    with pytest.raises(TrialError, match=r"manage.py no-such-command failed:\n(.*\n)*.*DATABASE_URL must be set"):
        installation.manage("no-such-command")
