"""Small problems for the methods: builders, and what hypothesis draws from."""

from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from review.methods.matching import Exclusion, Expert, Nomination, Pair, Problem
from review.methods.quotas import Bound, Candidate, Level, Limit, Rules
from review.methods.scores import Score, Standing

examples = settings(deadline=None, derandomize=True, max_examples=80)

PROVINCES = ("P1", "P2", "P3")
FIELDS = ("textile", "steel", "chips")
REGION_OF = {"P1": "east", "P2": "east", "P3": "west", "P4": "west"}


def nomination(name: str, **changes: Any) -> Nomination:
    return Nomination(**{"id": name, "province": "P1", "fields": frozenset({"steel"}), "seats": 1, **changes})


def expert(name: str, **changes: Any) -> Expert:
    return Expert(**{"id": name, "province": "P9", "core": frozenset({"steel"}), "max_load": 5, **changes})


def problem(nominations: list[Nomination], experts: list[Expert], **changes: Any) -> Problem:
    return Problem(**{"nominations": tuple(nominations), "experts": tuple(experts), "seed": "seed", **changes})


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to 6 nominations and 7 experts, with recusals, groups, and often too few seats."""
    fields = st.frozensets(st.sampled_from(FIELDS), max_size=2)
    provinces = st.sampled_from(PROVINCES)
    wanted = [
        nomination(f"n{i}", province=draw(provinces), fields=draw(fields), seats=draw(st.integers(0, 4)))
        for i in range(draw(st.integers(1, 6)))
    ]
    pool = [
        expert(
            f"e{i}",
            province=draw(provinces),
            core=draw(fields),
            near=draw(fields),
            max_load=draw(st.integers(0, 4)),
            group=draw(st.sampled_from(["g1", "g2", None])),
        )
        for i in range(draw(st.integers(1, 7)))
    ]
    pairs = st.builds(Pair, st.sampled_from([n.id for n in wanted]), st.sampled_from([e.id for e in pool]))
    forbidden = draw(st.dictionaries(pairs, st.sampled_from(Exclusion), max_size=6))
    own_province_excluded = draw(st.booleans())
    return problem(wanted, pool, forbidden=forbidden, seed=draw(st.sampled_from("abc")), own_province_excluded=own_province_excluded)


def candidate(name: str, rank: int, **changes: Any) -> Candidate:
    province = changes.pop("province", "P1")
    return Candidate(
        **{"nomination": name, "rank": rank, "score": Fraction(100 - rank), "province": province, "region": REGION_OF[province], **changes}
    )


def at_most(clause: str, level: Level, number: int, code: str | None = None) -> Limit:
    return Limit(clause=clause, level=level, bound=Bound.MAXIMUM, number=number, code=code)


def at_least(clause: str, level: Level, number: int, code: str | None = None) -> Limit:
    return Limit(clause=clause, level=level, bound=Bound.MINIMUM, number=number, code=code)


@st.composite
def rankings(draw: st.DrawFn, *, ties: bool) -> list[Candidate]:
    """Up to 8 candidates from four provinces in two regions, in order of score."""
    scores = sorted((draw(st.integers(50, 54 if ties else 90)) for _ in range(draw(st.integers(1, 8)))), reverse=True)
    if not ties:
        scores = sorted({Fraction(score) + Fraction(i, 97) for i, score in enumerate(scores)}, reverse=True)
    return [
        candidate(f"c{i}", 1 + scores.index(score), score=Fraction(score), province=draw(st.sampled_from(sorted(REGION_OF))))
        for i, score in enumerate(scores)
    ]


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    """Any mix of limits, many of which contradict each other."""
    scopes = [(Level.PROVINCE, None), (Level.PROVINCE, "P1"), (Level.REGION, "east"), (Level.REGION, "west"), (Level.REGION, None)]
    limits = [
        Limit(clause=f"{bound.value} {level.value} {code}", level=level, bound=bound, number=draw(st.integers(0, 3)), code=code)
        for level, code in scopes
        for bound in (Bound.MINIMUM, Bound.MAXIMUM)
        if draw(st.integers(0, 2)) == 0
    ]
    threshold = draw(st.sampled_from([None, None, Fraction(52)]))
    return Rules(places=draw(st.integers(0, 6)), limits=tuple(limits), threshold=threshold)


@st.composite
def rulings(draw: st.DrawFn, *, ties: bool) -> tuple[list[Candidate], Rules]:
    """A ranking with rules: mostly rules that some set of candidates, drawn first, keeps."""
    ranking = draw(rankings(ties=ties))
    if draw(st.integers(0, 4)) == 0:
        return ranking, draw(rule_sets())
    kept = draw(st.sets(st.sampled_from(ranking), max_size=5))
    limits = []
    for level, code in [(Level.PROVINCE, province) for province in REGION_OF] + [(Level.REGION, region) for region in ("east", "west")]:
        number = sum(code in {c.province, c.region} for c in kept)
        if draw(st.booleans()):
            limits.append(at_most(f"{code} at most", level, number + draw(st.integers(0, 1)), code))
        if draw(st.booleans()):
            limits.append(at_least(f"{code} at least", level, max(0, number - draw(st.integers(0, 1))), code))
    return ranking, Rules(places=len(kept), limits=tuple(limits), threshold=draw(st.sampled_from([None, None, Fraction(50)])))


def scored(name: str, score: Fraction | int | None, **means: Fraction | int) -> Score:
    return Score(
        nomination=name,
        standing=Standing.TOO_FEW_SHEETS if score is None else Standing.SCORED,
        score=None if score is None else Fraction(score),
        totals={},
        trimmed=None,
        means={code: Fraction(value) for code, value in means.items()},
        incomplete=(),
    )
