"""Security of the pages: escaping, headers, form tokens and local resources."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.port_api.app import create_app
from sandbox.port_api.json_codec import Json
from sandbox.port_api.port import Port

_WEB = Path(__file__).parents[3] / "sandbox" / "web"
_MARKUP = "<script>alert('x')</script>\"&"
_BODY = {"installationAppType": _MARKUP, "version": _MARKUP, "changelogDestination": {}}


@pytest.fixture
def hostile(port: Port, make: Callable[..., Any], fill: Callable[..., None]) -> None:
    """Adds markup to every text."""
    properties: Json = {"p": {"type": "string", "title": _MARKUP}, "o": {"type": "object", "title": _MARKUP}}
    port.blueprints.create(
        {"identifier": "odd", "title": _MARKUP, "description": _MARKUP, "schema": {"properties": properties}}
    )
    values = {"p": _MARKUP, "o": {_MARKUP: [_MARKUP]}}
    fill(port, make(port, "odd", "e", title=_MARKUP, properties=values))
    config = {"resources": [], _MARKUP: _MARKUP}
    port.integrations.create({"installationId": _MARKUP, "config": config, **_BODY}, upsert=False)
    record = {"kind": _MARKUP, "kindIdentifier": _MARKUP, "eventId": "run", "syncState": _MARKUP}
    port.reports.add_metrics(_MARKUP, [record], port.now())
    log = {"message": _MARKUP, "level": "ERROR", "extra": {"event_id": "run", "resource_kind": _MARKUP}}
    port.reports.add_logs(_MARKUP, [log])
    port.raw_data.add(_MARKUP, "run", _MARKUP, {"data": [{"items": [{_MARKUP: _MARKUP}]}]}, port.now())


_PAGES = {
    "catalog": "/catalog/",
    "table": "/catalog/blueprints/odd?q=<script>&has.properties.p=<script>",
    "entity": "/catalog/blueprints/odd/entities/e",
    "syncs": "/catalog/syncs",
    "live syncs": "/catalog/syncs/live",
    "mapping": "/catalog/integrations/%3Cscript%3Ealert('x')%3C%2Fscript%3E%22%26/mapping",
    "raw items": "/catalog/integrations/%3Cscript%3Ealert('x')%3C%2Fscript%3E%22%26/raw",
    "nowhere": "/catalog/blueprints/%3Cscript%3E",
}


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("path", _PAGES.values(), ids=_PAGES)
async def test_markup_in_values_is_escaped(path: str, client: httpx.AsyncClient) -> None:
    page = (await client.get(path)).text
    scripts = re.findall(r"<script[^>]*>", page)
    assert all("src=" in script for script in scripts)
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "path", ["/catalog/", "/catalog/syncs", "/catalog/static/page.js", "/catalog/nowhere"]
)
async def test_pages_have_security_headers(path: str, client: httpx.AsyncClient) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.0.7:3010", ""])
async def test_pages_require_a_loopback_host_name(host: str, client: httpx.AsyncClient) -> None:
    response = await client.get("/catalog/", headers={"Host": host})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["mapping", "resync"])
@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "guess"}, {"token": "gué"}], ids=repr)
async def test_form_without_a_valid_token_changes_nothing(
    form: dict[str, str], path: str, client: httpx.AsyncClient, port: Port
) -> None:
    body = {"installationId": "mine", "config": {"resources": []}, **_BODY}
    before = port.integrations.create(body, upsert=False)[0]
    response = await client.post(f"/catalog/integrations/mine/{path}", data={"text": "resources: []", **form})
    assert response.status_code == 403
    assert port.integrations.get("mine") == before


async def test_every_start_has_a_different_form_token(client: httpx.AsyncClient, port: Port) -> None:
    port.integrations.create({"installationId": "mine", "config": {}, **_BODY}, upsert=False)
    page = (await client.get("/catalog/syncs")).text
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    assert len(token) > 40
    other = create_app()
    transport = httpx.ASGITransport(app=other)
    other.state.port.integrations.create({"installationId": "mine", "config": {}, **_BODY}, upsert=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as elsewhere:
        response = await elsewhere.post("/catalog/integrations/mine/resync", data={"token": token})
    other.state.port.store.close()
    assert response.status_code == 403


@pytest.mark.parametrize("file", sorted((_WEB / "templates").iterdir()), ids=lambda file: file.name)
def test_template_has_no_inline_or_external_resources(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://|\|\s*safe", text)
