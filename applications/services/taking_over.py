"""Entries of earlier nominations that a new one may begin with: those of the same city, and the contacts that the province named last.

Only what both forms ask in the same way is taken over: the same code, type and unit, and a value that the new form would accept. Only
empty entries are filled. Each keeps a mark where it came from until somebody changes it or saves its section by hand: figures of another
year have to be looked at.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from applications import content, queries
from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.enums import Status
from applications.models import Nomination
from applications.services import nominations, sittings
from pilotportal.accounts.enums import PROVINCE_ROLES
from pilotportal.accounts.models import User

Item = FieldDefinition | GroupDefinition


@dataclass(frozen=True)
class Offer:
    """A value that could be taken over into an empty entry, and the nomination that it comes from."""

    section: Section
    item: Item
    value: Any
    source: Nomination


def offers(nomination: Nomination, *, by: User) -> list[Offer]:
    """In the order of the form. Contacts of other cities are offered to officials of the province only."""
    if nomination.status != Status.DRAFT:
        return []
    own, named_last = _sources(nomination, by=by)
    found = []
    for section, item in nomination.round.definition.items():
        if content.is_blank(nomination.content.get(item.code)) and not _is_undertaking(item):
            candidates = [own, named_last] if _is_personal(item) else [own]
            found += [offer for source in candidates if source and (offer := _offer(section, item, source))][:1]
    return found


@transaction.atomic
def take_over(*, nomination_id: int, codes: Collection[str], by: User, at: datetime) -> int:
    """Fill these entries, where they are still empty, and say how many were. Raises Refused, Stale where somebody saves at this moment."""
    nomination = queries.nominations().get(pk=nomination_id)
    chosen = [offer for offer in offers(nomination, by=by) if offer.item.code in codes]
    for section in nomination.round.definition.sections:
        taken = [offer for offer in chosen if offer.section == section]
        if taken:
            nominations.save_section(
                nomination_id=nomination_id,
                section=section,
                values={offer.item.code: offer.value for offer in taken},
                revision=nomination.revision_of(section.code),
                turn=sittings.Turn(page="", number=0),
                taken_over={offer.item.code: sittings.source_of(offer.source) for offer in taken},
                by=by,
                at=at,
            )
    return len(chosen)


def _sources(nomination: Nomination, *, by: User) -> tuple[Nomination | None, Nomination | None]:
    own = queries.earlier_nominations(nomination).filter(city_id=nomination.city_id).exclude(round_id=nomination.round_id).first()
    if by.role not in PROVINCE_ROLES:
        return own, None
    return own, queries.earlier_nominations(nomination).filter(province_id=nomination.province_id).first()


def _offer(section: Section, item: Item, source: Nomination) -> Offer | None:
    before = next((other for _section, other in source.round.definition.items() if other.code == item.code), None)
    value = (source.handed_in or source.content).get(item.code)
    fitting = _fitting(item, before, value) if before and not content.is_blank(value) else None
    return None if content.is_blank(fitting) else Offer(section, item, fitting, source)


def _fitting(item: Item, before: Item, value: Any) -> Any:
    """The value as the new form would keep it; nothing where it asks something else or would refuse it."""
    if isinstance(item, FieldDefinition) and isinstance(before, FieldDefinition):
        return _cell(item, before, value)
    if isinstance(item, GroupDefinition) and isinstance(before, GroupDefinition):
        return _rows(item, before, value)[: item.maximum]
    return None


def _cell(field: FieldDefinition, before: FieldDefinition, value: content.Value) -> content.Value:
    if (field.type, field.unit.zh) != (before.type, before.unit.zh):
        return None
    try:
        content.check(field, value)
    except content.Invalid:
        return None
    return value


def _rows(group: GroupDefinition, before: GroupDefinition, rows: list[content.Row]) -> list[content.Row]:
    """Rows are new ones here: what is promised anew is followed anew."""
    columns = {field.code: field for field in before.fields}
    shared = [(field, columns[field.code]) for field in group.fields if field.code in columns]
    taken: list[content.Row] = [{field.code: _cell(field, other, row.get(field.code)) for field, other in shared} for row in rows]
    return [{"key": uuid4().hex, **row} for row in taken if not all(content.is_blank(value) for value in row.values())]


def _is_undertaking(item: Item) -> bool:
    return isinstance(item, FieldDefinition) and item.type == "boolean"


def _is_personal(item: Item) -> bool:
    return item.personal if isinstance(item, FieldDefinition) else item.is_personal
