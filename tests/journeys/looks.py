"""What is asked of a page that somebody looks at, whatever it is about. Each question answers with what is wrong."""

import os
from hashlib import sha256
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # half the time: what passes is not written down
    "preload": False,  # stylesheets for a rule that is not among these, and sounds, which no page has
}
AT_ONCE = """() => {
  if (matchMedia("(scripting: none)").matches)
    window.setTimeout = (act, _wait, ...given) => { Promise.resolve().then(() => act(...given)); return 0; };
}"""  # where the page's scripts are off its timers are too, and axe waits for one
Size = dict[str, int]
LAPTOP, PHONE, REFLOW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}, {"width": 320, "height": 256}
ZOOMED = {"width": 683, "height": 384}  # the laptop at 200 %
PAPER = {"width": 680, "height": 1009}  # A4 within margins of 15 mm, at 96 px to the inch
LEAST_TARGET = 24  # px, WCAG 2.2 AA 2.5.8
ENOUGH_INK = 5  # px in either direction: scroll bars of nothing are rounded

CUT_OFF = """least => [...document.querySelectorAll("body *")].filter(element => {
  const style = getComputedStyle(element);
  if (style.visibility === "hidden" || !element.getClientRects().length || element.closest("svg")) return false;
  for (let around = element; around; around = around.parentElement) if (getComputedStyle(around).clipPath !== "none") return false;
  const own = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!own && element.tagName !== "BUTTON") return false;
  const hides = element.tagName !== "TEXTAREA" && [style.overflowX, style.overflowY].some(flow => flow === "hidden" || flow === "clip");
  const box = element.closest("button, .btn, .pill, .deadline, .head-button") || element;
  const wide = element.scrollWidth - element.clientWidth > least && hides;
  const outside = box !== element && element.getBoundingClientRect().right - box.getBoundingClientRect().right > least;
  return wide || outside || (style.textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth);
}).map(element => "cut off: " + element.outerHTML.slice(0, 120))"""

CHOICES_CUT_OFF = """() => [...document.querySelectorAll("select")].filter(element => {
  if (!element.getClientRects().length || !element.selectedOptions.length) return false;
  const style = getComputedStyle(element), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(element.selectedOptions[0].label).width > room + 1;
}).map(element => "cut off: choice " + element.name + " " + element.selectedOptions[0].label)"""

TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
SMALL_TARGETS = """([targets, least]) => [...document.querySelectorAll(targets)].filter(element => {
  const box = element.getBoundingClientRect();
  if (!element.getClientRects().length || element.closest(".visually-hidden, .skip-link")) return false;
  if (getComputedStyle(element).display === "inline") return false;
  const label = element.labels && element.labels.length ? element.labels[0].getBoundingClientRect() : box;
  return Math.min(Math.max(box.height, label.height), Math.max(box.width, label.width)) < least;
}).map(element => "small: " + element.outerHTML.slice(0, 120))"""

COVERED = """targets => {
  const hidden = element => element.closest(".visually-hidden, .skip-link") || element.tabIndex < 0 || !element.getClientRects().length;
  const spots = box => [[box.left + box.width / 2, box.top + box.height / 2], [box.left + 3, box.top + 3], [box.right - 3, box.bottom - 3]];
  const meets = (element, [x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there && (element.contains(there) || [...(element.labels || [])].some(label => label.contains(there)));
  };
  const covered = [...document.querySelectorAll(targets)].filter(element => {
    if (hidden(element)) return false;
    element.focus({ preventScroll: true });
    if (document.activeElement !== element) return false;
    element.scrollIntoView({ block: "nearest", behavior: "instant" });
    return !spots(element.getClientRects()[0]).some(spot => meets(element, spot));
  });
  document.activeElement.blur();
  window.scrollTo({ top: 0, behavior: "instant" });
  return covered.map(element => "covered: " + element.outerHTML.slice(0, 120));
}"""

SCROLLED_SIDEWAYS = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return [];
  const wide = [...document.querySelectorAll("body *")].filter(element =>
    element.getBoundingClientRect().right > root.clientWidth + 1 && getComputedStyle(element).position !== "absolute");
  return [over + " px too wide: " + (wide.length ? wide[wide.length - 1].outerHTML.slice(0, 120) : "")];
}"""

TOLD_APART = (  # by their values; of others axe asks whether they are there, and not empty
    *("class", "role", "type", "scope", "tabindex", "rowspan", "colspan", "autocomplete", "target", "rel", "hidden", "open", "disabled"),
    *("aria-hidden", "aria-expanded", "aria-modal", "aria-current", "aria-invalid", "aria-live", "aria-sort"),
)
SHAPES = """values => {
  const shape = element => [
    element.tagName,
    ...[...element.attributes].map(({ name, value }) => values.includes(name) ? name + "=" + value : name + (value.trim() ? "" : " empty")),
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()) ? "text" : "",
    element.labels ? element.labels.length : "",
  ].join(" ");
  const all = [...document.querySelectorAll("html, html *")];
  return [all.filter(element => element.closest("main")), all.filter(element => !element.closest("main"))]
    .map(part => [window.innerWidth, ...part.map(shape)].join("\\n"));
}"""

NOT_FOR_PAPER = "nav, button, input[type=submit], input[type=file], .btn, .menu, .skip-link, .filter-bar"
ON_PAPER = """kinds => [...document.querySelectorAll(kinds)]
  .filter(element => element.getClientRects().length && getComputedStyle(element).visibility !== "hidden")
  .map(element => "on paper: " + element.outerHTML.slice(0, 120))"""


def barriers(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice. It takes a third of a second, so nobody looks again where it found
    nothing in a main part and in a frame of the same shapes: other words in the same places, as of the other language, are the same to it.
    """
    marks = [_mark(shape) for shape in page.evaluate(SHAPES, TOLD_APART)]
    if all(mark.exists() for mark in marks):
        return []
    page.evaluate(AT_ONCE)
    found = Axe().run(page, options=RULES).response["violations"]
    if not found:
        for mark in marks:
            mark.touch()
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def _mark(shape: str) -> Path:
    """A file that all processes of this run of the tests see."""
    folder = Path(os.environ["PORTAL_TEST_RUN"]) / "without-barriers"
    folder.mkdir(exist_ok=True)
    return folder / sha256(shape.encode()).hexdigest()


def accessible(page: Page) -> None:
    assert barriers(page) == [], page.url


def too_wide(page: Page) -> list[str]:
    """The page scrolls sideways as a whole; a table that scrolls within itself does not."""
    return page.evaluate(SCROLLED_SIDEWAYS)


def cut_off(page: Page) -> list[str]:
    """A choice on a phone may be longer than the screen; the list that opens shows it whole."""
    return page.evaluate(CUT_OFF, ENOUGH_INK) + (page.evaluate(CHOICES_CUT_OFF) if page.viewport_size == LAPTOP else [])


def small_targets(page: Page) -> list[str]:
    """Links within a sentence are excepted, as the rule excepts them."""
    return page.evaluate(SMALL_TARGETS, [TARGETS, LEAST_TARGET])


def covered(page: Page) -> list[str]:
    """What has the focus and lies behind something that stays in place, such as a bar at the foot of the window (WCAG 2.2 AA 2.4.11)."""
    return page.evaluate(COVERED, TARGETS)


def left_on_paper(page: Page) -> list[str]:
    """What one clicks, on a sheet where nobody can; and columns that do not fit on it."""
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    try:
        return page.evaluate(ON_PAPER, NOT_FOR_PAPER) + too_wide(page)
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size(before)


def at_every_size(page: Page) -> list[str]:
    """400 % of a 1280 px screen is 320 px; 1366 px is the common office laptop, and 683 px the same at 200 %."""
    return at_sizes(page, REFLOW, PHONE, ZOOMED, LAPTOP)


def at_sizes(page: Page, *sizes: Size) -> list[str]:
    found = []
    for size in sizes:
        page.set_viewport_size(size)
        faults = [*too_wide(page), *cut_off(page), *small_targets(page), *(covered(page) if size == ZOOMED else [])]
        found += [f"at {size['width']} px {fault}" for fault in faults]
    return found
