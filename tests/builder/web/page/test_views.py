"""The page as a whole, across its steps."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

type Post = Callable[..., Any]

_BASE = "https://api.example.com"


async def test_a_reload_keeps_all_inputs(sampled: Any, post: Post, browser: httpx.AsyncClient) -> None:
    await sampled()
    await post("/choice", number="1", blueprint="person", **{"identifier-choice": ".email"})
    await post("/installation", installation="mine", region="us", resync_minutes="15")
    page = (await browser.get("/")).text
    for shown in (f'value="{_BASE}"', 'value="/users"', 'value="person"', 'value="mine"', 'value="15"'):
        assert shown in page
    assert '<option value="us" selected>' in page
    assert 'value=".email" checked' in page


@pytest.mark.parametrize(
    ("path", "inputs"),
    [
        ("/connection", {"baseUrl": "https://b.example"}),
        ("/endpoint", {"number": "1", "kind": "/people"}),
        ("/choice", {"number": "1", "icon": "Team"}),
        ("/installation", {"installation": "mine"}),
    ],
    ids=["step 1", "an endpoint", "its mapping", "step 3"],
)
async def test_saving_inputs_returns_no_inputs(
    sampled: Any, post: Post, path: str, inputs: dict[str, str]
) -> None:
    """A returned input would overwrite the text that the user types in the meantime."""
    await sampled()
    answer = await post(path, **inputs)
    assert 'hx-swap-oob="innerHTML"' in answer
    assert not [tag for tag in ("<input", "<select", "<textarea", "<button") if tag in answer]


async def test_missing_inputs_are_reported_only_once_an_action_needs_them(post: Post) -> None:
    assert "data-mistake" not in await post("/connection", authType="bearer_token")
    answer = await post("/connection/test", authType="bearer_token")
    assert 'data-mistake="baseUrl"' in answer
    assert 'data-mistake="apiToken"' in answer
    answer = await post("/endpoint/fetch", number="1", kind="")
    assert 'data-mistake="baseUrl"' in answer
