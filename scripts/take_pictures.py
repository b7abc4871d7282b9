"""Take the pictures of the builder and of the sandbox in `docs`: python -m scripts.take_pictures

Runs the demo's servers, a real `ocean sail` and the builder, and drives their pages in Chromium. The servers
use the ports that the pictures show: 3010, 3020 and 8000 must be free.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import yaml
from playwright.sync_api import Page, expect, sync_playwright
from rich.console import Console

from scripts import demo

_DOCS = demo.ROOT / "docs"
_TIMEOUT_MS = 60_000
_WIDTH = 1280
_TASKS = "/api/v1/projects/{project_id}/tasks"


@dataclass(frozen=True)
class Demo:
    """The running sandbox, sample API and integration."""

    port: httpx.Client
    api: httpx.Client
    webhook: str
    secret: str
    environ: dict[str, str]

    @property
    def catalog(self) -> str:
        """The address of the sandbox's pages."""
        return f"{self.port.base_url}/catalog"

    def change_mapping(self, *changes: tuple[str, str]) -> None:
        """Replace parts of the text of the mapping, and request a resync."""
        path = f"/v1/integration/{demo.INSTALLATION}"
        text = json.dumps(self.port.get(path).raise_for_status().json()["integration"]["config"])
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.port.patch(f"{path}/config", json={"config": json.loads(text)}).raise_for_status()
        self.port.patch(path).raise_for_status()


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Run the demo's servers, and sync the sample API once."""
    secret = secrets.token_hex(16)
    with ExitStack() as stack:
        port_url = stack.enter_context(demo.server("sandbox.port_api", 3010))
        api_url = stack.enter_context(demo.server("sandbox.sample_api", 3020))
        port = stack.enter_context(httpx.Client(base_url=port_url, timeout=30))
        api = stack.enter_context(httpx.Client(base_url=api_url, timeout=30))
        demo.install(port, yaml.safe_load((demo.EXAMPLE / "port-app-config.yml").read_text()))
        # It asks Port each second whether someone has requested a resync.
        listener = json.dumps({"type": "POLLING", "interval": 1})
        environ = demo.environment(port_url, api_url, secret) | {"OCEAN__EVENT_LISTENER": listener}
        ocean = stack.enter_context(demo.integration(environ, demo.free_port(8000)))
        demo.resync(Console(quiet=True), port, ocean)
        webhook = f"{ocean.url}/integration/webhook"
        yield Demo(port, api, webhook, secret, environ)


@contextmanager
def open_page() -> Iterator[Page]:
    """Open a window of Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if program is None:
        raise SystemExit("Chromium is missing: scripts/install_browser.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(reduced_motion="reduce").new_page()
        page.set_default_timeout(_TIMEOUT_MS)
        expect.set_options(timeout=_TIMEOUT_MS)
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
        browser.close()


def save(page: Page, file: str, height: int, *, top: str = "") -> None:
    """Save a picture of the window. top: the selector of the element at its top, "" for the page's start."""
    page.set_viewport_size({"width": _WIDTH, "height": height})
    if top:
        page.locator(top).first.evaluate(
            "element => scrollTo(0, element.getBoundingClientRect().top + scrollY - 72)"
        )
    else:
        page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)  # animations and requests that follow
    page.screenshot(path=_DOCS / file)
    print(f"docs/{file}")


def take_catalog(page: Page, running: Demo) -> None:
    """The catalog after the first resync, and a table of it."""
    page.goto(f"{running.catalog}/")
    expect(page.get_by_label("Integrations")).to_contain_text("completed")
    save(page, "sandbox/catalog.png", 913)
    page.goto(f"{running.catalog}/blueprints/sampleSubtask")
    filters = page.get_by_text("Filter by property")
    filters.click()
    page.get_by_role("combobox", name="Done").select_option(index=1)
    expect(page.get_by_label("Filters")).to_be_visible()
    filters.click()
    save(page, "sandbox/table.png", 1000)


def take_event(page: Page, running: Demo) -> None:
    """An event that the sandbox sends, and what it changes in the catalog."""
    page.goto(f"{running.catalog}/syncs")
    page.get_by_role("link", name=f"Send an event to {demo.INSTALLATION}").click()
    page.get_by_label("URL of the webhook").fill(running.webhook)
    page.get_by_role("textbox", name="Secret").fill(running.secret)
    page.get_by_label("Additional headers").fill("X-Sample-Event: project")
    payload = {"action": "updated", "project": {"project_id": "P-002"}}
    page.get_by_label("Payload").fill(json.dumps(payload, indent=2))
    change = {"project_id": "P-002", "project_name": "Payments", "budget_amount": 18000}
    body = {"action": "updated", "collection": "projects", "item": change}
    running.api.post("/_control/changes", json=body).raise_for_status()
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("log")).to_contain_text("Payments")
    save(page, "sandbox/event.png", 900)


def take_control_page(page: Page, running: Demo) -> None:
    """The control page of the sample API after some deliveries."""
    running.api.post(
        "/_control/webhook", json={"url": running.webhook, "secret": running.secret}
    ).raise_for_status()
    page.goto(f"{running.api.base_url}/_control/")
    page.get_by_role("navigation", name="Collections").get_by_role("link", name="tickets").click()
    for number, title in ((101, "Printer on fire"), (102, "Paper jam")):
        page.get_by_label(f"Title of {number}").fill(title)
        page.get_by_role("button", name=f"Rename {number}").click()
    page.get_by_role("button", name="Delete 103").click()
    expect(page.get_by_role("row", name="ticket deleted")).to_contain_text("delivered")
    save(page, "sandbox/control.png", 1560)


def take_mapping(page: Page, running: Demo) -> None:
    """A mistake in the editor of the mapping."""
    page.goto(f"{running.catalog}/integrations/{demo.INSTALLATION}/mapping")
    text = page.get_by_label("The mapping as YAML")
    text.fill(text.input_value().replace("identifier: .project_id", "identifer: .project_id", 1))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.set_viewport_size({"width": _WIDTH, "height": 800})
    page.wait_for_timeout(500)
    page.screenshot(path=_DOCS / "sandbox/mapping.png")
    print("docs/sandbox/mapping.png")


def take_syncs(page: Page, running: Demo) -> None:
    """A resync in which one kind fails, and Port rejects the entities of another one."""
    running.change_mapping(('"/api/tickets"', '"/api/old-tickets"'), (".budget_amount", ".project_name"))
    page.goto(f"{running.catalog}/syncs")
    expect(page.get_by_role("heading", name=demo.INSTALLATION)).to_contain_text("failed")
    expect(page.get_by_text(re.compile("must be number")).first).to_be_visible()
    save(page, "sandbox/syncs.png", 800)


def take_raw_items(page: Page, running: Demo) -> None:
    """The items that Port receives in the mode in which Port maps them."""
    running.port.patch("/_sandbox/settings", json={"processing": "dsp"}).raise_for_status()
    environ = {**running.environ, "OCEAN__PROCESSING_MODE": "dsp"}
    with demo.integration(environ, demo.free_port(0)):
        while not running.port.get("/_sandbox/raw", params={"integration": demo.INSTALLATION}).json():
            page.wait_for_timeout(200)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{running.catalog}/integrations/{demo.INSTALLATION}/raw")
        save(page, "sandbox/raw.png", 800)


def take_builder(page: Page, running: Demo, url: str) -> None:
    """The three steps of the builder."""
    page.goto(url)
    page.get_by_label("Base URL", exact=True).fill(f"{running.api.base_url}/bearer/next-link")
    page.get_by_label("Authentication", exact=True).select_option("bearer_token")
    page.get_by_label("API token", exact=True).fill("sample-token")
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#connection-result")).to_contain_text("Connected")
    save(page, "builder/connect.png", 900, top="#connection-form")
    fetch(page, "/api/v1/users")
    save(page, "builder/choose.png", 900, top="#properties")
    page.get_by_label("Identifier of each entity: custom jq").fill(".department")
    page.get_by_role("tab", name="Entities").click()
    expect(page.locator("#answer")).to_contain_text("problems found")
    save(page, "builder/preview.png", 900, top=".card:has(#blueprint)")
    page.locator("[name=identifier-choice]").first.check()
    for path in ("/api/v1/projects", _TASKS):
        page.get_by_role("button", name="Add endpoint").click()
        expect(page.get_by_label("Path of the endpoint")).to_have_value("")
        fetch(page, path)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    create_in_port(page, str(running.port.base_url))
    save(page, "builder/install-dark.png", 1300, top="#port-form")


def fetch(page: Page, path: str) -> None:
    """Fetch a sample of an endpoint."""
    page.get_by_label("Path of the endpoint").fill(path)
    if "{" in path:
        expect(page.get_by_label("Field with the value")).to_have_value(".project_id")
    page.get_by_role("button", name="Fetch sample").click()
    expect(page.locator("#sample-status")).to_contain_text("Fetched ")


def create_in_port(page: Page, url: str) -> None:
    """Create what the builder has prepared in the sandbox."""
    page.get_by_label("Port region").select_option("other")
    page.get_by_label("Port API URL").fill(url.rstrip("/"))
    page.locator("#client_id").fill(demo.CREDENTIALS["clientId"])
    page.get_by_label("Client secret").last.fill(demo.CREDENTIALS["clientSecret"])
    page.get_by_role("button", name="Create in Port").click()
    page.get_by_role("button", name="Write to Port").click()
    expect(page.locator("#port-result")).to_contain_text("Everything is in Port")


def main() -> None:
    """Take all pictures."""
    with open_page() as page, running_demo() as running, demo.server("builder.web") as builder:
        take_catalog(page, running)
        take_event(page, running)
        take_control_page(page, running)
        take_mapping(page, running)
        take_syncs(page, running)
        take_builder(page, running, builder)
        take_raw_items(page, running)


if __name__ == "__main__":
    main()
