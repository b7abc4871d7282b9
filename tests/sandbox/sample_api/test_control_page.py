"""The control page: forms, escaping and headers, without a browser."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.sample_api.app import create_app
from sandbox.sample_api.company import COLLECTIONS

_TEMPLATES = Path(__file__).parents[3] / "sandbox" / "sample_api" / "page" / "templates"
_URL = "http://127.0.0.1:9/integration/webhook"
_MARKUP = "<script>alert('x')</script>\"&"


@pytest.fixture
async def page() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a new sample API that follows redirects."""
    app = create_app()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", follow_redirects=True
    ) as client:
        yield client
    await app.state.sample.close()


async def _submit(page: httpx.AsyncClient, name: str, **fields: str) -> httpx.Response:
    return await page.post(f"/_control/page/{name}", data=fields)


async def _webhook(page: httpx.AsyncClient) -> Any:
    return (await page.get("/_control/webhook")).json()


async def test_webhook_is_set_kept_and_turned_off_without_showing_its_secret(page: httpx.AsyncClient) -> None:
    shown = await _submit(page, "webhook", url=_URL, scheme="standard", secret="whsec_c2VjcmV0", stale="on")
    assert _URL in shown.text
    assert "c2VjcmV0" not in shown.text
    assert await _webhook(page) | {"scheme": "standard", "secret": "***", "stale": True} == await _webhook(
        page
    )
    await _submit(page, "webhook", url=f"{_URL}?x=1", scheme="slack", secret="")
    assert (await _webhook(page))["secret"] == "***"
    await _submit(page, "webhook", stop="1")
    assert await _webhook(page) is None


@pytest.mark.parametrize("collection", COLLECTIONS)
async def test_item_is_added_renamed_edited_and_deleted(collection: str, page: httpx.AsyncClient) -> None:
    title = COLLECTIONS[collection].title_field
    start = (await page.get("/_control/", params={"collection": collection})).text
    parents = dict(re.findall(r'id="new-(\w+)" name="\1" value="([^"]+)"', start))
    place = {"collection": collection, "search": "New thing", **parents}
    added = await _submit(page, "change", action="created", title="New thing", **place)
    [key] = [html.unescape(each) for each in re.findall(r'name="key" value="([^"]+)"', added.text)[::2]]
    await _submit(page, "change", action="renamed", title="New thing 2", key=key, **place)
    editor = await page.get("/_control/", params={**place, "edited": key})
    text = html.unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", editor.text, re.DOTALL)[0])
    assert f'"{title}": "New thing 2"' in text
    fields = text.replace("New thing 2", "New thing 3")
    edited = await _submit(page, "change", action="edited", fields=fields, key=key, **place)
    assert "New thing 3" in edited.text
    gone = await _submit(page, "change", action="deleted", key=key, **place)
    assert "No items" in gone.text


async def test_storm_runs_and_stops(page: httpx.AsyncClient) -> None:
    plan = {"events": "5", "per_second": "0.5", "duplicates": "20", "reordered": "0"}
    shown = await _submit(page, "storm", **plan)
    assert "Storm: " in shown.text
    stopped = await _submit(page, "storm", stop="1")
    assert stopped.status_code == 200


@pytest.mark.parametrize(
    ("form", "fields", "words"),
    [
        ("webhook", {"url": "http://example.com/", "scheme": "github", "secret": "s"}, "not on this machine"),
        ("webhook", {"url": _URL, "scheme": "github"}, "enter the secret"),
        ("webhook", {"url": _URL, "scheme": "wax", "secret": "s"}, "choose how events are signed"),
        ("change", {"action": "renamed", "key": "[1", "title": "x"}, "the form has no item"),
        ("change", {"action": "renamed", "key": "[1, 2, 3]", "title": "x"}, "the form has no item"),
        ("change", {"action": "renamed", "key": '["P-999"]', "title": "x"}, "Item not found"),
        ("change", {"action": "edited", "key": '["P-001"]', "fields": "{"}, "not valid JSON"),
        ("change", {"action": "edited", "key": '["P-001"]', "fields": "[" * 100_000}, "not valid JSON"),
        ("change", {"action": "edited", "key": '["P-001"]', "fields": "[]"}, "must be a JSON object"),
        ("change", {"action": "fire", "key": '["P-001"]'}, "choose what to do"),
        ("storm", {"events": "many"}, "events must be a number from 1 to"),
        ("storm", {"events": "5", "per_second": "nan"}, "per_second must be a number"),
        ("repeat", {"delivery": "none"}, "cannot be sent again"),
    ],
)
async def test_mistake_is_explained_on_the_page(
    form: str, fields: dict[str, str], words: str, page: httpx.AsyncClient
) -> None:
    response = await _submit(page, form, **fields)
    assert response.status_code == 422
    assert words in html.unescape(response.text)
    assert 'role="alert"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"collection": "cars", "number": "-3"},
        {"collection": "tasks", "number": "99999", "edited": '["a"]'},
        {"collection": "events", "edited": "{", "number": "9" * 50},
        {"collection": "tickets", "search": "no such ticket"},
    ],
    ids=repr,
)
async def test_page_is_shown_for_every_address(query: dict[str, str], page: httpx.AsyncClient) -> None:
    assert (await page.get("/_control", params=query)).status_code == 200
    assert (await page.get("/_control/", params=query)).status_code == 200


async def test_markup_in_values_is_escaped(page: httpx.AsyncClient) -> None:
    items = {"projects": [{"project_id": _MARKUP, "project_name": _MARKUP, _MARKUP: _MARKUP}]}
    await page.post("/_control/data", json=items)
    key = f'["{_MARKUP.replace(chr(34), chr(92) + chr(34))}"]'
    shown = (await page.get("/_control/", params={"edited": key, "search": _MARKUP})).text
    assert "<textarea" in shown
    assert re.findall(r"<script(?![^>]*\bsrc=)", shown) == []
    assert "&lt;script&gt;" in shown


async def test_live_part_is_sent_when_it_changes(page: httpx.AsyncClient) -> None:
    [seen] = re.findall(r"seen=(\w+)", (await page.get("/_control/")).text)
    assert (await page.get("/_control/live", params={"seen": seen})).status_code == 204
    await _submit(page, "storm", events="5", per_second="0.1", duplicates="0", reordered="0")
    assert "Storm" in (await page.get("/_control/live", params={"seen": seen})).text


async def test_page_has_security_headers_and_local_resources(page: httpx.AsyncClient) -> None:
    response = await page.get("/_control/")
    assert response.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in response.headers["content-security-policy"]
    for path in re.findall(r'(?:src|href)="(/_control/static/[^"]+)"', response.text):
        assert (await page.get(path)).status_code == 200


@pytest.mark.parametrize("file", sorted(_TEMPLATES.iterdir()), ids=lambda file: file.name)
def test_template_has_no_inline_resources(file: Path) -> None:
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\|\s*safe", file.read_text())


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=repr
)
async def test_forms_of_other_sites_change_nothing(headers: dict[str, str], page: httpx.AsyncClient) -> None:
    fields = {"action": "deleted", "key": '["P-001"]', "collection": "projects"}
    response = await page.post("/_control/page/change", data=fields, headers=headers)
    assert response.status_code == 403
    assert (await page.get("/none/none/api/v1/projects/P-001")).status_code == 200
