"""Fields that read what people write, for the forms of every room: last days, whole numbers, long texts."""

import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pilotportal.moments import end_of, last_day

DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
LEFT, OVER = _("{n} characters left"), _("{n} characters too many")


class LastDayField(forms.DateField):
    """The last day on which something is in time; its value is the exclusive instant at the end of that day in Beijing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Enter a day, for example 2025-07-18.")},
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return last_day(value) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        day: date | None = super().to_python(unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value)
        try:
            return end_of(day) if day else None
        except OverflowError as beyond:  # the last day of the last year that there is
            raise ValidationError(self.error_messages["invalid"], code="invalid") from beyond


class WholeNumberField(forms.IntegerField):
    """A text field with a keyboard of digits: a browser's number field would drop what it cannot read, and with it what was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}), **kwargs)


class LongTextField(forms.CharField):
    """Shows what is left of its limit, and lets a pasted text run over rather than cutting it. A line break counts as one character."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {"data-limit": str(self.max_length), "data-counter": LEFT, "data-counter-over": OVER}

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


def replaced(data: Any, name: str, value: str) -> Any:
    """What was sent with one entry replaced, for a hidden field whose answer is shown again."""
    copy = data.copy()
    copy[name] = value
    return copy
