"""A file that comes within a form."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.forms.layout import bare_helper
from pilotportal.files.enums import Refusal

ACCEPTED = ".pdf,.jpg,.jpeg,.png"


class FileForm(forms.Form):
    """A file is judged by its content when it is kept; here only by its size, which the upload handler has counted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(
            label=_("File"),
            allow_empty_file=True,
            help_text=_("PDF, JPEG or PNG, at most %(limit)s MB.") % {"limit": settings.UPLOAD_LIMIT // 2**20},
            error_messages={"required": _("Choose a file.")},
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        )
        self.helper = bare_helper()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_LIMIT:
            raise ValidationError(Refusal.TOO_LARGE.label % {"limit": settings.UPLOAD_LIMIT // 2**20})
        return upload
