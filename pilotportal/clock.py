"""The one place where the portal reads the time.

Every process asks `now()`. In production it is the machine's clock. In a demonstration, a rehearsal or a test the
setting `CLOCK_FILE` names a small file that all processes of the installation share: it holds the simulated instant, the real
instant at which that was written, and whether the simulated time runs on. Rewriting the file moves all of them at once.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Setting:
    simulated: datetime
    written: datetime
    running: bool

    def at(self, real: datetime) -> datetime:
        return self.simulated + (real - self.written) if self.running else self.simulated


def now() -> datetime:
    """The present instant, aware, in UTC."""
    real = datetime.now(UTC)
    setting = _setting()
    return setting.at(real) if setting else real


def simulated() -> bool:
    return _setting() is not None


def set_simulated(at: datetime, *, running: bool) -> None:
    """Move the simulated clock of this installation; only where `CLOCK_FILE` is set."""
    path = Path(settings.CLOCK_FILE)
    body = {"simulated": at.astimezone(UTC).isoformat(), "written": datetime.now(UTC).isoformat(), "running": running}
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(body))
    draft.replace(path)  # atomic, so no reader ever sees half a file


def _setting() -> Setting | None:
    if not settings.CLOCK_FILE:
        return None
    try:
        body = json.loads(Path(settings.CLOCK_FILE).read_text())
    except FileNotFoundError:
        return None
    return Setting(datetime.fromisoformat(body["simulated"]), datetime.fromisoformat(body["written"]), body["running"])
