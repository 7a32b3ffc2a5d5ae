"""What the methods are told, built from the database, and their records as canonical JSON.

In all of it a nomination is named by the code of its city, an expert by the number in the pool (as text): both are the same in every
computation, so that the same facts always give the same result.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.conf import settings

from applications.enums import Status
from applications.models import Nomination, Round
from pilotportal.digests import digest_of
from review import industries
from review.enums import SheetStatus
from review.methods import certificate as proving
from review.methods import scores
from review.methods.assignment import Assignment, Certificate, Shortage
from review.methods.matching import Costs, Exclusion, Expert, Pair, Problem
from review.methods.matching import Nomination as Seating
from review.methods.quotas import Bound, Candidate, Level, Limit, Rules
from review.models import AssignmentRun, Mark, PanelDraw, PanelMember, Recusal, ScoreSheet
from review.models import Expert as PoolExpert
from review.queries.panel import panel_of
from review.rules import GIVEN_UP, REVIEWED

PLACES = "places"
_SIDES = {"minimum": Bound.MINIMUM, "maximum": Bound.MAXIMUM}


def pool_record(experts: Iterable[PoolExpert]) -> list[dict[str, Any]]:
    """The pool as it is committed to: no names."""
    return [
        {
            "id": str(expert.pk),
            "province": expert.province_id,
            "employer": str(expert.user.organisation_id),
            "industries": sorted(expert.industries),
        }
        for expert in experts
    ]


def problem_of(round: Round, *, draw: PanelDraw, called_up: Iterable[PoolExpert] = ()) -> Problem:
    """The assignment of the round as it stands: seats that are held are pinned; pairs that may not be are named with their reason.

    `called_up` are substitutes who would join the panel. Someone excused keeps what is held and takes no more.
    """
    nominations = _nominations(round)
    held = ScoreSheet.objects.filter(nomination__in=nominations).values_list("nomination__city_id", "expert_id", "status")
    pinned = frozenset(Pair(city, str(expert)) for city, expert, status in held if status not in GIVEN_UP)
    loads = Counter(pair.expert for pair in pinned)
    members = [*panel_of(round), *(PanelMember(draw=draw, expert=expert) for expert in called_up)]
    return Problem(
        nominations=tuple(_seating(nomination, round.panel_size) for nomination in nominations),
        experts=tuple(_expert(member, round, held=loads[str(member.expert_id)]) for member in members),
        seed=digest_of({"rules": round.digest, "draw": draw.seed}),
        forbidden=_forbidden(nominations, members),
        pinned=pinned,
        digest=settings.DIGEST,
    )


def problem_record(problem: Problem) -> dict[str, Any]:
    return {
        "seed": problem.seed,
        "digest": problem.digest,
        "nominations": [
            {"id": n.id, "province": n.province, "fields": sorted(n.fields), "seats": n.seats}
            for n in sorted(problem.nominations, key=lambda n: n.id)
        ],
        "experts": [
            {
                "id": e.id,
                "province": e.province,
                "core": sorted(e.core),
                "near": sorted(e.near),
                "max_load": e.max_load,
                "group": e.group,
            }
            for e in sorted(problem.experts, key=lambda e: int(e.id))
        ],
        "forbidden": [[pair.nomination, pair.expert, reason.value] for pair, reason in sorted(problem.forbidden.items())],
        "pinned": [list(pair) for pair in sorted(problem.pinned)],
        "costs": {name: getattr(problem.costs, name) for name in ("core", "near", "general", "load")},
    }


def assignment_record(assignment: Assignment) -> dict[str, Any]:
    """The seats, the empty ones with what keeps everybody away, and the prices that prove the whole."""
    certificate = assignment.certificate
    return {
        "seats": [{"nomination": pair.nomination, "expert": pair.expert} for pair in assignment.pairs],
        "unfilled": [shortage_record(shortage) for shortage in assignment.shortages],
        "certificate": {
            "attempt": certificate.attempt,
            "experts": {name: list(price) for name, price in certificate.experts.items()},
            "groups": [[*key, *price] for key, price in certificate.groups.items()],
            "nominations": {name: list(price) for name, price in certificate.nominations.items()},
        },
    }


def shortage_record(shortage: Shortage) -> dict[str, Any]:
    return {
        "nomination": shortage.nomination,
        "missing": shortage.missing,
        "excluded": {reason.value: number for reason, number in shortage.excluded.items()},
        "same_group": shortage.same_group,
        "full": shortage.full,
    }


def findings(run: AssignmentRun) -> tuple[proving.Finding, ...]:
    """Everything that is wrong with a stored run, checked against its own prices without a solver; empty when it is proved."""
    problem, prices = _problem(run.problem), run.certificate
    certificate = Certificate(
        prices["attempt"],
        {name: (price[0], price[1]) for name, price in prices["experts"].items()},
        {(nomination, group): (cost, tie) for nomination, group, cost, tie in prices["groups"]},
        {name: (price[0], price[1]) for name, price in prices["nominations"].items()},
    )
    pairs = tuple(Pair(seat["nomination"], seat["expert"]) for seat in run.seats)
    return proving.check(problem, Assignment(pairs, (), certificate))


def scale_of(round: Round) -> scores.Scale:
    criteria = [scores.Criterion(code=c.code, weight=c.weight, max_mark=c.max_mark) for c in round.criteria.order_by("position")]
    aggregation = scores.Aggregation(round.aggregation)
    return scores.Scale(criteria=tuple(criteria), minimum_sheets=round.minimum_sheets, aggregation=aggregation)


def submitted_sheets(round: Round) -> list[scores.Sheet]:
    """The sheets that count, in two queries however many there are."""
    rows = ScoreSheet.objects.filter(nomination__round=round, nomination__status__in=REVIEWED, status=SheetStatus.SUBMITTED)
    found = list(rows.order_by("pk").values_list("pk", "nomination__city_id", "expert_id"))
    marks: dict[int, dict[str, int | None]] = {pk: {} for pk, _city, _expert in found}
    for sheet, criterion, mark in Mark.objects.filter(sheet__in=rows).values_list("sheet_id", "criterion__code", "mark"):
        if sheet in marks:
            marks[sheet][criterion] = mark
    return [scores.Sheet(nomination=city, expert=str(expert), marks=marks[pk]) for pk, city, expert in found]


def candidates_of(entries: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """The ranked entries of a ranking."""
    return [
        Candidate(
            nomination=entry["code"],
            rank=entry["rank"],
            score=Fraction(entry["score"]),
            province=entry["province_code"],
            region=entry["region"],
        )
        for entry in entries
        if entry["rank"] is not None
    ]


def rules_of(round: Round, *, places: int) -> Rules:
    """Places, and the least and most cities of each region. No limit by province beyond the quota of nominations."""
    limits = [
        Limit(clause=f"{side}_{limit.region}", level=Level.REGION, bound=bound, number=getattr(limit, side), code=limit.region)
        for limit in round.region_limits.order_by("pk")
        for side, bound in _SIDES.items()
    ]
    return Rules(places=places, limits=tuple(limits), places_clause=PLACES)


def _nominations(round: Round) -> list[Nomination]:
    accepted = Nomination.objects.filter(round=round, status=Status.ACCEPTED)
    return list(accepted.prefetch_related("versions").order_by("city"))


def _content(nomination: Nomination) -> Mapping[str, Any]:
    version = nomination.current_version
    return version.content if version else {}


def _seating(nomination: Nomination, seats: int) -> Seating:
    fields = frozenset(row["industry"] for row in _content(nomination).get("sub_sectors", []))
    return Seating(id=nomination.city_id, province=nomination.province_id, fields=fields, seats=seats)


def _expert(member: PanelMember, round: Round, *, held: int) -> Expert:
    expert = member.expert
    return Expert(
        id=str(expert.pk),
        province=expert.province_id,
        core=frozenset(expert.industries),
        near=industries.near(expert.industries),
        max_load=held if member.excused_at else max(round.maximum_load, held),
        group=str(expert.user.organisation_id),
    )


def _forbidden(nominations: list[Nomination], members: list[PanelMember]) -> dict[Pair, Exclusion]:
    """Employers first, then what was declined, then recusals: the weightiest reason stands."""
    cities = {nomination.pk: nomination.city_id for nomination in nominations}
    employers: dict[str, list[str]] = {}
    for member in members:
        employers.setdefault(member.expert.user.organisation.name, []).append(str(member.expert_id))
    employed = [
        Pair(nomination.city_id, expert)
        for nomination in nominations
        for actor in _actors(_content(nomination))
        for expert in employers.get(actor, [])
    ]
    given_up = ScoreSheet.objects.filter(nomination__in=cities, status__in=GIVEN_UP).values_list("nomination_id", "expert_id")
    recused = Recusal.objects.filter(nomination__in=cities).values_list("nomination_id", "expert_id")
    forbidden = dict.fromkeys(employed, Exclusion.OWN_EMPLOYER)
    forbidden |= {Pair(cities[nomination], str(expert)): Exclusion.DECLINED for nomination, expert in given_up}
    return forbidden | {Pair(cities[nomination], str(expert)): Exclusion.RECUSED for nomination, expert in recused}


def _actors(content: Mapping[str, Any]) -> frozenset[str]:
    """The enterprises that a nomination names."""
    return frozenset(row["name"].strip() for row in content.get("enterprises", []))


def _problem(record: Mapping[str, Any]) -> Problem:
    return Problem(
        nominations=tuple(
            Seating(id=n["id"], province=n["province"], fields=frozenset(n["fields"]), seats=n["seats"]) for n in record["nominations"]
        ),
        experts=tuple(
            Expert(
                id=e["id"],
                province=e["province"],
                core=frozenset(e["core"]),
                near=frozenset(e["near"]),
                max_load=e["max_load"],
                group=e["group"],
            )
            for e in record["experts"]
        ),
        seed=record["seed"],
        forbidden={Pair(nomination, expert): Exclusion(reason) for nomination, expert, reason in record["forbidden"]},
        pinned=frozenset(Pair(nomination, expert) for nomination, expert in record["pinned"]),
        costs=Costs(**record["costs"]),
        digest=record["digest"],
    )
