"""What the proxy itself answers while the portal cannot: one page for each such code, whole in one file, in both languages.

`manage.py gateway_pages` writes them when the image is made; `deploy/nginx.conf` names them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

STYLESHEETS = ("tokens.css", "gateway.css")


@dataclass(frozen=True)
class Page:
    title: Promise
    what: Promise
    meaning: Promise
    remedy: Promise


_NOTHING_CHANGED = _("Nothing was saved or changed.")
_IN_DOUBT = _(
    "What was saved before is kept; what you sent last may not have been saved. A submission counts only if the portal shows the receipt."
)
_NO_ANSWER = Page(
    _("The portal cannot be reached at the moment"),
    _("It is being restarted, or a part of it does not answer."),
    _IN_DOUBT,
    _("Keep the page open if you were writing: go back, wait, and send it again when the portal is open."),
)
PAGES = {
    HTTPStatus.BAD_REQUEST: Page(
        _("The request could not be understood"),
        _("Your browser sent something that the portal cannot read."),
        _NOTHING_CHANGED,
        _("Go back, reload the page and try again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Page(
        _("What you sent is too large"),
        _("The request is larger than the portal accepts."),
        _NOTHING_CHANGED,
        _("A file may have up to 20 MB: scan it at a lower resolution or split it. A text may be shortened or put into an attachment."),
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: Page(
        _("The address is too long"),
        _("The address is longer than the portal accepts."),
        _NOTHING_CHANGED,
        _("Shorten what you search for, or begin again on the home page."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: _NO_ANSWER,
    HTTPStatus.BAD_GATEWAY: _NO_ANSWER,
    HTTPStatus.SERVICE_UNAVAILABLE: _NO_ANSWER,
    HTTPStatus.GATEWAY_TIMEOUT: Page(
        _("The portal has not answered in time"),
        _("Your request has reached the portal, but there was no answer within a minute. It may still be carried out."),
        _IN_DOUBT,
        _("Go back, reload the page and check whether your last entry is there before you send it again."),
    ),
}


def written(folder: Path) -> Iterator[Path]:
    """`<code>.html` for each code, in the folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for code, page in PAGES.items():
        file = folder / f"{code:d}.html"
        file.write_text(render_to_string("gateway.html", {"code": int(code), "page": page, "style": _style()}), encoding="utf-8")
        yield file


def _style() -> SafeString:
    folder = settings.BASE_DIR / "static" / "css"
    rules = "\n".join((folder / name).read_text(encoding="utf-8") for name in STYLESHEETS)
    return mark_safe(f"<style>\n{rules}</style>")  # noqa: S308 (our own files)
