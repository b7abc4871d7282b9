"""The responses of step 3."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

type Post = Callable[..., Any]


async def test_files_are_available_once_the_page_is_complete(
    sampled: Any, browser: httpx.AsyncClient
) -> None:
    assert (await browser.get("/archive")).status_code == 409
    await sampled()
    archive = await browser.get("/archive")
    assert archive.headers["content-disposition"] == 'attachment; filename="ocean-custom.zip"'
    workflow = await browser.get(f"/files/{quote('.github/workflows/resync.yml')}")
    assert workflow.text.startswith("# Resyncs on a schedule")
    assert (await browser.get("/files/../../pyproject.toml")).status_code == 404


async def test_creation_in_port_requires_credentials(sampled: Any, post: Post) -> None:
    await sampled()
    answer = await post("/port", client_id="", client_secret="")
    assert 'data-mistake="client_id"' in answer
    assert 'data-mistake="client_secret"' in answer


async def test_creation_in_port_requires_a_complete_page(sampled: Any, post: Post) -> None:
    await sampled()
    await post("/installation", region="other", port_base_url="")
    answer = await post("/port", client_id="me", client_secret="Walrus-Umbrella-1")
    assert "Nothing was written" in answer


async def test_credentials_are_not_sent_to_an_invalid_url(sampled: Any, post: Post) -> None:
    await sampled()
    await post("/installation", region="other", port_base_url="http://port.example")
    answer = await post("/port", client_id="me", client_secret="Walrus-Umbrella-1")
    assert "is not a valid URL of Port&#39;s API" in answer
