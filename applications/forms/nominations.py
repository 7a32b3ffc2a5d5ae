"""Forms of the province's side beside the sections: the start, files, submission, withdrawal, and the filter of the ministry's list."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications.enums import Status
from applications.forms.layout import bare_helper
from applications.models import Nomination
from applications.rules import NOMINATION_IN
from pilotportal.accounts.enums import Level
from pilotportal.accounts.models import Division
from pilotportal.fields import LongTextField


class StartForm(forms.Form):
    """Which city. Any division can be read here; the service says in words why one cannot be nominated."""

    def __init__(self, *args: Any, cities: models.QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(cities)
        city = forms.ModelChoiceField(
            label=_("City"), queryset=Division.objects.select_related("province"), error_messages={"required": _("Choose a city.")}
        )
        city.choices = [("", _("Choose")), *((str(each.pk), _labelled(each)) for each in offered)]
        city.initial = offered[0].pk if len(offered) == 1 else None
        self.fields["city"] = city
        if any(each.level == Level.OTHER_PREFECTURE for each in offered):
            self.fields["level_reason"] = LongTextField(
                rows=3,
                label=_("Reason"),
                required=False,
                max_length=300,
                help_text=_("Only for a prefecture-level unit that is not a city: why it should be a pilot."),
            )
        self.helper = bare_helper()


def _labelled(city: Division) -> str:
    if city.level != Level.OTHER_PREFECTURE:
        return city.name
    return _("%(city)s (%(level)s)") % {"city": city.name, "level": city.get_level_display()}


class SubmitForm(forms.Form):
    """The undertaking, in the words of the form definition, and the digest of what was read above it."""

    undertaking = forms.BooleanField(error_messages={"required": gettext_lazy("The undertaking must be confirmed.")})
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [field.label.in_language(get_language()) for _section, field in nomination.round.definition.undertakings()]
        self.fields["undertaking"].label = " ".join(words) or _("We undertake that all entries are true, exact and complete.")

    def renew(self, *, seen: str) -> None:
        """What stands on the page now is something else: the undertaking has to be given anew."""
        self.data = {"seen": seen}


class WithdrawForm(forms.Form):
    reason = LongTextField(
        rows=3,
        label=gettext_lazy("Reason of the withdrawal"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why it is withdrawn.")},
        help_text=gettext_lazy("It is kept in the record of the round."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class ListFilter(forms.Form):
    """Narrows the list of what is in."""

    def __init__(self, *args: Any, provinces: models.QuerySet[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses = [(status.value, status.label) for status in Status if status in NOMINATION_IN | {Status.WITHDRAWN}]
        self.fields["province"] = forms.ModelChoiceField(
            label=_("Province"), required=False, queryset=provinces, empty_label=_("All"), widget=_select()
        )
        self.fields["status"] = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *statuses], widget=_select())

    def narrowed(self, nominations: models.QuerySet[Nomination]) -> models.QuerySet[Nomination]:
        """An unknown value narrows nothing."""
        self.full_clean()
        return nominations.filter(**{name: value for name, value in self.cleaned_data.items() if value})
