"""One section of the application form while it is edited."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from applications import content
from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.forms.entries import EntryField, GroupRows, as_entered, new_key
from applications.forms.layout import helper_for, shown
from pilotportal.digests import digest_of

REVISION, BASE = "_revision", "_base"  # no code of a definition begins with a line
UNREADABLE = object()


@dataclass(frozen=True)
class Conflict:
    """An entry that somebody else saved meanwhile: what stands now, and whether it took the place of what stood on the page."""

    theirs: content.ShownField | content.ShownGroup
    taken_over: bool


@dataclass(frozen=True)
class Fault:
    """A line of the summary on top of the page."""

    anchor: str
    label: str
    sentence: str


class SectionForm(forms.Form):
    """The fields of a section, and its groups as rows.

    `open_codes` are the entries that may be changed (a correction opens only some); the others are shown as they stand. `notes` are the
    ministry's remarks by code. The page carries the revision that it was made from, and a digest of each entry at that time, by which
    what was changed here is told from what was changed by somebody else.
    """

    def __init__(
        self,
        section: Section,
        *,
        standing: content.Content,
        revision: int,
        open_codes: Iterable[str],
        notes: Mapping[str, str] | None = None,
        data: QueryDict | None = None,
    ) -> None:
        self.section, self.standing, self.notes = section, standing, notes or {}
        self.open_codes = [code for code in section.codes if code in set(open_codes)]
        self.conflicts: dict[str, Conflict] = {}
        self.focus = ""
        self.entered = QueryDict(mutable=True) if data is None else data.copy()
        initial = {REVISION: revision, BASE: _digests(standing, self.open_codes)} | dict(standing)
        super().__init__(None if data is None else self.entered, initial=initial)
        self.fields[REVISION] = forms.IntegerField(widget=forms.HiddenInput)
        self.fields[BASE] = forms.CharField(widget=forms.HiddenInput, required=False)
        for field in section.fields:
            if field.code in self.open_codes:
                self.fields[field.code] = EntryField(field)
        self.groups = self._read_groups()
        self.helper = helper_for(section, open_codes=self.open_codes, hidden=[REVISION, BASE])

    def _read_groups(self) -> dict[str, GroupRows]:
        entered = self.entered if self.is_bound else None
        return {
            group.code: GroupRows(group, data=entered, rows=self.standing.get(group.code) or [], focus=self.focus)
            for group in self.section.groups
            if group.code in self.open_codes
        }

    def is_valid(self) -> bool:
        return super().is_valid() and all(group.is_valid for group in self.groups.values())

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, by code; only of a valid form."""
        fields = {field.code: self.cleaned_data[field.code] for field in self.section.fields if field.code in self.open_codes}
        return fields | {code: group.value for code, group in self.groups.items()}

    @property
    def revision(self) -> int:
        return int(self.cleaned_data[REVISION])

    def faults(self) -> Iterator[Fault]:
        """Every sentence of the page, for the summary; none where the page was only asked for another row."""
        if not self.is_bound or self.focus:
            return
        yield from (Fault("", "", str(sentence)) for sentence in self.non_field_errors())
        yield from _faults_of(self)
        for code, group in self.groups.items():
            if group.error:
                yield Fault(f"id_{code}", group.label, group.error)
            for number, row in enumerate(group.forms, start=1):
                yield from _faults_of(row, where=_("%(group)s, row %(row)s") % {"group": group.label, "row": number})

    # What the buttons beside the entries do; nothing is saved by them.

    def add_row(self, code: str) -> None:
        if code in self.groups and not self.groups[code].is_full:
            self.focus = new_key()
            self.entered.appendlist(code, self.focus)
            self.groups = self._read_groups()

    def remove_row(self, code: str, key: str) -> None:
        if code in self.groups:
            self.focus = key
            self.entered.setlist(code, [other for other in self.entered.getlist(code) if other != key])
            self.groups = self._read_groups()

    def take_over(self, code: str) -> None:
        """Puts what stands now into the place of what was typed."""
        if code in self.open_codes:
            self._put(code, self.standing.get(code))
            self.focus = code

    # Two editors at once.

    def compare(self, *, standing: content.Content, revision: int) -> None:
        """Hold what is on the page against what was saved meanwhile.

        An entry that was not touched here takes the saved value; one that was changed on both sides keeps what was typed, with the other
        beside it. From then on the page is as new as `revision`, so that saving it again is a decision.
        """
        self.standing = standing
        base = _read_base(self.entered.get(BASE, ""))
        for field in self.section.fields:
            self._compare_entry(field, base)
        for group in self.section.groups:
            self._compare_entry(group, base)
        self.entered[REVISION] = str(revision)

    def _compare_entry(self, item: FieldDefinition | GroupDefinition, base: Mapping[str, str]) -> None:
        theirs = self.standing.get(item.code)
        if item.code not in self.open_codes or _digest(theirs) == base.get(item.code):
            return
        mine = self._mine(item.code)
        if mine is not UNREADABLE and not content.differs({item.code: theirs}, {item.code: mine}, item.code):
            return
        untouched = mine is not UNREADABLE and _digest(mine) == base.get(item.code)
        if untouched:
            self._put(item.code, theirs)
        self.conflicts[item.code] = Conflict(shown(item, theirs), untouched)

    def _mine(self, code: str) -> Any:
        if code in self.groups:
            return UNREADABLE if self.groups[code].errors else self.groups[code].value
        return UNREADABLE if code in self.errors else self.cleaned_data.get(code)

    def _put(self, code: str, value: Any) -> None:
        if code not in self.groups:
            self.entered[code] = as_entered(value)
            self.errors.pop(code, None)
            return
        rows = value or []
        self.entered.setlist(code, [row["key"] for row in rows])
        for row in rows:
            for field in self.groups[code].group.fields:
                self.entered[content.entry_id(code, row["key"], field.code)] = as_entered(row.get(field.code))
        self.groups = self._read_groups()


def _faults_of(form: forms.Form, where: str = "") -> Iterator[Fault]:
    for bound in form:
        label = " · ".join(part for part in (where, str(bound.label)) if part)
        yield from (Fault(bound.auto_id, label, str(sentence)) for sentence in bound.errors)


def _digest(value: Any) -> str:
    return digest_of(None if content.is_blank(value) else value)[-16:]


def _digests(values: content.Content, codes: Iterable[str]) -> str:
    return json.dumps({code: _digest(values.get(code)) for code in codes})


def _read_base(text: str) -> dict[str, str]:
    """A page that lost it is treated as if every entry had been touched."""
    try:
        base = json.loads(text)
    except ValueError:
        return {}
    return base if isinstance(base, dict) else {}
