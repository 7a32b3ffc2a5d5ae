"""Documents as PDF/A-3a and PDF/UA-1: a Django template in, bytes out. The same input gives the same bytes in every process.

Templates extend `documents/official.html` (GB/T 9704-2012), `documents/report.html` or `documents/receipt.html`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from pilotportal.documents.parts import Attachment, Heading


def render(
    *,
    template: str,
    context: Mapping[str, Any],
    title: str,
    language: str,
    created: datetime,
    attachments: Sequence[Attachment] = (),
    demonstration: bool,
) -> bytes:
    """Write `template` in `language`; `created` (aware) is the only moment that the file knows. Raises `engine.ForeignResourceError`.

    `demonstration` puts the sentence that this is no real selection into the margin of every page, whatever the template says.
    """
    from pilotportal.documents import engine  # noqa: PLC0415 (half a second that only processes which write documents shall pay)

    heading = Heading(title=title, language=language, created=created, demonstration=demonstration)
    with translation.override(language):
        html = render_to_string(template, {**context, "document": heading})
        banner = demonstration_sentence() if demonstration else ""
    return engine.write(html, heading=heading, attachments=attachments, banner=banner)


def demonstration_sentence() -> str:
    return _("Demonstration data – not a real selection")


def warm_up() -> None:
    """Called once by a worker before its first task: loads fonts and stylesheets, so that no user waits for them."""
    from pilotportal.documents import engine  # noqa: PLC0415 (as above)

    sample = datetime(2025, 1, 1, tzinfo=UTC)
    render(template="documents/sample.html", context={}, title="—", language="zh-hans", created=sample, demonstration=False)
    engine.settle()
