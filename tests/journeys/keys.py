"""A journey without a mouse: Tab and Enter, and at every stop the focus can be seen."""

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

MOST_TABS = 120
FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const label = element.labels && element.labels.length ? element.labels[0].innerText : "";
  return {
    name: (element.getAttribute("aria-label") || label || element.innerText || "").trim().replace(/\\s+/g, " "),
    field: element.name || "",
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""


def said(text: str) -> str:
    """In Chinese, as far as its first variable part."""
    with translation.override("zh-hans"):
        words = gettext(text)
    assert words != text, f"not translated: {text}"
    return words.partition("%")[0]


def tab_to(page: Page, name: str = "", *, field: str = "") -> None:
    """Press Tab until the focus is there, and see it at every stop."""
    for _stop in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], f"nobody sees the focus on {focused}"
        if (field and focused["field"] == field) or (name and focused["name"].startswith(name)):
            return
    raise AssertionError(f"No Tab leads to {name or field}.")


def go(page: Page, name: str) -> None:
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
