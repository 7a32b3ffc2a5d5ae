"""Fields of these forms alone: days before a deadline, figures as the form definition reads them."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications import content
from applications.definition import FieldDefinition, Text

FIGURE = FieldDefinition(code="figure", label=Text(zh="", en=""), type="decimal")


class DaysField(forms.CharField):
    """Whole days before something, the farthest first: 14, 7, 3, 1. Read with any comma, 顿号 or blanks between them."""

    MOST = 60

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        entered = re.split(r"[,、;\s]+", unicodedata.normalize("NFKC", super().clean(value)).strip(", 、;"))
        if entered == [""]:
            return []
        if not all(re.fullmatch(r"[0-9]{1,3}", each) and 1 <= int(each) <= self.MOST for each in entered):
            raise ValidationError(_("Enter whole days from 1 to %(most)s, for example 14, 7, 3, 1.") % {"most": self.MOST})
        days = [int(each) for each in entered]
        if len(set(days)) != len(days):
            raise ValidationError(_("A day stands here twice."))
        if days != sorted(days, reverse=True):
            raise ValidationError(_("Enter the earliest reminder, with the most days, first."))
        return days


class FigureField(forms.CharField):
    """A figure with at most two decimals, exact. Full-width digits and thousands separators are read, as everywhere in the forms."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}), **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        entered = super().clean(value)
        try:
            figure = content.read(FIGURE, entered)
        except content.Invalid as invalid:
            raise ValidationError(str(invalid)) from invalid
        return None if figure is None else Decimal(str(figure))
