"""The responses of step 1."""

import json
from collections.abc import Callable
from typing import Any

import httpx

type Post = Callable[..., Any]

_BASE = "https://api.example.com"


async def test_a_curl_command_fills_in_all_inputs_except_its_secret(post: Post) -> None:
    command = (
        "curl 'https://api.example.com/v1/users?active=true' -H 'Authorization: Bearer Walrus-Umbrella-1'"
    )
    page = await post("/import", import_text=command)
    assert 'value="https://api.example.com"' in page
    assert '<option value="bearer_token" selected>' in page
    assert 'value="/v1/users"' in page
    assert "active=true</textarea>" in page
    assert "Stored in memory only." in page
    assert "Walrus-Umbrella-1" not in page


async def test_endpoints_of_a_document_are_added_one_by_one(post: Post) -> None:
    schema = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": _BASE}],
        "paths": {path: {"get": {"responses": answer}} for path in ("/orders", "/users")},
    }
    page = await post("/import", import_text=json.dumps(document))
    assert "Imported Shop." in page
    assert "2 endpoints with lists" in page
    added = await post("/endpoints/imported/1")
    assert 'value="/users"' in added
    assert "generated from a schema" in added
    assert 'value=".id" checked' in added


async def test_an_unknown_document_is_an_error(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/import", data={"import_text": "{}"})
    assert answer.headers["hx-retarget"] == "#import-result"
    assert "OpenAPI document" in answer.text


async def test_a_response_is_named_with_the_place_for_it(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/import", data={"import_text": '[{"id": 1}]'})
    assert answer.headers["hx-retarget"] == "#import-result"
    assert "this is a response of the API<" in answer.text
    assert "Paste it in step 2" in answer.text
