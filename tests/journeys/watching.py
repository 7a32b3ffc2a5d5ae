"""What every page of a journey is held to while somebody uses it."""

import json
import time
from collections import defaultdict
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, Response

MOST_SHIFT = 0.1  # of a page's whole life, the "good" of Core Web Vitals
REFUSALS = {"401", "403", "422", "409"}  # answers that the browser reports although they are meant
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"  # a test pulls the plug
MEANT = {*(f"status of {refusal} " for refusal in REFUSALS), OFFLINE}
ICON = "/favicon.ico"  # a browser asks for it beside a file that it shows by itself; pages carry their own
READER_OF_PDFS = ("chrome-extension:", "chrome:")  # the browser's own, when a page frames a PDF
SHIFT = "layout-shift "
REPORT_SHIFTS = f"""
if (window === window.top) {{
  const box = ({{ y, height }}) => `${{y}}+${{height}}`;
  const name = (node) => node && (node.className || node.nodeName);
  const moved = ({{ node, previousRect, currentRect }}) => `${{name(node)}} ${{box(previousRect)}} to ${{box(currentRect)}}`;
  const told = (shift) => [location.href, performance.timeOrigin, shift.value, Math.round(shift.startTime), shift.sources.map(moved)];
  new PerformanceObserver((list) => {{
    for (const shift of list.getEntries()) {{
      if (!shift.hadRecentInput && shift.startTime < (window.looksFrom || Infinity)) console.debug("{SHIFT}" + JSON.stringify(told(shift)));
    }}
  }}).observe({{ type: "layout-shift", buffered: true }});
}}
"""


def now_it_may_move(page: Page) -> None:
    """What shifts from here on is not the page's own doing: the window gets another size, or somebody else's words come into the page."""
    page.evaluate("window.looksFrom = performance.now()")


@dataclass
class Shifts:
    """Of one page from its loading to its leaving: how far in all, and what moved when."""

    score: float = 0.0
    moved: list[str] = field(default_factory=list)

    def add(self, score: float, at: float, moved: list[str]) -> None:
        self.score += score
        self.moved.append(f"{at} ms: {', '.join(moved)}")


class Watch:
    """Listens to a page: errors in the console, requests to another host, and how far things jump about."""

    def __init__(self, page: Page, *, origin: str) -> None:
        self._origin = origin
        self._complaints: list[str] = []
        self._shifts: dict[tuple[str, float], Shifts] = defaultdict(Shifts)
        self._began = time.monotonic()
        self.way: list[str] = []  # the pages gone through, with the seconds since the first; read when a journey failed
        page.add_init_script(REPORT_SHIFTS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("request", self._follow)
        page.on("response", self._arrive)

    @property
    def complaints(self) -> list[str]:
        jumping = [
            f"{url} shifts by {shifts.score:.2f}: {shifts.moved}"
            for (url, _loaded), shifts in self._shifts.items()
            if shifts.score > MOST_SHIFT
        ]
        return self._complaints + jumping

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith(SHIFT):
            url, loaded, *shift = json.loads(message.text.removeprefix(SHIFT))
            self._shifts[url, loaded].add(*shift)
        elif message.type == "error" and not self._is_meant(message):
            self._complaints.append(f"{message.location['url']}: {message.text}")

    @staticmethod
    def _is_meant(message: ConsoleMessage) -> bool:
        return message.location["url"].endswith(ICON) or any(meant in message.text for meant in MEANT)

    def _note(self, step: str) -> None:
        self.way.append(f"{time.monotonic() - self._began:6.1f} {step}")

    def _arrive(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._note(f"{response.status} {response.url}")

    def _follow(self, request: Request) -> None:
        if request.is_navigation_request():
            self._note(f"{request.method} {request.url}")
        if not request.url.startswith((self._origin, "data:", "blob:", *READER_OF_PDFS)):
            self._complaints.append(request.url)
