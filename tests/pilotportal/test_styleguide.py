import pytest
from django.test import Client
from pytest_django import Settings

from pilotportal.templatetags.interface import TONES
from tests.pilotportal.pages import read

PARTIALS_OF_THE_FRAME = {
    *("account_menu", "brand", "breadcrumbs", "demonstration_banner", "icon", "language_switch", "messages", "navigation"),
    *("failure", "server_error", "error_summary_formset", "unread_notices", "session_notice", "wipes"),
    *("closed", "round_switcher", "search_box"),
    "file_withheld",  # a page of its own
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_component_is_shown(client: Client, settings: Settings, language: str) -> None:
    response = client.get("/styleguide/", headers={"Accept-Language": language})
    shown = {template.name for template in response.templates}
    files = (settings.BASE_DIR / "templates" / "components").glob("*.html")
    written = {
        f"components/{path.name}" for path in files if not path.name.startswith("shown_")
    }  # a form's answers; they need its definition
    assert written - shown <= {f"components/{name}.html" for name in PARTIALS_OF_THE_FRAME}


def test_every_state_is_shown(client: Client) -> None:
    page = read(client.get("/styleguide/").content.decode())
    for tone in TONES:
        assert page.all("span", class_=f"pill pill-{tone}")
    for urgency in ("calm", "soon", "urgent", "passed"):
        assert page.all("span", class_=f"deadline deadline-{urgency}")
    for tone in ("info", "success", "warning", "error"):
        assert page.all("div", class_=f"notice notice-{tone}")


def test_components_without_a_partial_of_their_own_are_shown_too(client: Client) -> None:
    """Those of the issue that consist of a class of the stylesheet, around what a page has to say."""
    page = read(client.get("/styleguide/").content.decode())
    classes = {name for element in page.walk() for name in element.attributes.get("class", "").split()}
    assert {"btn-primary", "btn-danger", "figures", "form-select", "form-check-input", "invalid-feedback"} <= classes
    assert {"dialog", "timeline", "compare", "uploads", "upload-trouble", "menu-panel", "panel", "acts"} <= classes
    assert page.one("div", **{"aria-busy": "true"})
    assert page.one("iframe").attributes["src"] == "?narrow=1#table"
    assert [button for button in page.all("button", class_="btn btn-danger") if "disabled" in button.attributes]


def test_the_frame_of_the_narrow_screen_holds_no_other_frame(client: Client) -> None:
    answer = client.get("/styleguide/?narrow=1")
    assert not read(answer.content.decode()).all("iframe")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_it_asks_for_nothing_by_itself(client: Client) -> None:
    assert "hx-get" not in client.get("/styleguide/").content.decode()


def test_production_has_none(client: Client, settings: Settings) -> None:
    settings.PRODUCTION = True
    assert client.get("/styleguide/").status_code == 404
