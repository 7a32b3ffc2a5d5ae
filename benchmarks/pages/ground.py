"""A scratch installation for one size: servers of its own, the settings in the environment, an empty database."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilotportal.trial.services import EmbeddedPostgres, EmbeddedValkey


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    folder.chmod(0o755)
    (folder / "logs").mkdir()
    postgres = EmbeddedPostgres(folder=folder / "postgres", logs=folder / "logs", durable=False)
    valkey = EmbeddedValkey(folder=folder / "valkey", logs=folder / "logs", durable=False)
    postgres.start()
    valkey.start()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "pilotportal.settings",
        "PORTAL_MODE": "demonstration",
        "PORTAL_SECRET_KEY": secrets.token_hex(32),
        "PORTAL_HOSTS": "testserver,127.0.0.1",
        "PORTAL_TLS": "false",
        "PORTAL_CLOCK_FILE": str(folder / "clock.json"),
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_LOG_LEVEL": "ERROR",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
    }
    try:
        _migrate()
        yield
    finally:
        _disconnect()
        valkey.stop()
        postgres.stop()


def _migrate() -> None:
    import django  # noqa: PLC0415 (reads the environment, which has to stand first)
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _disconnect() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()
    connection.close_pool()
