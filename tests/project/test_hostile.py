"""Whatever stands in an address, a query or a form: an answer, and never an error page of ours."""

import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.project import permissions
from tests.project.permissions import Row
from tests.project.scene import Actor, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.usefixtures("summer")]

NUL, LONG, RARE, HUGE = "\x00", "长" * 5000, "𠮷'\"<script>&%s{{ 7|add:7 }}\u202e", str(2**63)
TEXTS = (NUL, LONG, RARE, HUGE)
UNSEEN = {"seen", "digest", "version", "revision", "command"}  # what forms carry along without showing it
QUESTIONS = ("round", "page", "kind", "status", "province", "pattern", "next", "search", "sort")


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Inputs(HTMLParser):
    """The names that the forms of a page send."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in {"input", "textarea", "select", "button"} and name and name != "csrfmiddlewaretoken":
            self.names.add(name)


def rows(method: str) -> list[Row]:
    """The first of each address."""
    first: dict[str, Row] = {}
    for row in permissions.rows():
        if method in row.answers and row.may:
            first.setdefault(row.name, row)
    return list(first.values())


def visitor(played: Scene, row: Row) -> tuple[Client, Actor]:
    """Somebody to whom the address is open."""
    actor = min(row.may - {Actor.ANONYMOUS} or row.may)
    client = Client(raise_request_exception=False)
    if actor in played.people:
        client.force_login(played.people[actor])
    return client, actor


def status(client: Client, path: str, data: dict[str, str] | None = None) -> int:
    with transaction.atomic():
        response = client.get(path) if data is None else client.post(path, data)
        b"".join(response)
        transaction.set_rollback(True)
    return response.status_code


def twisted(arguments: list[object]) -> Iterator[list[object]]:
    for place, argument in enumerate(arguments):
        for text in (2**63, 0) if isinstance(argument, int) or str(argument).isdecimal() else (NUL, LONG, RARE):
            yield [*arguments[:place], text, *arguments[place + 1 :]]


def address(row: Row, arguments: list[object]) -> str | None:
    """None where the address does not take such a word at all."""
    try:
        return reverse(row.name, args=arguments)
    except NoReverseMatch:
        return None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_breaks_the_portal(played, method):
    broken = []
    for row in rows(method):
        client, actor = visitor(played, row)
        data = {} if method == "POST" else None
        paths = filter(None, (address(row, twist) for twist in twisted(played.arguments(actor, row.about))))
        broken += [path[:80] for path in paths if status(client, path, data) >= 500]
    assert not broken, "\n".join(broken)


def test_no_question_breaks_a_page(played):
    broken = []
    for row in rows("GET"):
        client, actor = visitor(played, row)
        path = reverse(row.name, args=played.arguments(actor, row.about))
        broken += [path for text in (NUL, RARE) if status(client, f"{path}?{urlencode(dict.fromkeys(QUESTIONS, text))}") >= 500]
    assert not broken, "\n".join(broken)


def test_no_entry_breaks_a_form(played):
    broken = []
    for row in rows("POST"):
        client, actor = visitor(played, row)
        path = reverse(row.name, args=played.arguments(actor, row.about))
        names = Inputs()
        if row.get == 200:
            names.feed(client.get(path).content.decode())
        sent = names.names | UNSEEN
        broken += [f"{path} {text[:8]!r}" for text in TEXTS if status(client, path, dict.fromkeys(sent, text)) >= 500]
    assert not broken, "\n".join(broken)
