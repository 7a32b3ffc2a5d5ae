"""Seconds from a fresh clone to the first page, and of a second start: `python3 benchmarks/first_page.py [--stage STAGE]`.

Clones the checkout's last commit into a temporary folder and starts `scripts/demo` there. What Debian packages are missing is installed as
root, and counted; on a bare machine that is most of the first start. Uses only the standard library, so that it needs nothing first.
"""

import argparse
import http.client
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = "/accounts/login/"
LIMIT = 900.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="nominating")
    stage = parser.parse_args().stage
    folder = Path(tempfile.mkdtemp(prefix="first-page-"))
    folder.chmod(0o755)  # the embedded servers run as another user when we are root
    try:
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(folder / "portal")], check=True)
        print(f"fresh clone to first page  {_start(folder / 'portal', '--stage', stage, began=began):6.1f} s")
        print(f"second start to first page {_start(folder / 'portal', began=time.monotonic()):6.1f} s")
    finally:
        shutil.rmtree(folder)


def _start(clone: Path, *arguments: str, began: float) -> float:
    port = _free_port()
    demo = subprocess.Popen(["scripts/demo", "--port", str(port), *arguments], cwd=clone, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if demo.poll() is not None or time.monotonic() - began > LIMIT:
                raise SystemExit("The demonstration did not start.")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", PAGE)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
