"""Seconds that a rehearsal takes, stage by stage: `python3 benchmarks/rehearsal [--units N] [--places N] [--experts N] [--seed N]`.

Runs `scripts/rehearse` with the same arguments (none: the whole round of 2025) and prints what it wrote to `timings.json`. "Busy" is
the time that the playing process itself was at work; during the rest it waited for the database, or for the worker. The whole is more
than the sum of its stages by the start of the services and the migrations. Uses only the standard library.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        began = time.monotonic()
        command = [CHECKOUT / "scripts" / "rehearse", "--out", folder, *sys.argv[1:]]
        accepted = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
        whole = time.monotonic() - began
        timings = json.loads((Path(folder) / "timings.json").read_text())
    print(f"{'stage':16}{'seconds':>10}{'busy':>10}")
    for stage, timing in timings.items():
        print(f"{stage:16}{timing['seconds']:10.1f}{timing['busy']:10.1f}")
    print(f"{'from start to end':16}{whole:9.1f}")
    if not accepted:
        raise SystemExit("The rehearsal was not accepted.")


if __name__ == "__main__":
    main()
