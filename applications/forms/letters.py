"""The recommendation letter: which nominations under which number, and its stamped scan."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core import signing
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.enums import LetterRefusal
from applications.forms.files import FileForm
from applications.forms.layout import bare_helper
from applications.models import Letter, Nomination
from pilotportal.fields import replaced
from pilotportal.files.models import StoredFile

KEPT_FOR = 24 * 3600  # seconds that a scan waits for its code to be typed


class LetterForm(forms.Form):
    """The nominations are laid out by the page, in their order."""

    field_of: ClassVar[dict[TextChoices, str]] = {
        LetterRefusal.NOBODY: "nomination",
        LetterRefusal.NOT_IN_LETTER: "nomination",
        LetterRefusal.NUMBER: "document_number",
    }
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=80,
        error_messages={"required": LetterRefusal.NUMBER.label},
        help_text=_("As your department's registry gives it, for example 冀人社函〔2025〕12号. Brackets of any kind are taken."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offered: Sequence[Nomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {each.code: each for each in offered}
        self.fields["nomination"] = forms.MultipleChoiceField(
            label=_("Nominations"),
            choices=[(each.code, str(each)) for each in offered],
            error_messages={
                "required": LetterRefusal.NOBODY.label,
                "invalid_choice": _("Something has changed since you opened this page. Look at the list again."),
            },
        )
        self.helper = bare_helper()

    @property
    def marked(self) -> Sequence[str]:
        """The codes that are marked: all that can be, until somebody has chosen."""
        if self.is_bound:
            return cast("QueryDict", self.data).getlist("nomination")
        return self.initial.get("nomination", list(self.offered))

    @property
    def chosen(self) -> list[int]:
        return [self.offered[code].pk for code in self.cleaned_data["nomination"]]


class ScanForm(FileForm):
    """The scan, and the code for when it cannot be read. A scan that came once is kept while its code is typed."""

    field_of: ClassVar[dict[TextChoices, str]] = {LetterRefusal.UNREAD: "typed", LetterRefusal.UNKNOWN_CODE: "typed"}

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        self.fields["typed"] = forms.CharField(
            label=_("Code of the letter"),
            max_length=40,
            required=False,
            help_text=_("Only if the portal cannot read the square on the scan: the eight characters that are printed beside it."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"}),
        )
        self.fields["kept"] = forms.CharField(required=False, widget=forms.HiddenInput)
        if self.is_bound and self.kept:
            self.fields["file"].required = False

    @property
    def kept(self) -> tuple[StoredFile, str] | None:
        """The scan that was sent before for this letter, with its name."""
        try:
            held = signing.loads(self.data.get("kept", ""), salt=self._salt, max_age=KEPT_FOR)
        except signing.BadSignature:
            return None
        return StoredFile.objects.get(pk=held["file"]), held["name"]

    def keep(self, file: StoredFile, name: str) -> None:
        token = signing.dumps({"file": file.pk, "name": name}, salt=self._salt)
        self.data = replaced(self.data, "kept", token)

    def clean_file(self) -> Any:
        return super().clean_file() if self.cleaned_data.get("file") else None

    @property
    def _salt(self) -> str:
        return f"scan of letter {self.letter.code}"
