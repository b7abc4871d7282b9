"""Short versions of JSON values."""

import json
from typing import Any

import pytest

from builder.assistant.bounds import json_bytes, shortened
from rest.bodies import Json


def unmasked(value: Json) -> Json:
    return value


def test_a_small_value_is_unchanged() -> None:
    value: Json = {"users": [{"id": 1, "name": "Ann", "tags": [], "active": True, "boss": None}]}
    assert shortened(value, 1000, unmasked).value == value
    assert not shortened(value, 1000, unmasked).is_cut


@pytest.mark.parametrize("most", [200, 2000, 20_000])
@pytest.mark.parametrize(
    "value",
    [
        [{"id": number, "text": "x" * 3000} for number in range(2000)],
        {f"key {number}": ["y" * 100] * 100 for number in range(300)},
        {"k" * 5000: "v"},
        "z" * 100_000,
        "z" * 100_001,
        json.loads("[" * 60 + "]" * 60),
    ],
    ids=["long list", "many keys", "long key", "long text", "very long text", "deep"],
)
def test_a_large_value_fits_and_says_that_it_is_cut(value: Any, most: int) -> None:
    short = shortened(value, most, unmasked)
    assert json_bytes(short.value) <= most
    assert short.is_cut
    assert "…" in json.dumps(short.value, ensure_ascii=False)


def test_a_list_says_how_many_elements_are_left_out() -> None:
    assert shortened(list(range(60)), 1000, unmasked).value == [*range(50), "… 10 more"]


def test_texts_are_masked_before_they_are_cut() -> None:
    """The start of a secret would not be recognized."""
    secret = "s3cret" * 500

    def mask(value: Json) -> Json:
        return [text.replace(secret, "***") for text in value] if isinstance(value, list) else value  # type: ignore[union-attr]

    assert shortened([secret], 10_000, mask).value == ["***"]


def test_a_text_that_is_too_long_to_be_masked_is_not_shown() -> None:
    assert shortened(["x" * 200_000], 10_000, unmasked).value == ["… a text of 200000 characters"]
