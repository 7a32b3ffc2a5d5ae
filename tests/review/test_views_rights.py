"""Every address of the review for everybody: who gets the page, who is told no, and for whom there is nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from applications.enums import AttachmentKind
from applications.models import Attachment, Nomination, Round
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from review.models import AssignmentRun, ScoreSheet, Selection
from review.urls import urlpatterns
from tests import factories
from tests.review import factories as review
from tests.review.factories import SCORED_AT
from tests.review.visits import Visitor, moment

pytestmark = pytest.mark.django_db

STAFF, READERS, SEATS, EXPERT = {"staff"}, {"staff", "partner", "supervisor"}, {"staff", "supervisor"}, {"expert", "stranger"}
ANYBODY = {
    *("handler", "approver", "neighbour", "co_department", "city", "expert", "stranger"),
    *("staff", "partner", "supervisor", "system_admin", "security_admin", "audit_admin"),
}
SEES_ROUND = ANYBODY - {"system_admin", "security_admin", "audit_admin"}
SEES_NOMINATION = READERS | {"handler", "approver"}
SEES_SHEET = SEATS | {"expert"}


@dataclass(frozen=True)
class Rule:
    """Who gets the page (`get`) and whose sending is answered (`post`). Others who see the thing are told no; the rest find nothing."""

    sees: set[str]
    get: set[str] | None = None
    post: set[str] | None = None
    arguments: list[str] = field(default_factory=list)


RULES = {
    "queue": Rule(ANYBODY, get=READERS),
    "accept_all": Rule(SEES_ROUND, get=STAFF, post=STAFF, arguments=["round"]),
    "check": Rule(SEES_NOMINATION, get=READERS, arguments=["nomination"]),
    "accept": Rule(SEES_NOMINATION, post=STAFF, arguments=["nomination"]),
    "return": Rule(SEES_NOMINATION, get=STAFF, post=STAFF, arguments=["nomination"]),
    "reject": Rule(SEES_NOMINATION, get=STAFF, post=STAFF, arguments=["nomination"]),
    "nomination_sheets": Rule(SEES_NOMINATION, get=SEATS, arguments=["nomination"]),
    "panel": Rule(ANYBODY, get=SEATS),
    "commit": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "withdraw_commitment": Rule(SEES_ROUND, get=STAFF, post=STAFF, arguments=["round"]),
    "draw": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "propose_assignment": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "apply_assignment": Rule(SEES_ROUND, post=STAFF, arguments=["round", "run"]),
    "undo_assignment": Rule(SEES_ROUND, post=STAFF, arguments=["round", "run"]),
    "fill_vacancies": Rule(SEES_ROUND, get=STAFF, post=STAFF, arguments=["round"]),
    "expert_sheets": Rule(SEES_ROUND, get=SEATS, arguments=["round", "member"]),
    "excuse": Rule(SEES_ROUND, get=STAFF, post=STAFF, arguments=["round", "member"]),
    "progress": Rule(ANYBODY, get=READERS),
    "sheets": Rule(ANYBODY, get=EXPERT),
    "pledge": Rule(SEES_ROUND, get=EXPERT, post=EXPERT, arguments=["round"]),
    "sheet": Rule(SEES_SHEET, get={"expert"}, post={"expert"}, arguments=["sheet"]),
    "recuse": Rule(SEES_SHEET, get={"staff", "expert"}, post={"staff", "expert"}, arguments=["sheet"]),
    "decline": Rule(SEES_SHEET, get={"staff", "expert"}, post={"staff", "expert"}, arguments=["sheet"]),
    "reopen": Rule(SEES_SHEET, get=STAFF, post=STAFF, arguments=["sheet"]),
    "file": Rule(SEES_SHEET, get={"expert"}, arguments=["sheet", "file"]),
    "ranking": Rule(ANYBODY, get=READERS),
    "compute": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "part_tie": Rule(SEES_ROUND, post=STAFF, arguments=["round", "rank"]),
    "selection": Rule(ANYBODY, get=READERS),
    "propose": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "sign_off": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "publish_notice": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "decide": Rule(SEES_ROUND, post=STAFF, arguments=["round"]),
    "void": Rule(SEES_ROUND, get=STAFF, post=STAFF, arguments=["round"]),
}


@pytest.fixture(autouse=True)
def while_they_score() -> Iterator[None]:
    with moment(SCORED_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round(planned_places=1)


@pytest.fixture
def arguments(round: Round) -> dict[str, object]:
    """A list has been proposed; all sheets are in."""
    review.proposed(round, cities=[factories.TANGSHAN], n=3)
    sheet = ScoreSheet.objects.first()
    return {
        "round": round.code,
        "nomination": Nomination.objects.get().code,
        "run": AssignmentRun.objects.get().pk,
        "member": sheet.expert_id,
        "sheet": sheet.code,
        "file": Attachment.objects.get(kind=AttachmentKind.EVIDENCE).pk,
        "rank": 1,
    }


def people(arguments: dict[str, object]) -> dict[str, User]:
    return {
        "handler": factories.handler(),
        "approver": factories.approver(),
        "neighbour": factories.approver(factories.SHANXI),
        "co_department": factories.user(Role.CO_DEPARTMENT, factories.HEBEI),
        "city": factories.city_official(),
        "expert": ScoreSheet.objects.get(code=arguments["sheet"]).expert.user,
        "stranger": review.expert().user,
        "staff": factories.staff(),
        **{role.value: factories.user(role) for role in (Role.PARTNER, Role.SUPERVISOR)},
        **{role.value: factories.user(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)},
    }


IN_THE_TABLE = {"pool", "pool_add", "pool_available", "file_page", "file_view"}  # of the whole portal, tests/project/permissions.py


def answered(send: Callable[[], HttpResponse]) -> str:
    """What came, with nothing of it kept."""
    kept = transaction.savepoint()
    response = send()
    response.getvalue()
    transaction.savepoint_rollback(kept)
    return {403: "no", 404: "nothing", 405: "not so"}.get(response.status_code, "yes")


def expected(rule: Rule, person: str, allowed: set[str] | None) -> str:
    if allowed is None:
        return "not so"
    return "yes" if person in allowed else "no" if person in rule.sees else "nothing"


def test_every_address_has_its_rule() -> None:
    assert RULES.keys() | {"marks"} | IN_THE_TABLE == {pattern.name for pattern in urlpatterns}


def test_who_gets_what(arguments: dict[str, object]) -> None:
    came, right = {}, {}
    for person, user in people(arguments).items():
        client = Client()
        client.force_login(user)
        for name, rule in RULES.items():
            url = reverse(f"review:{name}", args=[arguments[argument] for argument in rule.arguments])
            for method, send, allowed in (("GET", client.get, rule.get), ("POST", client.post, rule.post)):
                came[person, method, name] = answered(lambda send=send, url=url: send(url))
                right[person, method, name] = expected(rule, person, allowed)
    assert {key: value for key, value in came.items() if value != right[key]} == {}


def test_who_is_not_signed_in_is_asked_to(arguments: dict[str, object]) -> None:
    for name, rule in RULES.items():
        url = reverse(f"review:{name}", args=[arguments[argument] for argument in rule.arguments])
        for send in (Client().get, Client().post):
            assert send(url).headers["Location"].startswith("/accounts/login/"), name


def test_marks_are_shown_to_those_who_watch_once_all_are_in(arguments: dict[str, object]) -> None:
    for person, user in people(arguments).items():
        status = Visitor(user).get("marks", arguments["nomination"]).status
        assert status == (200 if person in READERS else 403 if person in SEES_NOMINATION else 404), person


def test_a_round_in_preparation_is_not_shown(round: Round) -> None:
    other = factories.preparing_round(code="2026")
    staff = Visitor(review.staff_of(round))
    for name in ("queue", "panel", "progress", "ranking", "selection"):
        assert staff.get(name, round=other.code).status == 404
        assert staff.get(name, round=round.code).status == 200
        assert staff.get(name).says(round.title_en)


def test_a_sheet_of_another_round_or_run_is_not_found(arguments: dict[str, object]) -> None:
    staff = Visitor(factories.staff())
    assert staff.post("apply_assignment", arguments["round"], 0).status == 404
    assert staff.post("undo_assignment", "no-such-round", arguments["run"]).status == 404
    assert staff.get("sheet", "0000000000").status == 404
    assert Selection.objects.count() == 1
