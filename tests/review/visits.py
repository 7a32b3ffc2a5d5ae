"""People at the pages of the review: signed in, at a moment, in English; every page they get is read as a browser would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pilotportal import clock
from pilotportal.accounts.models import User
from tests.pilotportal.pages import Element, read


@contextmanager
def moment(at: datetime) -> Iterator[None]:
    """The portal's clock stands still at this instant."""
    file = Path(settings.CLOCK_FILE)
    before = file.read_text() if file.exists() else None
    clock.set_simulated(at, running=False)
    try:
        yield
    finally:
        file.unlink() if before is None else file.write_text(before)


class Visitor:
    def __init__(self, user: User, *, language: str = "en") -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    def get(self, name: str, *args: object, **query: str) -> "Page":
        return Page(self.client.get(reverse(f"review:{name}", args=args), query))

    def post(self, name: str, *args: object, **data: Any) -> "Page":
        """`mark_plan=8` is sent as `mark-plan`: what a browser would send."""
        return Page(self.client.post(reverse(f"review:{name}", args=args), {key.replace("__", "-"): value for key, value in data.items()}))

    def follow(self, page: "Page") -> "Page":
        """The page that an answer led to."""
        return Page(self.client.get(page.location))


class Page:
    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        html = response.headers.get("Content-Type", "").startswith("text/html")
        self.content = response.getvalue()  # read to its end, a file closes itself
        self.html = self.content.decode() if html else ""
        self.document = read(self.html) if self.html else Element("document", {})

    @property
    def text(self) -> str:
        (main,) = self.document.all("main")
        return main.text

    @property
    def heads(self) -> list[str]:
        """The head of each row of the page's tables, beside those of a chart."""
        drawn = [id(cell) for section in self.document.all("section", class_="charted") for cell in section.all("th", scope="row")]
        return [cell.text for cell in self.document.all("th", scope="row") if id(cell) not in drawn]

    @property
    def errors(self) -> list[str]:
        return [item.text for found in self.document.all("div", class_="error-summary") for item in found.all("li")]

    def says(self, sentence: str) -> bool:
        return sentence in self.text

    def value(self, name: str) -> str:
        """What stands in an entry."""
        for element in self.document.walk():
            if element.attributes.get("name") == name and element.tag == "textarea":
                return "".join(part for part in element.content if isinstance(part, str)).removeprefix("\n")
            if (
                element.attributes.get("name") == name
                and element.tag == "input"
                and element.attributes.get("type") not in {"radio", "checkbox"}
            ):
                return element.attributes.get("value", "")
            if element.attributes.get("name") == name and (element.tag == "select"):
                return next((option.attributes["value"] for option in element.all("option") if "selected" in option.attributes), "")
        raise AssertionError(f"The page has no entry {name}.")

    def chosen(self, name: str) -> list[str]:
        """The values of the boxes and buttons of this name that are marked."""
        return [found.attributes["value"] for found in self.document.all("input", name=name) if "checked" in found.attributes]
