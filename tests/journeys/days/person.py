"""Somebody at work for a day: goes by the words that stand on the page, in one language, and looks at each page that opens."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import Page, expect

from applications.definition import FieldDefinition, Section
from pilotportal import clock
from tests.journeys import looks

HTML_LANGUAGE = {"zh-hans": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Way:
    """How a day is gone through."""

    language: str
    scripts: bool = True


def on(moment: datetime) -> None:
    """From now on it is this moment, and the clock goes on."""
    clock.set_simulated(moment, running=True)


class Person:
    def __init__(self, page: Page, way: Way) -> None:
        self.page, self.way = page, way
        self.main = page.get_by_role("main")

    def said(self, words: str, *, plural: str = "", **values: Any) -> str:
        """What the page says for `words` in this person's language; plural by `count`."""
        with translation.override(self.way.language):
            text = ngettext(words, plural, values["count"]) if plural else gettext(words)
        return text % values if values else text

    def arrive(self) -> None:
        """At the home page, in the language of this person, which is switched where it is another one."""
        self.page.goto("/")
        if self.way.language == "en":
            with self.page.expect_navigation():
                self.page.get_by_role("button", name="English", exact=True).click()
        self.look()

    def go(self, section: str, page: str = "") -> None:
        """By the navigation, where the pages of a section stand below it."""
        navigation = self.page.get_by_role("navigation", name=self.said("Main navigation"))
        self._click(navigation.get_by_role("link", name=self.said(section), exact=True).first)
        if page:
            self._click(navigation.get_by_role("link", name=self.said(page), exact=True).last)
        self.look()

    def follow(self, words: str, *, exact: bool = False, **values: Any) -> None:
        self._click(self.main.get_by_role("link", name=self.said(words, **values), exact=exact).first)
        self.look()

    def press(self, words: str, *, of: str = "", **values: Any) -> None:
        """`of` is what a button in a row says to a screen reader beside its word."""
        name = f"{self.said(words, **values)} {of}".strip()
        self._click(self.main.get_by_role("button", name=name, exact=True))
        self.look()

    def label_of(self, part: Section | FieldDefinition) -> str:
        """What a part of the form is called in this person's language."""
        return part.label.in_language(self.way.language)

    def fill(self, code: str, text: str) -> None:
        """An entry of the nomination's form."""
        self.page.locator(f"#id_{code}").fill(text)

    def enter(self, label: str, text: str, **values: Any) -> None:
        """A field by its label, with or without the star of what must be filled in."""
        name = re.compile(rf"^{re.escape(self.said(label, **values))}\s*\*?$")
        self.main.get_by_role("textbox", name=name).fill(text)

    def tick(self, label: str, **values: Any) -> None:
        self.main.get_by_label(self.said(label, **values)).check()

    def choose(self, label: str, value: str) -> None:
        self.main.get_by_label(self.said(label)).select_option(value)

    def bring(self, *, name: str, content: bytes, kind: str) -> None:
        self.main.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def read(self, words: str, **values: Any) -> None:
        expect(self.main.get_by_text(self.said(words, **values)).filter(visible=True).first).to_be_visible()

    def miss(self, words: str, **values: Any) -> None:
        """What was on the page is not there any more."""
        expect(self.main.get_by_text(self.said(words, **values))).to_have_count(0)

    def is_told_what_is_missing(self, *fields: str) -> None:
        """The entries that the page names as wrong, each beside itself and once on top."""
        expect(self.main.locator(".error-summary")).to_have_count(1)
        for name in fields:
            expect(self.page.locator(f"#id_{name}_error")).to_be_visible()

    def fetch(self, words: str) -> bytes:
        with self.page.expect_download() as downloading:
            self.main.get_by_role("link", name=self.said(words), exact=True).first.click()
        return Path(downloading.value.path()).read_bytes()

    def look(self) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        expect(self.page.locator("html")).to_have_attribute("lang", HTML_LANGUAGE[self.way.language])
        looks.accessible(self.page)

    def _click(self, target: Any) -> None:
        with self.page.expect_navigation():
            target.click()
