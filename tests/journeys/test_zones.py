"""The browser may stand in any zone, and its own clock may be wrong: the page says the instant in Beijing and what the server has left."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect

from pilotportal import clock
from tests import factories
from tests.factories import DEADLINE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def half_an_hour_left():
    clock.set_simulated(DEADLINE - timedelta(minutes=30), running=False)
    yield
    Path(settings.CLOCK_FILE).unlink()


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize("own_clock", [datetime(2025, 7, 18, 15, 30), datetime(2019, 2, 3, 4, 5), datetime(2031, 1, 1)])  # noqa: DTZ001
def test_neither_zone_nor_clock_of_the_browser_counts(browser: Browser, live_server, zone, own_clock):
    nomination = factories.complete_draft(factories.opened_round())
    client = Client()
    client.force_login(factories.approver())
    context = browser.new_context(base_url=live_server.url, timezone_id=zone, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.clock.install(time=own_clock)
    page.goto(f"/nominations/{nomination.code}/submit/")
    deadline = page.locator(".deadline").first
    expect(deadline).to_contain_text("18 July 2025 24:00 (Beijing time)")
    expect(deadline).to_contain_text("30 minutes left")
    page.clock.run_for(61_000)
    expect(deadline).to_contain_text("29 minutes left")
    page.clock.run_for(30 * 60_000)
    expect(deadline).to_contain_text("The deadline has passed")
    context.close()
