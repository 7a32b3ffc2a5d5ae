"""The upload of a filled-in workbook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.forms.layout import bare_helper
from pilotportal.documents.sheetparts import LARGEST_FILE
from pilotportal.documents.spreadsheet import Fault


class WorkbookForm(forms.Form):
    """The file is judged by its content; here only by its size, before it is read."""

    file = forms.FileField(
        label=_("Filled-in workbook"),
        allow_empty_file=True,
        help_text=_("The downloaded form as .xlsx, at most 5 MB."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_FILE:
            raise ValidationError(Fault.TOO_LARGE.label)
        return upload
