"""CPU time and number of queries of the pages that count: `python -m benchmarks.pages [nominations …]`, by default 120 and 2000.

Each size gets a scratch database in which one round holds that many accepted nominations, with invented cities beyond the real ones
and, for the sake of size, without the limits that keep a real round small. The portal's own settings in mode `demonstration` are
used; requests go through the whole of Django but no socket. CPU is that of this process alone, without PostgreSQL's.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.pages.ground import installed

SIZES = [120, 2000]


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    if len(sizes) > 1:  # Django is set up once a process, and each size has servers of its own
        for size in sizes:
            subprocess.run([sys.executable, "-m", "benchmarks.pages", str(size)], check=True)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pages-")))
        stack.enter_context(installed(folder))
        from benchmarks.pages import measure, scene  # noqa: PLC0415 (Django is set up by now)

        measure.report(scene.build(sizes[0]), size=sizes[0])


if __name__ == "__main__":
    main()
