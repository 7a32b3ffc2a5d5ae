"""`scripts/screenshots`: signs in as every role, walks through every page that a link leads to, and pictures each in every size."""

import argparse
import os
import sys
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests.chromium import CHROMIUM, QUIET
from tests.screenshots.sheet import write_sheets
from tests.screenshots.walk import Account, Size, Studio

SIZES = ("1366x768", "1920x1080", "390x844")
LANGUAGES = ("zh-hans", "en")


def main() -> int:
    """0 when every page answered and none was wider than its screen; the sheet names the others."""
    wanted = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotportal.settings")
    django.setup()
    accounts = [account for account in _accounts(wanted.demo) if not wanted.role or account.role in wanted.role]
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        sizes = [Size(*map(int, size.split("x"))) for size in wanted.size or SIZES]
        studio = Studio(browser, f"http://localhost:{wanted.port}", sizes, wanted.language or LANGUAGES, wanted.out)
        pictures = [picture for account in accounts for picture in studio.walked(account)]
        write_sheets(browser, pictures, wanted.out)
    faults = [picture for picture in pictures if picture.faults]
    for picture in faults:
        sys.stderr.write(f"{picture.role} {picture.path} {picture.size} {picture.language}: {'; '.join(picture.faults)}\n")
    pages = len({picture.page for picture in pictures})
    sys.stdout.write(f"{len(pictures)} pictures of {pages} pages, {len(faults)} with faults: {wanted.out / 'index.html'}\n")
    return 1 if faults else 0


def _accounts(demo: Path) -> list[Account]:
    """One of each role, and nobody at all."""
    rows = [line.split("\t") for line in (demo / "accounts.txt").read_text(encoding="utf-8").splitlines() if line]
    first = {role: Account(role, username, password) for role, username, password, *_name in reversed(rows)}
    return [Account("visitor", "", ""), *(first[role] for role in dict.fromkeys(row[0] for row in rows))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description="Pictures of every page of a running demonstration.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures and their sheets")
    parser.add_argument("--demo", type=Path, default=Path("var/demo"), help="folder of the demonstration (default: var/demo)")
    parser.add_argument("--port", type=int, default=8000, help="port of the demonstration (default: 8000)")
    parser.add_argument("--size", action="append", metavar="WxH", help=f"only these sizes (default: {', '.join(SIZES)})")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only these languages (default: both)")
    parser.add_argument("--role", action="append", help="only these roles, as the demonstration's list of accounts names them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
