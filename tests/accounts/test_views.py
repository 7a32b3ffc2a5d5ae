"""Sign-in, sign-out, the password, and the one-click accounts that only a demonstration has."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from tests.factories import HEBEI, user
from tests.pilotportal.pages import Element, read

PASSWORD = "correct horse battery"
LIMITS = {"login_failed": "5/15m/key,20/15m/ip"}
SIGN_IN = "/accounts/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def official() -> User:
    return user(Role.PROVINCE_HANDLER, HEBEI, username="hebei")


@pytest.fixture
def demonstration(settings: Settings, tmp_path: Path, official: User) -> Settings:
    settings.DEMONSTRATION = True
    settings.DATA_DIR = tmp_path
    (tmp_path / "accounts.txt").write_text("province_handler\thebei\tQx7m-Kp2r\t王一\nexpert\tgone\tAb3d-Ef5g\t钱五\n")
    return settings


def sign_in(client: Client, username: str = "hebei", password: str = PASSWORD, **more: str) -> object:
    return client.post(SIGN_IN, {"login": username, "password": password} | more)


def page_of(response: object) -> Element:
    return read(response.content.decode())


def signed_in(client: Client) -> bool:
    return client.get("/accounts/password/change/").status_code == 200


def test_sign_in_leads_home(client: Client, official: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert signed_in(client)


def test_sign_in_leads_back_to_the_page_that_was_asked_for(client: Client, official: User) -> None:
    asked = client.get("/jobs/?page=2").headers["Location"]
    assert asked == f"{SIGN_IN}?next=/jobs/%3Fpage%3D2"
    form = page_of(client.get(asked)).one("form", action=SIGN_IN)
    assert form.one("input", name="next").attributes["value"] == "/jobs/?page=2"
    assert sign_in(client, next="/jobs/?page=2").headers["Location"] == "/jobs/?page=2"


def test_sign_in_leads_nowhere_else(client: Client, official: User) -> None:
    assert sign_in(client, next="https://elsewhere.example/").headers["Location"] == "/"


@pytest.mark.parametrize("username", ["hebei", "nobody"])
def test_a_wrong_password_and_an_unknown_name_read_the_same(client: Client, official: User, username: str) -> None:
    response = sign_in(client, username, "wrong")
    summary = page_of(response).one("div", class_="error-summary").text
    assert summary == "请核对以下问题 用户名或密码不正确。请检查大小写和输入法后重试。"
    assert page_of(response).one("input", name="login").attributes["value"] == username
    assert "value" not in page_of(response).one("input", name="password").attributes
    assert not signed_in(client)


def test_empty_fields_are_named(client: Client) -> None:
    links = page_of(client.post(SIGN_IN, {})).one("div", class_="error-summary").all("a")
    assert [link.text for link in links] == ["用户名：此项未填写。", "密码：此项未填写。"]


def test_after_five_wrong_passwords_even_the_right_one_is_refused(client: Client, official: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for _attempt in range(5):
        assert "用户名或密码不正确" in sign_in(client, password="wrong").content.decode()
    assert "登录已锁定15分钟" in sign_in(client).content.decode()
    assert not signed_in(client)
    assert Event.objects.filter(kind="account.locked_out").count() == 1


def test_while_redis_is_down_people_sign_in_and_the_limits_hold(client: Client, official: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    settings.CACHES = settings.CACHES | {"queue": settings.CACHES["queue"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    sign_in(client, password="wrong")
    sign_in(client)
    assert signed_in(client)
    client.post("/accounts/logout/")
    for _attempt in range(5):
        sign_in(client, password="wrong")
    assert "登录已锁定15分钟" in sign_in(client).content.decode()


def test_four_wrong_passwords_lock_nobody_out(client: Client, official: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    for _attempt in range(4):
        sign_in(client, password="wrong")
    sign_in(client)
    assert signed_in(client)


def test_the_lock_of_one_account_leaves_others_open(client: Client, official: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = LIMITS
    user(Role.STAFF, username="other")
    for _attempt in range(6):
        sign_in(client, password="wrong")
    sign_in(client, "other")
    assert signed_in(client)


def test_a_flood_of_attempts_meets_the_429_page(client: Client, official: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    for _attempt in range(3):
        assert sign_in(client, password="wrong").status_code == 200
    response = sign_in(client)
    assert response.status_code == 429
    assert page_of(response).one("h1").text == "尝试次数过多"


def test_a_closed_account_cannot_sign_in(client: Client, official: User) -> None:
    User.objects.filter(pk=official.pk).update(is_active=False)
    sign_in(client)
    assert not signed_in(client)


def test_a_closed_account_loses_its_session(client: Client, official: User) -> None:
    client.force_login(official)
    assert signed_in(client)
    User.objects.filter(pk=official.pk).update(is_active=False)
    assert not signed_in(client)


def test_sign_out_asks_first_and_ends_the_session(client: Client, official: User) -> None:
    client.force_login(official)
    assert page_of(client.get("/accounts/logout/")).one("h1").text == "退出登录"
    assert signed_in(client)
    response = client.post("/accounts/logout/", follow=True)
    assert response.redirect_chain == [(SIGN_IN, 302)]
    assert "已退出登录。" in page_of(response).text
    assert not signed_in(client)


def test_the_rules_of_a_password_stand_beside_its_field(client: Client, official: User) -> None:
    client.force_login(official)
    rules = page_of(client.get("/accounts/password/change/")).one("div", id="id_password1_helptext").text
    assert str(configured.PASSWORD_LENGTH) in rules
    assert "你" not in rules


def test_the_password_is_changed_and_only_the_new_one_works(client: Client, official: User) -> None:
    client.force_login(official)
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "Qx7m-Kp2r-Vt9w", "password2": "Qx7m-Kp2r-Vt9w"}
    )
    assert response.headers["Location"] == "/"
    assert signed_in(client)
    assert not Client().login(username="hebei", password=PASSWORD)
    sign_in(other := Client(), password="Qx7m-Kp2r-Vt9w")
    assert signed_in(other)


@pytest.mark.parametrize(
    ("entries", "field", "sentence"),
    [
        ({"oldpassword": "wrong"}, "oldpassword", "当前密码不正确。"),
        ({"password1": "12345678", "password2": "12345678"}, "password1", None),
        ({"password2": "something else"}, "password2", None),
    ],
)
def test_a_new_password_that_will_not_do(client: Client, official: User, entries: dict[str, str], field: str, sentence: str | None) -> None:
    client.force_login(official)
    sent = {"oldpassword": PASSWORD, "password1": "Qx7m-Kp2r-Vt9w", "password2": "Qx7m-Kp2r-Vt9w"} | entries
    page = page_of(client.post("/accounts/password/change/", sent))
    control = page.one("input", name=field)
    assert control.attributes["aria-invalid"] == "true"
    said = " ".join(page.one("div", id=name).text for name in control.attributes["aria-describedby"].split())
    assert sentence is None or sentence in said
    official.refresh_from_db()
    assert official.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_set_password"])
def test_what_this_portal_does_not_offer_has_no_address(client: Client, name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
    assert client.get("/accounts/signup/").status_code == 404


def test_a_demonstration_lists_its_accounts_with_one_click_each(client: Client, demonstration: Settings) -> None:
    page = page_of(client.get(SIGN_IN))
    row = page.one("tbody").all("tr")[0]
    assert row.one("th").text == "省级经办人"
    assert [cell.text for cell in row.all("td")[:3]] == ["王一", "hebei", "Qx7m-Kp2r"]
    form = row.one("form", action="/accounts/demonstration/")
    assert form.attributes["method"] == "post"
    assert form.one("button").attributes["value"] == "hebei"


def test_one_click_signs_in(client: Client, demonstration: Settings) -> None:
    response = client.post("/accounts/demonstration/", {"username": "hebei"})
    assert response.headers["Location"] == "/"
    assert signed_in(client)
    assert Event.objects.filter(kind="account.signed_in", actor_name="hebei").count() == 1


@pytest.mark.parametrize("username", ["unlisted", "gone", ""])
def test_one_click_works_for_no_other_account(client: Client, demonstration: Settings, username: str) -> None:
    """`unlisted` exists but is not of the demonstration; `gone` is listed but does not exist."""
    user(Role.SYSTEM_ADMIN, username="unlisted")
    assert client.post("/accounts/demonstration/", {"username": username}).status_code == 404
    assert not signed_in(client)


def test_outside_a_demonstration_there_is_no_one_click(client: Client, demonstration: Settings) -> None:
    """The same file and the same account; only the mode differs."""
    demonstration.DEMONSTRATION = False
    assert client.post("/accounts/demonstration/", {"username": "hebei"}).status_code == 404
    assert not signed_in(client)
    page = page_of(client.get(SIGN_IN))
    assert not page.all("table")
    assert "Qx7m-Kp2r" not in page.text


def test_one_click_needs_the_token_of_its_page(demonstration: Settings) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/demonstration/", {"username": "hebei"}).status_code == 403


def test_no_account_comes_with_the_installation() -> None:
    assert not User.objects.exists()


def test_the_tests_do_not_run_as_a_demonstration() -> None:
    assert configured.DEMONSTRATION is False
