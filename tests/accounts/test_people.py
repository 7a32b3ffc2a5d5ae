"""Accounts in the hands of the administrators: one makes them, another confirms, and neither decides about themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from pilotportal.accounts import rules, services
from pilotportal.accounts.enums import ADMINISTRATORS, Act, Branch, Refusal, Role
from pilotportal.accounts.models import AccountRequest, Organisation, User
from pilotportal.accounts.rules import Refused
from pilotportal.audit.models import Event
from tests.factories import HEBEI, IN_TIME, TANGSHAN, co_department, staff, user
from tests.pilotportal.pages import Element, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return user(Role.SYSTEM_ADMIN, username="system")


@pytest.fixture
def security():
    return user(Role.SECURITY_ADMIN, username="security")


def client_of(person: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def page(response) -> Element:
    return read(response.content.decode()).one("main")


def sign_in(username: str, password: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.post("/accounts/login/", {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def make(system: User, role: Role = Role.STAFF, **entries: str):
    sent = {"username": "zhangsan", "name": "张三", "email": "", "organisation": "人力资源流动管理司"} | entries
    return client_of(system).post(f"/accounts/people/new/?role={role}", sent)


@contextmanager
def refused(refusal: Refusal) -> Iterator[None]:
    with pytest.raises(Refused) as answer:
        yield
    assert answer.value.refusal == refusal


def password_on(response) -> str:
    return page(response).one("code", class_="password-once").text


def kinds_of(account: User) -> list[str]:
    return list(Event.objects.filter(target_type="accounts.user", target_id=account.pk).values_list("kind", flat=True))


def test_an_account_opens_when_a_second_administrator_confirms_it(system, security):
    response = make(system)
    password, account = password_on(response), User.objects.get(username="zhangsan")
    assert "no-store" in response.headers["Cache-Control"]
    assert not is_in(sign_in("zhangsan", password))
    request = account.requests.get()
    client_of(security).post(f"/accounts/person/zhangsan/requests/{request.pk}/", {"confirm": "1"})
    assert is_in(sign_in("zhangsan", password))
    assert [kind for kind in kinds_of(account) if "sign" not in kind] == ["account.added", "account.opened"]
    assert Event.objects.get(kind="account.opened").actor_name == "security"


def test_a_refused_account_stays_closed(system, security):
    password = password_on(make(system))
    account = User.objects.get(username="zhangsan")
    client_of(security).post(f"/accounts/person/zhangsan/requests/{account.requests.get().pk}/", {"refuse": "1"})
    assert not is_in(sign_in("zhangsan", password))
    assert account.requests.get().confirmed is False
    assert "account.request_refused" in kinds_of(account)


def test_the_given_password_opens_nothing_but_the_page_that_replaces_it(system, security):
    password = password_on(make(system))
    account = User.objects.get(username="zhangsan")
    services.decide(request_id=account.requests.get().pk, confirmed=True, by=security, at=IN_TIME)
    client = sign_in("zhangsan", password)
    for path in ("/", "/rounds/", "/accounts/own/", "/search/?q=ab"):
        assert client.get(path).headers["Location"] == "/accounts/password/change/", path
    assert client.get("/accessibility/").status_code == 200
    assert "Replace it" in page(client.get("/accounts/password/change/")).text
    same = {"oldpassword": password, "password1": password, "password2": password}
    assert "This is the present password" in page(client.post("/accounts/password/change/", same)).text
    new = "Qx7m-Kp2r-Vt9w"
    client.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    assert client.get("/").status_code == 200
    account.refresh_from_db()
    assert not account.must_change_password


def test_an_ordinary_account_is_closed_at_once_and_its_sessions_end(system):
    account = staff()
    client = client_of(account)
    assert client.get("/").status_code == 200
    client_of(system).post(f"/accounts/person/{account.username}/close/")
    assert client.get("/").status_code == 302
    assert kinds_of(account)[-1] == "account.closed"


def test_a_closed_account_is_reopened_by_two(system, security):
    account = user(Role.STAFF, is_active=False)
    client_of(system).post(f"/accounts/person/{account.username}/reopen/")
    account.refresh_from_db()
    assert not account.is_active
    services.decide(request_id=account.requests.get().pk, confirmed=True, by=security, at=IN_TIME)
    account.refresh_from_db()
    assert account.is_active


def test_a_new_password_ends_the_old_one_and_every_session(system):
    account = staff()
    client = client_of(account)
    password = password_on(client_of(system).post(f"/accounts/person/{account.username}/password/"))
    assert client.get("/").headers["Location"].startswith("/accounts/login/")
    assert not is_in(sign_in(account.username, "correct horse battery"))
    assert is_in(sign_in(account.username, password))
    assert password not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_password_of_an_administrator_holds_once_it_is_confirmed(system, security, role):
    account = user(role, username="other")
    password = password_on(client_of(system).post("/accounts/person/other/password/"))
    assert not is_in(sign_in("other", password))
    assert is_in(sign_in("other", "correct horse battery"))
    request = account.requests.get()
    assert password not in request.password
    services.decide(request_id=request.pk, confirmed=True, by=security, at=IN_TIME)
    assert is_in(sign_in("other", password))
    assert not is_in(sign_in("other", "correct horse battery"))
    assert account.requests.get().password == ""


def test_an_administrator_is_closed_by_two(system, security):
    account = user(Role.AUDIT_ADMIN)
    asked = services.close(account_id=account.pk, by=system, at=IN_TIME)
    account.refresh_from_db()
    assert account.is_active
    services.decide(request_id=asked.pk, confirmed=True, by=security, at=IN_TIME)
    account.refresh_from_db()
    assert not account.is_active


def test_nobody_decides_about_themselves(system, security):
    with refused(Refusal.OWN_ACCOUNT):
        services.reset_password(account_id=system.pk, by=system, at=IN_TIME)
    asked = services.close(account_id=security.pk, by=system, at=IN_TIME)
    with refused(Refusal.OWN_ACCOUNT):
        services.decide(request_id=asked.pk, confirmed=True, by=security, at=IN_TIME)
    client = client_of(security)
    assert "Confirm" not in [button.text for button in page(client.get("/accounts/person/security/")).all("button")]
    client.post(f"/accounts/person/security/requests/{asked.pk}/", {"confirm": "1"})
    security.refresh_from_db()
    assert security.is_active


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
@pytest.mark.parametrize("act", Act)
def test_only_a_system_administrator_asks(act, role):
    facts = {"own": False, "is_open": act not in rules.OPENING, "waiting": False}
    assert rules.why_not_ask(act, by_role=role, **facts) == Refusal.NOT_SYSTEM_ADMIN
    assert rules.why_not_ask(act, by_role=Role.SYSTEM_ADMIN, **facts) is None


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_only_a_security_administrator_decides(role):
    assert rules.why_not_decide(by_role=role, own=False, decided=False) == Refusal.NOT_SECURITY_ADMIN
    assert rules.why_not_decide(by_role=Role.SECURITY_ADMIN, own=False, decided=False) is None


@pytest.mark.parametrize("role", Role)
def test_what_takes_two(role):
    assert rules.takes_two(Act.ADD, role)
    assert rules.takes_two(Act.REOPEN, role)
    assert rules.takes_two(Act.CLOSE, role) == rules.takes_two(Act.RESET, role) == (role in ADMINISTRATORS)


def test_one_thing_at_a_time(system):
    account = user(Role.AUDIT_ADMIN)
    services.close(account_id=account.pk, by=system, at=IN_TIME)
    with refused(Refusal.WAITING):
        services.reset_password(account_id=account.pk, by=system, at=IN_TIME)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        AccountRequest.objects.create(account=account, act=Act.RESET, asked_by=system, asked_at=IN_TIME)


def test_a_decision_is_made_once_and_by_another_and_kept(system, security):
    account = user(Role.AUDIT_ADMIN)
    asked = services.close(account_id=account.pk, by=system, at=IN_TIME)
    with pytest.raises(IntegrityError, match="takes_two_people"), transaction.atomic():
        AccountRequest.objects.update(decided_by=system, decided_at=IN_TIME, confirmed=True)
    services.decide(request_id=asked.pk, confirmed=False, by=security, at=IN_TIME)
    with refused(Refusal.DECIDED):
        services.decide(request_id=asked.pk, confirmed=True, by=security, at=IN_TIME)
    for statement in ("UPDATE accounts_accountrequest SET confirmed = true", "DELETE FROM accounts_accountrequest"):
        with pytest.raises(Exception, match="annot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("role", "entries", "field", "sentence"),
    [
        (Role.STAFF, {"username": "TAKEN"}, "username", "This username has been taken"),
        (Role.STAFF, {"username": "a b"}, "username", "valid username"),
        (Role.STAFF, {"name": ""}, "name", "required"),
        (Role.STAFF, {"organisation": ""}, "organisation", "required"),
        (Role.PROVINCE_HANDLER, {}, "division", "required"),
        (Role.PROVINCE_HANDLER, {"division": TANGSHAN}, "division", "valid choice"),
        (Role.PROVINCE_HANDLER, {"division": HEBEI, "organisation": ""}, "organisation", "enter its full name"),
        (Role.CITY, {"division": HEBEI}, "division", "valid choice"),
        (Role.CO_DEPARTMENT, {"division": HEBEI, "branch": Branch.INDUSTRY, "organisation": "另一个厅"}, "organisation", "knows"),
        (Role.CO_DEPARTMENT, {"division": HEBEI}, "branch", "required"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_entry_and_nothing_is_lost(system, role, entries, field, sentence):
    user(Role.STAFF, username="taken")
    co_department(HEBEI, Branch.INDUSTRY)
    before = User.objects.count()
    response = make(system, role, **entries)
    assert response.status_code == 422
    control = next(each for each in page(response).walk() if each.attributes.get("name") == field)
    said = " ".join(page(response).one("div", id=name).text for name in control.attributes["aria-describedby"].split())
    assert sentence in said
    assert page(response).one("input", name="name").attributes.get("value", "") == entries.get("name", "张三")
    assert User.objects.count() == before


def test_a_department_that_the_portal_knows_needs_no_name(system):
    known = co_department(HEBEI, Branch.INDUSTRY)
    assert make(system, Role.CO_DEPARTMENT, division=HEBEI, branch=Branch.INDUSTRY, organisation="").status_code == 200
    assert User.objects.get(username="zhangsan").organisation == known


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (Role.PROVINCE_APPROVER, {"division": HEBEI}),
        (Role.CITY, {"division": TANGSHAN}),
        (Role.EXPERT, {"division": HEBEI}),
        *((role, {}) for role in (Role.STAFF, Role.PARTNER, Role.SUPERVISOR, *sorted(ADMINISTRATORS))),
    ],
)
def test_an_account_of_every_role_can_be_made(system, role, entries):
    make(system, role, **entries)
    account = User.objects.get(username="zhangsan")
    assert (account.role, account.organisation.name, account.is_active) == (role, "人力资源流动管理司", False)
    assert account.division_id == entries.get("division")


def test_nothing_is_asked_that_the_role_does_not_need(system):
    form = page(client_of(system).get(f"/accounts/people/new/?role={Role.STAFF}"))
    assert not form.all("select")
    assert len(page(client_of(system).get("/accounts/people/new/")).all("li")) >= len(Role)


def test_the_list_is_searched_narrowed_and_sorted(system):
    user(Role.STAFF, username="aa", name="甲")
    user(Role.EXPERT, HEBEI, username="bb", name="乙", is_active=False)
    services.close(account_id=user(Role.AUDIT_ADMIN, username="cc", name="丙").pk, by=system, at=IN_TIME)
    names = lambda query: [cell.text for cell in page(client_of(system).get(f"/accounts/people/{query}")).all("th", scope="row")]  # noqa: E731
    assert names("") == ["aa", "bb", "cc", "system"]
    assert names("?sort=-username")[0] == "system"
    assert names("?find=乙") == ["bb"]
    assert names("?role=expert") == ["bb"]
    assert names("?state=closed") == ["bb"]
    assert names("?state=waiting") == ["cc"]
    assert names("?find=nobody") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_many_there_are(system, count, django_assert_num_queries):
    for _number in range(count):
        services.close(account_id=user(Role.AUDIT_ADMIN).pk, by=system, at=IN_TIME)
    client = client_of(system)
    client.get("/accounts/people/")
    with django_assert_num_queries(5):  # session, person, number of accounts, accounts, what awaits a decision
        client.get("/accounts/people/")


def test_ones_own_page_shows_who_one_is_and_what_happened():
    account = user(Role.PROVINCE_HANDLER, HEBEI, username="hebei", name="王一")
    sign_in("hebei", "wrong")
    shown = page(sign_in("hebei", "correct horse battery").get("/accounts/own/"))
    assert account.organisation.name in shown.text
    assert [item.text.split()[-3:] for item in shown.all("li") if "Sign" in item.text]
    assert "Sign-in failed" in shown.text
    assert "Signed in" in shown.text


def test_administrators_find_no_business_in_an_account(system):
    """The organisation is all that they learn."""
    account = user(Role.PROVINCE_HANDLER, HEBEI)
    text = page(client_of(system).get(f"/accounts/person/{account.username}/")).text
    assert "Nominations" not in text
    assert Organisation.objects.get(pk=account.organisation_id).name in text


def test_what_awaits_a_decision_is_due_from_the_security_administrator(system, security):
    address = "/accounts/people/?state=waiting"
    links = lambda person: [link.attributes["href"] for link in page(client_of(person).get("/")).all("a")]  # noqa: E731
    assert address not in links(security)
    make(system)
    assert address in links(security)
    assert address not in links(system)
