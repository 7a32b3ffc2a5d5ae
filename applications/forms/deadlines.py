"""Moving a deadline."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Refusal
from applications.forms.layout import bare_helper
from applications.models import Deadline
from applications.rules import BY_PROVINCE, Refused
from pilotportal.accounts.models import Division
from pilotportal.fields import LastDayField

FIELD_OF = {
    Refusal.SAME_DEADLINE: "instant",
    Refusal.NOT_AHEAD: "instant",
    Refusal.BEFORE_THE_OTHERS: "instant",
    Refusal.NOT_BY_PROVINCE: "province",
}


class AmendForm(forms.Form):
    province = forms.ModelChoiceField(label=_("For whom"), required=False, queryset=Division.objects.none(), empty_label=_("All provinces"))
    instant = LastDayField(label=_("New last day"), help_text=_("All of this day in Beijing time is in time."))
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The provinces read it."))
    document_number = forms.CharField(label=_("Document number"), max_length=60, help_text=_("Of the document that moves the deadline."))

    def __init__(self, *args: Any, deadline: Deadline, provinces: models.QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if deadline.kind in BY_PROVINCE:
            self.fields["province"].queryset = provinces  # type: ignore[attr-defined]
        else:
            del self.fields["province"]
        self.helper = bare_helper()

    def wanted(self) -> dict[str, Any]:
        """The arguments of `services.rounds.amend_deadline`."""
        return {"province": None} | self.cleaned_data

    def refuse(self, refused: Refused) -> None:
        self.add_error(FIELD_OF.get(refused.refusal), str(refused))  # type: ignore[call-overload]
