from pathlib import Path

import pytest
from pytest_django import Settings

from pilotportal.accounts import queries
from pilotportal.accounts.enums import Role


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.DEMONSTRATION = tmp_path, True
    return tmp_path


def test_the_accounts_of_a_demonstration_are_read_as_written(folder: Path) -> None:
    (folder / "accounts.txt").write_text("staff\tstaff-1\tpass word\t孙六 𠮷\nexpert\te\tp\tn\n")
    assert queries.demonstration_accounts() == [
        queries.DemonstrationAccount(Role.STAFF, "staff-1", "pass word", "孙六 𠮷"),
        queries.DemonstrationAccount(Role.EXPERT, "e", "p", "n"),
    ]


def test_before_the_demonstration_is_loaded_there_are_none(folder: Path) -> None:
    assert queries.demonstration_accounts() == []


def test_outside_a_demonstration_the_file_is_not_read(folder: Path, settings: Settings) -> None:
    (folder / "accounts.txt").write_text("staff\ts\tp\tn\n")
    assert len(queries.demonstration_accounts()) == 1
    settings.DEMONSTRATION = False
    assert queries.demonstration_accounts() == []
