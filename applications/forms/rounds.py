"""The rules of a round, in parts that are entered and saved one by one."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, ClassVar

from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import Aggregation, Basis, Refusal
from applications.forms.fields import DaysField
from applications.forms.layout import bare_helper
from applications.models import Round
from applications.models.rounds import SELF_NOMINATING_CODES
from applications.rules import DEADLINES_IN_ORDER
from pilotportal.accounts.enums import Branch, Region
from pilotportal.accounts.models import Division
from pilotportal.fields import LastDayField, WholeNumberField, replaced

Record = Mapping[str, Any]
MOST_PLACES = 20  # of one province
CODE = RegexValidator(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", _("Only letters, digits and hyphens, for example 2026 or 2026-2."))


class RoundPart(forms.Form):
    """Shows its part of a record, and puts what was entered in its place. Each rule names its basis.

    `seen` is the digest of all rules as they stood when the page was made.
    """

    title: ClassVar[Promise]
    rules: ClassVar[tuple[str, ...]] = ()
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Record, seen: str, **kwargs: Any) -> None:
        self.record = record
        kwargs["initial"] = self.initial_of(record) | _basis_initial(self.rules, record) | {"seen": seen}
        super().__init__(*args, **kwargs)
        self.fields |= self.own_fields()
        for rule in self.rules:
            self.fields |= _basis_fields(rule)
        self.helper = bare_helper()
        self.helper.layout = self.layout()

    def own_fields(self) -> dict[str, forms.Field]:
        """Those that depend on the record or on what the portal knows."""
        return {}

    def initial_of(self, record: Record) -> dict[str, Any]:
        raise NotImplementedError

    def layout(self) -> Layout:
        raise NotImplementedError

    def part_of_record(self) -> dict[str, Any]:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        for rule in self.rules:
            self._clean_basis(rule)
        return self.cleaned_data

    def _clean_basis(self, rule: str) -> None:
        entered = self.cleaned_data
        if entered.get(f"{rule}_basis") == Basis.KNOWN and not entered.get(f"{rule}_ground"):
            self.add_error(f"{rule}_ground", _("Name the document in which this is stated."))

    def applied(self) -> dict[str, Any]:
        """The whole record with this part replaced."""
        basis = {**self.record["basis"], **{rule: self._basis_of(rule) for rule in self.rules}}
        return {**self.record, **self.part_of_record(), "basis": basis}

    def _basis_of(self, rule: str) -> dict[str, str]:
        entered = self.cleaned_data
        return {"kind": entered[f"{rule}_basis"], "text": entered[f"{rule}_ground"], "text_en": entered[f"{rule}_ground_en"]}

    def see_anew(self, seen: str) -> None:
        """After somebody else's change was shown: the next save is meant to replace it."""
        self.data = replaced(self.data, "seen", seen)


def _basis_fields(rule: str) -> dict[str, forms.Field]:
    return {
        f"{rule}_basis": forms.ChoiceField(label=_("Basis"), choices=Basis),
        f"{rule}_ground": forms.CharField(label=_("Document or reason (Chinese)"), required=False, max_length=200),
        f"{rule}_ground_en": forms.CharField(label=_("Document or reason (English)"), required=False, max_length=200),
    }


def _basis_initial(rules: tuple[str, ...], record: Record) -> dict[str, str]:
    initial = {}
    for rule in rules:
        given = record["basis"].get(rule, {})
        initial[f"{rule}_basis"] = given.get("kind", Basis.DEFAULT.value)
        initial[f"{rule}_ground"], initial[f"{rule}_ground_en"] = given.get("text", ""), given.get("text_en", "")
    return initial


def basis_of(rules_in_words: str, rule: str) -> Fieldset:
    return Fieldset(rules_in_words, Row(*_basis_columns(rule, width="col-lg-4")), css_class="rule")


def rule_row(form: forms.Form, name: str, rule: str) -> Fieldset:
    """A value and its basis in one line; the legend says to a screen reader what the basis belongs to."""
    return Fieldset(
        str(form.fields[name].label),
        Row(Column(name, css_class="col-lg-3"), *_basis_columns(rule, width="col-lg-3")),
        css_class="rule rule-line",
    )


def _basis_columns(rule: str, *, width: str) -> list[Column]:
    return [Column(f"{rule}_{part}", css_class=width) for part in ("basis", "ground", "ground_en")]


class GeneralPart(RoundPart):
    """What the round is, and its numbers."""

    title = _("General")
    rules = ("planned_places", "panel_size", "minimum_sheets", "maximum_load", "aggregation", "notice_days")

    code = forms.CharField(
        label=_("Code"), max_length=20, validators=[CODE], help_text=_("It stands in the addresses of the round's pages.")
    )
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=200)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    call_number = forms.CharField(label=_("Document number of the call"), max_length=60)
    planned_places = WholeNumberField(label=_("Planned number of cities"), min_value=1, max_value=400)
    panel_size = WholeNumberField(label=_("Experts on each nomination"), min_value=1, max_value=99)
    minimum_sheets = WholeNumberField(label=_("Minimum of valid score sheets"), min_value=1, max_value=99)
    maximum_load = WholeNumberField(label=_("Most nominations of one expert"), min_value=1, max_value=500)
    aggregation = forms.ChoiceField(label=_("How sheets become a score"), choices=Aggregation)
    notice_days = WholeNumberField(label=_("Working days of the public notice"), min_value=1, max_value=60)

    NAMES = ("code", "title_zh", "title_en", "call_number")

    def initial_of(self, record: Record) -> dict[str, Any]:
        return {name: record[name] for name in (*self.NAMES, *self.rules)}

    def layout(self) -> Layout:
        naming = Fieldset(
            gettext("The round"),
            Row(Column("code", css_class="col-lg-4"), Column("call_number", css_class="col-lg-8")),
            "title_zh",
            "title_en",
        )
        return Layout("seen", naming, *(rule_row(self, rule, rule) for rule in self.rules))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        return code if code == self.record["code"] else free_code(code)

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        if entered.get("minimum_sheets", 0) > entered.get("panel_size", 99):
            self.add_error("minimum_sheets", Refusal.SHEETS.label)
        return entered

    def part_of_record(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*self.NAMES, *self.rules)}


class QuotasPart(RoundPart):
    """How many cities each of the 32 units may nominate."""

    title = _("Quotas")
    rules = ("quotas",)

    def __init__(self, *args: Any, units: list[Division], **kwargs: Any) -> None:
        self.units = units
        super().__init__(*args, **kwargs)

    def own_fields(self) -> dict[str, forms.Field]:
        return {f"places_{unit.pk}": _places_field(unit) for unit in self.units}

    def initial_of(self, record: Record) -> dict[str, Any]:
        return {f"places_{unit.pk}": record["quotas"].get(unit.pk, 0) for unit in self.units}

    def layout(self) -> Layout:
        regions = [(region.label, [unit for unit in self.units if unit.region == region]) for region in Region]
        return Layout(
            "seen",
            basis_of(gettext("Basis of the quotas"), "quotas"),
            *(
                Fieldset(str(label), Div(*(f"places_{unit.pk}" for unit in units), css_class="quota-grid"), css_class="group")
                for label, units in regions
            ),
        )

    def part_of_record(self) -> dict[str, Any]:
        return {"quotas": {unit.pk: self.cleaned_data[f"places_{unit.pk}"] for unit in self.units}}


def _places_field(unit: Division) -> forms.Field:
    if unit.pk not in SELF_NOMINATING_CODES:
        return WholeNumberField(label=unit.name, min_value=0, max_value=MOST_PLACES)
    sentence = _("A municipality and the Corps nominate only themselves: at most 1.")
    return WholeNumberField(label=unit.name, min_value=0, max_value=1, error_messages={"max_value": sentence})


class RegionsPart(RoundPart):
    """Least and most cities of each region on the list; a region without a maximum has no limits."""

    title = _("Regions")
    rules = ("region_limits",)

    def own_fields(self) -> dict[str, forms.Field]:
        words = {"least": _("%(region)s: at least"), "most": _("%(region)s: at most")}
        return {
            f"{side}_{region}": WholeNumberField(label=label % {"region": region.label}, required=False, min_value=0, max_value=400)
            for region in Region
            for side, label in words.items()
        }

    def initial_of(self, record: Record) -> dict[str, Any]:
        limits = record["region_limits"].items()
        return {f"{side}_{region}": number for region, pair in limits for side, number in zip(("least", "most"), pair, strict=True)}

    def layout(self) -> Layout:
        rows = [Row(*(Column(f"{side}_{region}", css_class="col-6 col-md-3") for side in ("least", "most"))) for region in Region]
        return Layout("seen", basis_of(gettext("Basis of the limits"), "region_limits"), *rows)

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        for region in Region:
            least, most = entered.get(f"least_{region}"), entered.get(f"most_{region}")
            if least and most is None and f"most_{region}" not in self.errors:
                self.add_error(f"most_{region}", _("A minimum needs a maximum beside it."))
            elif least is not None and most is not None and least > most:
                self.add_error(f"most_{region}", _("The maximum is less than the minimum."))
        return entered

    def part_of_record(self) -> dict[str, Any]:
        entered = self.cleaned_data
        given = [region for region in Region if entered[f"most_{region}"] is not None]
        return {"region_limits": {region.value: [entered[f"least_{region}"] or 0, entered[f"most_{region}"]] for region in given}}


class ProvincesPart(RoundPart):
    """Who signs with the province, whether its order counts, and when it is reminded."""

    title = _("Departments, order and reminders")
    rules = ("co_departments", "ranks_nominations", "reminder_days")

    co_departments = forms.MultipleChoiceField(
        label=_("Co-departments that must co-sign"),
        choices=Branch,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A province can ask further departments of its own accord."),
    )
    ranks_nominations = forms.BooleanField(label=_("The order of a province’s nominations counts"), required=False)
    reminder_days = DaysField(
        label=_("Reminders, days before a deadline"), required=False, help_text=_("For example 14, 7, 3, 1. Leave it empty for none.")
    )

    def initial_of(self, record: Record) -> dict[str, Any]:
        return {name: record[name] for name in self.rules}

    def layout(self) -> Layout:
        return Layout("seen", *(rule_row(self, rule, rule) for rule in self.rules))

    def part_of_record(self) -> dict[str, Any]:
        entered = self.cleaned_data
        departments = [branch.value for branch in Branch if branch in entered["co_departments"]]
        return {
            "co_departments": departments,
            "ranks_nominations": entered["ranks_nominations"],
            "reminder_days": entered["reminder_days"],
        }


class DeadlinesPart(RoundPart):
    """The last day of each step. All of that day in Beijing is in time."""

    title = _("Deadlines")
    rules = tuple(f"deadline_{kind}" for kind in DEADLINES_IN_ORDER)

    def own_fields(self) -> dict[str, forms.Field]:
        return day_fields()

    def initial_of(self, record: Record) -> dict[str, Any]:
        return {f"day_{kind}": datetime.fromisoformat(instant) for kind, instant in record["deadlines"].items()}

    def layout(self) -> Layout:
        return Layout(
            "seen",
            whole_day(),
            *(rule_row(self, f"day_{kind}", f"deadline_{kind}") for kind in DEADLINES_IN_ORDER),
        )

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        refuse_disorder(self)
        return entered

    def part_of_record(self) -> dict[str, Any]:
        return {"deadlines": entered_deadlines(self, self.record)}


def day_fields() -> dict[str, forms.Field]:
    return {f"day_{kind}": LastDayField(label=_("Last day: %(kind)s") % {"kind": kind.label}) for kind in DEADLINES_IN_ORDER}


def whole_day() -> HTML:
    return HTML(format_html('<p class="form-text">{}</p>', gettext("All of this day in Beijing time is in time.")))


def refuse_disorder(form: forms.Form) -> None:
    """Each step ends after the one before it."""
    given = [(kind, instant) for kind in DEADLINES_IN_ORDER if (instant := form.cleaned_data.get(f"day_{kind}"))]
    for (earlier, ends_first), (later, ends_then) in pairwise(given):
        if ends_first >= ends_then:
            form.add_error(f"day_{later}", Refusal.DEADLINE_ORDER.label % {"earlier": earlier.label, "later": later.label})


def entered_deadlines(form: forms.Form, record: Record) -> dict[str, str]:
    """As the record writes them. A day that was left as it stood keeps its stored instant, which may not be midnight."""
    kept = {kind for kind in record["deadlines"] if f"day_{kind}" not in form.changed_data}
    return {
        kind.value: record["deadlines"][kind] if kind in kept else form.cleaned_data[f"day_{kind}"].isoformat()
        for kind in DEADLINES_IN_ORDER
    }


class NewRoundForm(forms.Form):
    """What a new round does not take over from its pattern."""

    code = forms.CharField(
        label=_("Code"), max_length=20, validators=[CODE], help_text=_("For example 2026. It stands in the addresses of the round's pages.")
    )
    call_number = forms.CharField(label=_("Document number of the call"), max_length=60)
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=200)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    places = WholeNumberField(
        label=_("Cities each province may nominate"),
        required=False,
        min_value=0,
        max_value=MOST_PLACES,
        help_text=_(
            "Municipalities and the Corps: at most 1. Leave it empty to keep the quotas of the pattern; each can be changed later."
        ),
    )

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        self.record = record
        initial = {name: record[name] for name in ("code", "call_number", "title_zh", "title_en")}
        days = {f"day_{kind}": datetime.fromisoformat(instant) for kind, instant in record["deadlines"].items()}
        super().__init__(*args, **kwargs | {"initial": initial | days})
        self.fields |= day_fields()
        self.helper = bare_helper()
        days_row = Row(*(Column(name, css_class="col-md-6 col-lg-3") for name in day_fields()))
        naming = Row(Column("code", css_class="col-lg-4"), Column("call_number", css_class="col-lg-8"))
        self.helper.layout = Layout(naming, "title_zh", "title_en", "places", Fieldset(gettext("Deadlines"), whole_day(), days_row))

    def clean_code(self) -> str:
        return free_code(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        refuse_disorder(self)
        return self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """The arguments of `services.rounds.renewed`."""
        names = ("code", "call_number", "title_zh", "title_en", "places")
        return {name: self.cleaned_data[name] for name in names} | {"deadlines": entered_deadlines(self, self.record)}


def free_code(code: str) -> str:
    if code == "new" or Round.objects.filter(code=code).exists():
        raise ValidationError(Refusal.CODE_TAKEN.label)
    return code
