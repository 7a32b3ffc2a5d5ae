"""What the pages of a nomination show beside its content: the state of each section, its gaps, the ministry's notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import content
from applications.definition import GroupDefinition, Section
from applications.enums import Problem
from applications.models import Attachment, Correction, Nomination
from applications.services import decisions


@dataclass(frozen=True)
class GapLink:
    section: str
    label: str
    sentence: str
    url: str


@dataclass(frozen=True)
class SectionState:
    """A line of the checklist. `is_open` is false for a section that a correction leaves closed."""

    code: str
    label: str
    url: str
    gaps: Sequence[GapLink]
    saved_by: str
    saved_at: datetime | None
    is_open: bool
    notes: int
    unchecked: int

    @property
    def tone(self) -> str:
        if self.notes or self.unchecked:
            return "warn"
        return "plain" if not self.saved_at else "warn" if self.gaps else "good"

    @property
    def status_label(self) -> str:
        if self.notes:
            return _("To be corrected: %(count)s") % {"count": self.notes}
        if not self.saved_at:
            return _("Not begun")
        if self.unchecked:
            return _("Taken over, to be checked: %(count)s") % {"count": self.unchecked}
        return _("Missing: %(count)s") % {"count": len(self.gaps)} if self.gaps else _("Filled in")


@dataclass(frozen=True)
class Note:
    """A remark of the ministry about one entry, and where it can be corrected."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Neighbours:
    """The sections before and behind one, among those that can be edited."""

    previous: Section | None = None
    next: Section | None = None
    all: Sequence[Section] = field(default_factory=list)


def sections_to_fill(nomination: Nomination) -> list[Section]:
    return nomination.round.definition.sections_to_fill()


def sections_open(nomination: Nomination) -> list[Section]:
    correction = nomination.open_correction
    sections = sections_to_fill(nomination)
    return [section for section in sections if not correction or correction.codes & set(section.codes)]


def states(nomination: Nomination, gaps: Iterable[content.Gap]) -> list[SectionState]:
    gaps, opened = list(gaps), {section.code for section in sections_open(nomination)}
    return [
        _state(nomination, section, [gap for gap in gaps if gap.section == section.code], is_open=section.code in opened)
        for section in sections_to_fill(nomination)
    ]


def _state(nomination: Nomination, section: Section, gaps: list[content.Gap], *, is_open: bool) -> SectionState:
    saved = nomination.sections.get(section.code, {})
    correction = nomination.open_correction
    return SectionState(
        code=section.code,
        label=section.label.in_language(get_language()),
        url=section_url(nomination, section),
        gaps=gap_links(nomination, gaps),
        saved_by=saved.get("by", ""),
        saved_at=datetime.fromisoformat(saved["at"]) if saved else None,
        is_open=is_open,
        notes=len(correction.codes & set(section.codes)) if correction else 0,
        unchecked=len(saved.get("taken_over", {})),
    )


def section_url(nomination: Nomination, section: Section) -> str:
    return reverse("applications:nomination_section", args=[nomination.code, section.code])


def gap_links(nomination: Nomination, gaps: Iterable[content.Gap]) -> list[GapLink]:
    """Each gap with a link to the very entry."""
    items = {item.code: (section, item) for section, item in nomination.round.definition.items()}
    links = []
    for gap in gaps:
        section, item = items[gap.code]
        label = item.label.in_language(get_language())
        if gap.row and isinstance(item, GroupDefinition):
            column = next(each.label.in_language(get_language()) for each in item.fields if each.code == gap.field)
            label = f"{_('%(group)s, row %(row)s') % {'group': label, 'row': gap.row}} · {column}"
        links.append(
            GapLink(section.label.in_language(get_language()), label, str(gap), f"{section_url(nomination, section)}#{gap.anchor}")
        )
    return links


def without_undertaking(gaps: Iterable[content.Gap]) -> list[content.Gap]:
    return [gap for gap in gaps if gap.problem != Problem.UNDERTAKING]


def notes_of(nomination: Nomination, correction: Correction) -> list[Note]:
    """In the order of the form, then the files."""
    labels = decisions.returnable(nomination)
    texts = {named["code"]: named.get("note", "") for named in correction.fields}
    return [Note(label, texts[code], _where(nomination, code)) for code, label in labels.items() if code in texts]


def _where(nomination: Nomination, code: str) -> str:
    for section, item in nomination.round.definition.items():
        if item.code == code:
            return f"{section_url(nomination, section)}#id_{code}"
    return f"{nomination.get_absolute_url()}#files"


def neighbours(nomination: Nomination, section: Section) -> Neighbours:
    sections = sections_open(nomination)
    codes = [each.code for each in sections]
    if section.code not in codes:
        return Neighbours(all=sections)
    place = codes.index(section.code)
    return Neighbours(
        previous=sections[place - 1] if place else None,
        next=sections[place + 1] if place + 1 < len(sections) else None,
        all=sections,
    )


def evidence_of(nomination: Nomination, section: Section) -> list[tuple[str, list[Attachment]]]:
    """The label of each entry of the section that has evidence, with its files."""
    standing = [file for file in nomination.attachments.all() if not file.replaced_at and file.proves in section.codes]
    definition, language = nomination.round.definition, get_language()
    proved = [code for code in section.codes if any(file.proves == code for file in standing)]
    return [(definition.label_of(code, language), [file for file in standing if file.proves == code]) for code in proved]
