"""Every form of every role, sent with nothing in it: what comes back is as accessible and whole as the page before.

What may be saved empty is saved, so this file has the scene for itself.
"""

import pytest
from playwright.sync_api import Browser

from tests.journeys import looks
from tests.journeys.everywhere.portal import LANGUAGES, OK, REFUSED, Portal, by_actor, context_of
from tests.project import permissions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(600),
]

EMPTIED = """() => {
  const form = [...document.querySelectorAll("main form[method=post]")].pop();
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = false; else if (field.type !== "file") field.value = "";
  }
  form.noValidate = true;
  form.querySelectorAll("[data-warn-unsaved]").forEach(each => each.removeAttribute("data-warn-unsaved"));
  const button = form.querySelector("button.btn-primary, button:not([formaction])");
  form.requestSubmit(button);
}"""


def test_a_refused_form_is_accessible_and_whole(portal: Portal, browser: Browser) -> None:
    rows = [row for row in permissions.rows() if row.get == OK and row.post == REFUSED and row.may]
    faults, seen = [], 0
    for actor, addresses in by_actor((min(row.may), portal.path(min(row.may), row)) for row in rows).items():
        with context_of(browser, portal, actor, LANGUAGES[0]) as context:
            page = context.new_page()
            for path in addresses:
                page.goto(path)
                if page.locator("main form[method=post]").count() == 0:
                    continue
                with page.expect_navigation() as answer:
                    page.evaluate(EMPTIED)
                assert answer.value.status in {OK, REFUSED}, path
                if answer.value.status == REFUSED:
                    seen += 1
                    faults += [f"{actor.name} {path}: {fault}" for fault in [*looks.barriers(page), *looks.at_every_size(page)]]
    assert not faults, "\n".join(faults)
    assert seen > 15
