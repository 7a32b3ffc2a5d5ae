"""Forms of the hands a nomination goes through: the invitation, the departments that are asked, an objection, places beyond the quota."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Refusal
from applications.forms.layout import bare_helper
from applications.rules import Refused
from pilotportal.accounts.models import Division, Organisation
from pilotportal.fields import LongTextField, WholeNumberField, replaced

MOST_PLACES = 20  # of one exception


class InvitationForm(forms.Form):
    note = LongTextField(
        rows=4,
        label=_("Note to the city"),
        required=False,
        max_length=500,
        help_text=_("For example which sections the city is to draft, and until when. The city reads it above the form."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()


class AskForm(forms.Form):
    """Departments that are not asked yet; those that the round requires are ticked."""

    organisations = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": Refusal.NO_DEPARTMENT.label},
    )

    def __init__(self, *args: Any, departments: models.QuerySet[Organisation], required: Iterable[str], **kwargs: Any) -> None:
        offered = list(departments)
        kwargs["initial"] = {"organisations": [each.pk for each in offered if each.branch in set(required)]}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisations"]
        field.queryset = departments
        field.choices = [(each.pk, each.name) for each in offered]
        self.offers_any = bool(offered)
        self.helper = bare_helper()


class AnswerForm(forms.Form):
    """`seen` is the digest of what stands above; the reason is asked for with an objection."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = LongTextField(
        rows=4,
        label=_("Reason of the objection"),
        required=False,
        max_length=1000,
        help_text=_("Name the entry, and what is wrong with it. The province and the ministry read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()

    def refuse(self, refused: Refused, *, seen: str) -> None:
        """Shown again with what stands now, and with the reason as it was typed."""
        self.add_error("reason" if refused.refusal == Refusal.NO_OBJECTION else None, str(refused))
        self.data = replaced(self.data, "seen", seen)


class GrantForm(forms.Form):
    province = forms.ModelChoiceField(label=_("Province"), queryset=Division.objects.none(), empty_label=_("Choose"))
    places = WholeNumberField(label=_("Places beyond the quota"), min_value=1, max_value=MOST_PLACES)
    reason = LongTextField(rows=3, label=_("Reason"), max_length=300, help_text=_("All who take part in the round read it."))
    document_number = forms.CharField(label=_("Document number"), max_length=60, help_text=_("Of the document that grants the places."))

    FIELD_OF = {
        Refusal.NO_EXCEPTION_FOR_ITSELF: "province",
        Refusal.NO_QUOTA_TO_EXTEND: "province",
        Refusal.CLOSED: "province",
        Refusal.NO_GROUND: "reason",
    }

    def __init__(self, *args: Any, provinces: models.QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["province"]
        field.queryset = provinces
        self.helper = bare_helper()

    def refuse(self, refused: Refused) -> None:
        self.add_error(self.FIELD_OF.get(Refusal(refused.refusal)), str(refused))
