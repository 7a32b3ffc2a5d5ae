"""Fields of a form definition as fields of a Django form, and the rows of a group while they are edited."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import content
from applications.content.reading import KEY
from applications.definition import FieldDefinition, GroupDefinition
from applications.enums import Problem
from applications.industries import INDUSTRIES, label_of
from pilotportal.fields import LEFT, OVER

ROWS_OF_LONG_TEXT = 8
ROWS_OF_SHORT_TEXT = 3
SHORT_TEXT = 600  # characters
SHORT_ENTRY = 40
NEAR = 10  # characters left, from which a short entry tells


def new_key() -> str:
    """A row has its key from the first moment it is shown, so that no saving is needed to tell rows apart."""
    return uuid4().hex


def as_entered(value: content.Value) -> str:
    """A stored value as it stands in a control."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


class EntryField(forms.Field):
    """Reads what was entered as `content.read` does; whether it is required is asked at submission, a draft may have gaps."""

    def __init__(self, definition: FieldDefinition) -> None:
        self.definition = definition
        language = get_language()
        unit = definition.unit.in_language(language)
        label = definition.label.in_language(language)
        super().__init__(
            required=False,
            label=_("%(label)s (%(unit)s)") % {"label": label, "unit": unit} if unit else label,
            help_text=definition.help.in_language(language),
            widget=_widget(definition),
        )

    def to_python(self, value: Any) -> content.Value:
        try:
            return content.read(self.definition, "on" if value is True else value or "")
        except content.Invalid as invalid:
            raise ValidationError(str(invalid), code=invalid.problem) from invalid

    def prepare_value(self, value: Any) -> Any:
        return as_entered(value)

    @property
    def is_long(self) -> bool:
        return self.definition.type in {"long_text", "boolean"}

    @property
    def breadth(self) -> str:
        """How much room a column of a table needs."""
        if self.definition.type == "text" and self.definition.max_length <= SHORT_ENTRY:
            return "short"
        return self.definition.type


def _widget(definition: FieldDefinition) -> forms.Widget:
    if definition.type == "boolean":
        return forms.CheckboxInput(attrs={"class": "form-check-input"})
    if definition.type in {"choice", "industry"}:
        return forms.Select(attrs={"class": "form-select"}, choices=[("", _("Choose")), *_choices(definition)])
    if definition.type == "long_text":
        rows = ROWS_OF_LONG_TEXT if definition.max_length > SHORT_TEXT else ROWS_OF_SHORT_TEXT
        return forms.Textarea(attrs={"class": "form-control", "rows": rows, "cols": 40, **_counter(definition)})
    modes = {"integer": "numeric", "year": "numeric", "decimal": "decimal"}
    mode = {"inputmode": modes[definition.type]} if definition.type in modes else {**_counter(definition), "data-counter-from": NEAR}
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"} | mode)


def _counter(definition: FieldDefinition) -> dict[str, Any]:
    """Counted while one types. Too long a text is kept and told about: cutting it off would lose what was pasted."""
    return {"data-limit": definition.max_length, "data-counter": LEFT, "data-counter-over": OVER}


def _choices(definition: FieldDefinition) -> list[tuple[str, str]]:
    language = get_language()
    if definition.type == "industry":
        return [(code, label_of(code, language)) for code in INDUSTRIES]
    return [(choice.code, choice.label.in_language(language)) for choice in definition.choices]


class RowForm(forms.Form):
    """One row of a group."""

    def __init__(self, group: GroupDefinition, key: str, *, data: QueryDict | None, row: content.Row, focus: bool = False) -> None:
        self.key = key
        super().__init__(data, prefix=f"{group.code}-{key}", initial=row)
        for field in group.fields:
            self.fields[field.code] = EntryField(field)
        if focus:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    @property
    def is_empty(self) -> bool:
        """Of a row that was sent: nothing stands in it."""
        return self.is_bound and self.is_valid() and all(content.is_blank(value) for value in self.cleaned_data.values())

    @property
    def row(self) -> content.Row:
        return {"key": self.key, **self.cleaned_data}

    def row_so_far(self, standing: content.Row) -> content.Row:
        """What cannot be read leaves what stands."""
        return {"key": self.key, **{code: self.cleaned_data.get(code, standing.get(code)) for code in self.fields}}


class GroupRows:
    """The rows of one group as they stand on the page. The page names each by its key, in their order."""

    def __init__(self, group: GroupDefinition, *, data: QueryDict | None = None, rows: Sequence[content.Row] = (), focus: str = "") -> None:
        self.group = group
        self.label = group.label.in_language(get_language())
        self.help_text = group.help.in_language(get_language())
        standing = {str(row["key"]): row for row in rows}
        keys = self._entered(data) if data is not None else [*standing, *self._blank(len(standing))]
        self.forms = [RowForm(group, key, data=data, row=standing.get(key, {}), focus=key == focus) for key in keys]

    def _entered(self, data: QueryDict) -> list[str]:
        return [key for key in dict.fromkeys(data.getlist(self.group.code)) if KEY.fullmatch(key)]

    def _blank(self, standing: int) -> list[str]:
        return [new_key() for _row in range(max(self.group.minimum, 1) - standing)]

    @property
    def heads(self) -> list[forms.BoundField]:
        return list(RowForm(self.group, "head", data=None, row={}))

    @cached_property
    def error(self) -> str:
        """About the group as a whole."""
        if len(self.filled) <= self.group.maximum:
            return ""
        return str(content.Invalid(Problem.TOO_MANY_ROWS, maximum=self.group.maximum))

    @property
    def filled(self) -> list[RowForm]:
        return [form for form in self.forms if not form.is_empty]

    @property
    def is_full(self) -> bool:
        return len(self.forms) >= self.group.maximum

    @property
    def errors(self) -> list[ErrorDict]:
        return [form.errors for form in self.forms if form.errors]

    @property
    def is_valid(self) -> bool:
        return not self.errors and not self.error

    @property
    def value(self) -> list[content.Row]:
        """Rows in which nothing was entered are left out."""
        return [form.row for form in self.filled]

    def value_so_far(self, standing: Sequence[content.Row]) -> list[content.Row]:
        """The same while some cells cannot be read yet."""
        rows = {str(row["key"]): row for row in standing}
        return [form.row_so_far(rows.get(form.key, {})) for form in self.filled]
