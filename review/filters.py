"""What narrows the long lists of the review."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts.enums import Region

CONTROLS = {forms.TextInput: "form-control", forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}


class ListFilter(forms.Form):
    """Fields that stand in the address; what cannot be read narrows nothing."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = CONTROLS[field.widget.__class__]

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def value_of(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_valid() else None


class ProgressFilter(ListFilter):
    find = forms.CharField(label=_("City or province"), max_length=60, required=False)
    missing = forms.BooleanField(label=_("Only with sheets missing"), required=False)

    def among(self, rows: QuerySet[Any], *, named: Sequence[str]) -> QuerySet[Any]:
        """The rows that are left; `named` are the fields in which a name is looked for."""
        if name := self.value_of("find"):
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": name}) for field in named)))
        return rows.filter(submitted_sheets__lt=F("held")) if self.value_of("missing") else rows


class ExpertProgressFilter(ProgressFilter):
    find = forms.CharField(label=_("Expert"), max_length=60, required=False)


class RankingFilter(ListFilter):
    find = forms.CharField(label=_("City or province"), max_length=60, required=False)
    region = forms.ChoiceField(label=_("Region"), choices=[("", _("All regions")), *Region.choices], required=False)

    def among(self, entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        name, region = self.value_of("find") or "", self.value_of("region")
        return [entry for entry in entries if name in f"{entry['province']}{entry['city']}" and (not region or entry["region"] == region)]


class PoolFilter(ListFilter):
    find = forms.CharField(label=_("Name or employer"), max_length=60, required=False)
    resting = forms.BooleanField(label=_("Only who cannot be drawn"), required=False)

    def among(self, experts: QuerySet[Any]) -> QuerySet[Any]:
        if name := self.value_of("find"):
            experts = experts.filter(Q(user__name__icontains=name) | Q(user__organisation__name__icontains=name))
        return experts.exclude(available=True, user__is_active=True) if self.value_of("resting") else experts
