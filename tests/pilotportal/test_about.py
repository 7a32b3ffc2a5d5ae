"""Help and the statement on accessibility are there for everybody, and every page leads to them."""

import pytest
from django.test import Client

from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/help/", "/accessibility/"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_they_are_open_to_everybody_and_linked_on_every_page(client: Client, path: str, language: str) -> None:
    found = read(client.get(path, headers={"Accept-Language": language}).content.decode())
    assert len(found.one("main").all("h2")) >= 4
    foot = read(client.get("/accounts/login/").content.decode()).one("footer")
    assert path in {link.attributes["href"] for link in foot.all("a")}


@pytest.mark.parametrize("path", ["/help/", "/accessibility/"])
def test_who_helps_is_named_where_the_operator_said_so(client: Client, settings, path: str) -> None:
    without = client.get(path).content.decode()
    settings.CONTACT = "010-12345678"
    assert "010-12345678" not in without
    assert "010-12345678" in client.get(path).content.decode()


def test_the_statement_hides_no_gap(client: Client) -> None:
    text = read(client.get("/accessibility/", headers={"Accept-Language": "en"}).content.decode()).one("main").text
    assert "WCAG" in text
    assert "What is known to be missing" in text
