"""One scene for the questions of rights: three rounds, two provinces, and everybody who could come along.

    year 2026   open for nominations    Hebei: a draft, one handed in, one returned; Shanxi: a draft
    2026-2      open as well            Hebei: a draft passed on to its city and to a co-department
    year 2025   at the experts          their sheets in part begun and in part submitted
    year 2024   decided                 a pilot in each province, its plan issued and its summary handed in
    year 2027   being prepared

It is summer 2025, between the draw and the deadline of the score sheets. `Scene.names` holds the codes and numbers that addresses ask for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from applications.enums import AttachmentKind
from applications.models import FilledWorkbook, Letter, Nomination, Pilot, Round
from applications.services import closing, decisions, evidence, letters, nominations, pilots, workbooks
from pilotportal.accounts import services as accounts
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.files.enums import MediaType
from pilotportal.files.models import Upload
from pilotportal.files.services import store
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from pilotportal.notices import services as notices
from pilotportal.notices.models import Notice
from review.models import Expert, ScoreSheet
from review.services import assignment
from tests import factories
from tests.factories import BEIJING_CODE, HEBEI, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as reviewing

NOW = reviewing.SCORED_AT
TELEPHONE = "0311-66668888"
CITIES = [TANGSHAN, SHIJIAZHUANG, TAIYUAN]
NEXT_YEARS = {
    "nomination": "2025-12-01T00:00:00+08:00",
    "score_sheets": "2026-03-01T00:00:00+08:00",
    "plan": "2026-06-01T00:00:00+08:00",
    "summary": "2028-12-01T00:00:00+08:00",
}


class Actor(StrEnum):
    """Somebody of each role, and beside those who have something to do here the same role somewhere else."""

    ANONYMOUS = "nobody signed in"
    HANDLER = "handling official"
    APPROVER = "approving official"
    OTHER_PROVINCE = "approving official of another province"
    CO_DEPARTMENT = "co-department"
    CITY = "city"
    OTHER_CITY = "another city"
    EXPERT = "expert"
    OTHER_EXPERT = "another expert of the panel"
    OUTSIDER = "expert who was not drawn"
    STAFF = "ministry staff"
    PARTNER = "partner ministry"
    SUPERVISOR = "supervisor"
    SYSTEM_ADMIN = "system administrator"
    SECURITY_ADMIN = "security administrator"
    AUDIT_ADMIN = "audit administrator"


ROLES = {
    Actor.HANDLER: (Role.PROVINCE_HANDLER, HEBEI),
    Actor.APPROVER: (Role.PROVINCE_APPROVER, HEBEI),
    Actor.OTHER_PROVINCE: (Role.PROVINCE_APPROVER, SHANXI),
    Actor.CO_DEPARTMENT: (Role.CO_DEPARTMENT, HEBEI),
    Actor.CITY: (Role.CITY, TANGSHAN),
    Actor.OTHER_CITY: (Role.CITY, TAIYUAN),
    Actor.STAFF: (Role.STAFF, None),
    Actor.PARTNER: (Role.PARTNER, None),
    Actor.SUPERVISOR: (Role.SUPERVISOR, None),
    Actor.SYSTEM_ADMIN: (Role.SYSTEM_ADMIN, None),
    Actor.SECURITY_ADMIN: (Role.SECURITY_ADMIN, None),
    Actor.AUDIT_ADMIN: (Role.AUDIT_ADMIN, None),
}


@dataclass(frozen=True)
class Scene:
    people: Mapping[Actor, User]
    names: Mapping[str, Any]

    def arguments(self, actor: Actor, names: tuple[str, ...]) -> list[Any]:
        """What stands in an address: a name of the scene, first one of this actor's own, else the word itself."""
        return [self.names.get(f"{name} of {actor}", self.names.get(name, name)) for name in names]


def built() -> Scene:
    people = {actor: factories.user(role, division) for actor, (role, division) in ROLES.items()}
    names: dict[str, Any] = {"preparing round": factories.preparing_round(code="2027").code}
    names |= _decided()
    names |= _nominating()
    names |= {"upload": _upload(names["draft"], people[Actor.HANDLER]).code}
    names |= _passed_on()
    round = _reviewing()
    names |= _names_of_review(round, people)
    return Scene(people, names | _jobs(people) | _notices(people) | _accounts(people))


def _nominating() -> dict[str, Any]:
    round = factories.opened_round(code="2026", deadlines=NEXT_YEARS)
    draft, foreign = factories.complete_draft(round, city=TANGSHAN), factories.complete_draft(round, city=TAIYUAN)
    proof = factories.attached_evidence(draft)
    submitted = reviewing.submitted(round, SHIJIAZHUANG, contact_hr_phone=TELEPHONE)
    returned = _returned_twice(reviewing.submitted(round, LANGFANG, contact_hr_phone=TELEPHONE))
    return {
        "open round": round.code,
        "letter of the round": _letter(draft).code,
        **_names_of_nomination("draft", draft),
        **_names_of_nomination("foreign draft", foreign),
        **_names_of_nomination("submitted", submitted),
        **_names_of_nomination("returned", returned),
        "workbook of draft": _filled_workbook(draft).pk,
        "evidence of draft": proof.pk,
    }


def _filled_workbook(draft: Nomination) -> FilledWorkbook:
    by = factories.handler(HEBEI)
    content = workbooks.write(draft, by=by, at=IN_TIME)
    return workbooks.keep(nomination_id=draft.pk, content=content, name="申报书.xlsx", by=by, at=IN_TIME)


def _letter(nomination: Nomination) -> Letter:
    number, by = "冀人社函〔2025〕12号", factories.handler(nomination.province_id)
    return letters.make(round_id=nomination.round_id, nomination_ids=[nomination.pk], document_number=number, by=by, at=IN_TIME)


def _upload(code: str, by: User) -> Upload:
    """Of the handling official alone, begun and not finished."""
    nomination = Nomination.objects.get(code=code)
    return evidence.begin_upload(nomination_id=nomination.pk, name="大文件.pdf", size=5_000_000, by=by, at=IN_TIME)


def _passed_on() -> dict[str, Any]:
    """The province does not wait for its city before it asks."""
    draft = factories.complete_draft(factories.opened_round(code="2026-2", deadlines=NEXT_YEARS), city=TANGSHAN)
    factories.invited(draft)
    asked = factories.asked(draft)
    return {**_names_of_nomination("passed on", draft), "request": asked.requests_in_force[0].pk}


def _returned_twice(nomination: Nomination) -> Nomination:
    """Its second version has another telephone."""
    section = nomination.round.definition.section_of("contact_hr_phone")
    _return(nomination, "contact_hr_phone")
    values = {code: nomination.content.get(code) for code in section.codes} | {"contact_hr_phone": "0311-11112222"}
    nominations.save_section(
        nomination_id=nomination.pk, section=section, values=values, revision=1, by=factories.handler(HEBEI), at=IN_TIME
    )
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(HEBEI), at=IN_TIME)
    _return(nomination, "gdp")
    return nomination


def _return(nomination: Nomination, code: str) -> None:
    fields = [{"code": code, "note": "请核对"}]
    decisions.return_for_correction(nomination_id=nomination.pk, fields=fields, closes_at=NOW.replace(month=9), by=_staff(), at=IN_TIME)


def _names_of_nomination(name: str, nomination: Nomination) -> dict[str, Any]:
    letter = nomination.attachments.get(kind=AttachmentKind.LETTER)
    return {name: nomination.code, f"letter of {name}": letter.pk}


def _reviewing() -> Round:
    round = reviewing.small_round(code="2025")
    reviewing.accepted(round, CITIES)
    reviewing.panel(round, 5, waiting=2)
    run = assignment.propose(round_id=round.pk, by=_staff(), at=reviewing.DRAWN_AT)
    assignment.apply(run_id=run.pk, by=_staff(), at=reviewing.DRAWN_AT)
    reviewing.pledge(round)
    return round


def _names_of_review(round: Round, people: dict[Actor, User]) -> dict[str, Any]:
    """Three experts share a nomination: one has begun another sheet, one has touched nothing, the third has submitted."""
    sheets = list(ScoreSheet.objects.filter(nomination__round=round).select_related("expert__user", "nomination__city").order_by("pk"))
    own, begun = next((one, two) for one, two in combinations(sheets, 2) if one.expert == two.expert)  # more seats than experts
    other, third = (sheet for sheet in sheets if sheet.nomination == own.nomination and sheet != own)
    people |= {Actor.EXPERT: own.expert.user, Actor.OTHER_EXPERT: other.expert.user, Actor.OUTSIDER: _outside(round).user}
    reviewing.submit(third, 7, at=NOW)
    reviewing.fill_in(begun, 6, at=NOW)
    return {
        "review round": round.code,
        "accepted": own.nomination.code,
        "sheet": own.code,
        "begun sheet": begun.code,
        "sheet of another expert": other.code,
        "letter of sheet": own.nomination.attachments.get(kind=AttachmentKind.LETTER).pk,
        "evidence of sheet": own.nomination.attachments.get(kind=AttachmentKind.EVIDENCE).pk,
        "member": own.expert_id,
        "expert of the pool": own.expert_id,
        "run": round.assignment_runs.get().pk,
        "sealed list": next(made.digest for made in closing.close_due(at=NOW) if made.round == round),
    }


def _outside(round: Round) -> Expert:
    return Expert.objects.exclude(memberships__draw__round=round).order_by("pk")[0]


def _decided() -> dict[str, Any]:
    round = reviewing.small_round(code="2024")
    reviewing.decided(round, cities=[TANGSHAN, TAIYUAN, BEIJING_CODE])
    pilot = Pilot.objects.get(nomination__round=round, nomination__city=TANGSHAN)
    by = factories.city_official(TANGSHAN)
    factories.issued_plan(pilot, by=by)
    factories.drafted_summary(pilot, by=by)
    pilots.submit_summary(pilot_id=pilot.pk, by=by, at=factories.SELECTED_AT)
    return {"decided round": round.code, "decided": pilot.nomination.code, "pilot": pilot.code, "rank": 1}


def _accounts(people: Mapping[Actor, User]) -> dict[str, Any]:
    """An open account, and one that awaits the security administrator."""
    by = people[Actor.SYSTEM_ADMIN]
    asked, _password = accounts.ask_for_account(
        username="asked", name="待确认", role=Role.STAFF, organisation="某司", division=None, by=by, at=NOW
    )
    return {"account": factories.staff().username, "asked for": asked.username, "request": asked.requests.get().pk}


def _jobs(people: Mapping[Actor, User]) -> dict[str, Any]:
    """A finished file for everybody; `somebody's job` belongs to none of them."""
    result = store(b"%PDF-1.4 result", media_type=MediaType.PDF, at=NOW, pages=1)
    jobs = {f"job of {actor}": _job(user, result) for actor, user in people.items()}
    return {name: job.code for name, job in jobs.items()} | {"somebody's job": _job(factories.staff(), result).code, "job": "none"}


def _job(owner: User, result: Any) -> Job:
    return Job.objects.create(
        kind="tests.file",
        label="材料汇编",
        owner=owner,
        status=Status.READY,
        result=result,
        file_name="材料汇编.pdf",
        requested_at=NOW,
        heard_at=NOW,
    )


def _staff() -> User:
    return User.objects.filter(role=Role.STAFF).order_by("pk")[0]


def _notices(people: Mapping[Actor, User]) -> dict[str, Any]:
    """A notice for everybody; `somebody's notice` belongs to none of them."""
    stranger = factories.staff()
    notices.notify(to=[*people.values(), stranger], key="scene", subject="通知", body="请查收。", at=NOW)
    codes = dict(Notice.objects.filter(key="scene").values_list("recipient", "code"))
    own = {f"notice of {actor}": codes[user.pk] for actor, user in people.items()}
    return own | {"somebody's notice": codes[stranger.pk], "notice": "none"}
