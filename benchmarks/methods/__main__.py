"""CPU time of the methods of the review: `python -m benchmarks.methods [nominations experts seats]`.

Without arguments: the size of one round (120 × 60 × 5) and a size that no round will reach (2,000 × 400 × 5), all pairs admitted.
"""

import random
import sys
from collections.abc import Callable
from fractions import Fraction
from time import process_time
from typing import TypeVar

from review.methods import assignment, certificate, dispersion, outliers, price, ranking, scores, selection, supply
from review.methods.matching import Expert, Nomination, Problem
from review.methods.quotas import Bound, Candidate, Level, Limit, Rules
from review.methods.scores import Aggregation, Criterion, Scale, Sheet

SIZES = [(120, 60, 5), (2000, 400, 5)]
REGION_OF = {f"P{i:02}": f"R{i % 4}" for i in range(32)}
FIELDS = [f"F{i:02}" for i in range(31)]  # divisions of manufacturing
Result = TypeVar("Result")
CRITERIA = tuple(Criterion(code=f"C{i}", weight=20, max_mark=10) for i in range(5))


def timed(name: str, work: Callable[[], Result]) -> Result:
    """Do the work once and print the CPU time it took."""
    start = process_time()
    result = work()
    print(f"  {name:<48}{process_time() - start:>9.3f} s")
    return result


def problem(shuffle: random.Random, nominations: int, experts: int, seats: int) -> Problem:
    """Experts of 32 provinces, two core and two near fields each; at most one of a province on a nomination; a fifth of load to spare."""
    provinces, load = sorted(REGION_OF), -(-nominations * seats * 6 // (experts * 5))
    return Problem(
        nominations=tuple(
            Nomination(id=f"N{i:05}", province=shuffle.choice(provinces), fields=frozenset(shuffle.sample(FIELDS, 2)), seats=seats)
            for i in range(nominations)
        ),
        experts=tuple(
            Expert(
                id=f"E{i:05}",
                province=(home := shuffle.choice(provinces)),
                group=home,
                core=frozenset(shuffle.sample(FIELDS, 2)),
                near=frozenset(shuffle.sample(FIELDS, 2)),
                max_load=load,
            )
            for i in range(experts)
        ),
        seed="benchmark",
    )


def rules(places: int) -> Rules:
    """A cap for each province and a minimum for each region, all of them felt."""
    limits = [Limit(clause="cap", level=Level.PROVINCE, bound=Bound.MAXIMUM, number=-(-places // 26))]
    limits += [
        Limit(clause=f"least {i}", level=Level.REGION, bound=Bound.MINIMUM, number=places * (4 + i) // 24, code=f"R{i}") for i in range(4)
    ]
    return Rules(places=places, limits=tuple(limits))


def run(nominations: int, experts: int, seats: int) -> None:
    """One round from the supply of experts to the price of each rule."""
    print(f"{nominations} nominations, {experts} experts, {seats} seats each")
    shuffle = random.Random(1)
    case = problem(shuffle, nominations, experts, seats)
    timed("supply and demand", lambda: supply.supply_and_demand(case))
    found = timed("assignment", lambda: assignment.assign(case))
    flaws = timed("certificate checked in plain Python", lambda: certificate.check(case, found))
    if flaws:
        raise SystemExit(f"the certificate does not hold: {flaws[:3]}")
    timed("substitute for one declined seat", lambda: assignment.substitute(case, found, declined=found.pairs[:1]))
    timed("connected components", lambda: assignment.components(found.pairs))
    sheets = [
        Sheet(nomination=p.nomination, expert=p.expert, marks={c.code: shuffle.randint(4, 10) for c in CRITERIA}) for p in found.pairs
    ]
    scale = Scale(criteria=CRITERIA, minimum_sheets=3, aggregation=Aggregation.TRIMMED)
    names = [nomination.id for nomination in case.nominations]
    scored = timed("scores", lambda: scores.scores(nominations=names, sheets=sheets, scale=scale))
    timed(
        "abnormal marks",
        lambda: [outliers.outliers(nomination=n, sheets=own, scale=scale, limits=outliers.Limits()) for n, own in by(sheets)],
    )
    ranked = timed("ranking", lambda: ranking.rank(scored, tie_rules=["C0", "C1"]))
    totals = {score.nomination: score.totals for score in scored}
    timed("reliability and severity", lambda: (dispersion.reliability(totals), dispersion.severities(totals)))
    candidates = placed(case, ranked)
    announced = rules(nominations * 39 // 120)
    timed("selection", lambda: selection.select(candidates, announced))
    timed("price of each rule", lambda: price.prices(candidates, announced))
    unreachable = rules(nominations + 1)
    timed("smallest contradiction", lambda: selection.select(candidates, unreachable))


def by(sheets: list[Sheet]) -> list[tuple[str, list[Sheet]]]:
    """The sheets of each nomination."""
    grouped: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        grouped.setdefault(sheet.nomination, []).append(sheet)
    return list(grouped.items())


def placed(case: Problem, ranked: ranking.Ranking) -> list[Candidate]:
    """The ranking with provinces and regions."""
    homes = {nomination.id: nomination.province for nomination in case.nominations}
    return [
        Candidate(
            nomination=position.nomination,
            rank=position.rank,
            score=Fraction(position.score),
            province=homes[position.nomination],
            region=REGION_OF[homes[position.nomination]],
        )
        for position in ranked.positions
    ]


if __name__ == "__main__":
    for size in [tuple(map(int, sys.argv[1:4]))] if sys.argv[1:] else SIZES:
        run(*size)
