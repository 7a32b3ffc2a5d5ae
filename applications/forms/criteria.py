"""The criteria of a round as a table of rows, which are added, removed and moved without saving and without a script."""

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import Refusal
from applications.forms.layout import bare_helper
from applications.forms.rounds import Record, RoundPart, basis_of
from applications.rules import FULL_WEIGHT
from pilotportal.fields import LongTextField, WholeNumberField

PREFIX = "criteria"
MOST_ROWS = 20
TEXTS = ("code", "name_zh", "name_en", "guidance_zh", "guidance_en")
NUMBERS = ("weight", "max_mark")


class CriterionForm(forms.Form):
    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Latin letters, for example talent."))
    weight = WholeNumberField(label=_("Weight"), min_value=1, max_value=100)
    max_mark = WholeNumberField(label=_("Highest mark"), min_value=1, max_value=100)
    tie = WholeNumberField(
        label=_("Order in ties"), required=False, min_value=1, max_value=MOST_ROWS, help_text=_("1 decides first; empty: never.")
    )
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=60)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)
    guidance_zh = LongTextField(label=_("Guidance for the experts (Chinese)"), required=False, max_length=1000, rows=2)
    guidance_en = LongTextField(label=_("Guidance for the experts (English)"), required=False, max_length=1000, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"empty_permitted": True})
        self.helper = bare_helper()
        self.helper.template = "applications/_round_row.html"  # the summary of errors stands once, above all rows
        numbers = (Column(name, css_class="col-6 col-lg-3") for name in ("code", "weight", "max_mark", "tie"))
        texts = (Column(name, css_class="col-lg-6") for name in TEXTS[1:])
        self.helper.layout = Layout(Row(*numbers), Row(*texts))

    def has_changed(self) -> bool:
        """A row that was added and left empty counts as none; the highest mark is filled in for it."""
        return any(self[name].value() for name in (*TEXTS, "weight", "tie"))


class BaseCriteria(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if any(self.errors):
            return
        rows = self.entered
        if not rows:
            raise ValidationError(Refusal.NO_CRITERIA.label)
        _refuse_twice([row["code"] for row in rows], _("Each criterion needs a code of its own; used twice: %(values)s."))
        _refuse_twice(
            [row["tie"] for row in rows if row["tie"]], _("Each place in the order of ties can be given once; given twice: %(values)s.")
        )
        if (total := sum(row["weight"] for row in rows)) != FULL_WEIGHT:
            raise ValidationError(Refusal.WEIGHTS.label % {"total": total})

    @property
    def entered(self) -> list[dict[str, Any]]:
        """The rows in their order; one that was added and left empty is none."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data]

    @property
    def weight_so_far(self) -> int:
        """Of the rows as they stand in the form, saved or not; what is no number counts nothing."""
        weights = [str(form["weight"].value() or "") for form in self.forms]
        return sum(int(weight) for weight in weights if weight.isdecimal())


def _refuse_twice(values: list[Any], sentence: Any) -> None:
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise ValidationError(sentence % {"values": ", ".join(map(str, twice))})


Criteria = forms.formset_factory(CriterionForm, formset=BaseCriteria, extra=0, max_num=MOST_ROWS, validate_max=True)


class CriteriaPart(RoundPart):
    """The form above the rows: the basis of the criteria and of the tie rules. `rows` is the formset."""

    title = _("Criteria")
    rules = ("criteria", "tie_rules")

    def __init__(self, *args: Any, rows: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = self.data if self.is_bound and rows is None else None
        shown = None if posted is not None else _rows_of(self.record) if rows is None else rows
        self.rows = cast("BaseCriteria", Criteria(posted, prefix=PREFIX, initial=shown))

    def initial_of(self, _record: Record) -> dict[str, Any]:
        return {}

    def layout(self) -> Layout:
        return Layout(
            "seen", basis_of(gettext("Basis of the criteria"), "criteria"), basis_of(gettext("Basis of the order in ties"), "tie_rules")
        )

    def is_valid(self) -> bool:
        return super().is_valid() & self.rows.is_valid()

    def part_of_record(self) -> dict[str, Any]:
        rows = self.rows.entered
        ties = sorted((row for row in rows if row["tie"]), key=lambda row: row["tie"])
        return {
            "criteria": [{name: row[name] for name in (*TEXTS, *NUMBERS)} for row in rows],
            "tie_rules": [row["code"] for row in ties],
        }


def _rows_of(record: Record) -> list[dict[str, Any]]:
    ties = {code: place for place, code in enumerate(record["tie_rules"], start=1)}
    return [{**criterion, "tie": ties.get(criterion["code"], "")} for criterion in record["criteria"]]


def arranged(data: QueryDict, command: str) -> list[dict[str, str]]:
    """The rows as typed, after a button of the table: `add`, `remove:2`, `up:2`, `down:2`. Nothing is judged and nothing lost."""
    rows = [{name: data.get(f"{PREFIX}-{number}-{name}", "") for name in (*TEXTS, *NUMBERS, "tie")} for number in range(_count(data))]
    verb, _colon, number = command.partition(":")
    place = int(number) if number.isdecimal() and int(number) < len(rows) else None
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append({"max_mark": "10"})
    elif place is not None and verb == "remove":
        del rows[place]
    elif place is not None and verb in STEPS and 0 <= (other := place + STEPS[verb]) < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows


STEPS: Mapping[str, int] = {"up": -1, "down": 1}


def _count(data: QueryDict) -> int:
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    return min(int(total), MOST_ROWS) if total.isdecimal() else 0
