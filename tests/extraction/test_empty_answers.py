"""Texts without items and downloads without a body are doubted."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rest.errors import DoubtError

SELECTOR = {"format": "text", "data_path": 'split("\\n") | map(capture("^up (?<id>.+)$"))'}

type Fetch = Callable[..., Any]


@pytest.mark.process
async def test_a_text_without_items_fails_its_kind(fetched: Fetch) -> None:
    text = "Service temporarily overloaded, please try again later."
    found = await fetched(lambda _: httpx.Response(200, text=text), "/metrics", SELECTOR)
    assert isinstance(found.error, DoubtError)
    assert found.error.doubt == "changed_shape"
    assert f"data_path finds no items in the text {text!r}" in str(found.error)


@pytest.mark.process
async def test_a_text_without_items_can_be_accepted(fetched: Fetch) -> None:
    selector = {**SELECTOR, "accept": ["changed_shape"]}
    found = await fetched(lambda _: httpx.Response(200, text="nothing is up"), "/metrics", selector)
    assert (found.error, found.ids) == (None, [])


@pytest.mark.process
@pytest.mark.parametrize("text", ["", "\n", "# HELP up The state\n\n  # EOF", "up 1\nError: overloaded"])
async def test_other_texts_are_complete(fetched: Fetch, text: str) -> None:
    found = await fetched(lambda _: httpx.Response(200, text=text), "/metrics", SELECTOR)
    assert found.error is None
    assert found.ids == (["1"] if "up 1" in text else [])
