"""The rush itself: gunicorn, one browser a draft, all of them against one deadline."""

import http.client
import os
import random
import socket
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.deadline_rush.scene import Draft
from pilotportal import clock
from pilotportal.trial.processes import Child
from tests.factories import DEADLINE

WEB_PROCESSES = 2
OPENING_AT_ONCE = 4
LEAD = timedelta(seconds=3)  # between the moment the clock starts to run and the first submission
TOO_LATE = 2.0  # seconds
START_LIMIT = 60.0
ANSWER_LIMIT = 120.0


@dataclass
class Sent:
    """One submitting request: when it was sent by the portal's clock, how long the answer took, and what it was."""

    code: str
    sent_at: datetime
    seconds: float
    status: int
    answer: str


@dataclass(frozen=True)
class Rush:
    sent: list[Sent]
    web_seconds: float
    database_seconds: float


@dataclass(frozen=True)
class Page:
    """The page that submits, as it lies open before an official."""

    draft: Draft
    cookies: str
    body: str


def run(drafts: Sequence[Draft], *, folder: Path, seconds: float, late: int) -> Rush:
    port = _free_port()
    web = Child(
        name="web",
        command=[sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "pilotportal.wsgi"],
        log=folder / "logs" / "web.log",
        environment=os.environ | {"PORT": str(port), "WEB_CONCURRENCY": str(WEB_PROCESSES)},
    )
    clock.set_simulated(DEADLINE - timedelta(minutes=30), running=True)
    web.start()
    try:
        _wait_for(web, port)
        with ThreadPoolExecutor(OPENING_AT_ONCE) as pool:
            pages = list(pool.map(lambda draft: _open(draft, port), drafts))
        return _rush(pages, port=port, web=web, folder=folder, seconds=seconds, late=late)
    finally:
        web.stop()


def _rush(pages: Sequence[Page], *, port: int, web: Child, folder: Path, seconds: float, late: int) -> Rush:
    source = random.Random(2025)
    moments = [
        source.uniform(0.0, TOO_LATE) if number % late == 0 else -source.triangular(0.0, seconds, 0.0)
        for number in range(1, len(pages) + 1)
    ]
    used = _cpu(web), _cpu_of_database(folder)
    clock.set_simulated(DEADLINE - timedelta(seconds=seconds) - LEAD, running=True)
    deadline = time.monotonic() + (DEADLINE - clock.now()).total_seconds()
    sent: list[Sent] = []
    people = [
        threading.Thread(target=lambda page=page, at=deadline + moment: sent.append(_submit(page, port, at)))
        for page, moment in zip(pages, moments, strict=True)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return Rush(sent, _cpu(web) - used[0], _cpu_of_database(folder) - used[1])


def _open(draft: Draft, port: int) -> Page:
    answer, text = _ask(port, "GET", f"/nominations/{draft.code}/submit/", cookies=f"sessionid={draft.session}")
    if answer.status != http.client.OK:
        raise SystemExit(f"The page that submits answered {answer.status}:\n{text[:2000]}")
    token = next(value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie" and value.startswith("csrftoken="))
    reader = _Inputs()
    reader.feed(text)
    return Page(draft, f"sessionid={draft.session}; {token}", urlencode(reader.entries))


def _submit(page: Page, port: int, at: float) -> Sent:
    time.sleep(max(0.0, at - time.monotonic()))
    sent_at, begun = clock.now(), time.monotonic()
    try:
        answer, text = _ask(port, "POST", f"/nominations/{page.draft.code}/submit/", cookies=page.cookies, body=page.body)
        status, said = answer.status, answer.getheader("Location") or text
    except OSError as fault:
        status, said = 0, repr(fault)
    return Sent(page.draft.code, sent_at, time.monotonic() - begun, status, said)


def _ask(port: int, method: str, path: str, *, cookies: str, body: str = "") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_LIMIT)
    headers = {"Cookie": cookies, "Accept-Language": "en"} | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    connection.request(method, path, body=body or None, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


class _Inputs(HTMLParser):
    """The hidden entries of the form that submits, and its boxes ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, str] = {}
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("method") == "post" and not given.get("action")
        elif tag == "input" and self.inside and given.get("name"):
            self.entries[str(given["name"])] = str(given.get("value") or "on")


def _wait_for(web: Child, port: int) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and web.running:
        try:
            _ask(port, "GET", "/health/", cookies="")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The web server did not start:\n{web.last_words()}")


def _cpu(web: Child) -> float:
    """Seconds of the web processes so far."""
    assert web.process  # noqa: S101 - it has been started
    return sum(_seconds(stat) for stat in _stats() if stat[3] == str(web.process.pid))


def _cpu_of_database(folder: Path) -> float:
    """Of the server and its processes; those that have ended left their seconds to it."""
    server = next(folder.glob("postgres/**/postmaster.pid")).read_text().split()[0]
    return sum(_seconds(stat, ended=True) for stat in _stats() if server in {stat[0], stat[3]})


def _stats() -> list[list[str]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        number, rest = text.split(" (", 1)
        name, rest = rest.rsplit(") ", 1)
        found.append([number, name, *rest.split()])
    return found


def _seconds(stat: list[str], *, ended: bool = False) -> float:
    """Fields 14 and 15 of proc(5), and 16 and 17 for children that have ended."""
    ticks = sum(int(value) for value in stat[13 : 17 if ended else 15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def late(sent: Sent) -> bool:
    return sent.sent_at >= DEADLINE.astimezone(UTC)
