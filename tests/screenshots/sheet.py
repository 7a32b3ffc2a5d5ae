"""The pictures on sheets: one page for all roles, and one picture a role that shows the lot."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from tests.screenshots.walk import Picture

STYLE = """
body { margin: 16px; background: #eee; font: 12px sans-serif; }
.pictures { display: flex; flex-wrap: wrap; gap: 12px; }
figure { margin: 0; padding: 6px; background: #fff; }
figure.faulty { outline: 3px solid #b00020; }
img { display: block; height: 220px; }
figcaption { max-width: 390px; padding-top: 4px; }
"""


def write_sheets(browser: Browser, pictures: Sequence[Picture], out: Path) -> None:
    """`index.html` with everything, `<role>.png` for a look at one role."""
    roles = list(dict.fromkeys(picture.role for picture in pictures))
    links = " · ".join(f'<a href="#{role}">{role}</a>' for role in roles)
    _write(out / "index.html", f"<p>{links}</p>" + "".join(_role(role, pictures) for role in roles))
    page = browser.new_page(viewport={"width": 1900, "height": 1000})
    for role in roles:
        file = out / f"{role}.html"
        _write(file, _role(role, pictures))
        page.goto(file.resolve().as_uri())
        page.screenshot(path=out / f"{role}.png", full_page=True)
        file.unlink()
    page.close()


def _role(role: str, pictures: Iterable[Picture]) -> str:
    figures = "".join(_figure(picture) for picture in pictures if picture.role == role)
    return f'<h2 id="{escape(role)}">{escape(role)}</h2><div class="pictures">{figures}</div>'


def _figure(picture: Picture) -> str:
    words = f"{picture.page} · {picture.size} · {picture.language}"
    faults = f"<br><strong>{escape('; '.join(picture.faults))}</strong>" if picture.faults else ""
    return (
        f'<figure{" class=faulty" if picture.faults else ""}><a href="{escape(picture.file)}">'
        f'<img src="{escape(picture.file)}" alt="{escape(words)}" loading="eager"></a>'
        f"<figcaption>{escape(words)}<br>{escape(picture.path)}{faults}</figcaption></figure>"
    )


def _write(file: Path, body: str) -> None:
    file.write_text(f'<!doctype html><meta charset="utf-8"><title>pilotportal</title><style>{STYLE}</style>{body}', encoding="utf-8")
