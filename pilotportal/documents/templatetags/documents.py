"""Tags of document templates."""

from collections.abc import Sequence

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pilotportal.documents.breadth import breadth

register = template.Library()
SEAL_ROOM = 15  # the date's seven characters and four at each side


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
    return round(min(42, 430 / max(_ems(text), 1)), 1)


@register.filter
def outgrow_seal(signers: Sequence[str]) -> bool:
    """Whether a name, centred above a date that ends four characters from the right, would leave the type area."""
    return any(_ems(signer) > SEAL_ROOM for signer in signers)


def _ems(text: str) -> float:
    """Width in font sizes: a Chinese character is one, a Latin one of a bold face six tenths."""
    wide = breadth(text) - len(text)
    return wide + 0.6 * (len(text) - wide)
