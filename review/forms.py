"""What people enter in the review, cleaned."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.industries import INDUSTRIES, label_of
from applications.models import Criterion, Nomination, Round
from pilotportal.accounts.models import Division, User
from pilotportal.fields import LastDayField, LongTextField, WholeNumberField
from review.enums import Ground, Refusal, TieMethod

NONCE_BYTES = 32
NONCE = re.compile(rf"[0-9a-f]{{{2 * NONCE_BYTES}}}")
LONGEST_MARK = 4  # characters
EMPTY = (None, "")
LONGEST_CORRECTION = timedelta(days=365)
USUAL_CORRECTION = timedelta(days=7)
DRAWN_FOR_A_SEAT = 3  # experts proposed to be drawn for each seat on a nomination
MOST_PLACES = 400
Entry = tuple[int | None, str]


def note_field(*, label: Any, limit: int = 300, required: bool = True, **options: Any) -> LongTextField:
    return LongTextField(label=label, max_length=limit, required=required, rows=3, **options)


class EntryNoteField(LongTextField):
    """One of very many on a page: nothing is counted beside it."""

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {"class": "form-control"}


def reference_field(**options: Any) -> forms.CharField:
    """A document number, or another one that is copied."""
    return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}), **options)


class ReviewForm(forms.Form):
    """Its template sets the form tag and the buttons. `field_of` says at which field a refusal belongs."""

    field_of: Mapping[str, str] = {}

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def put(self, name: str, value: object) -> None:
        """Shows this in place of what was sent."""
        entries = cast(QueryDict, self.data).copy()
        entries[self.add_prefix(name)] = str(value)
        self.data = entries


class ReasonForm(ReviewForm):
    field_of = {Refusal.NO_REASON: "reason"}
    reason = note_field(label=_("Reason"))


class VersionForm(ReviewForm):
    """A judgement of the version that was on the page: a newer one has to be read first."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, nomination: Nomination, *args: Any, **kwargs: Any) -> None:
        self.current = nomination.current_version.number if nomination.current_version else 0
        kwargs["initial"] = {"version": self.current} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.pop("version", None) != self.current:
            self.put("version", self.current)
            raise ValidationError(_("A newer version has been handed in since you opened this page. Read it before you judge it."))
        return cleaned


class RejectForm(VersionForm, ReasonForm):
    """不予受理."""


class ReturnForm(VersionForm):
    """退回修改: a note opens the entry that it stands beside; everything else stays locked."""

    closes_at = LastDayField(
        label=_("To be corrected by the end of"), help_text=_("A day in Beijing time. The correction closes at its midnight.")
    )
    reason = note_field(label=_("Remark for the record of the formal review"), required=False)

    def __init__(self, nomination: Nomination, *args: Any, returnable: Mapping[str, str], received_at: datetime, **kwargs: Any) -> None:
        super().__init__(nomination, *args, initial={"closes_at": received_at + USUAL_CORRECTION}, **kwargs)
        self.received_at = received_at
        self.notes = {code: f"note-{code}" for code in returnable}
        for code, name in self.notes.items():
            label = _("Note on “%(entry)s”") % {"entry": returnable[code]}
            self.fields[name] = EntryNoteField(label=label, max_length=300, required=False, rows=1)

    def note_on(self, code: str) -> forms.BoundField | None:
        return self[self.notes[code]] if code in self.notes else None

    @property
    def returned(self) -> list[dict[str, str]]:
        """The named entries, as the service takes them."""
        notes = {code: self.cleaned_data.get(name) for code, name in self.notes.items()}
        return [{"code": code, "note": note} for code, note in notes.items() if note]

    def clean_closes_at(self) -> datetime:
        closes_at: datetime = self.cleaned_data["closes_at"]
        if closes_at <= self.received_at:
            raise ValidationError(_("This day is over. Give the province at least until tomorrow."))
        if closes_at > self.received_at + LONGEST_CORRECTION:
            raise ValidationError(_("This day is more than a year away."))
        return closes_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.returned and not self.errors.keys() & set(self.notes.values()):
            raise ValidationError(_("Write a note at each entry that is to be corrected; at least one is needed."))
        return cleaned


class AcceptForm(ReviewForm):
    """Several nominations, each in the version that was on the page."""

    def __init__(self, acceptable: Sequence[Nomination], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_value = {self.value_of(nomination): nomination for nomination in acceptable}
        self.fields["nomination"] = forms.MultipleChoiceField(
            label=_("Nominations"),
            choices=[(value, str(nomination)) for value, nomination in self.by_value.items()],
            error_messages={
                "required": _("Mark at least one nomination."),
                "invalid_choice": _("Something has changed since you opened this page. Look at the list again before you accept."),
            },
        )

    @staticmethod
    def value_of(nomination: Nomination) -> str:
        return f"{nomination.code}.{nomination.current_version.number if nomination.current_version else 0}"

    @property
    def rows(self) -> list[tuple[str, Nomination, bool]]:
        """Each with its value and whether it is marked: all of them until somebody has chosen."""
        marked = cast(QueryDict, self.data).getlist("nomination") if self.is_bound else list(self.by_value)
        return [(value, nomination, value in marked) for value, nomination in self.by_value.items()]

    @property
    def chosen(self) -> list[Nomination]:
        return [self.by_value[value] for value in self.cleaned_data["nomination"]]


class SecretNumberField(forms.CharField):
    """64 hexadecimal digits; spaces between them do not matter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Secret number"), max_length=300, **options)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "class": "digest"}

    def to_python(self, value: Any) -> str:
        digits = "".join(unicodedata.normalize("NFKC", super().to_python(value) or "").split()).lower()
        if digits and not NONCE.fullmatch(digits):
            raise ValidationError(Refusal.BAD_NONCE.label)
        return digits


class CommitForm(ReviewForm):
    """The first half of the draw. The secret number is proposed and not kept."""

    field_of = {Refusal.NO_POOL: "size", Refusal.PANEL_SMALL: "size", Refusal.BAD_NONCE: "nonce"}
    size = WholeNumberField(label=_("Number of experts to draw"), min_value=1, max_value=500)
    nonce = SecretNumberField(
        help_text=_("64 digits from 0 to 9 and a to f. The portal keeps only its digest: this number alone opens the draw.")
    )
    kept = forms.BooleanField(
        label=_("I have written the secret number down"),
        error_messages={"required": _("Write the number down first. Once committed, the portal cannot show it again.")},
    )

    @staticmethod
    def proposal(round: Round, *, pool: int) -> dict[str, Any]:
        size = min(round.panel_size * DRAWN_FOR_A_SEAT, pool)
        return {"size": max(size, round.panel_size), "nonce": secrets.token_hex(NONCE_BYTES)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop("kept", None)
        return cleaned


class DrawForm(ReviewForm):
    field_of = {Refusal.BAD_NONCE: "nonce", Refusal.NOT_THE_COMMITMENT: "nonce", Refusal.NO_PUBLIC_NUMBER: "public_number"}
    nonce = SecretNumberField()
    public_number = reference_field(
        label=_("Public number"),
        max_length=80,
        help_text=_(
            "The number that was announced beforehand and that nobody could know at the commitment, such as the draw of a lottery."
        ),
    )


class MarkField(forms.Field):
    """A whole number from 0 to the highest mark of its criterion; full-width digits are read."""

    def __init__(self, criterion: Criterion) -> None:
        self.sentence = _("A whole number from 0 to %(max_mark)s.") % {"max_mark": criterion.max_mark}
        self.max_mark = criterion.max_mark
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST_MARK, "class": "form-control mark"}
        )
        super().__init__(label=_("Mark for “%(criterion)s”") % {"criterion": criterion}, required=False, widget=widget)

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        if not text.isdecimal() or len(text) > LONGEST_MARK or int(text) > self.max_mark:
            raise ValidationError(self.sentence)
        return int(text)


class SheetForm(ReviewForm):
    """One mark and one comment for each criterion. A draft may lack both; what is entered is in range."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, criteria: Iterable[Criterion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[_mark(criterion.code)] = MarkField(criterion)
            self.fields[_comment(criterion.code)] = self._comment(criterion)

    @staticmethod
    def _comment(criterion: Criterion) -> LongTextField:
        field = note_field(label=_("Comment on “%(criterion)s”") % {"criterion": criterion}, limit=1000, required=False)
        field.widget.attrs["class"] = "form-control"
        return field

    @property
    def rows(self) -> list[tuple[Criterion, forms.BoundField, forms.BoundField]]:
        return [(criterion, self[_mark(criterion.code)], self[_comment(criterion.code)]) for criterion in self.criteria]

    @property
    def marks(self) -> dict[str, Entry]:
        """As the service takes them; a criterion of which an entry could not be read is left as it stands."""
        names = {criterion.code: (_mark(criterion.code), _comment(criterion.code)) for criterion in self.criteria}
        readable = {code: pair for code, pair in names.items() if not self.errors.keys() & set(pair)}
        return {code: (self.cleaned_data[mark], self.cleaned_data[comment]) for code, (mark, comment) in readable.items()}

    def ask_for_missing(self) -> None:
        """What a draft may leave open and a submission may not."""
        for criterion in self.criteria:
            for name, sentence in ((_mark(criterion.code), _("Give a mark.")), (_comment(criterion.code), _("Write a comment."))):
                if name not in self.errors and self.cleaned_data[name] in {None, ""}:
                    self.add_error(name, sentence)

    def take_over(self, saved: Mapping[str, Entry]) -> None:
        """Criteria that were left empty here show what has been saved meanwhile, so that saving again does not empty them."""
        for code, (mark, comment) in saved.items():
            if self.marks.get(code) == EMPTY:
                self.put(_mark(code), "" if mark is None else mark)
                self.put(_comment(code), comment)

    @staticmethod
    def standing(marks: Mapping[str, Entry], revision: int) -> dict[str, Any]:
        """Initial values from what stands on the sheet."""
        entries: dict[str, Any] = {"revision": revision}
        for code, (mark, comment) in marks.items():
            entries |= {_mark(code): mark, _comment(code): comment}
        return entries


def _mark(code: str) -> str:
    return f"mark-{code}"


def _comment(code: str) -> str:
    return f"comment-{code}"


class RecusalForm(ReviewForm):
    field_of = {Refusal.GROUND: "note"}
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    note = note_field(label=_("Note"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("ground") == Ground.OTHER and "note" in cleaned and not cleaned["note"]:
            self.add_error("note", Refusal.GROUND.label)
        return cleaned


class ProposalForm(ReviewForm):
    field_of = {Refusal.PLACES: "reason", Refusal.NO_PLACES: "places", Refusal.INFEASIBLE: "places"}
    places = WholeNumberField(
        label=_("Number of cities on the list"),
        min_value=1,
        max_value=MOST_PLACES,
        error_messages={"min_value": Refusal.NO_PLACES.label},
    )
    reason = note_field(label=_("Reason for a number other than the planned one"), required=False)
    document_number = reference_field(label=_("Document number"), max_length=60, required=False)


class TieForm(ReviewForm):
    """Parts one tie: each city gets its place among those tied."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        places = [(str(number), str(number)) for number in range(1, len(entries) + 1)]
        for entry in entries:
            label = _("Place of %(city)s among those tied") % {"city": entry["city"]}
            self.fields[entry["nomination"]] = forms.ChoiceField(label=label, choices=[("", "—"), *places])
        self.fields["method"] = forms.ChoiceField(label=_("How the tie was parted"), choices=TieMethod.choices, widget=forms.RadioSelect)
        self.fields["reason"] = note_field(label=_("Reason or record of the draw"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        codes = [entry["nomination"] for entry in self.entries]
        given = [cleaned[code] for code in codes if code in cleaned]
        for code in codes:
            if given.count(cleaned.get(code)) > 1:
                self.add_error(code, _("Each place can be given once."))
        return cleaned

    @property
    def order(self) -> list[str]:
        """Codes of the nominations, the first to stand highest."""
        return sorted((entry["nomination"] for entry in self.entries), key=lambda code: int(self.cleaned_data[code]))


class DecisionForm(ReviewForm):
    field_of = {Refusal.NO_DECISION_NUMBER: "decision_number"}
    decision_number = reference_field(label=_("Document number of the decision"), max_length=60)


class AccountField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    def label_from_instance(self, account: User) -> str:
        return f"{account.name} ({account.username}) · {account.organisation.name}"


class AddExpertForm(ReviewForm):
    """入库. The province is that of the employer unless another one is chosen."""

    field_of = {Refusal.NO_PROVINCE: "province", Refusal.NOT_AN_EXPERT: "account", Refusal.NOT_AN_INDUSTRY: "industries"}

    title = forms.CharField(label=_("Professional title"), max_length=60)
    field = forms.CharField(label=_("Field"), max_length=60, help_text=_("What the expert works on, in a few words."))
    industries = forms.MultipleChoiceField(
        label=_("Manufacturing divisions that the expert knows"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They decide which nominations the expert suits. An expert without any counts as general."),
    )

    def __init__(self, *args: Any, accounts: QuerySet[User], provinces: QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = AccountField(label=_("Account"), queryset=accounts, help_text=_("Accounts of experts that are not in the pool yet."))
        place = forms.ModelChoiceField(
            label=_("Province of the workplace"),
            queryset=provinces,
            required=False,
            empty_label=_("That of the employer"),
            help_text=_("An expert does not judge nominations of this province."),
        )
        self.fields = {"account": people, "province": place, **self.fields}
        cast(forms.MultipleChoiceField, self.fields["industries"]).choices = [(code, label_of(code, get_language())) for code in INDUSTRIES]

    @property
    def wanted(self) -> dict[str, Any]:
        """What the service is told."""
        entered = self.cleaned_data
        province = entered["province"]
        return {
            "user_id": entered["account"].pk,
            "province": province.pk if province else "",
            **{name: entered[name] for name in ("title", "field", "industries")},
        }
