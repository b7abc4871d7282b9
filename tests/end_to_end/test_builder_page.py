"""The builder's page in a real browser. The generated installation creates the previewed entities."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Error, Locator, Page, Response, Route, expect

from tests.browser import chromium

pytestmark = pytest.mark.process

type Sail = Callable[[dict[str, str]], str]

ROOT = Path(__file__).parents[2]
_TIMEOUT_MS = 60_000
_RUN_TIMEOUT_MS = 300_000
_USERS = "/api/v1/users"
_TASKS = "/api/v1/projects/{project_id}/tasks"
_PORT_CREDENTIALS = {"<PORT_CLIENT_ID>": "sandbox", "<PORT_CLIENT_SECRET>": "sandbox"}
_TOKEN = {"<YOUR_API_TOKEN>": "sample-token"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start the page in its own process and yield the address that it prints."""
    command = [sys.executable, "-m", "builder.web", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", process.stdout.readline())
        assert found
        yield found[0]
        process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_TIMEOUT_MS)
    with chromium() as started:
        yield started


@dataclass
class Builder:
    """The actions of a user, who finds inputs and buttons by their texts."""

    page: Page

    def connect(self, base_url: str, auth_type: str, **inputs: str) -> None:
        self.page.get_by_label("Base URL", exact=True).fill(base_url)
        self.page.get_by_label("Authentication", exact=True).select_option(auth_type)
        for name, text in inputs.items():
            self.page.locator(f"#{name}").fill(text)

    def test_connection(self) -> None:
        self.page.get_by_role("button", name="Test connection").click()

    def fetch(self, path: str) -> None:
        self.page.get_by_label("Path of the endpoint").fill(path)
        self.page.get_by_role("button", name="Fetch sample").click()
        expect(self.page.locator("#sample-status")).to_contain_text("Fetched ")

    def paste(self, path: str, response: str) -> None:
        self.page.get_by_label("Path of the endpoint").fill(path)
        self.page.get_by_text("Or paste a response").click()
        self.page.get_by_role("textbox", name="Response", exact=True).fill(response)
        self.page.get_by_role("button", name="Use this response").click()
        expect(self.page.locator("#sample-status")).to_contain_text("Pasted ")

    def add_endpoint(self) -> None:
        self.page.get_by_role("button", name="Add endpoint").click()
        expect(self.page.get_by_label("Path of the endpoint")).to_have_value("")

    def previewed(self) -> dict[str, dict[str, str]]:
        """Return the entities of the preview by identifier."""
        self.page.get_by_role("tab", name="Entities").click()
        table = self.page.locator("table.entities")
        expect(table).to_be_visible()
        names = table.locator("thead th").all_inner_texts()
        rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
        entities = [dict(zip(names, row, strict=True)) for row in rows]
        return {entity["identifier"]: entity for entity in entities}

    def create_in(self, port_url: str) -> None:
        self.page.get_by_label("Port region").select_option("other")
        self.page.get_by_label("Port API URL").fill(port_url)
        self.page.locator("#client_id").fill("sandbox")
        self.page.get_by_label("Client secret").last.fill("sandbox")
        self.page.get_by_role("button", name="Create in Port").click()
        self.page.get_by_role("button", name="Write to Port").click()
        expect(self.page.locator("#port-result")).to_contain_text("Everything is in Port")
        expect(self.page.locator("#state-install")).to_contain_text("done")

    def env_file(self, filled_in: dict[str, str]) -> dict[str, str]:
        """Return the variables of the generated env file, with its placeholders replaced."""
        self.page.get_by_role("tab", name="Env file").click()
        content = self.page.get_by_label("ocean-custom.env", exact=True).inner_text()
        for placeholder, text in filled_in.items():
            content = content.replace(placeholder, text)
        lines = [line for line in content.splitlines() if line and not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    def issue(self, field: str) -> str:
        """Return the message next to an input that is marked as invalid."""
        expect(self.page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
        message = self.page.locator(f"#{field}-mistake")
        expect(self.page.locator(f"#{field}")).to_have_attribute(
            "aria-describedby", re.compile(f"{field}-mistake")
        )
        return message.inner_text()

    def overflow(self) -> int:
        """Return how many pixels the page is wider than the window."""
        overflow: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return overflow


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Page]:
    """Return one window for all tests, because opening a window takes longer than most tests."""
    context = browser.new_context()
    context.set_default_timeout(_TIMEOUT_MS)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    # The one-time address redirects to the page.
    page.wait_for_url(re.compile("/$"), wait_until="load")
    yield page
    context.close()


def _start_over(page: Page) -> None:
    """Discard all inputs, and wait for the new ones: what is typed into the old ones is lost."""
    page.get_by_label("Base URL", exact=True).evaluate("input => input.dataset.old = 'true'")
    page.get_by_role("button", name="Start over", exact=True).click()
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(page.get_by_label("Base URL", exact=True)).to_have_value("")


@pytest.fixture
def builder(window: Page) -> Iterator[Builder]:
    """Return the page with empty inputs. Fail on JavaScript errors and on error responses."""
    broken: list[str] = []

    def note_error(error: Error) -> None:
        broken.append(str(error))

    def note_answer(answer: Response) -> None:
        if answer.status >= 400:
            broken.append(answer.url)

    window.set_viewport_size({"width": 1280, "height": 900})
    window.emulate_media(color_scheme="light")
    window.on("pageerror", note_error)
    window.on("response", note_answer)
    _start_over(window)
    yield Builder(window)
    window.unroute_all(behavior="ignoreErrors")
    window.remove_listener("pageerror", note_error)
    window.remove_listener("response", note_answer)
    assert broken == []


@pytest.fixture
def sail(ocean_command: Any) -> Sail:
    """Return a function that runs `ocean sail --once` with these variables and returns its output."""
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("OCEAN__", "APPLICATION__"))
    }
    # All processes on a machine share the disk cache and the port numbers.
    own = {"OCEAN__CACHING_STORAGE_MODE": "memory", "APPLICATION__PORT": "0"}

    def run(variables: dict[str, str]) -> str:
        printed: str = ocean_command.run(["sail", "--once"], {**kept, **variables, **own}).stdout
        return printed

    return run


def _check_arrived(port: Any, blueprint: str, previewed: dict[str, dict[str, str]], log: str) -> None:
    """Check that each entity of the preview is in the catalog with the same values."""
    found = port.entities(blueprint)
    assert previewed.keys() <= found.keys(), log
    for identifier, shown in previewed.items():
        entity = found[identifier]
        values = {"title": entity["title"], **entity["properties"], **entity["relations"]}
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        assert {name: shown[name] for name in texts} == texts


def test_a_fetched_sample_becomes_entities_in_port(
    builder: Builder, port: Any, sample: httpx.Client, sail: Sail
) -> None:
    builder.connect(
        f"{str(sample.base_url).rstrip('/')}/bearer/next-link", "bearer_token", apiToken="sample-token"
    )
    builder.test_connection()
    expect(builder.page.locator("#connection-result")).to_contain_text("Connected. ")
    builder.fetch(_USERS)
    expect(builder.page.get_by_role("radio", name=".users 20 objects")).to_be_checked()
    expect(builder.page.locator("#pages")).to_contain_text("links.next has the URL of the next page")
    builder.page.get_by_role("button", name="Test next page").click()
    expect(builder.page.locator("#next-result")).to_contain_text("the next page has 20 new items")
    builder.page.get_by_role("checkbox", name="Include department").uncheck()
    builder.page.get_by_label("Property for is_active").fill("active")
    expect(builder.page.locator("table.entities")).to_contain_text("active")
    expect(builder.page.locator("table.entities")).not_to_contain_text("department")
    previewed = builder.previewed()
    builder.create_in(port.url)
    log = sail(builder.env_file(_PORT_CREDENTIALS | _TOKEN))
    _check_arrived(port, "user", previewed, log)
    assert len(port.entities("user")) == 120, log
    assert port.entities("user")["1"]["properties"].keys() == {"email", "active", "created_at", "manager_id"}


def test_a_pasted_sample_becomes_entities_in_port(
    builder: Builder, port: Any, sample: httpx.Client, sail: Sail
) -> None:
    """The token is not entered. The generated texts have a placeholder for it."""
    base_url = f"{str(sample.base_url).rstrip('/')}/bearer/page-header"
    builder.connect(base_url, "bearer_token")
    answer = httpx.get(f"{base_url}/api/tickets?per_page=5", headers={"Authorization": "Bearer sample-token"})
    head = "".join(f"{name}: {text}\n" for name, text in answer.headers.items())
    builder.paste("/api/tickets", f"HTTP/1.1 200 OK\n{head}\n{answer.text}")
    expect(builder.page.locator("#pages")).to_contain_text("The Link header has the URL of the next page")
    previewed = builder.previewed()
    builder.create_in(port.url)
    log = sail(builder.env_file(_PORT_CREDENTIALS | _TOKEN))
    _check_arrived(port, "ticket", previewed, log)


def test_a_nested_endpoint_is_related_to_its_parent(
    builder: Builder, port: Any, sample: httpx.Client, sail: Sail
) -> None:
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch("/api/v1/projects")
    builder.add_endpoint()
    builder.page.get_by_label("Path of the endpoint").fill(_TASKS)
    expect(builder.page.get_by_label("Field with the value")).to_have_value(".project_id")
    builder.fetch(_TASKS)
    expect(builder.page.locator("#relations")).to_contain_text("the items are requested per project")
    builder.page.get_by_role("tab", name="Items").click()
    builder.page.get_by_role("combobox", name="Show").select_option("project_id = P-003 (5 items)")
    expect(builder.page.locator("#answer-items tbody tr")).to_have_count(5)
    previewed = builder.previewed()
    builder.create_in(port.url)
    log = sail(builder.env_file(_PORT_CREDENTIALS))
    _check_arrived(port, "task", previewed, log)
    projects = port.entities("project").keys()
    assert projects
    assert {task["relations"]["project"] for task in port.entities("task").values()} <= projects


def test_a_run_on_this_machine_fills_the_catalog(builder: Builder, port: Any, sample: httpx.Client) -> None:
    """The run survives a reload, can be cancelled, and its log has no secrets."""
    page = builder.page
    builder.connect(
        f"{str(sample.base_url).rstrip('/')}/bearer/next-link", "bearer_token", apiToken="sample-token"
    )
    builder.fetch(_USERS)
    page.get_by_label("Port region").select_option("other")
    page.get_by_label("Port API URL").fill(port.url)
    expect(page.get_by_role("tab").first).to_have_text("On this machine")
    page.get_by_role("button", name="Run it here").click()
    cancel = page.locator("#run-card").get_by_role("button", name="Cancel")
    cancel.click()
    expect(page.locator("#run-live")).to_contain_text("Cancelled")
    page.get_by_role("button", name="Run again").click()
    expect(cancel).to_be_visible()
    page.reload()
    expect(page.locator("#run-lines")).to_contain_text("Ocean version", timeout=_RUN_TIMEOUT_MS)
    expect(page.locator("#run-live")).to_contain_text("complete: ", timeout=_RUN_TIMEOUT_MS)
    assert builder.overflow() <= 0
    assert len(port.entities("user")) == 120
    assert "sample-token" not in page.content()
    with page.expect_popup() as catalog:
        page.get_by_role("link", name="Open the catalog").click()
    expect(catalog.value.get_by_role("heading", name="Catalog").first).to_be_visible()
    catalog.value.close()


# Other tests choose no authentication and a bearer token.
AUTHENTICATION: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "api_key": ("api_key", {"apiKey": "sample-key"}, ["<YOUR_API_KEY>"]),
    "api_key_query": ("api_key", {"apiKey": "sample-key", "apiKeyParam": "api_key"}, ["<YOUR_API_KEY>"]),
    "basic": ("basic", {"username": "sample", "password": "sample-password"}, ["<YOUR_PASSWORD>"]),
    "oauth2": (
        "oauth2",
        {"tokenUrl": "{}/oauth/token", "clientId": "sample-client", "clientSecret": "sample-secret"},
        ["<YOUR_CLIENT_SECRET>"],
    ),
    "login": (
        "custom",
        {
            "customAuthRequest": '{{"endpoint": "{}/login", "body":'
            ' {{"username": "sample", "password": "sample-password"}}}}',
            "customAuthRequestTemplate": '{{"headers": {{"X-Session": "{{{{.session.token}}}}"}}}}',
        },
        ["<BODY_USERNAME>", "<BODY_PASSWORD>"],
    ),
}


def test_every_authentication_type_reaches_the_api(builder: Builder, sample: httpx.Client) -> None:
    """The user changes the type again and again. The API has the style of the type."""
    root = str(sample.base_url).rstrip("/")
    builder.connect(f"{root}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.page.get_by_role("tab", name="Env file").click()
    printed = builder.page.get_by_label("ocean-custom.env", exact=True)
    for style, (auth_type, inputs, placeholders) in AUTHENTICATION.items():
        secrets = {name: text.format(root) for name, text in inputs.items()}
        builder.connect(f"{root}/{style}/cursor", auth_type, **secrets)
        with builder.page.expect_response("**/connection/test"):
            builder.test_connection()
        expect(builder.page.locator("#connection-result")).to_contain_text("Connected. ")
        for placeholder in placeholders:
            expect(printed).to_contain_text(placeholder)
        shown = builder.page.content()
        assert not [text for text in ("sample-key", "sample-password", "sample-secret") if text in shown], (
            style
        )


def test_issues_are_shown_next_to_their_inputs(builder: Builder, sample: httpx.Client) -> None:
    root = str(sample.base_url).rstrip("/")
    builder.connect("http://127.0.0.1:9", "bearer_token", apiToken="wrong-token")
    builder.test_connection()
    assert "Check the host and port of baseUrl" in builder.issue("baseUrl")
    assert "resync" not in builder.issue("baseUrl")
    builder.connect(f"{root}/bearer/cursor", "bearer_token")
    builder.test_connection()
    assert "401" in builder.issue("apiToken")
    expect(builder.page.locator("#baseUrl-mistake")).to_have_count(0)
    builder.connect(f"{root}/bearer/cursor", "bearer_token", apiToken="sample-token")
    builder.page.get_by_label("Path of the endpoint").fill("/api/v1/nobody")
    builder.page.get_by_role("button", name="Fetch sample").click()
    assert "404" in builder.issue("kind")
    builder.fetch(_USERS)
    builder.page.get_by_label("Blueprint identifier").fill("my user")
    assert "Port allows letters" in builder.issue("blueprint")
    builder.page.get_by_label("Identifier of each entity: custom jq").fill(".id |")
    assert "Invalid jq" in builder.issue("identifier")
    builder.page.get_by_role("link", name="Blueprint identifier").first.click()
    expect(builder.page.get_by_label("Blueprint identifier")).to_be_focused()
    builder.page.get_by_label("Blueprint identifier").fill("user")
    builder.page.get_by_label("Identifier of each entity: custom jq").fill(".id")
    expect(builder.page.locator("[aria-invalid]")).to_have_count(0)


def test_a_problem_is_shown_in_its_cell(builder: Builder, sample: httpx.Client) -> None:
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.page.get_by_label("Identifier of each entity: custom jq").fill(".department")
    expect(builder.page.locator("#preview-summary")).to_contain_text("problems found")
    expect(builder.page.locator("td.broken").first).to_contain_text("Duplicate identifier")


def test_a_wrongly_detected_pagination_is_revealed_by_a_test(builder: Builder, sample: httpx.Client) -> None:
    """The name `after_cursor` suggests the parameter `after`, but the API uses `cursor`."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    expect(builder.page.locator("#label-state-1")).to_contain_text("1 doubtful")
    builder.page.get_by_role("button", name="Test next page").click()
    expect(builder.page.locator("#next-result")).to_contain_text("the same items again")
    builder.page.get_by_label("Pagination", exact=True).select_option("cursor")
    expect(builder.page.locator("#pages")).to_contain_text("sent as the parameter cursor")
    builder.page.get_by_role("button", name="Test next page").click()
    expect(builder.page.locator("#next-result")).to_contain_text("20 new items")
    expect(builder.page.locator("#label-state-1")).to_contain_text("done")


def test_a_curl_command_fills_in_the_page(builder: Builder, sample: httpx.Client) -> None:
    """The secret is used but not shown. The path has a prefix that is in the base URL in other tests."""
    address = f"{str(sample.base_url).rstrip('/')}/bearer/next-link{_USERS}?active=true"
    builder.page.get_by_text("Start from a document").click()
    builder.page.get_by_label("Document", exact=True).fill(
        f"curl '{address}' -H 'Authorization: Bearer sample-token'"
    )
    builder.page.get_by_role("button", name="Import").click()
    expect(builder.page.get_by_label("Path of the endpoint")).to_have_value(f"/bearer/next-link{_USERS}")
    assert "sample-token" not in builder.page.content()
    builder.page.get_by_role("button", name="Fetch sample").click()
    expect(builder.page.locator("#sample-status")).to_contain_text("Fetched 20 items")
    assert builder.previewed()


def test_a_running_fetch_can_be_cancelled(builder: Builder, sample: httpx.Client) -> None:
    """The builder sends no requests for the remaining children."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch("/api/v1/projects")
    builder.add_endpoint()
    builder.page.get_by_label("Path of the endpoint").fill(_TASKS)
    expect(builder.page.get_by_label("Field with the value")).to_have_value(".project_id")
    sample.post("/_control/latency", json={"seconds": 1.0}).raise_for_status()
    builder.page.get_by_role("button", name="Fetch sample").click()
    expect(builder.page.locator("#fetch-progress")).to_contain_text("1 s")
    builder.page.get_by_role("button", name="Cancel").locator("visible=true").click()
    expect(builder.page.locator("#fetch-progress")).to_be_hidden()
    count = len(sample.get("/_control/requests").json())
    builder.test_connection()
    expect(builder.page.locator("#connection-result")).to_contain_text("Connected")
    since = [entry["path"] for entry in sample.get("/_control/requests").json()][count:]
    # Two requests of the connection test, and the one in progress. Otherwise there would be one per child.
    assert len(since) <= 3, since
    expect(builder.page.locator("#sample-status")).to_be_empty()


def test_a_state_leads_to_the_input_of_another_endpoint(builder: Builder) -> None:
    page = builder.page
    users = [{"id": number, "team": "a", "name": f"User {number}"} for number in range(6)]
    builder.paste("/users", json.dumps(users))
    page.get_by_label("Identifier of each entity: custom jq").fill(".team")
    expect(page.locator("#label-state-1")).to_contain_text("1 wrong")
    builder.add_endpoint()
    builder.paste("/teams", json.dumps([{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]))
    expect(page).to_have_title(re.compile("1 wrong · "))
    expect(page.locator("#overview tbody tr")).to_have_count(2)
    expect(page.locator("#diagram .box")).to_have_count(2)
    expect(page.locator("#diagram .arrow")).to_contain_text(["team"])
    page.locator("#state-choose").get_by_role("link").click()
    expect(page.get_by_label("Path of the endpoint")).to_have_value("/users")
    expect(page.get_by_label("Identifier of each entity: custom jq")).to_be_focused()


def test_enter_does_what_belongs_to_the_input(builder: Builder, sample: httpx.Client) -> None:
    page = builder.page
    page.get_by_label("Base URL", exact=True).fill(f"{str(sample.base_url).rstrip('/')}/none/next-link")
    page.keyboard.press("Enter")
    expect(page.locator("#connection-result")).to_contain_text("Connected. ")
    expect(page.locator("#state-connect")).to_contain_text("done")
    page.get_by_label("Path of the endpoint").fill(_USERS)
    page.keyboard.press("Enter")
    expect(page.locator("#sample-status")).to_contain_text("Fetched 20 items")
    page.get_by_label("Custom jq path").fill(".users[:3]")
    page.keyboard.press("Enter")
    expect(page.locator("#sample-status")).to_contain_text("Fetched 3 items")
    identifier = page.get_by_label("Identifier of each entity: custom jq")
    identifier.fill(".id")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("# of the user")
    with page.expect_response("**/choice"):
        page.keyboard.press("Enter")
    expect(identifier).to_have_value(".id\n# of the user")
    expect(page.locator("#label-state-1")).to_contain_text("done")


def test_jq_has_colors_and_its_error_a_mark(builder: Builder) -> None:
    """The colored text covers the text of the input exactly, also on several lines."""
    page = builder.page
    builder.paste("/users", json.dumps([{"id": 1}, {"id": 2}]))
    identifier = page.get_by_label("Identifier of each entity: custom jq")
    text = 'if .id == "x,"\n  then "é" else ) end'
    identifier.fill(text)
    colors = page.locator(".jq:has(#identifier) .jq-colors")
    assert (colors.text_content() or "").rstrip("\u200b") == text
    expect(colors.locator(".jq-keyword").first).to_have_text("if")
    expect(colors.locator(".jq-error")).to_have_text(")")
    sizes = [identifier.bounding_box(), colors.bounding_box()]
    assert sizes[0] == sizes[1]
    identifier.press("End")
    identifier.press("x")
    expect(identifier).to_have_value(f"{text}x")


def test_fields_are_found_ticked_and_renamed(builder: Builder) -> None:
    page = builder.page
    item = {"id": 1, **{f"field_{number}": number for number in range(30)}}
    builder.paste("/users", json.dumps([item, {**item, "id": 2}]))
    page.get_by_label("Search fields").fill("field_29")
    expect(page.locator("li.property:visible")).to_have_count(1)
    ticked = page.locator(".property > :checked")
    count = ticked.count()
    page.get_by_role("button", name="Select all").click()
    expect(ticked).to_have_count(count + 1)
    page.get_by_label("Search fields").fill("")
    page.get_by_role("button", name="Select none").click()
    expect(ticked).to_have_count(0)
    page.get_by_label("Include field_29").check()
    page.get_by_label("Property for field_29").fill("last")
    expect(page.locator("table.entities thead")).to_contain_text("last")
    page.reload()
    expect(page.locator(".property").first.locator("input.code").first).to_have_value("last")


def _tab_to(page: Page, target: Locator) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(100):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {target}")


def test_the_whole_path_needs_only_the_keyboard(builder: Builder, port: Any, sample: httpx.Client) -> None:
    page = builder.page
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the steps")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_label("Base URL", exact=True))
    page.keyboard.type(f"{str(sample.base_url).rstrip('/')}/none/next-link")
    _tab_to(page, page.get_by_label("Path of the endpoint"))
    page.keyboard.type(_USERS)
    page.keyboard.press("Enter")
    expect(page.locator("#sample-status")).to_contain_text("Fetched 20 items")
    _tab_to(page, page.locator("#found input[name=identifier-choice]:checked"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("table.entities")).to_contain_text("user1@example.com")
    _tab_to(page, page.get_by_label("Port region"))
    page.keyboard.type("Another")
    _tab_to(page, page.get_by_label("Port API URL"))
    page.keyboard.type(port.url)
    _tab_to(page, page.locator("#client_id"))
    page.keyboard.type("sandbox")
    _tab_to(page, page.locator("#client_secret"))
    page.keyboard.type("sandbox")
    page.keyboard.press("Enter")
    expect(page.locator("#difference")).to_contain_text("Blueprint user: new")
    _tab_to(page, page.get_by_role("button", name="Write to Port"))
    page.keyboard.press("Enter")
    expect(page.locator("#port-result")).to_contain_text("Everything is in Port")
    _tab_to(page, page.get_by_role("tab", name="On this machine"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Helm")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Helm")).to_be_visible()


def test_items_identifier_and_fields_are_picked_in_the_tree(builder: Builder, sample: httpx.Client) -> None:
    page = builder.page
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/next-link", "none")
    page.get_by_label("Path of the endpoint").fill(_USERS)
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Response").click()
    email = page.locator('[data-field=".email"]').first
    email.locator("summary").click()
    email.get_by_role("button", name="Identifier").click()
    expect(page.locator('input[name="identifier-choice"][value=".email"]')).to_be_checked()
    expect(email.locator(".role.identifier")).to_be_visible()
    page.locator('[data-field=".department"] > summary').first.focus()
    for key in ("Enter", "Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", name="Include department")).not_to_be_checked()
    expect(page.locator(":focus")).to_have_text("Property")
    expect(page.locator(":focus")).to_have_attribute("aria-pressed", "false")
    profile = page.locator('[data-field=".profile"]').first
    profile.locator("summary").click()
    skills = page.locator('[data-field=".profile.skills"]').first
    skills.locator("summary").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name=".users[].profile.skills[]?")).to_be_checked()
    expect(page.locator("#answer-response summary:focus .key")).to_have_text("skills")


def test_the_answer_follows_the_last_fetch(builder: Builder, sample: httpx.Client) -> None:
    """The next page is a slice of the answer. After a failed fetch, nothing of the old answer is left."""
    page = builder.page
    builder.connect(
        f"{str(sample.base_url).rstrip('/')}/bearer/next-link", "bearer_token", apiToken="sample-token"
    )
    builder.fetch(_USERS)
    page.get_by_role("button", name="Test next page").click()
    page.get_by_role("tab", name="Items").click()
    page.get_by_role("combobox", name="Show").select_option("Page 2 (20 items)")
    expect(page.locator("#answer-items tbody tr").first).to_contain_text("User 21")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#answer-curl")).to_contain_text("Authorization: Bearer <YOUR_API_TOKEN>")
    page.get_by_label("Path of the endpoint").fill("/api/v1/nobody")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-notice")).to_contain_text("No such endpoint")
    expect(page.locator("#answer-request")).to_contain_text("404")
    expect(page.locator("#answer .tree, #answer tbody, #found form")).to_have_count(0)


def test_the_page_is_accessible_on_small_and_large_screens(builder: Builder, sample: httpx.Client) -> None:
    """Layout depends on the width, contrast on the color scheme."""
    page = builder.page
    page.set_viewport_size({"width": 390, "height": 844})
    assert builder.overflow() <= 0
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.page.get_by_label("Identifier of each entity: custom jq").fill(".department")
    builder.page.get_by_label("Blueprint title").fill("x" * 101)
    builder.issue("blueprint_title")
    assert builder.overflow() <= 0
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    assert builder.overflow() <= 0
    page.get_by_role("button", name="Show the answer").click()
    for tab in ("Response", "Items", "Entities", "Request"):
        page.emulate_media(color_scheme="light")
        page.get_by_role("tab", name=tab).click()
        assert builder.overflow() <= 0
        page.locator("#answer").evaluate(
            "pane => Promise.all(pane.getAnimations().map(each => each.finished))"
        )
        assert _violations(page, "#answer") == []
        page.emulate_media(color_scheme="dark")
        assert _violations(page, "#answer", "color-contrast") == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show the answer")).to_be_focused()
    assert _violations(page, None, "color-contrast") == []
    page.emulate_media(color_scheme="light")
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1280, "height": 844})
    assert _violations(page) == []


def _violations(page: Page, context: str | None = None, *rules: str) -> list[str]:
    """Return what axe finds in an element. Defaults: the page, all rules."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else None
    return _findings(Axe().run(page, context=context, options=options).response["violations"])


def _findings(violations: list[dict[str, Any]]) -> list[str]:
    return [f"{found['id']}: {node['html'][:160]}" for found in violations for node in found["nodes"]]


def test_a_button_that_moves_while_it_is_pressed_is_clicked(builder: Builder, sample: httpx.Client) -> None:
    """Pressing the button posts the form, and the response may add inputs above the button."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.page.get_by_label("Path of the endpoint").fill(f"{_USERS}/{{id}}")
    button = builder.page.get_by_role("button", name="Fetch sample")
    button.hover()
    builder.page.mouse.down()
    expect(builder.page.locator("#parameters")).to_contain_text("id")
    builder.page.mouse.up()
    expect(builder.page.locator("#sample-status")).to_contain_text("No sample. See")


def test_a_link_that_is_replaced_while_it_is_pressed_is_followed(
    builder: Builder, sample: httpx.Client
) -> None:
    """Leaving an input posts its form, and the response replaces the list of issues."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.page.get_by_label("Blueprint identifier").fill("my user")
    assert "Port allows letters" in builder.issue("blueprint")
    builder.page.get_by_label("Identifier of each entity: custom jq").fill(".id |")
    builder.page.locator("#mistakes-choose").get_by_role("link", name="Blueprint identifier").hover()
    with builder.page.expect_response("**/choice"):
        builder.page.mouse.down()
    assert "Invalid jq" in builder.issue("identifier")
    builder.page.mouse.up()
    expect(builder.page.get_by_label("Blueprint identifier")).to_be_focused()


def test_a_radio_button_that_is_replaced_while_it_is_pressed_is_checked(
    builder: Builder, sample: httpx.Client
) -> None:
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    path = builder.page.get_by_label("Path of the endpoint")
    path.fill(_TASKS)
    choice = builder.page.get_by_label("Fixed values").first
    expect(choice).not_to_be_checked()
    path.fill(f"{_TASKS}/{{task_id}}")
    builder.page.get_by_text("Fixed values").first.hover()
    builder.page.mouse.down()
    expect(builder.page.locator("#parameters")).to_contain_text("task_id")
    builder.page.mouse.up()
    expect(choice).to_be_checked()
    expect(builder.page.get_by_label("Values", exact=True).first).to_be_visible()


def test_inputs_are_saved_before_the_request_of_a_button(
    builder: Builder, port: Any, sample: httpx.Client
) -> None:
    """The request with Port's URL is still queued when the button is pressed."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.previewed()
    held: list[Route] = []
    builder.page.route("**/installation", lambda route: route.continue_() if held else held.append(route))
    builder.page.get_by_label("Port region").select_option("other")
    builder.page.get_by_label("Port API URL").fill(port.url)
    builder.page.locator("#client_id").fill("sandbox")
    builder.page.get_by_label("Client secret").last.fill("sandbox")
    builder.page.get_by_role("button", name="Create in Port").click()
    builder.page.get_by_role("tab", name="Env file").click()
    with builder.page.expect_download() as downloaded:
        builder.page.get_by_role("link", name="Download ocean-custom.env").click()
        held[0].continue_()
    expect(builder.page.locator("#difference")).to_contain_text("Blueprint user: new")
    assert f"OCEAN__PORT__BASE_URL={port.url}" in downloaded.value.path().read_text()


def test_an_input_is_not_hidden_while_the_user_types(
    builder: Builder, port: Any, sample: httpx.Client
) -> None:
    """The response to the request without the URL would hide the inputs below the URL."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.previewed()
    held: list[Route] = []
    builder.page.route("**/installation", lambda route: held.append(route))  # noqa: PLW0108
    with builder.page.expect_request("**/installation"):
        builder.page.get_by_label("Port region").select_option("other")
    builder.page.get_by_label("Port API URL").fill(port.url)
    client_id = builder.page.locator("#client_id")
    client_id.click()
    builder.page.keyboard.type("sand")
    with builder.page.expect_request("**/installation"):
        held[0].continue_()
    expect(builder.page.locator("#todo")).to_contain_text("Port API URL")
    builder.page.keyboard.type("box")
    expect(client_id).to_have_value("sandbox")
    held[1].continue_()
    expect(builder.page.locator("#todo")).to_be_empty()
    expect(client_id).to_be_focused()


def test_an_input_is_not_replaced_while_the_user_types(builder: Builder, sample: httpx.Client) -> None:
    """A new path replaces the inputs of its parameters while the user types into one of them."""
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.page.get_by_label("Path of the endpoint").fill(_TASKS)
    field = builder.page.get_by_label("Field with the value").first
    expect(field).to_be_visible()
    held: list[Route] = []
    builder.page.route("**/endpoint", lambda route: held.append(route))  # noqa: PLW0108
    with builder.page.expect_request("**/endpoint"):
        builder.page.get_by_label("Path of the endpoint").fill(f"{_TASKS}/{{task_id}}")
    field.click()
    builder.page.keyboard.type(".co")
    held[0].continue_()
    expect(builder.page.locator("#parameters")).to_contain_text("task_id")
    builder.page.keyboard.type("de")
    expect(field).to_be_focused()
    expect(field).to_have_value(".code")


_OPENED_MAPPING: dict[str, Any] = {
    "deleteDependentEntities": False,
    "resources": [
        {
            "kind": _USERS,
            "selector": {"query": "true", "data_path": ".users", "pagination": {"type": "cursor"}},
            "port": {
                "itemsToParseName": "kept",
                "entity": {
                    "mappings": {
                        "identifier": ".id | tostring",
                        "blueprint": '"user"',
                        "properties": {"email": ".email"},
                        "relations": {"team": ".department"},
                    }
                },
            },
        },
        {
            "kind": "/api/v1/projects",
            "port": {"entity": {"mappings": [{"identifier": ".id", "blueprint": ".type"}]}},
        },
    ],
}


def _prepare_existing(port: Any) -> httpx.Client:
    """Create blueprints and an integration in the sandbox. Return a client with a token."""
    port.install("mine", _OPENED_MAPPING)
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = port.http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
    client = httpx.Client(base_url=port.url, headers={"Authorization": f"Bearer {token}"})
    email = {"type": "string", "format": "email", "title": "E-mail", "description": "kept"}
    relation = {"target": "team", "many": False, "required": False}
    for identifier, properties, relations in (
        ("team", {}, {}),
        ("user", {"email": email}, {"team": relation}),
    ):
        body = {"identifier": identifier, "title": identifier, "schema": {"properties": properties}}
        client.post("/v1/blueprints", json={**body, "relations": relations}).raise_for_status()
    return client


def _open_from_port(page: Page, url: str, identifier: str = "mine", path: str = _USERS) -> None:
    page.get_by_text("Open existing work").click()
    page.get_by_label("Port account").select_option("other")
    page.get_by_label("API URL of the account").fill(url)
    page.get_by_label("Client ID of the account").fill("sandbox")
    page.get_by_label("Client secret of the account").fill("sandbox")
    page.get_by_role("button", name="List integrations").click()
    page.get_by_role("button", name=f"Open {identifier}").click()
    expect(page.get_by_label("Path of the endpoint")).to_have_value(path)


def test_an_integration_is_opened_changed_reviewed_and_written(builder: Builder, port: Any) -> None:
    """The second visit: what the page cannot show is kept, and the change can be undone afterwards."""
    page = builder.page
    with closing(_prepare_existing(port)) as client:
        _open_from_port(page, port.url)
        expect(page.locator(".kept-entries")).to_contain_text("Its blueprint is computed for each item")
        page.get_by_label("Title of email").fill("Mail")
        page.get_by_label("jq of the target's identifier").fill(".department | ascii_downcase")
        page.get_by_role("button", name="Create in Port").click()
        rows = page.locator("#difference table.changes tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.nth(0)).to_contain_text("properties.email.title")
        expect(rows.nth(1)).to_contain_text(".department | ascii_downcase")
        page.get_by_label("Change what exists in Port").check()
        page.get_by_role("button", name="Write to Port").click()
        expect(page.locator("#port-result")).to_contain_text("Everything is in Port")
        config = client.get("/v1/integration/mine").json()["integration"]["config"]
        mappings = config["resources"][0]["port"]["entity"]["mappings"]
        assert mappings["relations"].pop("team") == ".department | ascii_downcase"
        mappings["relations"]["team"] = ".department"
        assert config == _OPENED_MAPPING
        email = client.get("/v1/blueprints/user").json()["blueprint"]["schema"]["properties"]["email"]
        assert email == {"type": "string", "format": "email", "title": "Mail", "description": "kept"}
    page.reload()
    expect(page.get_by_label("Title of email")).to_have_value("Mail")
    page.get_by_role("heading", name="Build your integration").click()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("jq of the target's identifier")).to_have_value(".department")
    expect(page.locator("#redo-change")).to_have_text("change relation team")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_label("Title of email")).to_have_value("E-mail")
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_label("Title of email")).to_have_value("Mail")


def test_a_removed_endpoint_and_a_draft_come_back(
    builder: Builder, sample: httpx.Client, tmp_path: Path
) -> None:
    page = builder.page
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    page.get_by_role("button", name=f"Duplicate {_USERS}").click()
    expect(page.locator("#undo-change")).to_have_text(f"add {_USERS}")
    remove = page.get_by_role("button", name=f"Remove {_USERS}", exact=True)
    remove.last.click()
    expect(page.locator("#undo-change")).to_have_text(f"remove {_USERS}")
    page.get_by_role("button", name="Undo").click()
    expect(remove).to_have_count(2)
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Save draft").click()
    file = tmp_path / "draft.json"
    downloaded.value.save_as(file)
    page.get_by_role("button", name="Start over", exact=True).click()
    expect(page.get_by_label("Path of the endpoint")).to_have_value("")
    page.get_by_text("Open existing work").click()
    page.get_by_label("Mapping or draft", exact=True).set_input_files(file)
    page.get_by_role("button", name="Open file").click()
    expect(page.get_by_label("Path of the endpoint")).to_have_value(_USERS)
    expect(page.locator("#sample-status")).to_contain_text("Fetched 20 items")


def test_a_double_click_counts_as_one_click(builder: Builder) -> None:
    page = builder.page
    builder.paste("/users", '[{"id": 1}]')
    endpoints = page.locator(".endpoints > li")
    add = page.get_by_role("button", name="Add endpoint")
    add.evaluate("button => { button.click(); button.click(); }")
    expect(endpoints).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(endpoints).to_have_count(1)


def test_an_older_response_does_not_replace_a_newer_one(builder: Builder, sample: httpx.Client) -> None:
    page = builder.page
    builder.connect(f"{str(sample.base_url).rstrip('/')}/none/cursor", "none")
    builder.fetch(_USERS)
    builder.add_endpoint()
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/undo", hold)
    page.on("request", lambda request: sent.append(request.url.rpartition("/")[2]))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Start over", exact=True).click()
    page.wait_for_timeout(200)
    assert "anew" not in sent
    assert len(held) == 1
    # These inputs are being replaced, so nothing can be typed into them.
    inert = page.locator("[inert] #kind")
    expect(inert).to_have_count(1)
    held[0].continue_()
    expect(page.get_by_label("Base URL", exact=True)).to_have_value("")
    assert sent.index("undo") < sent.index("anew")
    expect(inert).to_have_count(0)


def test_opening_and_reviewing_are_accessible(builder: Builder, port: Any) -> None:
    page = builder.page
    _prepare_existing(port).close()
    _open_from_port(page, port.url)
    page.get_by_label("Title of email").fill("Mail")
    page.get_by_role("button", name="Create in Port").click()
    expect(page.locator("#difference")).to_contain_text("Mail")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    for width, scheme in ((390, "light"), (1440, "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        assert builder.overflow() <= 0
        assert _violations(page) == []


def _run_here(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.locator("#run-live")).to_contain_text("complete: ", timeout=_RUN_TIMEOUT_MS)


def _build_projects_and_tasks(builder: Builder) -> None:
    builder.fetch("/api/v1/projects")
    builder.add_endpoint()
    builder.page.get_by_label("Path of the endpoint").fill(_TASKS)
    expect(builder.page.get_by_label("Field with the value")).to_have_value(".project_id")
    builder.fetch(_TASKS)
    expect(builder.page.locator("#relations")).to_contain_text("the items are requested per project")


def _change_tasks(page: Page) -> None:
    page.locator(".endpoints").get_by_role("button", name=_TASKS).first.click()
    expect(page.get_by_label("Path of the endpoint")).to_have_value(_TASKS)
    page.get_by_label("Title of state").fill("Progress")
    page.get_by_label("Relation title").fill("Part of")


def _review_and_overwrite(page: Page) -> None:
    page.get_by_role("button", name="Create in Port").click()
    difference = page.locator("#difference")
    expect(difference).to_contain_text("Progress")
    expect(difference).to_contain_text("Part of")
    assert _violations(page) == []
    page.get_by_label("Change what exists in Port").check()
    page.get_by_role("button", name="Write to Port").click()
    expect(page.locator("#port-result")).to_contain_text("Everything is in Port")


def test_a_whole_day(builder: Builder, port: Any, sample: httpx.Client) -> None:
    """Build, install, run, come back, open, change, compare, overwrite, resync, and undo."""
    page = builder.page
    address = f"{str(sample.base_url).rstrip('/')}/none/next-link"
    builder.connect(address, "none")
    _build_projects_and_tasks(builder)
    builder.create_in(port.url)
    _run_here(page, "Run it here")
    tasks = port.entities("task").keys()
    assert tasks
    _start_over(page)
    page.reload()
    builder.connect(address, "none")
    _open_from_port(page, port.url, "ocean-custom", "/api/v1/projects")
    _change_tasks(page)
    _review_and_overwrite(page)
    _run_here(page, "Run it here")
    assert _violations(page, "#run-card") == []
    assert port.entities("task").keys() == tasks
    catalog = page.context.new_page()
    catalog.goto(f"{port.url}/catalog/blueprints/task")
    expect(catalog.get_by_role("columnheader", name="Progress")).to_be_visible()
    expect(catalog.get_by_role("columnheader", name="Part of")).to_be_visible()
    catalog.close()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Relation title")).not_to_have_value("Part of")
