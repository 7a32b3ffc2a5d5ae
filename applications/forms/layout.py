"""How crispy lays out the entries of a section. The form knows notes and conflicts; each object here picks its own."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, LayoutObject
from crispy_forms.utils import render_crispy_form
from django.template.loader import render_to_string
from django.utils.translation import get_language

from applications import content
from applications.definition import FieldDefinition, GroupDefinition, Section


def shown(item: FieldDefinition | GroupDefinition, value: Any) -> content.ShownField | content.ShownGroup:
    if isinstance(item, GroupDefinition):
        return content.shown_group(item, value or [], get_language())
    return content.shown_field(item, value, get_language())


def remarks_on(form: Any, code: str) -> dict[str, Any]:
    """What stands above an entry."""
    return {"note": form.notes.get(code, ""), "conflict": form.conflicts.get(code), "taken_over": form.taken_over.get(code)}


class Entry(Field):
    """A field with label, help, counter, the ministry's note, and what somebody else saved."""

    template = "applications/_nomination_entry.html"

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        (code,) = self.fields
        about = remarks_on(form, code) | {"definition": form.fields[code].definition}
        return super().render(form, context, **kwargs | {"extra_context": about})


class Rows(LayoutObject):
    """A group as a table of rows, with buttons that add and remove them."""

    def __init__(self, code: str) -> None:
        self.code = code

    def render(self, form: Any, _context: Any, **_kwargs: Any) -> str:
        facts = remarks_on(form, self.code) | {"rows": form.groups[self.code]}
        return render_to_string("applications/_nomination_rows.html", facts)


class Standing(LayoutObject):
    """An entry that a correction does not open."""

    def __init__(self, item: FieldDefinition | GroupDefinition) -> None:
        self.item = item

    def render(self, form: Any, _context: Any, **_kwargs: Any) -> str:
        return render_to_string("applications/_nomination_standing.html", {"shown": shown(self.item, form.standing.get(self.item.code))})


def helper_for(section: Section, *, open_codes: list[str], hidden: list[str]) -> FormHelper:
    """The page's template writes the `form` element, since its buttons belong to it."""
    fields = [Entry(field.code) if field.code in open_codes else Standing(field) for field in section.fields]
    groups = [Rows(group.code) if group.code in open_codes else Standing(group) for group in section.groups]
    helper = bare_helper()
    helper.form_show_errors = False  # the summary of the page names the rows of the groups as well
    helper.layout = Layout(*hidden, *([Div(*fields, css_class="entries")] if fields else []), *groups)
    return helper


def rendered_item(form: Any, code: str) -> str:
    """One entry by itself, as it stands within the whole form."""
    helper = bare_helper()
    helper.form_show_errors = False
    helper.layout = Layout(Rows(code) if code in form.groups else Entry(code))
    return str(render_crispy_form(form, helper))


def bare_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    return helper
