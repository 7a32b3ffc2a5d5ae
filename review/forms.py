"""What people enter in the review, cleaned."""

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.definition import FormDefinition
from applications.models import Criterion, Round
from pilotportal.moments import end_of
from review.enums import Ground, TieMethod

NONCE_BYTES = 32
NOTE = "note-"


class Plain(forms.Form):
    """A form whose template sets the form tag and the buttons."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class ReasonForm(Plain):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "data-limit": 300}))


class ReturnForm(Plain):
    """退回修改: a note opens the entry that it stands beside; everything else stays locked."""

    closes_on = forms.DateField(
        label=_("To be corrected by the end of"),
        help_text=_("A day in Beijing time. The correction closes at its midnight."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, definition: FormDefinition, *args: Any, received_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received_at = received_at
        for _section, item in definition.items():  # noqa: PERF102 (not a dictionary: sections with their entries)
            label = item.label.in_language(get_language())
            self.fields[NOTE + item.code] = forms.CharField(label=label, max_length=300, required=False, strip=True)

    @property
    def notes(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(NOTE)]

    @property
    def returned(self) -> list[dict[str, str]]:
        """The named entries, as the service takes them."""
        return [
            {"code": name.removeprefix(NOTE), "note": note} for name, note in self.cleaned_data.items() if name.startswith(NOTE) and note
        ]

    @property
    def closes_at(self) -> datetime:
        return end_of(self.cleaned_data["closes_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "closes_on" in cleaned and end_of(cleaned["closes_on"]) <= self.received_at:
            self.add_error("closes_on", _("This day is over. Give the province at least until tomorrow."))
        if not self.returned:
            raise ValidationError(_("Write a note at each entry that is to be corrected; at least one is needed."))
        return cleaned


class CommitForm(Plain):
    """The first half of the draw. The secret number is proposed and not kept."""

    size = forms.IntegerField(label=_("Number of experts to draw"), min_value=1, max_value=500)
    nonce = forms.CharField(
        label=_("Secret number"),
        help_text=_("64 digits from 0 to 9 and a to f. The portal keeps only its digest: write it down, it opens the draw."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @staticmethod
    def proposal(round: Round) -> dict[str, Any]:
        return {"size": round.panel_size * 3, "nonce": secrets.token_hex(NONCE_BYTES)}


class DrawForm(Plain):
    nonce = forms.CharField(label=_("Secret number"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    public_number = forms.CharField(
        label=_("Public number"),
        help_text=_(
            "The number that was announced beforehand and that nobody could know at the commitment, such as the draw of a lottery."
        ),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MarkField(forms.IntegerField):
    """A whole number; full-width digits are read."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class SheetForm(Plain):
    """One mark and one comment for each criterion. A draft may lack both; what is entered is in range."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, criteria: Iterable[Criterion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[f"mark-{criterion.code}"] = self._mark(criterion)
            self.fields[f"comment-{criterion.code}"] = forms.CharField(
                label=_("Comment on “%(criterion)s”") % {"criterion": criterion},
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3, "data-limit": 1000}),
            )

    @staticmethod
    def _mark(criterion: Criterion) -> MarkField:
        range_sentence = _("A mark for “%(criterion)s” is a whole number from 0 to %(max_mark)s.") % {
            "criterion": criterion,
            "max_mark": criterion.max_mark,
        }
        return MarkField(
            label=_("Mark for “%(criterion)s”") % {"criterion": criterion},
            required=False,
            min_value=0,
            max_value=criterion.max_mark,
            error_messages={"invalid": range_sentence, "min_value": range_sentence, "max_value": range_sentence},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        )

    @property
    def rows(self) -> list[tuple[Criterion, forms.BoundField, forms.BoundField]]:
        return [(criterion, self[f"mark-{criterion.code}"], self[f"comment-{criterion.code}"]) for criterion in self.criteria]

    @property
    def marks(self) -> dict[str, tuple[int | None, str]]:
        """As the service takes them; an entry that could not be read is left as it stands."""
        return {
            criterion.code: (self.cleaned_data[f"mark-{criterion.code}"], self.cleaned_data[f"comment-{criterion.code}"])
            for criterion in self.criteria
            if f"mark-{criterion.code}" in self.cleaned_data and f"comment-{criterion.code}" in self.cleaned_data
        }

    @staticmethod
    def standing(marks: Mapping[str, tuple[int | None, str]], revision: int) -> dict[str, Any]:
        """Initial values from what stands on the sheet."""
        entries: dict[str, Any] = {"revision": revision}
        for code, (mark, comment) in marks.items():
            entries |= {f"mark-{code}": mark, f"comment-{code}": comment}
        return entries


class RecusalForm(Plain):
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3, "data-limit": 300}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("ground") == Ground.OTHER and not cleaned.get("note"):
            self.add_error("note", _("Say what the other circumstances are."))
        return cleaned


class ProposalForm(Plain):
    places = forms.IntegerField(label=_("Number of cities on the list"), min_value=1, max_value=400)
    reason = forms.CharField(label=_("Reason for a number other than the planned one"), max_length=300, required=False)
    document_number = forms.CharField(label=_("Document number"), max_length=60, required=False)


class TieForm(Plain):
    """Parts one tie: each city gets its place among those tied."""

    method = forms.ChoiceField(label=_("How the tie was parted"), choices=TieMethod.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason or record of the draw"), max_length=300)

    def __init__(self, entries: list[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        places = [(str(number), str(number)) for number in range(1, len(entries) + 1)]
        for entry in entries:
            self.fields[entry["nomination"]] = forms.ChoiceField(
                label=_("Place of %(city)s among those tied") % {"city": entry["city"]}, choices=[("", "—"), *places]
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [cleaned.get(entry["nomination"]) for entry in self.entries]
        if all(given) and len(set(given)) != len(given):
            raise ValidationError(_("Each place can be given once."))
        return cleaned

    @property
    def order(self) -> list[str]:
        """Codes of the nominations, the first to stand highest."""
        return sorted((entry["nomination"] for entry in self.entries), key=lambda code: int(self.cleaned_data[code]))


class DecisionForm(Plain):
    decision_number = forms.CharField(label=_("Document number of the decision"), max_length=60)
