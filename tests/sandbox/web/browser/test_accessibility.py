"""Accessibility of every page: axe, narrow windows and keyboard."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

pytestmark = pytest.mark.process

PAGES = {
    "catalog": "/catalog/",
    "table": "/catalog/blueprints/event?is.properties.level=high&has.title=event",
    "entity": "/catalog/blueprints/service/entities/svc%2Fpayment",
    "event": "/catalog/blueprints/event/entities/e-000004",
    "no entity": "/catalog/blueprints/event/entities/nowhere",
}
INTEGRATION_PAGES = {
    "syncs": "/catalog/syncs",
    "mapping": "/catalog/integrations/company/mapping",
    "raw items": "/catalog/integrations/company/raw",
    "event": "/catalog/integrations/company/event",
}
LOOKS = ((1280, "light"), (390, "dark"))
"""Window width and color scheme. Layout depends on the width, contrast on the color scheme."""


def check(page: Any) -> None:
    """Raise AssertionError if axe has a serious finding or the page is wider than its window."""
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not serious, [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious]
    width, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= room


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page_is_accessible_at_every_width_and_scheme(path: str, small_catalog: str, window: Any) -> None:
    for width, scheme in LOOKS:
        check(window.open(small_catalog + path, width=width, scheme=scheme))


def test_pages_of_an_integration_are_accessible(company: Any, window: Any) -> None:
    config = company.config()
    config["resources"][4]["kind"] = "/api/no-such-tickets"
    company.change(config)
    company.sail().join()
    for width, scheme in LOOKS:
        for path in INTEGRATION_PAGES.values():
            page = window.open(company.url + path, width=width, scheme=scheme)
            check(page)
        page.goto(company.mapping_url)
        page.get_by_label("The mapping as YAML").fill("resources: [")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_be_visible()
        check(page)


def test_keyboard_reaches_the_content_and_every_blueprint(small_catalog: str, window: Any) -> None:
    page = window.open(f"{small_catalog}/catalog/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(3):  # the export, the diagram as a whole, its first box
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Event 1,000 entities")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Event")
