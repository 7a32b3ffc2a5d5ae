"""Whoever sends a form after his session ended, or with the token of an older one, gets what he typed back."""

import pytest
from django.conf import settings
from django.test import Client

from pilotportal.accounts.enums import Role
from tests.factories import user
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db

FORM = "/rounds/new/"
TYPED = {"code": "2031", "note": "写了很久<b>", "csrfmiddlewaretoken": "a" * 32, "password": "geheim"}


def returned(response):
    form = next(form for form in read(response.content.decode()).all("form") if form.attributes.get("action") == FORM)
    return {area.attributes["name"]: "".join(area.content).removeprefix("\n") for area in form.all("textarea")}


def test_signed_out_in_between(client):
    response = client.post(FORM, TYPED)
    assert response.status_code == 401
    assert returned(response) == {"code": "2031", "note": "写了很久<b>"}


def test_without_entries_it_is_the_sign_in_as_always(client):
    assert client.post(FORM, {}).status_code == 302
    assert client.get(FORM).status_code == 302


@pytest.mark.parametrize(("origin", "comes_back"), [("http://testserver", True), ("https://elsewhere.example", False)])
def test_the_token_of_an_older_session(origin, comes_back):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user(Role.STAFF))
    client.cookies[settings.CSRF_COOKIE_NAME] = "b" * 32
    response = client.post(FORM, TYPED, headers={"origin": origin})
    assert response.status_code == 403
    if comes_back:
        assert returned(response) == {"code": "2031", "note": "写了很久<b>"}
    else:
        assert "写了很久" not in response.content.decode()


def test_the_switch_of_the_language_on_the_page_of_the_sign_in_leads_back_to_it(client):
    page = client.get("/nominations/", follow=True)
    ((sign_in, _status),) = page.redirect_chain
    response = client.post("/language/setlang/", {"next": sign_in, "language": "en"}, follow=True)
    assert response.redirect_chain == [(sign_in, 302)]
    assert "Sign in" in response.content.decode()
