"""What the script says about a file on its way."""

from django import forms
from django.core.validators import RegexValidator

LARGEST = 2**50  # bytes; beyond it no number is meant


class BeginForm(forms.Form):
    name = forms.CharField(max_length=200)
    size = forms.IntegerField(min_value=0, max_value=LARGEST)
    head = forms.CharField(required=False, validators=[RegexValidator(r"\A[0-9a-f]{64}\Z")])
    modified = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    instead_of = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def clean_modified(self) -> int:
        return self.cleaned_data["modified"] or 0


class PartForm(forms.Form):
    offset = forms.IntegerField(min_value=0, max_value=LARGEST)
    claim = forms.CharField(max_length=20)
