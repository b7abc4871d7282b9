"""The pages that send events: the sample API's control page, and the sandbox's page of an integration."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.loopback_server import Request, Response, serving

pytestmark = pytest.mark.process

LOOKS = ((1280, "light"), (390, "dark"))


@pytest.fixture
def webhook() -> Iterator[str]:
    """The URL of a webhook that accepts everything."""

    def accept(_: Request) -> Response:
        return Response({"status": "accepted"})

    with serving(accept) as url:
        yield f"{url}/integration/webhook"


def check(page: Any, width: int, scheme: str) -> None:
    """Raise AssertionError if axe has a serious finding or the page is wider than its window."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert not serious, [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious]
    taken, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert taken <= room


def test_renamed_item_is_delivered(company: Any, window: Any, webhook: str) -> None:
    page = window.open(f"{company.sample.base_url}/_control/")
    page.get_by_label("URL").fill(webhook)
    page.get_by_role("textbox", name="Secret").fill("correct horse")
    page.get_by_role("button", name="Send events").click()
    page.get_by_role("navigation", name="Collections").get_by_role("link", name="tickets").click()
    page.get_by_label("Title of 101").fill("Printer on fire")
    page.get_by_role("button", name="Rename 101").click()
    delivery = page.get_by_role("row", name="ticket updated")
    expect(delivery).to_contain_text("delivered")
    expect(delivery).to_contain_text('200 {"status": "accepted"}')
    page.get_by_role("link", name="Edit 101").click()
    expect(page.get_by_label("The item as JSON")).to_have_value(re.compile('"subject": "Printer on fire"'))
    for width, scheme in LOOKS:
        check(page, width, scheme)


def test_sent_event_shows_its_answer_and_what_changes_then(company: Any, window: Any, webhook: str) -> None:
    page = window.open(f"{company.url}/catalog/syncs")
    page.get_by_role("link", name="Send an event to company").click()
    page.get_by_label("URL of the webhook").fill(webhook)
    page.get_by_role("textbox", name="Secret").fill("correct horse")
    page.get_by_label("Payload").fill('{"action": "updated"}')
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("The integration accepted the event.")).to_be_visible()
    entity = {"identifier": "7", "title": "Seven", "properties": {}, "relations": {}}
    company.port.post("/v1/blueprints/sampleUser/entities", json=entity).raise_for_status()
    expect(page.get_by_role("log").get_by_role("link", name="Seven")).to_be_visible()
    for width, scheme in LOOKS:
        check(page, width, scheme)
    page.get_by_role("log").get_by_role("link", name="Seven").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Seven")
