"""Tags of document templates: the QR code of a record's address."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def qr(address: str) -> SafeString:
    """The address as inline SVG without a size: the stylesheet sets it."""
    code = segno.make(address, error="m", micro=False)
    title = _("QR code")
    drawn = code.svg_inline(title=title, desc=address, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 (drawn by segno, which escapes title and description)


@register.simple_tag
def fitted(text: str) -> float:
    """Size in points at which the mark of an issuing authority fills no more than the type area's 442 pt; 42 pt at most."""
    return round(min(42, 430 / max(len(text), 1)), 1)
