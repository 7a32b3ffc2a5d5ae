"""Who takes part and what each of them is going to do: which cities a province names, when it hands in, what the formal review finds.

All of it is decided beforehand, from the seed alone, so that the rules of a small round can be made to leave a full selection possible.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from pilotportal.accounts.models import Division
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.size import Size

HEBEI = "130000"
PUBLICLY_KNOWN = {"110000", "120000", "130200"}  # 北京, 天津, 唐山: the only cities that public documents name as selected
WITHOUT_INDUSTRY = {"460300"}  # 三沙
USUAL_QUOTA = 3
QUALITY = (58, 88)  # per cent; how good a nomination is, before any expert sees it
QUALITY_OF_KNOWN = 94  # so that the demonstration does not contradict what is publicly known


class Temper(Enum):
    """Of a provincial unit."""

    PUNCTUAL = "punctual"
    LAST_SECOND = "last_second"
    LATE = "late"
    SILENT = "silent"
    SWAPPING = "swapping"
    MODEST = "modest"


TROUBLE = (Temper.LATE, Temper.SWAPPING, Temper.SILENT, Temper.MODEST, Temper.LATE, Temper.LAST_SECOND)
COSTLY = {Temper.SILENT, Temper.MODEST}
UNITS_TO_SPARE = 4


class Way(Enum):
    """How a nomination gets in, or not."""

    IN_TIME = "in_time"
    LAST_SECOND = "last_second"
    LATE = "late"
    UNFINISHED = "unfinished"
    WITHDRAWN = "withdrawn"


class Fate(Enum):
    """What the formal review does with it."""

    ACCEPTED = "accepted"
    ANSWERED = "answered"
    EXPIRED = "expired"
    REJECTED = "rejected"


@dataclass
class Nominee:
    """A city that its province is going to name."""

    city: Division
    way: Way
    quality: int
    fate: Fate = Fate.ACCEPTED
    nomination_id: int = 0  # once it has been started

    @property
    def is_in(self) -> bool:
        return self.way in {Way.IN_TIME, Way.LAST_SECOND}

    @property
    def reaches_the_review(self) -> bool:
        return self.is_in and self.fate is not Fate.REJECTED


@dataclass
class Unit:
    """A provincial unit with its quota."""

    division: Division
    quota: int
    temper: Temper
    nominees: list[Nominee] = field(default_factory=list)


@dataclass(frozen=True)
class Lineup:
    units: list[Unit]

    @property
    def nominees(self) -> Iterator[Nominee]:
        for unit in self.units:
            yield from unit.nominees

    @property
    def quotas(self) -> dict[str, int]:
        return {unit.division.pk: unit.quota for unit in self.units}

    def reaching_the_review(self) -> Counter[str]:
        return Counter(nominee.city.region for nominee in self.nominees if nominee.reaches_the_review)

    def unit_of(self, province_id: str) -> Unit:
        return next(unit for unit in self.units if unit.division.pk == province_id)


def line_up(divisions: Sequence[Division], *, quotas: dict[str, int], size: Size, chance: Chance) -> Lineup:
    """`divisions` are all of them; `quotas` are those of the shipped round."""
    provinces = [division for division in divisions if division.is_province]
    chosen = _chosen(provinces, size=size, chance=chance)
    units = [Unit(division, quotas[division.pk], Temper.PUNCTUAL) for division in chosen]
    _give_tempers(units, chance)
    for unit in units:
        cities = [division for division in divisions if division.province_id == unit.division.pk and not division.is_province]
        unit.nominees = _nominees(unit, cities or [unit.division], chance)
    lineup = Lineup(units)
    _give_fates(lineup, chance)
    return lineup


def _chosen(provinces: list[Division], *, size: Size, chance: Chance) -> list[Division]:
    """河北 always takes part; the others of its region and those of the other regions are drawn."""
    wanted = size.units_by_region()
    drawn = chance.shuffled(provinces, "units")
    drawn.sort(key=lambda division: division.pk != HEBEI)
    taken: Counter[str] = Counter()
    chosen = []
    for division in drawn:
        if taken[division.region] < wanted[division.region]:
            taken[division.region] += 1
            chosen.append(division)
    return sorted(chosen, key=lambda division: division.pk)


def _give_tempers(units: list[Unit], chance: Chance) -> None:
    """One unit or two of every kind that makes trouble, as far as there are units, and in a region that can spare its nominations."""
    regions = Counter(unit.division.region for unit in units)
    others = [unit for unit in units if unit.quota == USUAL_QUOTA and unit.division.pk != HEBEI]
    waiting = chance.shuffled(others, "tempers")
    for temper in TROUBLE:
        spared = [unit for unit in waiting if temper not in COSTLY or regions[unit.division.region] >= UNITS_TO_SPARE]
        if spared:
            spared[0].temper = temper
            waiting.remove(spared[0])
    for unit in units:
        if unit.division.pk == HEBEI:
            unit.temper = Temper.LAST_SECOND


def _nominees(unit: Unit, cities: list[Division], chance: Chance) -> list[Nominee]:
    if unit.temper is Temper.SILENT:
        return []
    wanted = unit.quota + (unit.temper is Temper.SWAPPING)
    named = _named(cities, wanted, chance)
    return [
        Nominee(city, way, QUALITY_OF_KNOWN if city.pk in PUBLICLY_KNOWN else chance.number(*QUALITY, "quality", city.pk))
        for city, way in zip(named, _ways(unit.temper, len(named)), strict=True)
    ]


def _named(cities: list[Division], wanted: int, chance: Chance) -> list[Division]:
    """Publicly known cities first; the others from the first half of the province's list, where the larger ones stand."""
    likely = [city for city in cities if city.pk not in WITHOUT_INDUSTRY]
    eligible = likely[: max(wanted, -(-len(likely) // 2))]
    drawn = chance.shuffled(eligible, "cities", cities[0].province_id)
    drawn.sort(key=lambda city: city.pk not in PUBLICLY_KNOWN)
    return drawn[:wanted]


def _ways(temper: Temper, count: int) -> list[Way]:
    ways = [Way.LAST_SECOND if temper is Temper.LAST_SECOND else Way.IN_TIME] * count
    if temper is Temper.LATE:
        ways[-1] = Way.LATE
    elif temper is Temper.MODEST:
        ways[-1] = Way.UNFINISHED
    elif temper is Temper.SWAPPING:
        ways[0] = Way.WITHDRAWN
    return ways


def _give_fates(lineup: Lineup, chance: Chance) -> None:
    """About one in ten is returned, of which one is never answered; one in twenty-five is rejected."""
    inside = [nominee for nominee in lineup.nominees if nominee.is_in and nominee.city.pk not in PUBLICLY_KNOWN]
    rejected, answered = max(1, len(inside) // 25), max(1, len(inside) // 12)
    fates = [Fate.EXPIRED, *[Fate.REJECTED] * rejected, *[Fate.ANSWERED] * answered]
    for nominee, fate in zip(chance.shuffled(inside, "fates"), fates, strict=False):
        nominee.fate = fate
