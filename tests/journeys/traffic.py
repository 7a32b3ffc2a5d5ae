"""What a page costs on the wire, as the browser counts it."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page


@dataclass
class Traffic:
    """Requests that left the browser, and the bytes that came back with their heads, by address."""

    page: Page
    sent: dict[str, str] = field(default_factory=dict)
    received: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.on("Network.requestWillBeSent", self._ask)
        devtools.on("Network.requestServedFromCache", lambda event: self.sent.pop(event["requestId"], None))
        devtools.on("Network.responseReceived", self._answer)
        devtools.on("Network.loadingFinished", self._finish)
        devtools.send("Network.enable")

    def of(self, path: str) -> "Traffic":
        """Loads the page, and counts this load alone."""
        self.sent.clear()
        self.received.clear()
        self.page.goto(path, wait_until="networkidle")
        return self

    @property
    def requests(self) -> list[str]:
        return sorted(self.sent.values())

    @property
    def bytes(self) -> float:
        return sum(self.received[request] for request in self.sent)

    def bytes_of(self, ending: str) -> float:
        return sum(self.received[request] for request, url in self.sent.items() if url.endswith(ending))

    def _ask(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith(("data:", "blob:")):
            self.sent[event["requestId"]] = event["request"]["url"]

    def _answer(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self.sent.pop(event["requestId"], None)

    def _finish(self, event: dict[str, Any]) -> None:
        self.received[event["requestId"]] = event["encodedDataLength"]
