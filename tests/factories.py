"""People, rounds and nominations for the tests, made through the same services that people use."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import factory

from applications import queries, shipped
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition
from applications.enums import AttachmentKind, Verdict
from applications.models import Attachment, CoSignature, Nomination, Pilot, Plan, QuotaException, Round, Summary
from applications.services import decisions, evidence, holding, invitations, nominations, pilots, quotas, rounds, signatures, sittings
from pilotportal.accounts.enums import KIND_OF_ROLE, Branch, Kind, Role
from pilotportal.accounts.models import Division, Organisation, User
from pilotportal.clock import BEIJING
from pilotportal.files.enums import MediaType
from pilotportal.files.models import StoredFile
from pilotportal.files.services import store

OPENING = datetime(2025, 6, 4, 9, 0, tzinfo=BEIJING)
DEADLINE = datetime(2025, 7, 19, 0, 0, tzinfo=BEIJING)
IN_TIME = DEADLINE - timedelta(days=3)
REVIEW_TIME = DEADLINE + timedelta(days=7)
SELECTED_AT = datetime(2025, 9, 8, 10, 0, tzinfo=BEIJING)
PLAN_DEADLINE = datetime(2025, 10, 1, 0, 0, tzinfo=BEIJING)
SUMMARY_DEADLINE = datetime(2028, 1, 1, 0, 0, tzinfo=BEIJING)

HEBEI, TANGSHAN, SHIJIAZHUANG, LANGFANG, BEIJING_CODE, SHANXI, TAIYUAN = (
    "130000",
    "130200",
    "130100",
    "131000",
    "110000",
    "140000",
    "140100",
)

_numbers = count(1)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    name = factory.Sequence(lambda number: f"测试{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    role = Role.STAFF
    password = factory.django.Password("correct horse battery")


def organisation(kind: Kind, division: str | None = None) -> Organisation:
    """The one department of a province, else a new organisation."""
    name = f"{Division.objects.get(pk=division).name if division else ''}{Kind(kind).label}"
    if kind == Kind.PROVINCE:
        return Organisation.objects.get_or_create(kind=kind, division_id=division, defaults={"name": name})[0]
    if kind == Kind.CO_DEPARTMENT:
        return co_department(division or HEBEI)
    return Organisation.objects.create(kind=kind, division_id=division, name=f"{name}{next(_numbers)}")


def co_department(province: str = HEBEI, branch: Branch = Branch.INDUSTRY) -> Organisation:
    name = f"{Division.objects.get(pk=province).name}{branch.label}"
    found, _made = Organisation.objects.get_or_create(kind=Kind.CO_DEPARTMENT, division_id=province, branch=branch, defaults={"name": name})
    return found


def user(role: Role, division: str | None = None, **fields: Any) -> User:
    """A person of a role; provincial roles, cities and experts need the code of their division."""
    return UserFactory(role=role, organisation=organisation(KIND_OF_ROLE[role], division), **fields)


def staff() -> User:
    return user(Role.STAFF)


def approver(province: str = HEBEI) -> User:
    return user(Role.PROVINCE_APPROVER, province)


def handler(province: str = HEBEI) -> User:
    return user(Role.PROVINCE_HANDLER, province)


def record_2025(**changes: Any) -> dict[str, Any]:
    """The shipped round; co-signatures are asked for where a test names the departments."""
    return shipped.round_2025() | {"co_departments": []} | changes


def preparing_round(**changes: Any) -> Round:
    return rounds.create(record=record_2025(**changes), by=staff(), at=OPENING - timedelta(days=7))


def opened_round(**changes: Any) -> Round:
    made = preparing_round(**changes)
    return rounds.open_round(round_id=made.pk, by=made_by(made), at=OPENING)


def made_by(_round: Round) -> User:
    return User.objects.filter(role=Role.STAFF).first() or staff()


def value_of(field: FieldDefinition, number: int = 1) -> Any:
    """A plausible value of the field's type."""
    values = {
        "text": f"内容{number}"[: field.max_length],
        "long_text": f"第{number}项说明。",
        "integer": max(field.minimum or 0, 100 * number),
        "decimal": f"{max(field.minimum or 0, 100 * number)}.{'0' * field.places}" if field.places else str(100 * number),
        "year": 2024,
        "industry": "C36",
        "boolean": True,
    }
    return field.choices[0].code if field.type == "choice" else values[field.type]


def rows_of(group: GroupDefinition) -> list[dict[str, Any]]:
    rows = range(1, max(group.minimum, 1) + 1)
    return [{"key": f"{group.code}-{row}"} | {field.code: value_of(field, row) for field in group.fields} for row in rows]


def complete_content(definition: FormDefinition) -> dict[str, Any]:
    return {item.code: rows_of(item) if isinstance(item, GroupDefinition) else value_of(item) for _section, item in definition.items()}


def stored_pdf(text: str = "letter") -> StoredFile:
    return store(f"%PDF-1.4 {text}".encode(), media_type=MediaType.PDF, at=OPENING, pages=1)


def draft(round: Round, *, city: str = TANGSHAN, by: User | None = None, at: datetime = IN_TIME) -> Nomination:
    division = Division.objects.get(pk=city)
    reason = "区域制造业集聚" if division.level == "other_prefecture" else ""
    return nominations.start(round_id=round.pk, city=division, level_reason=reason, by=by or handler(division.province_id), at=at)


def complete_draft(round: Round, *, city: str = TANGSHAN, by: User | None = None, at: datetime = IN_TIME, **content: Any) -> Nomination:
    """A draft to which nothing but the submission is missing; as if each section had been saved once, which would take most of a test."""
    by = by or handler(Division.objects.get(pk=city).province_id)
    nomination = draft(round, city=city, by=by, at=at)
    nomination.content = complete_content(round.definition) | content
    nomination.sections = {
        section.code: sittings.saved({}, None, changed=section.codes, by=by, at=at) for section in round.definition.sections
    }
    nomination.save(update_fields=["content", "sections"])
    nominations.attach(nomination_id=nomination.pk, kind=AttachmentKind.LETTER, file=stored_pdf(city), name="推荐函.pdf", by=by, at=at)
    return Nomination.objects.get(pk=nomination.pk)


def attached_evidence(nomination: Nomination, *, file: StoredFile | None = None, by: User | None = None, **facts: Any) -> Attachment:
    given = {"name": "证明材料.pdf", "caption": "企业名单", "proves": "gdp", "at": IN_TIME} | facts
    return evidence.add(nomination_id=nomination.pk, file=file or stored_pdf("evidence"), by=by or handler(nomination.province_id), **given)


def submitted(round: Round, *, city: str = TANGSHAN, at: datetime = IN_TIME) -> Nomination:
    nomination = complete_draft(round, city=city, at=at)
    nominations.submit(nomination_id=nomination.pk, by=approver(nomination.province_id), at=at)
    return Nomination.objects.get(pk=nomination.pk)


def accepted(round: Round, *, city: str = TANGSHAN) -> Nomination:
    nomination = submitted(round, city=city)
    return decisions.accept(nomination_id=nomination.pk, by=made_by(round), at=REVIEW_TIME)


def cosigner(branch: Branch = Branch.INDUSTRY, province: str = HEBEI) -> User:
    """An official of a co-department."""
    return UserFactory(role=Role.CO_DEPARTMENT, organisation=co_department(province, branch))


def asked(nomination: Nomination, *branches: Branch, at: datetime = IN_TIME) -> Nomination:
    """Co-departments of the province are asked to sign."""
    departments = [co_department(nomination.province_id, branch) for branch in branches or [Branch.INDUSTRY]]
    signatures.ask(nomination_id=nomination.pk, organisations=departments, by=handler(nomination.province_id), at=at)
    return queries.nominations().get(pk=nomination.pk)


def cosigned(nomination: Nomination, by: User, *, at: datetime = IN_TIME) -> CoSignature:
    """Signed as it stands; the department has been asked."""
    fresh = queries.nominations().get(pk=nomination.pk)
    seen = holding.recommended_digest(fresh)
    return signatures.answer(nomination_id=nomination.pk, verdict=Verdict.SIGNED, seen=seen, by=by, at=at)


def objected(nomination: Nomination, by: User, *, reason: str = "数据与统计不一致", at: datetime = IN_TIME) -> CoSignature:
    seen = holding.recommended_digest(queries.nominations().get(pk=nomination.pk))
    return signatures.answer(nomination_id=nomination.pk, verdict=Verdict.OBJECTED, reason=reason, seen=seen, by=by, at=at)


def invited(nomination: Nomination, *, note: str = "请贵市起草", at: datetime = IN_TIME) -> Nomination:
    """The city drafts."""
    invitations.invite(nomination_id=nomination.pk, note=note, by=handler(nomination.province_id), at=at)
    return queries.nominations().get(pk=nomination.pk)


def granted(round: Round, province: str = HEBEI, *, places: int = 1, at: datetime = IN_TIME) -> QuotaException:
    """Places beyond the quota."""
    ground = {"reason": "承接国家先进制造业集群", "document_number": "人社流动函〔2025〕5号"}
    return quotas.grant(round_id=round.pk, province=Division.objects.get(pk=province), places=places, by=staff(), at=at, **ground)


def city_official(city: str = TANGSHAN) -> User:
    return user(Role.CITY, city)


def pilot(round: Round, *, city: str = TANGSHAN) -> Pilot:
    """A selected city; all other accepted nominations of the round are decided with it."""
    return pilots_of(round, city)[0]


def pilots_of(round: Round, *cities: str) -> list[Pilot]:
    chosen = [accepted(round, city=city).pk for city in cities]
    return decisions.decide(round_id=round.pk, selected=chosen, by=made_by(round), at=SELECTED_AT)


def drafted_plan(pilot: Pilot, *, by: User | None = None, at: datetime = SELECTED_AT) -> Plan:
    by = by or city_official(pilot.nomination.city_id)
    return pilots.save_plan(pilot_id=pilot.pk, title="实施方案", outline="主要任务和进度安排。", by=by, at=at)


def issued_plan(pilot: Pilot, *, by: User | None = None, at: datetime = SELECTED_AT) -> Plan:
    by = by or city_official(pilot.nomination.city_id)
    plan = drafted_plan(pilot, by=by, at=at)
    return pilots.issue_plan(plan_id=plan.pk, document_number="测政发〔2025〕1号", file=stored_pdf(f"plan {plan.pk}"), by=by, at=at)


def drafted_summary(pilot: Pilot, *, by: User | None = None, at: datetime = SUMMARY_DEADLINE - timedelta(days=30), **parts: str) -> Summary:
    by = by or city_official(pilot.nomination.city_id)
    texts = {"overview": "总体情况。", "results": "做法和成效。", "problems": "存在问题。", "suggestions": "建议。"} | parts
    return pilots.save_summary(pilot_id=pilot.pk, parts=texts, revision=0, by=by, at=at)
