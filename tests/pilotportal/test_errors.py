"""What people read when something went wrong, in both languages and in every frame of mind of the server."""

import pytest
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import Settings

from pilotportal import errors
from pilotportal.accounts.enums import Role
from pilotportal.urls import handler400, handler429, handler500
from pilotportal.urls import urlpatterns as portal
from tests.factories import user
from tests.pilotportal.pages import read

LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}


def forbidden(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def missing(_request: HttpRequest) -> HttpResponse:
    raise Http404


def heavy(_request: HttpRequest) -> HttpResponse:
    raise RequestDataTooBig


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [
    *portal,
    path("test/403/", forbidden),
    path("test/404/", missing),
    path("test/409/", errors.conflict),
    path("test/413/", heavy),
    path("test/429/", errors.too_many_requests),
    path("test/500/", broken),
]
__all__ = ["handler400", "handler429", "handler500"]
pytestmark = pytest.mark.urls(__name__)
TITLES = {
    403: ("没有操作权限", "You may not do this"),
    404: ("页面不存在", "This page does not exist"),
    409: ("内容已被他人保存", "Somebody else saved this at the same time"),
    413: ("提交的内容过大", "What you sent is too large"),
    429: ("尝试次数过多", "Too many attempts"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", TITLES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_each_failure_says_what_happened_and_what_to_do(client: Client, code: int, language: str, signed_in: bool) -> None:
    if signed_in:
        client.force_login(user(Role.STAFF))
    response = client.get(f"/test/{code}/", headers={"Accept-Language": language})
    page = read(response.content.decode())
    assert response.status_code == code
    assert page.one("html").attributes["lang"] == LANGUAGES[language]
    assert page.one("h1").text == TITLES[code][language == "en"]
    assert len(page.one("div", class_="failure").all("p")) >= 4  # code, what, meaning, what to do
    assert bool(page.all("details", class_="menu")) is signed_in


def test_a_server_error_needs_no_database_and_speaks_both_languages(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", lambda: pytest.fail("asked the database"))
    with structlog.contextvars.bound_contextvars(request="abc123def456"):
        response = errors.server_error(rf.get("/"))
    page = read(response.content.decode())
    assert response.status_code == 500
    assert [heading.text for heading in page.all("h1")] == ["平台出现错误", "The portal has made a mistake"]
    assert page.one("div", lang="zh-CN").text.count("abc123def456") == 1
    assert page.one("div", lang="en").text.count("abc123def456") == 1


@pytest.mark.django_db
def test_a_fault_in_a_view_leads_there(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.raise_request_exception = False
    response = client.get("/test/500/")
    assert response.status_code == 500
    assert "平台出现错误" in response.content.decode()
    assert "broken on purpose" not in response.content.decode()
    assert "broken on purpose" in caplog.text


@pytest.mark.django_db
def test_a_body_above_the_limit_is_too_large(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client.post("/accounts/login/", {"login": "a" * 200})
    assert response.status_code == 413
    assert "提交的内容过大" in response.content.decode()


@pytest.mark.django_db
def test_too_many_fields_are_a_bad_request(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    response = client.post("/accounts/login/", {"a": "1", "b": "2", "c": "3"})
    assert response.status_code == 400
    assert "无法识别的请求" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("zh-hans", "页面已失效"), ("en", "This page was open for too long")])
def test_a_form_without_its_token_is_explained(language: str, title: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "a", "password": "b"}, headers={"Accept-Language": language})
    assert response.status_code == 403
    assert read(response.content.decode()).one("h1").text == title


@pytest.mark.django_db
def test_an_address_that_takes_only_forms_explains_itself(client: Client) -> None:
    response = client.get("/accounts/demonstration/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert read(response.content.decode()).one("h1").text == "此地址不能直接打开"


@pytest.mark.django_db
def test_no_error_page_carries_what_the_address_said(client: Client) -> None:
    response = client.get("/nowhere/<script>alert(1)</script>/")
    assert response.status_code == 404
    assert "alert(1)</script>" not in response.content.decode()
