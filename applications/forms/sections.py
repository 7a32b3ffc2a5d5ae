"""One section of the application form while it is edited."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import content
from applications.content.reading import LARGEST
from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.forms.entries import EntryField, GroupRows, as_entered, new_key
from applications.forms.layout import helper_for, rendered_item, shown
from pilotportal.digests import digest_of

REVISION, BASE, PAGE, TURN = "_revision", "_base", "_page", "_turn"  # no code of a definition begins with a line
HIDDEN = [REVISION, BASE, PAGE, TURN]
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


@dataclass(frozen=True)
class Unsent:
    """An entry of a copy on the computer, beside what the portal has."""

    label: str
    mine: content.ShownField | content.ShownGroup
    theirs: content.ShownField | content.ShownGroup


class SectionForm(forms.Form):
    """The fields of a section, and its groups as rows.

    `open_codes` are the entries that may be changed (a correction opens only some); the others are shown as they stand. `notes` are the
    ministry's remarks by code, `taken_over` names the nomination from which an entry was taken that nobody has checked yet. The page
    carries the revision that it was made from, and a digest of each entry at that time, by which what was changed here is told from what
    was changed by somebody else.
    """

    def __init__(
        self,
        section: Section,
        *,
        standing: content.Content,
        revision: int,
        open_codes: Iterable[str],
        notes: Mapping[str, str] | None = None,
        taken_over: Mapping[str, Mapping[str, str]] | None = None,
        data: QueryDict | None = None,
    ) -> None:
        self.section, self.standing, self.notes, self.taken_over = section, standing, notes or {}, taken_over or {}
        self.open_codes = [code for code in section.codes if code in set(open_codes)]
        self.conflicts: dict[str, Conflict] = {}
        self.focus = ""
        self.entered = QueryDict(mutable=True) if data is None else data.copy()
        own = {REVISION: revision, BASE: json.dumps(_digests(standing, self.open_codes)), PAGE: new_key(), TURN: 0}
        initial = own | dict(standing)
        super().__init__(None if data is None else self.entered, initial=initial)
        self.fields[REVISION] = forms.IntegerField(widget=forms.HiddenInput)
        for name in (BASE, PAGE):
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields[TURN] = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST)
        for field in section.fields:
            if field.code in self.open_codes:
                self.fields[field.code] = EntryField(field)
        self.groups = self._read_groups()
        self.helper = helper_for(section, open_codes=self.open_codes, hidden=HIDDEN)

    @property
    def asked(self) -> list[FieldDefinition | GroupDefinition]:
        return [*self.section.fields, *self.section.groups]

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
        return int(self.cleaned_data.get(REVISION) or 0)

    @property
    def page(self) -> str:
        return str(self.cleaned_data.get(PAGE, ""))[:40]

    @property
    def turn(self) -> int:
        return int(self.cleaned_data.get(TURN) or 0)

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

    def recover(self) -> None:
        """The entries come from a copy that an earlier page left behind; this page is a new one."""
        self.entered[PAGE], self.entered[TURN] = new_key(), "0"
        self.focus = PAGE

    # Saving while one types.

    def so_far(self) -> dict[str, Any]:
        """What can be saved at once: entries that were changed here, can be read, and that nobody else changed meanwhile."""
        base = _read_base(self.entered.get(BASE, ""))
        mine = {code: self._mine_so_far(code) for code in self.open_codes if code not in self.disputed}
        return {code: value for code, value in mine.items() if value is not UNREADABLE and _digest(value) != base.get(code)}

    def _mine_so_far(self, code: str) -> Any:
        group = self.groups.get(code)
        if group and group.errors and not group.error:
            return group.value_so_far(self.standing.get(code) or [])
        return self._mine(code)

    @property
    def disputed(self) -> set[str]:
        """Entries changed here and by somebody else, about which the person has to decide."""
        return {code for code, conflict in self.conflicts.items() if not conflict.taken_over}

    def base_beside(self, standing: content.Content) -> dict[str, str]:
        """The digests that a page showing `standing` carries; what is disputed keeps its own until the decision."""
        return _digests(standing, [code for code in self.open_codes if code not in self.disputed])

    def sentences(self) -> dict[str, list[str]]:
        """What is wrong, by the id of the control; of a group as a whole, by the id of the group."""
        wrong: dict[str, list[str]] = {}
        for fault in self.faults():
            wrong.setdefault(fault.anchor, []).append(fault.sentence)
        return wrong

    def rendered(self, code: str) -> str:
        """One entry as it stands on the page."""
        return rendered_item(self, code)

    def disputed_entries(self) -> list[Fault]:
        items = {item.code: item for item in self.asked}
        return [Fault(f"id_{code}", items[code].label.in_language(get_language()), "") for code in items if code in self.disputed]

    def unsent(self) -> list[Unsent]:
        """What was entered here and does not stand: both sides as people read them. What cannot be read is shown as it was typed."""
        self.is_valid()
        items = [item for item in self.asked if item.code in self.open_codes]
        both = [(item, shown(item, self.standing.get(item.code)), self._shown_mine(item)) for item in items]
        return [Unsent(theirs.label, mine, theirs) for item, theirs, mine in both if mine != theirs]

    def _shown_mine(self, item: FieldDefinition | GroupDefinition) -> content.ShownField | content.ShownGroup:
        if isinstance(item, FieldDefinition):
            return _as_typed(self, item)
        rows = [content.ShownRow(row.key, [_as_typed(row, field) for field in item.fields]) for row in self.groups[item.code].filled]
        return replace(content.shown_group(item, [], get_language()), rows=rows)

    # Two editors at once.

    def compare(self, *, standing: content.Content, revision: int, own: Collection[str] = ()) -> None:
        """Hold what is on the page against what was saved meanwhile.

        An entry that was not touched here takes the saved value; one that was changed on both sides keeps what was typed, with the other
        beside it. From then on the page is as new as `revision`, so that saving it again is a decision. `own` are entries that stand as
        this page wrote them.
        """
        self.standing = standing
        self.conflicts = {}
        base = _read_base(self.entered.get(BASE, ""))
        for item in self.asked:
            if item.code not in own:
                self._compare_entry(item, base)
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


def _as_typed(form: forms.Form, field: FieldDefinition) -> content.ShownField:
    if field.code not in form.errors:
        return content.shown_field(field, form.cleaned_data.get(field.code), get_language())
    return replace(content.shown_field(field, None, get_language()), text=str(form[field.code].data or ""))


def _faults_of(form: forms.Form, where: str = "") -> Iterator[Fault]:
    for bound in form:
        label = " · ".join(part for part in (where, str(bound.label)) if part)
        yield from (Fault(bound.auto_id, label, str(sentence)) for sentence in bound.errors)


def _digest(value: Any) -> str:
    return digest_of(None if content.is_blank(value) else value)[-16:]


def _digests(values: content.Content, codes: Iterable[str]) -> dict[str, str]:
    return {code: _digest(values.get(code)) for code in codes}


def _read_base(text: str) -> dict[str, str]:
    """A page that lost it is treated as if every entry had been touched."""
    try:
        base = json.loads(text)
    except ValueError:
        return {}
    return base if isinstance(base, dict) else {}
