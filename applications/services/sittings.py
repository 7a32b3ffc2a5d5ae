"""What is remembered of the savings of a section, and which of them are events.

A page that saves by itself saves every few seconds. Each saving is written, but it becomes an event only when it says something new: a
person begins to write on an entry, or still does so ten minutes later. So the record of the round tells who worked on what and when, and
the submitted version holds what came of it (docs/adr/0006-drafts.md).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from applications.definition import Section
from applications.models import Nomination
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit

SITTING = timedelta(minutes=10)
Source = Mapping[str, str]
Sources = Mapping[str, Source]  # by code of the entry
Saved = Mapping[str, Any]  # revision, by, at; of automatic saving: page, turn, wrote, sitting; of a prefilled section: taken_over


@dataclass(frozen=True)
class Turn:
    """Which page saves by itself, and its how-manieth sending this is."""

    page: str
    number: int


def continues(saved: Saved, turn: Turn | None) -> bool:
    """The same page saved last, and this is what it sent later: the answer to it was lost on the way, and nobody came between."""
    return turn is not None and bool(turn.page) and saved.get("page") == turn.page and turn.number > saved.get("turn", 0)


def own(saved: Saved, turn: Turn) -> Collection[str]:
    """The entries that stand as this very page wrote them."""
    return saved.get("wrote", []) if continues(saved, turn) else []


def write(
    nomination: Nomination,
    section: Section,
    values: Mapping[str, Any],
    *,
    turn: Turn | None,
    changed: Sequence[str],
    taken_over: Sources | None,
    by: User,
    at: datetime,
) -> None:
    """Write entries that `nominations.save_section` has found to be in order, under its lock and in its transaction."""
    before = nomination.sections.get(section.code, {})
    nomination.content = {**nomination.content, **values}
    nomination.sections[section.code] = saved(before, turn, changed=changed, taken_over=taken_over, by=by, at=at)
    nomination.save(update_fields=["content", "sections"])
    if is_new(before, turn, changed=changed, by=by, at=at):
        particulars: dict[str, Any] = {"section": section.code, "changed": [*changed]} | ({"automatic": True} if turn else {})
        particulars |= {"taken_over": {code: source["nomination"] for code, source in taken_over.items()}} if taken_over else {}
        audit.record("nomination.saved", at=at, by=by, target=nomination, round_code=nomination.round.code, **particulars)


def is_new(saved: Saved, turn: Turn | None, *, changed: Collection[str], by: User, at: datetime) -> bool:
    """Whether a saving is an event of its own."""
    sitting = saved.get("sitting")
    if turn is None or not sitting or sitting["by"] != by.pk:
        return True
    return at - datetime.fromisoformat(sitting["since"]) >= SITTING or not set(changed) <= set(sitting["codes"])


def saved(
    before: Saved, turn: Turn | None, *, changed: Collection[str], taken_over: Sources | None = None, by: User, at: datetime
) -> dict[str, Any]:
    """The record of a saving. What somebody saves with his own hand counts as looked at: it is not marked as taken over any longer."""
    record: dict[str, Any] = {"revision": before.get("revision", 0) + 1, "by": by.name, "at": at.isoformat()}
    if turn and turn.page:
        record |= {"page": turn.page, "turn": turn.number, "wrote": sorted({*own(before, turn), *changed})}
    if turn:
        record |= {"sitting": _sitting(before, changed=changed, by=by, at=at)}
        unseen = {code: source for code, source in before.get("taken_over", {}).items() if code not in changed} | dict(taken_over or {})
        record |= {"taken_over": unseen} if unseen else {}
    return record


def source_of(nomination: Nomination) -> Source:
    """How a mark names the nomination that an entry was taken over from."""
    return {"nomination": nomination.code, "city": nomination.city.name, "round": nomination.round.code}


def _sitting(before: Saved, *, changed: Collection[str], by: User, at: datetime) -> dict[str, Any]:
    sitting = before.get("sitting", {})
    fresh = sitting.get("by") != by.pk or at - datetime.fromisoformat(sitting["since"]) >= SITTING
    if fresh:
        return {"by": by.pk, "since": at.isoformat(), "codes": sorted(changed)}
    return sitting | {"codes": sorted({*sitting["codes"], *changed})}
