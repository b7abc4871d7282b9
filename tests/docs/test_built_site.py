"""The built documentation site, in a browser: search, color schemes, versions, and no other host."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal, override

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from scripts.site_versions import publish
from scripts.write_site import build
from tests.browser import chromium

pytestmark = [pytest.mark.process, pytest.mark.slow]

_TIMEOUT_MS = 60_000


class _Quiet(SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. The test fails if something is wrong with it."""
    folder = tmp_path_factory.mktemp("site")
    known = {
        "SITE_URL": "https://owner.github.io/repository/latest/",
        "SITE_REPOSITORY": "https://github.com/owner/repository",
    }
    assert build(folder, known) == []
    return folder / "html"


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def address(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a published site with the versions 1.0, 2.0 and dev."""
    published = tmp_path_factory.mktemp("published")
    for version in ("1.0.0", "dev", "2.0.1"):
        publish(built, published, version)
    with _served(published) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_TIMEOUT_MS)
    with chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose requests to other hosts and errors fail the test."""
    tab = browser.new_page()
    problems: list[str] = []
    tab.on(
        "request", lambda request: None if request.url.startswith(address) else problems.append(request.url)
    )
    tab.on("pageerror", lambda error: problems.append(str(error)))
    yield tab
    tab.close()
    assert problems == []


def test_the_search_finds_a_page_by_its_words(tab: Page, address: str) -> None:
    tab.goto(f"{address}/latest/")
    tab.keyboard.press("/")
    tab.get_by_role("combobox", name="Search").fill("ocean-custom split")
    tab.get_by_role("option", name="ocean-custom split").first.click()
    expect(tab).to_have_url(re.compile(rf"^{address}/latest/command-line/.*#ocean-custom-split$"))


def test_assistants_have_an_index_and_each_page_as_markdown(built: Path) -> None:
    index = (built / "llms.txt").read_text(encoding="utf-8")
    paths = re.findall(r"\(<https://owner\.github\.io/repository/latest/(.+)>\)", index)
    written = {path.parent.relative_to(built).as_posix() for path in built.glob("*/index.html")}
    assert {path.partition("/")[0] for path in paths} == written - {"files"}
    assert all((built / path).read_text(encoding="utf-8").startswith("# ") for path in paths)


def test_the_colors_follow_the_system(tab: Page, address: str) -> None:
    colors = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.goto(f"{address}/latest/settings/")
        colors.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colors[0] != colors[1]


def test_the_index_leads_to_the_newest_release_and_a_menu_to_the_others(tab: Page, address: str) -> None:
    tab.goto(f"{address}/")
    expect(tab).to_have_url(f"{address}/latest/")
    menu = tab.get_by_role("link", name="1.0.0")
    expect(menu).to_have_attribute("href", f"{address}/1.0/")
    tab.goto(f"{address}/1.0/settings/")
    expect(tab.get_by_text("These pages are for another version.")).to_be_visible()


def test_a_reader_walks_through_pages_without_another_host(tab: Page, address: str) -> None:
    for path in ("", "architecture/", "sandbox/", "troubleshooting/", "examples/github/", "no-such-page"):
        tab.goto(f"{address}/latest/{path}")
        expect(tab.locator("h1").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(scheme: Literal["light", "dark"], tab: Page, address: str) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(f"{address}/latest/quick-start/")
    found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
