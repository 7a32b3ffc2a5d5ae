"""How large a round is played, and how the rules of the 2025 round shrink with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pilotportal.accounts.enums import Region

ALL_UNITS = 32
UNITS_BY_REGION: dict[str, int] = {Region.EAST: 10, Region.CENTRAL: 6, Region.WEST: 13, Region.NORTHEAST: 3}
PLACES_BY_REGION: dict[str, int] = {Region.EAST: 15, Region.CENTRAL: 9, Region.WEST: 12, Region.NORTHEAST: 3}  # reported in November 2025
ALL_PLACES = sum(PLACES_BY_REGION.values())
FEWEST_UNITS = 4
FEWEST_EXPERTS = 8
SPARE_EXPERTS = 4  # on a small panel some must remain who are not of the province, and have not recused themselves


class SizeError(ValueError):
    """No round of this size can be played; `str()` says what would be possible."""


@dataclass(frozen=True, kw_only=True)
class Size:
    units: int = ALL_UNITS
    places: int = ALL_PLACES
    experts: int = 72

    def __post_init__(self) -> None:
        if not FEWEST_UNITS <= self.units <= ALL_UNITS:
            raise SizeError(f"A round takes {FEWEST_UNITS} to {ALL_UNITS} units, not {self.units}.")
        if self.places < 1:
            raise SizeError("At least one place is needed.")
        if self.experts < FEWEST_EXPERTS:
            raise SizeError(f"At least {FEWEST_EXPERTS} experts are needed, not {self.experts}.")

    def units_by_region(self) -> dict[str, int]:
        return allot(self.units, weights=UNITS_BY_REGION, caps=UNITS_BY_REGION)

    def panel(self, wanted: int) -> int:
        """Experts on each nomination: as many as the round wants, fewer where the pool is small."""
        return min(wanted, self.experts - SPARE_EXPERTS)

    def drawn(self, panel: int) -> int:
        """Two thirds of the pool form the panel of the round; the others stand by."""
        return min(self.experts, max(self.experts * 2 // 3, panel + SPARE_EXPERTS))


def allot(total: int, *, weights: Mapping[str, int], caps: Mapping[str, int]) -> dict[str, int]:
    """`total` in proportion to `weights` (Sainte-Laguë), none above its cap. Raises SizeError when the caps leave no room."""
    if total > sum(caps.values()):
        raise SizeError(f"Only {sum(caps.values())} places can be filled, not {total}.")
    given = dict.fromkeys(weights, 0)
    for _ in range(total):
        open_to = [name for name in weights if given[name] < caps[name]]
        given[max(open_to, key=lambda name: Fraction(weights[name], 2 * given[name] + 1))] += 1
    return given


def shaped(record: Mapping[str, Any], *, size: Size, quotas: Mapping[str, int], caps: Mapping[str, int]) -> dict[str, Any]:
    """The record of a round for this size; at full size it is the shipped one.

    `caps` says how many nominations of each region reach the ranking. Raises SizeError when the places cannot be filled.
    """
    maxima = allot(size.places, weights=PLACES_BY_REGION, caps=caps)
    panel = size.panel(record["panel_size"])
    limits = {region: [low * maxima[region] // high, maxima[region]] for region, (low, high) in record["region_limits"].items()}
    return {
        **record,
        "planned_places": max(1, size.places * record["planned_places"] // ALL_PLACES),
        "panel_size": panel,
        "minimum_sheets": min(record["minimum_sheets"], panel),
        "maximum_load": max(record["maximum_load"], _needed_load(size, panel, seats=sum(caps.values()) * panel)),
        "quotas": dict(quotas),
        "region_limits": limits,
    }


def _needed_load(size: Size, panel: int, *, seats: int) -> int:
    """Half as much again as an even share, so that recusals and provinces can be worked around."""
    return -(-3 * seats // (2 * size.drawn(panel)))
