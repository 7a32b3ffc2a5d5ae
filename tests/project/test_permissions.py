"""Every role at every address: each cell of the table is a request."""

import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test import client as client_module
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from pilotportal.accounts.enums import Role
from tests.project import permissions, permissions_page
from tests.project.permissions import Row
from tests.project.scene import Actor, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
METHODS = ("GET", "POST")
PAGE = settings.BASE_DIR / "docs" / "permissions.md"


@pytest.fixture(autouse=True)
def quick(summer, monkeypatch):
    """No log line for each of two thousand refusals, no copy of what each template was given."""
    monkeypatch.setattr(client_module, "store_rendered_templates", lambda *_arguments, **_named: None)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def client_of(played: Scene, actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    if actor in played.people:
        client.force_login(played.people[actor])
    return client


def answer(client: Client, method: str, path: str) -> int:
    """Undone afterwards, the sign-out too, so that no request changes what the next one meets."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = client.get(path) if method == "GET" else client.post(path, {})
        b"".join(response)  # a download closes its file at the end
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    return response.status_code


@pytest.mark.parametrize("actor", list(Actor), ids=lambda actor: actor.name.lower())
def test_every_address_answers_as_the_table_says(played, actor):
    client, wrong = client_of(played, actor), []
    for row in permissions.rows():
        path = reverse(row.name, args=played.arguments(actor, row.about))
        for method in row.answers:
            got = answer(client, method, path)
            if got != row.expected(actor, method):
                wrong.append(f"{method} {row.name} {', '.join(row.about)}: {got}, not {row.expected(actor, method)}")
    assert not wrong, "\n".join(wrong)


def test_every_address_stands_in_the_table(played):
    listed = {resolve(reverse(row.name, args=played.arguments(Actor.STAFF, row.about))).route for row in permissions.rows()}
    missing = {route: name for route, name in addresses(get_resolver()) if route not in listed and name not in permissions.EXCEPT}
    assert missing == {}
    assert permissions.EXCEPT.keys() <= {name for _route, name in addresses(get_resolver())}


def test_every_role_has_somebody_in_the_scene(played):
    assert {user.role for user in played.people.values()} == set(Role)


def test_the_page_is_in_step_with_the_table(played, pytestconfig):
    routes = {row: resolve(reverse(row.name, args=played.arguments(Actor.STAFF, row.about))).route for row in permissions.rows()}
    drawn = permissions_page.page(routes)
    if pytestconfig.getoption("--write-docs"):
        PAGE.write_text(drawn)
    assert PAGE.read_text() == drawn, "scripts/test tests/project/test_permissions.py --write-docs"


def test_a_method_that_the_table_does_not_name_is_refused(played):
    client, answers = client_of(played, Actor.STAFF), {}
    for name, about, method in unnamed():
        answers[f"{method} {name}"] = answer(client, method, reverse(name, args=played.arguments(Actor.STAFF, about)))
    assert answers
    assert {what: status for what, status in answers.items() if status != 405} == {}


def unnamed() -> Iterator[tuple[str, tuple[str, ...], str]]:
    taken = {(row.name, method) for row in permissions.rows() for method in row.answers}
    first: dict[str, Row] = {}
    for row in permissions.rows():
        first.setdefault(row.name, row)
    yield from ((name, row.about, method) for name, row in first.items() for method in METHODS if (name, method) not in taken)


def addresses(resolver: URLResolver, route: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """The route of every address with its full name."""
    for part in resolver.url_patterns:
        here = route + str(part.pattern)
        if isinstance(part, URLPattern):
            yield here, f"{space}{part.name}"
        else:
            yield from addresses(part, here, f"{space}{part.namespace}:" if part.namespace else space)
