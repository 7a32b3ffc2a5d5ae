"""The stages in their order: the whole round of a rehearsal, and how far each demonstration goes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pilotportal.rehearsal import moments
from pilotportal.rehearsal.play import Act, Play, Stage
from pilotportal.rehearsal.stages import attempts, exporting, formal, nominating, opening, panel, piloting, scoring, selecting


def _together(*parts: Callable[[Play], Iterable[Act]]) -> Callable[[Play], Iterator[Act]]:
    def acts(play: Play) -> Iterator[Act]:
        for part in parts:
            yield from part(play)

    return acts


SEED = 2025

BEFORE_EXPORTS = (
    Stage("opening", opening.acts),
    Stage("nominating", _together(attempts.acts, nominating.acts)),
    Stage("formal review", formal.acts),
    Stage("panel", panel.acts),
    Stage("scoring", _together(scoring.acts, selecting.try_too_early)),
    Stage("selecting", _together(selecting.acts, piloting.amend)),
)
PILOTING = Stage("piloting", piloting.acts)
WHOLE = (*BEFORE_EXPORTS, Stage("exporting", exporting.acts), PILOTING)
SHOWN = (*BEFORE_EXPORTS, Stage("exporting", exporting.results), PILOTING)


@dataclass(frozen=True)
class Standstill:
    """Where a demonstration begins: everything until then has been played, and its clock runs on from there."""

    name: str
    at: datetime


STANDSTILLS = {
    one.name: one
    for one in (
        Standstill("nominating", moments.at(7, 16, 10)),
        Standstill("review", moments.at(8, 18, 10)),
        Standstill("selected", moments.at(11, 13, 10)),
        Standstill("piloting", moments.at(3, 10, 10, year=2026)),
    )
}
