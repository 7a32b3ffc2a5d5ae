"""WeasyPrint as this portal uses it. Only `pdf` imports it, and late: the import costs half a second and sixty megabytes.

One font configuration and one set of parsed stylesheets serve the whole process; Pango's font map is not for two threads at once, so a
lock stands around it. Nothing is ever fetched: pictures come as `data:` addresses or as inline SVG.
"""

import gc
import logging
import threading
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import IO

import pydyf
import weasyprint
import weasyprint.pdf
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher
from zlib_ng import zlib_ng

from pilotportal.documents import archival, justify
from pilotportal.documents.parts import Attachment, Heading

logger = logging.getLogger(__name__)
SHEETS = ("base", "official", "report", "receipt")
VARIANT = "pdf/a-3a"
LEVEL = 6  # zlib-ng's 6 packs like the 9 that pydyf asks for, and spares a fifth of a document's time
_drawing = threading.Lock()


def _profile(file: IO[bytes], *facts: object) -> ColorProfile:
    """WeasyPrint leaves the file open, which a strict run of the tests rightly reports."""
    with file:
        return ColorProfile(file, *facts)


# The three places where WeasyPrint is changed; its version is pinned, and tests hold each of them.
justify.install()
weasyprint.pdf.ColorProfile = _profile
pydyf.zlib = SimpleNamespace(compress=zlib.compress, compressobj=lambda level: zlib_ng.compressobj(level=min(level, LEVEL)))


class ForeignResourceError(Exception):
    """A document asked for something outside itself: a file, or an address on a network."""


def write(html: str, *, heading: Heading, attachments: Sequence[Attachment], banner: str) -> bytes:
    with _drawing:
        try:
            return _write(html, heading=heading, attachments=attachments, banner=banner)
        except FatalURLFetchingError as refusal:
            raise ForeignResourceError(f"{refusal}: {refusal.__cause__}") from refusal


def _write(html: str, *, heading: Heading, attachments: Sequence[Attachment], banner: str) -> bytes:
    source = weasyprint.HTML(string=html, url_fetcher=_fetcher())
    document = source.render(font_config=_fonts(), stylesheets=[*_stylesheets(), *_banner_sheets(banner)], pdf_variant=VARIANT)
    moment = heading.created.astimezone(UTC)
    metadata = document.metadata
    metadata.title, metadata.lang = heading.title, heading.lang
    metadata.created = metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    embedded = [_embedded(attachment, moment) for attachment in attachments]
    content = document.write_pdf(finisher=archival.finish, attachments=embedded, pdf_variant=VARIANT)
    _report_missing(document, heading)
    return content


def _embedded(attachment: Attachment, moment: datetime) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=attachment.content,
        name=attachment.name,
        description=attachment.description,
        relationship=attachment.relationship,
        created=moment,
        modified=moment,
    )


def _fetcher() -> URLFetcher:
    return URLFetcher(allowed_protocols=("data",), fail_on_errors=True)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheets() -> tuple[weasyprint.CSS, ...]:
    folder = files(__package__) / "styles"
    return tuple(_sheet((folder / f"{name}.css").read_text(encoding="utf-8")) for name in SHEETS)


@cache
def _banner_sheets(banner: str) -> tuple[weasyprint.CSS, ...]:
    """The sentence stands in the page's margin, where no template and no long text can push it away."""
    if not banner:
        return ()
    quoted = banner.replace("\\", "\\\\").replace('"', '\\"')
    return (_sheet(f'@page {{ @top-center {{ content: "{quoted}" !important; }} }}'),)


def _sheet(text: str) -> weasyprint.CSS:
    return weasyprint.CSS(string=text, font_config=_fonts(), url_fetcher=_fetcher())


def _report_missing(document: weasyprint.Document, heading: Heading) -> None:
    missing = {chr(codepoint) for font in document.fonts.values() for codepoint in font.missing}
    if missing:
        logger.warning("No font has the characters %s of the document “%s”.", " ".join(sorted(missing)), heading.title)


def settle() -> None:
    """What has been loaded stays: keep it out of each later collection of garbage, and shared between forked workers."""
    gc.collect()
    gc.freeze()
