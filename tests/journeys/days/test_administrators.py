"""The days of the three administrators, and the first hour of the person whose account they open."""

import re

import pytest
from playwright.sync_api import expect

from pilotportal.accounts import services
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from tests import factories
from tests.factories import IN_TIME
from tests.journeys.days.conftest import Arrive
from tests.journeys.days.person import on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

OWN_PASSWORD = "three rivers meet at noon"


def test_an_account_is_asked_for_confirmed_used_and_closed(arrive: Arrive) -> None:
    on(IN_TIME)
    factories.opened_round()
    system, security = (factories.user(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN))
    keeper = arrive(system)
    keeper.go("Accounts")
    keeper.follow("New account")
    keeper.follow("Provincial handling official")
    keeper.press("Make the account")
    keeper.is_told_what_is_missing("username", "name", "division")
    keeper.enter("Username", "wang")
    keeper.enter("Name", "王经办")
    keeper.choose("Province", factories.HEBEI)
    keeper.fill("organisation", "河北省人力资源和社会保障厅")
    keeper.press("Make the account")
    given = keeper.page.locator(".password-once").inner_text()
    keeper.follow("I have noted it")
    confirmer = arrive(security)
    confirmer.follow("%(count)s change of an account to confirm", plural="%(count)s changes of accounts to confirm", count=1)
    confirmer.follow("wang", exact=True)
    confirmer.press("Confirm")
    confirmer.read("Confirmed: it has taken effect.")
    person = arrive(None)
    person.enter("Username", "wang")
    person.enter("Password", given)
    person.press("Sign in")
    person.enter("Present password", given)
    person.enter("New password", OWN_PASSWORD)
    person.enter("New password once more", OWN_PASSWORD)
    person.press("Change the password")
    person.go("Nominations")
    keeper.go("Accounts")
    keeper.follow("wang", exact=True)
    keeper.press("Close the account")
    keeper.read("The account has been closed.")
    person.page.goto("/nominations/")
    expect(person.page).to_have_url(re.compile("/accounts/login/"))
    assert not User.objects.get(username="wang").is_active


def test_the_audit_administrator_reads_who_did_what(arrive: Arrive) -> None:
    on(IN_TIME)
    keeper = factories.user(Role.SYSTEM_ADMIN)
    services.ask_for_account(username="wang", name="王经办", role=Role.STAFF, organisation="某司", division=None, by=keeper, at=IN_TIME)
    auditor = arrive(factories.user(Role.AUDIT_ADMIN))
    auditor.go("Record")
    auditor.choose("Kind", "account.added")
    auditor.press("Show")
    auditor.read(keeper.username)
    auditor.follow("Verify the record")
    auditor.read("The record is whole")
