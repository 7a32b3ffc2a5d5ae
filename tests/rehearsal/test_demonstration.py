import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from applications.enums import Status, Verdict
from applications.models import CoSignature, Nomination, Pilot, Plan, Round
from applications.queries import nominations_visible_to
from applications.services import nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.accounts.queries import demonstration_accounts
from pilotportal.audit.models import Event
from pilotportal.rehearsal import demonstration, programme
from reporting.queries.due import due_from
from review.enums import SelectionStatus, SheetStatus
from review.models import ScoreSheet, Selection
from tests.rehearsal.conftest import SMALL

pytestmark = pytest.mark.django_db(transaction=True)


def _load(stage: str) -> None:
    demonstration.load(programme.STANDSTILLS[stage], size=SMALL)


def test_while_nominating_every_hand_has_something_to_do_and_an_account(marked_as_demonstration: Path, capsys):
    _load("nominating")
    _assert_drafts_and_submissions()
    _assert_something_is_due_from_every_hand()
    _assert_accounts(marked_as_demonstration / "accounts.txt")
    _assert_it_is_loaded_once(capsys)


def _assert_drafts_and_submissions() -> None:
    states = set(Nomination.objects.values_list("status", flat=True))
    assert {Status.DRAFT, Status.SUBMITTED} <= states
    assert states <= {Status.DRAFT, Status.SUBMITTED, Status.WITHDRAWN}
    ready = Nomination.objects.get(city="130200")
    assert ready.status == Status.DRAFT
    assert ready.attachments.count() == 1


def _assert_something_is_due_from_every_hand() -> None:
    at = programme.STANDSTILLS["nominating"].at
    waiting: dict[str, list[str]] = {}
    for account in demonstration_accounts():
        found = due_from(User.objects.get(username=account.username), at=at)
        waiting.setdefault(account.role, []).extend(item.title for item in found)
    for role in (Role.CITY, Role.CO_DEPARTMENT, Role.PROVINCE_HANDLER, Role.PROVINCE_APPROVER):
        assert waiting[role], role
    tangshan = nominations_visible_to(User.objects.get(username="approver130000")).get(city="130200")
    assert nominations.why_not_submit(tangshan, at=at, undertaken=True) is None
    assert [said.verdict for said in CoSignature.objects.filter(request__nomination=tangshan)].count(Verdict.OBJECTED) == 1


def _assert_accounts(file: Path) -> None:
    """One for every role signs in and nobody else, while the clock runs on."""
    standstill = programme.STANDSTILLS["nominating"].at
    assert standstill <= clock.now() < standstill + timedelta(minutes=5)
    accounts = demonstration_accounts()
    assert {account.role for account in accounts} == set(Role)
    assert len(accounts) == len(Role) + 1 + 2 + 1  # a second official of the staff, three departments, the city that drafts
    users = {user.username: user for user in User.objects.all()}
    assert all(users[account.username].check_password(account.password) for account in accounts)
    assert all(users[account.username].role == account.role for account in accounts)
    others = users.keys() - {account.username for account in accounts}
    assert others
    assert not any(users[name].has_usable_password() for name in others)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _assert_it_is_loaded_once(capsys: pytest.CaptureFixture[str]) -> None:
    events = Event.objects.count()
    call_command("demonstrate", "--stage", "review")
    assert "already" in capsys.readouterr().out
    assert Event.objects.count() == events


def test_in_review_the_experts_are_halfway_and_the_one_shown_has_both(marked_as_demonstration: Path):
    _load("review")
    statuses = set(ScoreSheet.objects.values_list("status", flat=True))
    assert {SheetStatus.ASSIGNED, SheetStatus.SUBMITTED} <= statuses
    shown = next(account for account in demonstration_accounts() if account.role == Role.EXPERT)
    own = ScoreSheet.objects.filter(expert__user__username=shown.username)
    assert {SheetStatus.ASSIGNED, SheetStatus.SUBMITTED} <= set(own.values_list("status", flat=True))


def test_selected_is_decided_and_has_its_documents(marked_as_demonstration: Path):
    _load("selected")
    assert Selection.objects.get().status == SelectionStatus.DECIDED
    assert Pilot.objects.count() == SMALL.places
    assert not Plan.objects.exists()


def test_piloting_has_filed_plans_and_one_overdue(marked_as_demonstration: Path):
    _load("piloting")
    filed = Pilot.objects.filter(plans__status="filed").distinct()
    assert filed.count() == SMALL.places - 1
    waiting = Plan.objects.get(pilot__nomination__city="130200", number=2)
    assert waiting.status == "issued"


def test_after_an_interrupted_loading_the_way_out_is_named_and_nothing_is_added(marked_as_demonstration: Path, monkeypatch):
    monkeypatch.setattr(programme, "SHOWN", ())
    monkeypatch.setattr(demonstration, "_open_accounts", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        _load("nominating")
    events = Event.objects.count()
    with pytest.raises(CommandError, match="--fresh"):
        call_command("demonstrate")
    assert Event.objects.count() == events


def _interrupt(_users: list[User]) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("command", [["demonstrate"], ["rehearse", "--out", "nowhere"]])
def test_no_round_is_played_outside_a_demonstration(command: list[str]):
    with pytest.raises(CommandError, match="PORTAL_MODE=demonstration"):
        call_command(*command)
    assert not Round.objects.exists()
