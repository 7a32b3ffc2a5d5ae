"""Tags and filters of the frame and the components; every template may use them without loading them."""

import json
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import requests
from pilotportal import navigation as frame
from pilotportal.clock import BEIJING
from pilotportal.listing import Listing
from pilotportal.templatetags.rounds import code_on
from reporting.enums import words_of

register = template.Library()

SOON = timedelta(days=7)
URGENT = timedelta(days=1)
NEIGHBOURS = 1  # page numbers shown on each side of the present one
TONES = {
    "good": {"accepted", "selected", "chosen", "ready", "filed", "applied", "signed_off", "decided"},
    "info": {"submitted", "running", "issued", "endorsed", "proposed", "notice", "reserve"},
    "warn": {"returned", "reopened"},
    "bad": {"rejected", "failed", "struck", "voided"},
    "plain": {
        *("draft", "assigned", "requested", "withdrawn", "cancelled", "declined", "recused", "undone"),
        *("not_selected", "passed_over", "not_ranked"),
    },
}
_TONE_OF = {status: tone for tone, statuses in TONES.items() for status in statuses}


@register.filter
def tone(status: str) -> str:
    """The colour of a status pill; a status that is not listed is plain."""
    return _TONE_OF.get(str(status), "plain")


@register.filter
def urgency(closes_at: datetime, now: datetime) -> str:
    left = closes_at - now
    if left <= timedelta(0):
        return "passed"
    return "urgent" if left <= URGENT else "soon" if left <= SOON else "calm"


@register.filter
def hour(value: datetime) -> str:
    """The time of day in Beijing: 21:03."""
    return f"{timezone.localtime(value, BEIJING):%H:%M}"


@register.simple_tag
def gap() -> str:
    """Between two sentences: in Chinese the full stop brings its own."""
    return "" if (get_language() or "").startswith("zh") else " "


@register.filter
def event_words(kind: str) -> str:
    return words_of(kind)


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[frame.Link]:
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    several = len(requests.known_rounds(request)) > 1
    round_code = (code_on(context) or requests.chosen_code(request)) if several else ""
    return frame.links_for(user.role, path=request.path, view_name=view_name, round_code=round_code)


@register.simple_tag
def time_words() -> str:
    """The sentences of the filter `left`, as JSON for the script that keeps them fresh."""
    words = {
        "days": _("%(days)s and %(hours)s left"),
        "hours": _("%(hours)s and %(minutes)s left"),
        "minutes": _("%(minutes)s left"),
        "soon": _("less than a minute left"),
        "passed": _("The deadline has passed"),
    }
    return json.dumps(words, ensure_ascii=False)


@register.filter
def first_choice_id(field: BoundField) -> str:
    """Where a link to a group of radio buttons or boxes leads."""
    return f"{field.auto_id}_0"


@register.simple_tag
def count_field_errors(form: BaseForm) -> int:
    return sum(len(errors) for name, errors in form.errors.items() if name in form.fields)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """1 … 4 5 6 … 12: the first, the last and the neighbours; None where some are left out."""
    shown = [
        number for number in page.paginator.page_range if number in {1, page.paginator.num_pages} or abs(number - page.number) <= NEIGHBOURS
    ]
    numbers: list[int | None] = []
    for before, number in zip([0, *shown], shown, strict=False):
        numbers += [None, number] if number - before > 1 else [number]
    return numbers


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(
    context: dict[str, Any], listing: Listing, column: str, label: object, *, amount: bool = False, css_class: str = ""
) -> dict[str, Any]:
    """The head of a column by which the list can be sorted, without script."""
    return {
        "request": context["request"],
        "listing": listing,
        "column": column,
        "label": label,
        "css_class": f"amount {css_class}".strip() if amount else css_class,
        "direction": listing.direction_of(column),
        "next": listing.next_of(column),
    }


@register.simple_block_tag
def breadcrumbs(content: SafeString) -> SafeString:
    """Wraps the links between home and this page, each an `li`; the last carries aria-current."""
    return render_to_string("components/breadcrumbs.html", {"content": content})


@register.simple_block_tag
def event(content: SafeString, *, at: datetime) -> SafeString:
    """One event of an `ol` of the class timeline: the instant, and what happened."""
    return render_to_string("components/event.html", {"content": content, "at": at})


@register.simple_block_tag
def records(content: SafeString, *, caption: str, cards: bool = True, show_caption: bool = True, busy: bool = False) -> SafeString:
    """Wraps the head and body of a table: it scrolls within itself, and on a narrow screen each record is a card.

    A cell that is to say on a card which column it belongs to carries `data-label`.
    """
    return render_to_string(
        "components/records.html",
        {"content": content, "caption": caption, "cards": cards, "show_caption": show_caption, "busy": busy},
    )
