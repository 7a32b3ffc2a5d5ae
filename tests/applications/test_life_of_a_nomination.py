"""The life of a nomination with everybody in it, against a small model: whatever they do in whatever order, both agree.

Handling and approving official, the city, a co-department, the staff, the tasks of the clock, and the clock itself, which also steps
back. What the model expects is written down from the rules in words, and not by asking them.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from applications.enums import Act, DeadlineKind, Status, Verdict
from applications.models import Closing, Nomination, Round
from applications.rules import Refused
from applications.services import closing, decisions, holding, invitations, nominations, reminders, rounds, signatures
from pilotportal.accounts.enums import Branch
from pilotportal.accounts.models import User
from pilotportal.digests import canonical, matches
from pilotportal.notices.models import Notice
from tests import factories
from tests.factories import DEADLINE, HEBEI, TANGSHAN

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
MICROSECOND, SECOND, HOUR, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
SETTLES = timedelta(seconds=90)
TEXTS = st.sampled_from(["甲", "乙", "丙"])


@dataclass(frozen=True)
class World:
    round: Round
    nomination_id: int
    staff: User
    handler: User
    approver: User
    city: User
    department: User


@dataclass
class Model:
    """What is known of the nomination without asking the portal."""

    now: datetime = DEADLINE - 5 * DAY
    closes_at: datetime = DEADLINE
    status: str = Status.DRAFT
    text: str = ""
    versions: list[datetime] = field(default_factory=list)
    correction: datetime | None = None
    corrections: set[datetime] = field(default_factory=set)
    invited: bool = False
    asked: bool = False
    said: tuple[str, str] | None = None
    withdrawals: int = 0
    sealed: set[tuple[str, datetime]] = field(default_factory=set)

    @property
    def editable(self) -> bool:
        if self.status == Status.DRAFT:
            return self.now < self.closes_at
        return self.status == Status.RETURNED and self.correction is not None and self.now < self.correction

    @property
    def signed(self) -> bool:
        return self.said == (Verdict.SIGNED, self.text)

    def is_sealed(self, kind: str, instant: datetime | None = None) -> bool:
        return any(k == kind and closes_at > self.now and instant in {None, closes_at} for k, closes_at in self.sealed)


def world() -> World:
    round = factories.opened_round(co_departments=[Branch.INDUSTRY], quotas={HEBEI: 1}, reminder_days=[3, 1])
    handler = factories.handler()
    nomination = factories.complete_draft(round, by=handler, at=DEADLINE - 6 * DAY)
    return World(
        round,
        nomination.pk,
        factories.made_by(round),
        handler,
        factories.approver(),
        factories.city_official(TANGSHAN),
        factories.cosigner(),
    )


def machine_of(world: World, reached: Counter[str]) -> type[RuleBasedStateMachine]:  # noqa: C901 - one class, whose rules need the world
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.stack.enter_context(transaction.atomic())
            self.model = Model(text=self.nomination.content["overview"])

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.stack.close()

        @property
        def nomination(self) -> Nomination:
            return Nomination.objects.get(pk=world.nomination_id)

        def attempt(self, act: Callable[..., Any], *, allowed: bool, **arguments: Any) -> Any:
            """The act happens exactly where the model allows it; what is refused leaves nothing behind."""
            before = Notice.objects.count()
            result, refused = self.outcome_of(partial(act, **arguments, at=self.model.now))
            assert (refused is None) == allowed, f"{act.__name__}: {refused or 'not refused'}"
            assert not refused or Notice.objects.count() == before
            reached[f"{act.__name__} {'refused' if refused else 'done'}, {self.model.status}"] += 1
            return result

        def outcome_of(self, act: Callable[[], Any]) -> tuple[Any, Refused | None]:
            try:
                with transaction.atomic():
                    return act(), None
            except Refused as refused:
                return None, refused

        @initialize(
            stage=st.sampled_from(["draft", "signed", "submitted", "returned", "corrected"]),
            ahead=st.sampled_from([5 * DAY, HOUR, MICROSECOND, timedelta(0), -HOUR]),
        )
        def begins_somewhere(self, stage: str, ahead: timedelta) -> None:
            """By the same acts as below, so that most lives get further than a draft."""
            if stage != "draft":
                self.province_asks_the_department()
                self.department_answers(Verdict.SIGNED)
            if stage in {"submitted", "returned", "corrected"}:
                self.approver_submits(seen_now=True)
            if stage in {"returned", "corrected"}:
                self.staff_returns(days=5)
            if stage == "corrected":
                self.handler_writes("乙")
                self.approver_submits(seen_now=True)
            self.model.now = DEADLINE - ahead

        # -- the clock

        @rule(
            step=st.sampled_from(["hour", "day", "back"]),
        )
        def clock_runs(self, step: str) -> None:
            self.model.now += {"hour": HOUR, "day": DAY, "back": -HOUR}[step]

        @rule(
            distance=st.sampled_from([-SECOND, -MICROSECOND, timedelta(0), MICROSECOND, SETTLES - MICROSECOND, SETTLES]),
            of_correction=st.booleans(),
        )
        def clock_stands_at_a_deadline(self, distance: timedelta, of_correction: bool) -> None:
            closes_at = self.model.correction if of_correction and self.model.correction else self.model.closes_at
            self.model.now = closes_at + distance

        # -- the province and its city

        def save(self, text: str, *, by: User, allowed: bool) -> None:
            section = world.round.definition.section("basics")
            revision = self.nomination.revision_of("basics")
            given = {"nomination_id": world.nomination_id, "section": section, "values": {"overview": text}, "revision": revision, "by": by}
            if self.attempt(nominations.save_section, allowed=allowed, **given):
                self.model.text = text

        @rule(text=TEXTS)
        def handler_writes(self, text: str) -> None:
            self.save(text, by=world.handler, allowed=self.model.editable)

        @rule(text=TEXTS)
        def city_writes(self, text: str) -> None:
            self.save(text, by=world.city, allowed=self.model.invited and self.model.editable)

        @rule()
        def province_invites_the_city(self) -> None:
            allowed = self.model.editable and not self.model.invited
            if self.attempt(invitations.invite, allowed=allowed, nomination_id=world.nomination_id, note="", by=world.handler):
                self.model.invited = True

        @rule()
        def city_hands_back(self) -> None:
            if self.attempt(invitations.hand_back, allowed=self.model.invited, nomination_id=world.nomination_id, by=world.city):
                self.model.invited = False

        @rule(seen_now=st.sampled_from([True, True, True, False]))
        def approver_submits(self, seen_now: bool) -> None:
            seen = holding.draft_digest(self.nomination) if seen_now else "sm3:of something else"
            correcting = self.model.status == Status.RETURNED
            sealed = self.model.is_sealed("nomination") or (correcting and self.model.is_sealed("correction", self.model.correction))
            allowed = self.model.editable and (correcting or self.model.signed) and seen_now and not sealed
            given = {"nomination_id": world.nomination_id, "by": world.approver, "undertaken": True, "seen": seen}
            if self.attempt(nominations.submit, allowed=allowed, **given):
                self.model.status, self.model.invited = Status.SUBMITTED, False
                self.model.versions.append(self.model.now)

        @rule()
        def approver_withdraws(self) -> None:
            allowed = self.model.status in {Status.DRAFT, Status.SUBMITTED} and self.model.now < self.model.closes_at
            allowed = allowed and not self.model.is_sealed("nomination")
            if self.attempt(nominations.withdraw, allowed=allowed, nomination_id=world.nomination_id, reason="改推", by=world.approver):
                self.model.status, self.model.invited, self.model.asked = Status.WITHDRAWN, False, False
                self.model.withdrawals += 1

        # -- the co-department

        @rule()
        def province_asks_the_department(self) -> None:
            allowed = self.model.status == Status.DRAFT and self.model.now < self.model.closes_at and not self.model.asked
            given = {"nomination_id": world.nomination_id, "organisations": [world.department.organisation], "by": world.handler}
            if self.attempt(signatures.ask, allowed=allowed, **given):
                self.model.asked = True

        @rule(verdict=st.sampled_from([Verdict.SIGNED, Verdict.SIGNED, Verdict.OBJECTED]))
        def department_answers(self, verdict: Verdict) -> None:
            open_to_it = self.model.asked and self.model.status == Status.DRAFT and self.model.now < self.model.closes_at
            allowed = open_to_it and self.model.said != (verdict, self.model.text)
            reason = "数据有误" if verdict == Verdict.OBJECTED else ""
            seen = holding.recommended_digest(self.nomination)
            given = {"nomination_id": world.nomination_id, "verdict": verdict, "reason": reason, "seen": seen, "by": world.department}
            if self.attempt(signatures.answer, allowed=allowed, **given):
                self.model.said = (verdict, self.model.text)

        # -- the staff

        @rule(days=st.sampled_from([-1, 0, 1, 5]))
        def staff_returns(self, days: int) -> None:
            closes_at = self.model.now + days * DAY
            given = {"nomination_id": world.nomination_id, "fields": [{"code": "overview", "note": "请补充"}], "by": world.staff}
            allowed = self.model.status == Status.SUBMITTED and days > 0
            if self.attempt(decisions.return_for_correction, allowed=allowed, closes_at=closes_at, **given):
                self.model.status, self.model.correction = Status.RETURNED, closes_at
                self.model.corrections.add(closes_at)

        @precondition(lambda self: self.model.now > DEADLINE)
        @rule()
        def staff_accepts(self) -> None:
            expired = self.model.status == Status.RETURNED and self.model.correction is not None and self.model.now >= self.model.correction
            allowed = self.model.status == Status.SUBMITTED or expired
            if self.attempt(decisions.accept, allowed=allowed, nomination_id=world.nomination_id, by=world.staff):
                self.model.status = Status.ACCEPTED

        @rule(days=st.sampled_from([0, 1, 3]))
        def staff_moves_the_deadline(self, days: int) -> None:
            instant = self.model.closes_at + days * DAY
            allowed = days > 0 and instant > self.model.now
            given = {"province": None, "instant": instant, "reason": "台风", "document_number": "人社厅函〔2025〕90号", "by": world.staff}
            deadline = world.round.deadlines.get(kind=DeadlineKind.NOMINATION)
            due = self.due()
            if self.attempt(rounds.amend_deadline, allowed=allowed, deadline_id=deadline.pk, **given):
                self.model.sealed |= {each for each in due if each[0] == "nomination"}
                self.model.closes_at = instant

        # -- the tasks

        def due(self) -> set[tuple[str, datetime]]:
            instants = {("nomination", self.model.closes_at)} | {("correction", instant) for instant in self.model.corrections}
            return {each for each in instants if each[1] + SETTLES <= self.model.now} - self.model.sealed

        @rule()
        def the_closing_runs(self) -> None:
            due = self.due()
            made = [each for each in closing.close_due(at=self.model.now) if each.kind in {"nomination", "correction"}]
            assert {(each.kind, each.closes_at) for each in made} == due
            for each in made:
                in_time = [number for number, at in enumerate(self.model.versions, start=1) if at < each.closes_at]
                listed = [entry["version"] for entry in each.entries]
                if each.kind == "nomination":
                    assert listed == ([max(in_time)] if in_time and self.model.status != Status.WITHDRAWN else [])
            self.model.sealed |= due
            reached.update(f"sealed {kind}" for kind, _closes_at in due)

        @rule()
        def the_reminders_run(self) -> None:
            reminders.remind(at=self.model.now)
            assert reminders.remind(at=self.model.now) == 0

        # -- what always holds

        @invariant()
        def portal_and_model_agree(self) -> None:
            standing = self.nomination
            assert standing.status == self.model.status
            assert standing.content["overview"] == self.model.text
            assert bool(standing.open_invitation) == self.model.invited
            assert [version.submitted_at for version in standing.versions.order_by("number")] == self.model.versions

        @invariant()
        def every_version_and_every_list_has_its_digest(self) -> None:
            for sealed in [*self.nomination.versions.all(), *Closing.objects.all()]:
                assert matches(canonical(sealed.record()), sealed.digest)

        @invariant()
        def every_act_of_the_approver_has_its_receipt(self) -> None:
            acts = [str(Act.SUBMITTED), str(Act.CORRECTED), str(Act.WITHDRAWN)]
            keys = Notice.objects.filter(recipient=world.approver, kind="receipt").values_list("key", flat=True)
            given = [key for key in keys if key.split(":")[1] in acts]
            assert len(given) == len(self.model.versions) + self.model.withdrawals

        @invariant()
        def each_instant_has_one_list(self) -> None:
            assert Closing.objects.filter(kind="nomination").count() == sum(kind == "nomination" for kind, _at in self.model.sealed)

    return Life


NOT_TO_BE_MISSED = {
    "save_section done, draft",
    "save_section done, returned",
    "save_section refused, submitted",
    "answer done, draft",
    "answer refused, submitted",
    "submit done, draft",
    "submit done, returned",
    "submit refused, submitted",
    "withdraw done, submitted",
    "withdraw refused, submitted",
    "return_for_correction done, submitted",
    "accept done, submitted",
    "amend_deadline done, submitted",
    "sealed nomination",
}


def test_everybody_in_any_order_agrees_with_the_model():
    reached: Counter[str] = Counter()
    limits = settings(
        max_examples=20, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(machine_of(world(), reached), settings=limits)
    assert NOT_TO_BE_MISSED - reached.keys() == set(), "the lives that were tried never came there"
