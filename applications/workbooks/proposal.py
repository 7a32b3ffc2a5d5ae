"""What a workbook would change: its entries held against those at the time of writing and against those that stand now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from applications import content
from applications.definition import FormDefinition, Section
from applications.enums import Refusal
from applications.workbooks.passport import digest_of_entry
from applications.workbooks.reading import CellFault, Filled
from pilotportal.digests import digest_of


@dataclass(frozen=True)
class Proposal:
    """By code. `changed`: in the workbook alone. `conflicting`: there and here, differently. `kept`: here alone, so it stays.

    `values` are the workbook's own; `faults` are entries that were changed though they are not open.
    """

    values: dict[str, Any]
    changed: Sequence[str]
    conflicting: Sequence[str]
    kept: Sequence[str]
    faults: Sequence[CellFault]

    @property
    def is_empty(self) -> bool:
        return not (self.changed or self.conflicting)

    def digest(self, standing: content.Content) -> str:
        """Of what a person reads before confirming: what stands, and what would take its place."""
        concerned = [*self.changed, *self.conflicting]
        return digest_of({code: [standing.get(code), self.values[code]] for code in concerned} | {"": [list(self.conflicting)]})

    def values_of(self, section: Section, *, taken: Collection[str]) -> dict[str, Any]:
        """What is saved of a section, where of the conflicting entries those in `taken` are the workbook's."""
        codes = {*self.changed, *(code for code in self.conflicting if code in taken)}
        return {code: self.values[code] for code in section.codes if code in codes}


def propose(definition: FormDefinition, filled: Filled, *, standing: content.Content, open_codes: Collection[str]) -> Proposal:
    changed: list[str] = []
    conflicting: list[str] = []
    kept: list[str] = []
    faults: list[CellFault] = []
    for _section, item in definition.items():  # noqa: PERF102 (no dictionary)
        if item.code not in filled.values:
            continue
        mine, theirs = digest_of_entry(filled.values[item.code]), digest_of_entry(standing.get(item.code))
        base = filled.passport.base.get(item.code)
        if mine == theirs:
            continue
        if mine == base:
            kept.append(item.code)
        elif item.code not in open_codes:
            faults.append(CellFault(*filled.places[item.code], item.label.in_language(get_language()), str(Refusal.NOT_OPEN_FIELD.label)))
        else:
            (changed if theirs == base else conflicting).append(item.code)
    return Proposal(filled.values, changed, conflicting, kept, faults)
