"""The pages during a resync with `ocean sail`."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.process


def test_open_page_updates_counts_during_a_resync(company: Any, window: Any) -> None:
    company.slow_down(0.2)
    page = window.open(f"{company.url}/catalog/")
    expect(page.locator("#total")).to_have_text("0 entities")
    page.evaluate("document.documentElement.dataset.same = 'page'")
    company.sail()
    users = page.get_by_role("link", name=re.compile("^User 120 entities$"))
    expect(users).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Integrations")).to_contain_text("running")
    expect(page.get_by_label("Integrations")).to_contain_text("completed", timeout=60_000)
    expect(page.locator("#total")).to_have_text("758 entities")
    expect(page.get_by_role("row", name="Task sampleTask")).to_contain_text("164")
    assert page.locator("html").get_attribute("data-same") == "page", "the page was loaded anew"


def test_syncs_page_shows_kinds_and_messages_live(company: Any, window: Any) -> None:
    config = company.config()
    config["resources"][4]["kind"] = "/api/no-such-tickets"
    config["resources"][1]["port"]["entity"]["mappings"]["properties"]["budget"] = ".project_name"
    company.change(config)
    company.slow_down(0.2)
    page = window.open(f"{company.url}/catalog/syncs")
    announced = page.locator("#announcement")
    company.sail()
    users = page.get_by_role("row").filter(has=page.get_by_text("/api/v1/users", exact=True))
    last = page.get_by_role("row").filter(
        has=page.get_by_text("/api/tickets/{ticket_id}/comments", exact=True)
    )
    expect(users).to_contain_text("completed", timeout=60_000)
    expect(last).to_contain_text(re.compile("pending|syncing"))
    expect(announced).to_contain_text("company: running")
    expect(page.get_by_role("heading", name="company")).to_contain_text("failed", timeout=60_000)
    expect(users).to_contain_text("120 120 0 0")
    expect(page.get_by_text("status 404 Not Found")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("P-001: properties/budget must be number")).to_be_visible()
    expect(announced).to_contain_text("company: failed, 6 of 6 kinds done, 1 failed")


def test_button_requests_a_resync_that_a_polling_integration_starts(company: Any, window: Any) -> None:
    page = window.open(f"{company.url}/catalog/syncs")
    company.poll()
    heading = page.get_by_role("heading", name="company")
    expect(heading).to_contain_text("completed", timeout=60_000)
    company.sample.post("/_control/remove", json={"collection": "users", "ids": [7]})
    company.slow_down(0.1)
    page.get_by_role("button", name="Resync company").press("Enter")
    expect(heading).to_contain_text(re.compile("requested|running"))
    expect(heading).to_contain_text("running", timeout=60_000)
    expect(heading).to_contain_text("completed", timeout=60_000)
    users = page.get_by_role("row").filter(has=page.get_by_text("/api/v1/users", exact=True))
    expect(users).to_contain_text("119")


def test_button_is_not_replaced_while_it_is_pressed(company: Any, window: Any) -> None:
    page = window.open(f"{company.url}/catalog/syncs")
    page.get_by_role("button", name="Resync company").hover()
    page.mouse.down()
    with page.expect_response(lambda response: "/syncs/live" in response.url and response.status == 200):
        another = {
            "installationId": "another",
            "installationAppType": "custom",
            "version": "1.0.0",
            "changelogDestination": {},
            "config": company.config(),
        }
        company.port.post("/v1/integration", json=another).raise_for_status()
    page.wait_for_timeout(100)
    page.mouse.up()
    expect(page.get_by_role("heading", name="company")).to_contain_text("requested")
    expect(page.get_by_role("heading", name="another")).to_be_visible()


def test_page_shows_when_the_sandbox_is_offline(company: Any, window: Any) -> None:
    page = window.open(f"{company.url}/catalog/")
    page.route("**/catalog/live*", lambda route: route.abort())
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("does not respond")
    page.unroute("**/catalog/live*")
    expect(alert).to_be_hidden()
    window.problems.clear()


def test_new_blueprint_appears_on_the_open_page(company: Any, window: Any) -> None:
    page = window.open(f"{company.url}/catalog/")
    expect(page.get_by_role("heading", name="Catalog")).to_be_visible()
    body = {"identifier": "office", "title": "Office", "schema": {"properties": {}}}
    company.port.post("/v1/blueprints", json=body).raise_for_status()
    expect(page.get_by_role("link", name="Office 0 entities")).to_be_visible()
    with page.expect_download() as export:
        page.get_by_role("link", name="Export as JSON").click()
    assert '"identifier":"office"' in export.value.path().read_text()
