"""The walk of one role: from home over every link, each kind of page once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

MOST_PAGES = 80  # of one role
PASSED_BY = {"account_logout", "set_language"}


@dataclass(frozen=True)
class Account:
    role: str
    username: str
    password: str


@dataclass(frozen=True)
class Size:
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Picture:
    """`page` is the name of its address, `file` where the picture lies below the folder of the sheets."""

    role: str
    page: str
    path: str
    size: Size
    language: str
    file: str
    faults: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Studio:
    """Where the pictures are taken: a browser, the portal's address, the sizes and languages, the folder."""

    browser: Browser
    origin: str
    sizes: Sequence[Size]
    languages: Sequence[str]
    out: Path

    def walked(self, account: Account) -> list[Picture]:
        """The pages that one account reaches, each in every size and language."""
        context = self.browser.new_context(base_url=self.origin, timezone_id="Asia/Shanghai")
        try:
            page = context.new_page()
            found = dict(_found(page, _sign_in(page, account) if account.username else "/accounts/login/"))
            return [picture for language in self.languages for picture in self._in(language, page, account.role, found)]
        finally:
            context.close()

    def _in(self, language: str, page: Page, role: str, found: Mapping[str, str]) -> Iterator[Picture]:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": self.origin}])
        for size in self.sizes:
            page.set_viewport_size({"width": size.width, "height": size.height})
            for name, path in found.items():
                file = Path(role) / f"{name.replace(':', '-')}_{size}_{language}.png"
                (self.out / role).mkdir(parents=True, exist_ok=True)
                yield Picture(role, name, path, size, language, str(file), _taken(page, path, size, self.out / file))


def _sign_in(page: Page, account: Account) -> str:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", account.username)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    return urlsplit(page.url).path


def _found(page: Page, start: str) -> Iterator[tuple[str, str]]:
    """Name and first address of each kind of page, in the order in which links lead to them."""
    waiting, seen, pages = [start], {_name(start)}, 0
    while waiting and pages < MOST_PAGES:
        path = waiting.pop(0)
        answer = _open(page, path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        pages += 1
        yield _name(path) or path, path
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            parts = urlsplit(link)
            address = parts.path + (f"?{parts.query}" if parts.query else "")
            name = _name(parts.path)
            if parts.netloc == urlsplit(page.url).netloc and name and name not in seen | PASSED_BY:
                seen.add(name)
                waiting.append(address)


def _open(page: Page, path: str) -> Response | None:
    """None for what is a file to be kept and no page."""
    try:
        return page.goto(path)
    except Exception as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return None
        raise


def _name(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


def _taken(page: Page, path: str, size: Size, file: Path) -> list[str]:
    """Takes the picture, and says what was wrong with the page."""
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    page.on("console", hear)
    answer = page.goto(path)
    if answer and not answer.ok:
        faults.append(f"answered {answer.status}")
    if (width := page.evaluate("document.documentElement.scrollWidth")) > size.width:
        faults.append(f"{width} px wide")
    page.screenshot(path=file)
    page.remove_listener("console", hear)
    return faults
