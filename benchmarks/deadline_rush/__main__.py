"""Submissions in the last minute of the nomination deadline: `python -m benchmarks.deadline_rush [N] [--seconds S] [--late L]`.

N complete drafts (200 by default) lie in a scratch database with servers of its own. gunicorn runs with deploy/gunicorn.conf.py and two
processes. Before the rush every approving official, each in a session of their own, has opened the page that submits; then all press the
button within S seconds (60) before the deadline, most of them towards its end, and one in L (10) up to two seconds too late. Real HTTP on
loopback, with sessions and CSRF; the portal's clock runs, and the deadline falls into the run. No worker runs: the deadline holds without.

Then the list is sealed, and it is checked that whatever was acknowledged is in it, that nothing else is, that nothing that was sent at or
after the deadline was accepted, and that every acknowledged one has its receipt. Reported are the times of the submitting requests as the
browser sees them, and the CPU time of the web processes and of PostgreSQL for each request. The one exit code that is good is 0.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.pages.ground import installed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--late", type=int, default=10, help="one in so many is sent after the deadline")
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rush-")))
        os.environ["PORTAL_LOG_LEVEL"] = "WARNING"
        stack.enter_context(installed(folder))
        from benchmarks.deadline_rush import rush, scene, verdict  # noqa: PLC0415 (Django is set up by now)

        drafts = scene.build(wanted.number)
        sent = rush.run(drafts, folder=folder, seconds=wanted.seconds, late=wanted.late)
        faults = verdict.report(sent)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
