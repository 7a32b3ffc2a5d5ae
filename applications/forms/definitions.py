"""The properties of a form definition's parts: of the form itself, a section, a table, an entry."""

from collections.abc import Mapping
from typing import Any, ClassVar

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.layout import bare_helper
from pilotportal.fields import WholeNumberField, replaced

Properties = Mapping[str, Any]
CODE = RegexValidator(r"^[a-z][a-z0-9_]*$", _("Only small Latin letters, digits and underscores, beginning with a letter."))
LONGEST_TEXT, MOST_ROWS, MOST_PLACES = 10_000, 200, 6
PARTS_OF_CHOICE = 3
TYPES = {
    "text": _("Text in one line"),
    "long_text": _("Text of several lines"),
    "integer": _("Whole number"),
    "decimal": _("Number with decimals"),
    "year": _("Year"),
    "choice": _("Choice from a list"),
    "industry": _("Division of GB/T 4754"),
    "boolean": _("Confirmation"),
}
CONDITIONS, FOCUS_AREAS = range(1, 5), range(1, 6)


class PartForm(forms.Form):
    """`seen` is the digest of all rules of the round as they stood when the page was made."""

    title: ClassVar[Promise]
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, properties: Properties, seen: str, **kwargs: Any) -> None:
        self.standing = properties
        super().__init__(*args, **kwargs | {"initial": self.initial_of(properties) | {"seen": seen}})
        self.helper = bare_helper()
        self.helper.layout = self.layout()

    def initial_of(self, properties: Properties) -> dict[str, Any]:
        raise NotImplementedError

    def layout(self) -> Layout:
        raise NotImplementedError

    @property
    def properties(self) -> dict[str, Any]:
        """What is stored of the part; of a valid form."""
        raise NotImplementedError

    def see_anew(self, seen: str) -> None:
        """After somebody else's change was shown: the next save is meant to replace it."""
        self.data = replaced(self.data, "seen", seen)

    def pair(self, name: str) -> dict[str, str]:
        return {"zh": self.cleaned_data[f"{name}_zh"], "en": self.cleaned_data[f"{name}_en"]}

    def both_or_none(self, *names: str) -> None:
        for name in names:
            given = [bool(self.cleaned_data.get(f"{name}_{language}")) for language in ("zh", "en")]
            if any(given) and not all(given):
                self.add_error(f"{name}_{'en' if given[0] else 'zh'}", _("The other language has this text; it must stand in both."))


def _texts(name: str, properties: Properties) -> dict[str, str]:
    given = properties.get(name) or {}
    return {f"{name}_{language}": given.get(language, "") for language in ("zh", "en")}


def _pair_of(name: str) -> Row:
    return Row(Column(f"{name}_zh", css_class="col-lg-6"), Column(f"{name}_en", css_class="col-lg-6"))


class WholeForm(PartForm):
    """The form itself."""

    title = _("About the form")

    code = forms.CharField(label=_("Code of the form"), max_length=40, help_text=_("For example nomination-2026."))
    note_zh = forms.CharField(label=_("Note (Chinese)"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    note_en = forms.CharField(label=_("Note (English)"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}))

    def initial_of(self, properties: Properties) -> dict[str, Any]:
        return {"code": properties.get("code", "")} | _texts("note", properties)

    def layout(self) -> Layout:
        return Layout("seen", "code", _pair_of("note"))

    def clean(self) -> dict[str, Any]:
        self.both_or_none("note")
        return self.cleaned_data

    @property
    def properties(self) -> dict[str, Any]:
        return {"code": self.cleaned_data["code"], "note": self.pair("note")}


class NamedForm(PartForm):
    """What every part within the form has: a code, a label and help in both languages."""

    code = forms.CharField(label=_("Code of the part"), max_length=40, validators=[CODE], help_text=_("Unique; entries are stored by it."))
    label_zh = forms.CharField(label=_("Label (Chinese)"), max_length=300)
    label_en = forms.CharField(label=_("Label (English)"), max_length=300)
    help_zh = forms.CharField(label=_("Help (Chinese)"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    help_en = forms.CharField(label=_("Help (English)"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}))

    def initial_of(self, properties: Properties) -> dict[str, Any]:
        return {"code": properties.get("code", "")} | _texts("label", properties) | _texts("help", properties)

    def layout(self) -> Layout:
        return Layout("seen", *self.names())

    def names(self) -> list[Any]:
        return [Row(Column("code", css_class="col-lg-4")), _pair_of("label"), _pair_of("help")]

    def clean(self) -> dict[str, Any]:
        self.both_or_none("help")
        return self.cleaned_data

    @property
    def properties(self) -> dict[str, Any]:
        return {"code": self.cleaned_data["code"], "label": self.pair("label"), "help": self.pair("help")}


class SectionPart(NamedForm):
    title = _("Section")


class GroupPart(NamedForm):
    title = _("Table")

    minimum = WholeNumberField(label=_("At least so many rows"), min_value=0, max_value=MOST_ROWS)
    maximum = WholeNumberField(label=_("At most so many rows"), min_value=1, max_value=MOST_ROWS)

    def initial_of(self, properties: Properties) -> dict[str, Any]:
        return super().initial_of(properties) | {"minimum": properties.get("minimum", 0), "maximum": properties.get("maximum", 20)}

    def layout(self) -> Layout:
        rows = Row(Column("minimum", css_class="col-6 col-lg-3"), Column("maximum", css_class="col-6 col-lg-3"))
        return Layout("seen", *self.names(), rows)

    def clean(self) -> dict[str, Any]:
        _refuse_crossed(self)
        return super().clean()

    @property
    def properties(self) -> dict[str, Any]:
        return super().properties | {name: self.cleaned_data[name] for name in ("minimum", "maximum")}


def _served() -> list[tuple[str, str]]:
    conditions = [(f"condition_{number}", gettext("Condition %(number)s") % {"number": number}) for number in CONDITIONS]
    areas = [(f"focus_{number}", gettext("Focus area %(number)s") % {"number": number}) for number in FOCUS_AREAS]
    return [("", gettext("None of them")), *conditions, *areas]


class FieldPart(NamedForm):
    title = _("Entry")

    type = forms.ChoiceField(label=_("Type"), choices=list(TYPES.items()))
    required = forms.BooleanField(label=_("Required for submission"), required=False)
    personal = forms.BooleanField(label=_("Names a person: read only by those who handle the nomination and by the staff"), required=False)
    unit_zh = forms.CharField(label=_("Unit (Chinese)"), required=False, max_length=20)
    unit_en = forms.CharField(label=_("Unit (English)"), required=False, max_length=40)
    max_length = WholeNumberField(label=_("Most characters (text)"), required=False, min_value=1, max_value=LONGEST_TEXT)
    minimum = WholeNumberField(label=_("Least value (number)"), required=False, min_value=-(10**12), max_value=10**12)
    maximum = WholeNumberField(label=_("Greatest value (number)"), required=False, min_value=-(10**12), max_value=10**12)
    places = WholeNumberField(label=_("Decimal places (number with decimals)"), required=False, min_value=0, max_value=MOST_PLACES)
    choices = forms.CharField(
        label=_("List to choose from"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One line each: code | Chinese | English. Only for the type “Choice from a list”."),
    )
    serves = forms.ChoiceField(
        label=_("Condition or focus area of the call that it speaks to"),
        required=False,
        choices=_served,
    )
    source = forms.CharField(label=_("Document that asks for it"), max_length=120, help_text=_("For example 人社部发〔2025〕27号"))

    SIMPLE = ("type", "max_length", "minimum", "maximum", "places", "serves", "source")
    DEFAULTS: ClassVar[dict[str, Any]] = {"type": "text", "max_length": 200, "places": 2}

    def initial_of(self, properties: Properties) -> dict[str, Any]:
        simple = {name: properties.get(name, self.DEFAULTS.get(name)) for name in self.SIMPLE}
        lines = [f"{choice['code']} | {choice['label']['zh']} | {choice['label']['en']}" for choice in properties.get("choices", [])]
        flags = {"required": properties.get("required", True), "personal": properties.get("personal", False)}
        return super().initial_of(properties) | _texts("unit", properties) | simple | flags | {"choices": "\n".join(lines)}

    def layout(self) -> Layout:
        kind = Row(Column("type", css_class="col-lg-4"), Column("serves", css_class="col-lg-4"), Column("source", css_class="col-lg-4"))
        limits = (Column(name, css_class="col-6 col-lg-3") for name in ("max_length", "minimum", "maximum", "places"))
        limited = Fieldset(gettext("Limits"), Row(*limits), css_class="rule")
        return Layout("seen", *self.names(), kind, "required", "personal", limited, _pair_of("unit"), "choices")

    def clean_choices(self) -> list[dict[str, Any]]:
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        choices = [_choice(number, line) for number, line in enumerate(lines, start=1)]
        for column in (
            [choice["code"] for choice in choices],
            [choice["label"]["zh"] for choice in choices],
            [choice["label"]["en"] for choice in choices],
        ):
            if twice := sorted({value for value in column if column.count(value) > 1}):
                raise ValidationError(_("Stands twice in the list: %(values)s.") % {"values": ", ".join(twice)})
        return choices

    def clean(self) -> dict[str, Any]:
        _refuse_crossed(self)
        self.both_or_none("unit")
        entered = super().clean()
        if "choices" not in self.errors and "type" not in self.errors:
            if entered["type"] == "choice" and not entered["choices"]:
                self.add_error("choices", _("A choice needs a list to choose from."))
            elif entered["type"] != "choice" and entered["choices"]:
                self.add_error("choices", _("Only an entry of the type “Choice from a list” has a list."))
        return entered

    @property
    def properties(self) -> dict[str, Any]:
        entered = self.cleaned_data
        given = {name: entered[name] for name in ("max_length", "minimum", "maximum", "places") if entered[name] is not None}
        flags = {name: entered[name] for name in ("required", "personal")}
        own = {"type": entered["type"], "serves": entered["serves"], "source": entered["source"], "choices": entered["choices"]}
        return super().properties | {"unit": self.pair("unit")} | own | given | flags


def _choice(number: int, line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) != PARTS_OF_CHOICE or not all(parts):
        raise ValidationError(_("Line %(number)s: write code | Chinese | English.") % {"number": number})
    code, zh, en = parts
    CODE(code)
    return {"code": code, "label": {"zh": zh, "en": en}}


def _refuse_crossed(form: forms.Form) -> None:
    least, most = form.cleaned_data.get("minimum"), form.cleaned_data.get("maximum")
    if least is not None and most is not None and least > most:
        form.add_error("maximum", _("The maximum is less than the minimum."))


class PatternForm(forms.Form):
    """Which other form is taken over whole."""

    pattern = forms.ChoiceField(label=_("Form to take over"))
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, patterns: list[tuple[str, str]], seen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"seen": seen}, "auto_id": "pattern_%s"})
        self.fields["pattern"].choices = patterns  # type: ignore[attr-defined]  # a ChoiceField
        self.helper = bare_helper()


FORMS: Mapping[str, type[PartForm]] = {"form": WholeForm, "section": SectionPart, "group": GroupPart, "field": FieldPart}
