"""Evidence: the file, what it shows, and the entry that it proves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.definition import FormDefinition
from applications.forms.files import FileForm
from applications.forms.layout import bare_helper


class DescriptionForm(forms.Form):
    """What a file shows and which entry it proves; the entries are those of the round's form, by section."""

    def __init__(self, *args: Any, definition: FormDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caption"] = forms.CharField(
            label=_("What it shows"),
            max_length=200,
            error_messages={"required": _("Say what the file shows.")},
            help_text=_("For example: list of the enterprises above designated size, 2024"),
        )
        self.fields["proves"] = forms.ChoiceField(
            label=_("Entry that it proves"),
            required=False,
            choices=_entries(definition),
            error_messages={"invalid_choice": _("The form has no such entry. Choose the entry again.")},
        )
        self.helper = bare_helper()


class EvidenceForm(FileForm, DescriptionForm):
    """Both at once: the way without scripts."""

    field_order = ["file", "caption", "proves"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


def _entries(definition: FormDefinition) -> list[tuple[str, Any]]:
    language, undertakings = get_language(), {field.code for _section, field in definition.undertakings()}
    sections = [
        (
            section.label.in_language(language),
            [
                (item.code, item.label.in_language(language))
                for home, item in definition.items()
                if home.code == section.code and item.code not in undertakings
            ],
        )
        for section in definition.sections
    ]
    return [("", _("The nomination as a whole")), *((label, entries) for label, entries in sections if entries)]
