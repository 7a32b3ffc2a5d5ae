"""Reads of accounts."""

from dataclasses import dataclass

from django.conf import settings

from pilotportal.accounts.enums import Role


@dataclass(frozen=True)
class DemonstrationAccount:
    role: Role
    username: str
    password: str
    name: str


def demonstration_accounts() -> list[DemonstrationAccount]:
    """One for every role, as the loading of the demonstration wrote them down; none anywhere else."""
    path = settings.DATA_DIR / "accounts.txt"
    if not settings.DEMONSTRATION or not path.exists():
        return []
    lines = (line.split("\t") for line in path.read_text().splitlines() if line)
    return [DemonstrationAccount(Role(role), username, password, name) for role, username, password, name in lines]
