"""A browser for each person of a journey, watched from the first page to the last."""

import threading
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from pilotportal.accounts.models import User
from tests.journeys.watching import Watch

ANSWERING = "process_request_thread"  # as Python names the threads of the server that the tests run
ANSWER_LIMIT = 10.0  # s
expect.set_options(timeout=30_000)  # ms, as long as an act may take; two processes, two browsers and a worker share two cores


class Visit(Protocol):
    def __call__(self, user: User | None = None, *, scripts: bool = True, **context: Any) -> Page: ...


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def wait_for_answers() -> None:
    """A page that is closed sends what was not saved; the portal answers before the tables are emptied under it."""
    for thread in threading.enumerate():
        if ANSWERING in thread.name:
            thread.join(ANSWER_LIMIT)


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Visit]:
    """Opens a page for somebody who has signed in or not, with or without JavaScript. What the watch finds fails the test."""
    contexts, watches = [], []

    def begin(user: User | None = None, *, scripts: bool = True, **context: Any) -> Page:
        arguments = browser_context_args | context
        contexts.append(browser.new_context(**arguments, java_script_enabled=scripts))
        if user:
            contexts[-1].add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": arguments["base_url"]}])
        page = contexts[-1].new_page()
        watches.append(Watch(page, origin=arguments["base_url"]))
        return page

    yield begin
    for context in contexts:
        context.close()
    wait_for_answers()
    for watch in watches:
        print(*watch.way, sep="\n")  # noqa: T201 - pytest shows it where the journey failed
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    assert not complaints, "\n".join(complaints)
