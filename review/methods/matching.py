"""The facts of an assignment of experts to nominations: who may judge what, at what cost, and what people have already settled."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

TIE_BITS = 40


class Pair(NamedTuple):
    """One seat: an expert on a nomination."""

    nomination: str
    expert: str


class Exclusion(Enum):
    """Why an expert may not judge a nomination."""

    RECUSED = "recused"
    """The expert has declared a conflict of interest."""
    OWN_PROVINCE = "own_province"
    """The expert works in the province that nominates the city."""
    OWN_EMPLOYER = "own_employer"
    """The expert's employer has a part in the nomination."""
    DECLINED = "declined"
    """The expert has given the seat back."""
    BARRED = "barred"
    """Staff have ruled the pair out, with a reason on record."""


class Fit(Enum):
    """How near the expert's fields are to those of the nomination."""

    CORE = "core"
    """One of the nomination's fields is a core field of the expert."""
    NEAR = "near"
    """None is a core field, but one is a neighbouring field of the expert."""
    GENERAL = "general"
    """The expert judges as a generalist."""


class PinTrouble(Enum):
    """Why a pinned pair cannot stand."""

    UNKNOWN = "unknown"
    """The nomination or the expert does not take part."""
    EXCLUDED = "excluded"
    """The expert may not judge the nomination."""
    TOO_MANY_SEATS = "too_many_seats"
    """More experts are pinned to the nomination than it has seats."""
    OVER_LOAD = "over_load"
    """More nominations are pinned to the expert than the expert's greatest load."""
    SAME_GROUP = "same_group"
    """Two experts of one group are pinned to the nomination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nomination:
    """A nomination that wants `seats` experts; `fields` are the codes of what it is about."""

    id: str
    province: str
    fields: frozenset[str]
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """An expert who takes at most `max_load` nominations.

    At most one expert of a `group` sits on a nomination. The caller chooses what a group is: the province of the workplace or
    the employer (who stands in one province, so that the first rule contains the second). None: no such limit.
    """

    id: str
    province: str
    core: frozenset[str]
    max_load: int
    near: frozenset[str] = frozenset()
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Integers of at least 0. The i-th nomination of an expert (from 0) costs `load`·i, so that loads come out even."""

    core: int = 0
    near: int = 3
    general: int = 10
    load: int = 100

    def of(self, fit: Fit) -> int:
        """What a seat with this fit costs."""
        cost: int = getattr(self, fit.value)
        return cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that the assignment depends on; the order of nominations and experts does not matter.

    `forbidden` names pairs that may not be; `pinned` names pairs that people have settled and that every result keeps. `seed` decides
    between assignments of equal cost, through `digest` (a name that hashlib knows: "sm3", "sha256").
    """

    nominations: tuple[Nomination, ...]
    experts: tuple[Expert, ...]
    seed: str
    forbidden: Mapping[Pair, Exclusion] = field(default_factory=lambda: MappingProxyType({}))
    pinned: frozenset[Pair] = frozenset()
    costs: Costs = field(default_factory=Costs)
    own_province_excluded: bool = True
    digest: str = "sha256"

    def __post_init__(self) -> None:
        """Raise ValueError for what no page should have let through."""
        for name, things in (("nomination", self.nominations), ("expert", self.experts)):
            if len({thing.id for thing in things}) != len(things):
                raise ValueError(f"a {name} appears twice")
        numbers = [nomination.seats for nomination in self.nominations] + [expert.max_load for expert in self.experts]
        numbers += [self.costs.core, self.costs.near, self.costs.general]
        if min(numbers, default=0) < 0 or self.costs.load < 1:
            raise ValueError("seats, loads and costs must not be negative, and load must cost something")


@dataclass(frozen=True, slots=True)
class PinConflict:
    """A pinned pair that cannot stand, and why."""

    pair: Pair
    trouble: PinTrouble


class PinError(Exception):
    """The pinned pairs contradict the rules; `conflicts` says which and why."""

    def __init__(self, conflicts: tuple[PinConflict, ...]) -> None:
        super().__init__(conflicts)
        self.conflicts = conflicts


class OpenPair(NamedTuple):
    """A pair that the solver may choose. `group` is None unless another open expert of the same group competes for the nomination."""

    nomination: str
    expert: str
    group: str | None
    cost: int


@dataclass(frozen=True, slots=True)
class Openings:
    """What the pinned pairs leave open: seats by nomination, (load so far, greatest load) by expert, and the pairs between them."""

    seats: Mapping[str, int]
    loads: Mapping[str, tuple[int, int]]
    pairs: tuple[OpenPair, ...]


def fit(*, nomination: Nomination, expert: Expert) -> Fit:
    """How well the expert's fields match those of the nomination."""
    if not nomination.fields.isdisjoint(expert.core):
        return Fit.CORE
    return Fit.GENERAL if nomination.fields.isdisjoint(expert.near) else Fit.NEAR


def exclusion(problem: Problem, *, nomination: Nomination, expert: Expert) -> Exclusion | None:
    """Why the expert may not judge the nomination, or None."""
    if reason := problem.forbidden.get(Pair(nomination.id, expert.id)):
        return reason
    if problem.own_province_excluded and nomination.province == expert.province:
        return Exclusion.OWN_PROVINCE
    return None


def shortage_cost(problem: Problem) -> int:
    """Price P of the first empty seat of a nomination; the i-th costs i·P, so that no nomination is left far behind the others.

    Filling one more seat changes each expert at most once, so it costs at most load·max_load + dearest fit·number of experts. P is
    greater than that: no seat stays empty for the sake of load or fit.
    """
    costs = problem.costs
    heaviest = max((expert.max_load for expert in problem.experts), default=0)
    return 1 + costs.load * heaviest + max(costs.core, costs.near, costs.general) * len(problem.experts)


def tie(problem: Problem, *, attempt: int, nomination: str, expert: str) -> int:
    """The first 40 bits of H("seed|attempt|nomination|expert"): decides between assignments of equal cost."""
    text = f"{problem.seed}|{attempt}|{nomination}|{expert}"
    return int.from_bytes(hashlib.new(problem.digest, text.encode()).digest()[: TIE_BITS // 8])


def pin_conflicts(problem: Problem) -> tuple[PinConflict, ...]:
    """Every pinned pair that cannot stand, in the order of the pairs."""
    pins = _Pins(problem)
    return tuple(PinConflict(pair, trouble) for pair in sorted(problem.pinned) if (trouble := pins.trouble(pair)))


def openings(problem: Problem) -> Openings:
    """What is left to decide once the pinned pairs stand. Raises PinError when they cannot."""
    if conflicts := pin_conflicts(problem):
        raise PinError(conflicts)
    pins = _Pins(problem)
    taken = pins.groups_on()
    nominations = sorted((n for n in problem.nominations if n.seats > pins.seats[n.id]), key=lambda n: n.id)
    experts = sorted((e for e in problem.experts if e.max_load > pins.loads[e.id]), key=lambda e: e.id)
    return Openings(
        seats={n.id: n.seats - pins.seats[n.id] for n in nominations},
        loads={e.id: (pins.loads[e.id], e.max_load) for e in experts},
        pairs=tuple(pair for n in nominations for pair in _open_pairs(problem, n, experts, taken.get(n.id, set()))),
    )


def _open_pairs(problem: Problem, nomination: Nomination, experts: list[Expert], taken: set[str]) -> Iterator[OpenPair]:
    free = [
        expert
        for expert in experts
        if expert.group not in taken
        and Pair(nomination.id, expert.id) not in problem.pinned
        and exclusion(problem, nomination=nomination, expert=expert) is None
    ]
    members = Counter(expert.group for expert in free if expert.group is not None)
    for expert in free:
        group = expert.group if expert.group is not None and members[expert.group] > 1 else None
        yield OpenPair(nomination.id, expert.id, group, problem.costs.of(fit(nomination=nomination, expert=expert)))


class _Pins:
    """The pinned pairs of a problem, counted by nomination, expert and group."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nominations = {nomination.id: nomination for nomination in problem.nominations}
        self.experts = {expert.id: expert for expert in problem.experts}
        self.seats = Counter(pair.nomination for pair in problem.pinned)
        self.loads = Counter(pair.expert for pair in problem.pinned)
        self.groups = Counter((pair.nomination, self.group(pair)) for pair in problem.pinned)

    def group(self, pair: Pair) -> str | None:
        expert = self.experts.get(pair.expert)
        return expert.group if expert else None

    def groups_on(self) -> dict[str, set[str]]:
        """The groups that already sit on each nomination."""
        taken: dict[str, set[str]] = defaultdict(set)
        for nomination, group in self.groups:
            if group is not None:
                taken[nomination].add(group)
        return taken

    def trouble(self, pair: Pair) -> PinTrouble | None:
        nomination, expert = self.nominations.get(pair.nomination), self.experts.get(pair.expert)
        if nomination is None or expert is None:
            return PinTrouble.UNKNOWN
        if exclusion(self.problem, nomination=nomination, expert=expert):
            return PinTrouble.EXCLUDED
        if self.seats[nomination.id] > nomination.seats:
            return PinTrouble.TOO_MANY_SEATS
        if self.loads[expert.id] > expert.max_load:
            return PinTrouble.OVER_LOAD
        if expert.group is not None and self.groups[nomination.id, expert.group] > 1:
            return PinTrouble.SAME_GROUP
        return None
