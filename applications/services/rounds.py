"""Preparing and opening a round, and moving its deadlines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from applications import queries, revising, rules
from applications.enums import Basis, DeadlineKind, Refusal
from applications.models import Amendment, Criterion, Deadline, Quota, RegionLimit, Round
from applications.models.rounds import SELF_NOMINATING_CODES
from applications.rules import Refused, RoundFacts
from applications.services import announcing, closing
from pilotportal.accounts.models import Division, User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of


@transaction.atomic
def create(*, record: Mapping[str, Any], by: User, at: datetime) -> Round:
    """Make a round in preparation from a record such as `applications/data/round_2025.json` (see `snapshot`). Raises Refused."""
    try:
        with transaction.atomic():
            made = Round.objects.create(**{n: record[n] for n in ROUND_FIELDS}, form=record["form"], basis=record["basis"], created_at=at)
    except IntegrityError as error:
        if not Round.objects.filter(code=record["code"]).exists():
            raise
        raise Refused(Refusal.CODE_TAKEN) from error
    _replace_rules(made, record)
    audit.record("round.created", at=at, by=by, target=made, round_code=made.code)
    return made


@transaction.atomic
def save(*, round_id: int, record: Mapping[str, Any], seen: str | None = None, by: User, at: datetime) -> Round:
    """Change the rules of a round in preparation.

    `seen` is the digest of the snapshot that the person had before them: where another save came between, nothing is overwritten.
    Raises Refused, also once the round has been opened.
    """
    round = _preparing(round_id)
    before = snapshot(round)
    if seen is not None and digest_of(before) != seen:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    for name in ROUND_FIELDS:
        setattr(round, name, record[name])
    round.form, round.basis = record["form"], record["basis"]
    round.save()
    _replace_rules(round, record)
    after = snapshot(round)
    audit.record(
        "round.saved",
        at=at,
        by=by,
        target=round,
        round_code=round.code,
        changed=[name for name in after if after[name] != before[name]],
        before=digest_of(before),
        after=digest_of(after),
    )
    return round


@transaction.atomic
def open_round(*, round_id: int, seen: str | None = None, by: User, at: datetime) -> Round:
    """Freeze the rules with their digest and let the provinces in. Raises the first Refused; the page shows all (`why_not_open`)."""
    round = _preparing(round_id)
    for refused in rules.why_not_open(facts_of(round)):
        raise refused
    digest = digest_of(snapshot(round))
    if seen is not None and digest != seen:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    round.digest, round.opened_at, round.opened_by = digest, at, by
    round.save(update_fields=["digest", "opened_at", "opened_by"])
    audit.record("round.opened", at=at, by=by, target=round, round_code=round.code, digest=round.digest)
    return round


@transaction.atomic
def amend_deadline(
    *, deadline_id: int, province: Division | None, instant: datetime, reason: str, document_number: str, by: User, at: datetime
) -> Amendment:
    """Move a deadline for all or for one province; the original and every earlier amendment stay. Raises Refused.

    What was due at the deadline so far is sealed first, so that the record is the same whether or not the closing task ran in time.
    """
    deadline = queries.deadlines().get(pk=deadline_id)
    closing.close_due(at=at, deadline=deadline)
    closing.take_turn(deadline.round_id, shared=False)
    deadline = queries.deadlines().get(pk=deadline_id)
    if refusal := rules.why_not_amend(
        deadline.kind,
        instant=instant,
        in_force=deadline.closes_at(province.pk if province else None),
        for_all=deadline.closes_at(None),
        of_province=province is not None,
        is_opened=deadline.round.is_opened,
        has_ground=bool(reason.strip() and document_number.strip()),
        at=at,
    ):
        raise Refused(refusal)
    amendment = Amendment.objects.create(
        deadline=deadline, province=province, instant=instant, reason=reason, document_number=document_number, amended_by=by, amended_at=at
    )
    audit.record(
        "deadline.amended",
        at=at,
        by=by,
        target=deadline,
        round_code=deadline.round.code,
        deadline=deadline.kind,
        original=deadline.original.isoformat(),
        instant=instant.isoformat(),
        province=province.pk if province else None,
        reason=reason,
        document_number=document_number,
    )
    _tell_moved(amendment, at=at)
    return amendment


def _tell_moved(amendment: Amendment, *, at: datetime) -> None:
    deadline = queries.deadlines().get(pk=amendment.deadline_id)
    provinces = queries.provincial_units().values_list("pk", flat=True)
    held = {code for due in queries.lists_of(deadline, provinces) if due.closes_at == amendment.instant for code in due.provinces}
    announcing.of_amendment(amendment, closing.CLOSERS[DeadlineKind(deadline.kind)].concerned(deadline.round, held), at)


ROUND_FIELDS = (
    "code", "title_zh", "title_en", "call_number", "planned_places", "panel_size", "minimum_sheets", "maximum_load",
    "aggregation", "tie_rules", "notice_days", "co_departments", "ranks_nominations", "reminder_days",
)  # fmt: skip
CRITERION_FIELDS = ("code", "name_zh", "name_en", "guidance_zh", "guidance_en", "weight", "max_mark")


def snapshot(round: Round) -> dict[str, Any]:
    """All rules of a round as canonical JSON data: what its digest covers, and what `create` reads back."""
    return {
        **{name: getattr(round, name) for name in ROUND_FIELDS},
        "form": round.form,
        "basis": round.basis,
        "criteria": [{name: getattr(criterion, name) for name in CRITERION_FIELDS} for criterion in round.criteria.order_by("position")],
        "quotas": {quota.province_id: quota.places for quota in round.quotas.all()},
        "region_limits": {limit.region: [limit.minimum, limit.maximum] for limit in round.region_limits.all()},
        "deadlines": {deadline.kind: deadline.original.isoformat() for deadline in round.deadlines.all()},
    }


def digest_of_rules(round: Round) -> str:
    """What the round would be frozen with now."""
    return digest_of(snapshot(round))


def renewed(
    record: Mapping[str, Any], *, call_number: str, deadlines: Mapping[str, str], places: int | None, **changes: Any
) -> dict[str, Any]:
    """The record of another round on the pattern of `record`.

    What a document said about the old call says nothing about a new one: those rules become decisions of the new round, and so does
    each deadline that moves. With `places` every province gets that many, a municipality and the Corps at most one.
    """
    basis = dict(record["basis"])
    if call_number != record["call_number"]:
        basis = {rule: _taken_over(given, record) for rule, given in basis.items()}
    decided = {"kind": Basis.DECIDED.value, "text": call_number, "text_en": call_number}
    basis |= {f"deadline_{kind}": decided for kind in deadlines if _moved(kind, deadlines, record)}
    quotas = record["quotas"]
    if places is not None:
        basis["quotas"] = decided
        quotas = {code: min(places, 1) if code in SELF_NOMINATING_CODES else places for code in quotas}
    return {**record, "call_number": call_number, "deadlines": dict(deadlines), "quotas": quotas, "basis": basis, **changes}


def _moved(kind: str, deadlines: Mapping[str, str], record: Mapping[str, Any]) -> bool:
    old = record["deadlines"].get(kind)
    return old is None or datetime.fromisoformat(old) != datetime.fromisoformat(deadlines[kind])


def _taken_over(given: Mapping[str, str], record: Mapping[str, Any]) -> dict[str, str]:
    if given["kind"] == Basis.DEFAULT:
        return dict(given)
    return {"kind": Basis.DECIDED.value, "text": f"沿用{record['title_zh']}", "text_en": f"Taken over from: {record['title_en']}"}


def facts_of(round: Round) -> RoundFacts:
    return RoundFacts(
        planned_places=round.planned_places,
        panel_size=round.panel_size,
        minimum_sheets=round.minimum_sheets,
        tie_rules=round.tie_rules,
        weights={criterion.code: criterion.weight for criterion in round.criteria.all()},
        region_limits=[(limit.minimum, limit.maximum) for limit in round.region_limits.all()],
        quotas=[quota.places for quota in round.quotas.all()],
        deadlines={deadline.kind: deadline.original for deadline in round.deadlines.all()},
        form_faults=revising.why_not(round.form),
    )


def _preparing(round_id: int) -> Round:
    round = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if round.is_opened:
        raise Refused(Refusal.NOT_PREPARING)
    return round


def _replace_rules(round: Round, record: Mapping[str, Any]) -> None:
    for related in (round.criteria, round.quotas, round.region_limits, round.deadlines):
        related.all().delete()
    _add_criteria(round, record["criteria"])
    Quota.objects.bulk_create(Quota(round=round, province_id=code, places=places) for code, places in record["quotas"].items())
    RegionLimit.objects.bulk_create(
        RegionLimit(round=round, region=region, minimum=minimum, maximum=maximum)
        for region, (minimum, maximum) in record["region_limits"].items()
    )
    Deadline.objects.bulk_create(
        Deadline(round=round, kind=kind, original=datetime.fromisoformat(instant)) for kind, instant in record["deadlines"].items()
    )


def _add_criteria(round: Round, criteria: Sequence[Mapping[str, Any]]) -> None:
    Criterion.objects.bulk_create(
        Criterion(round=round, position=position, **{name: criterion[name] for name in CRITERION_FIELDS})
        for position, criterion in enumerate(criteria, start=1)
    )
