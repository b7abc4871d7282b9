"""The digests by which a resync recognizes what has not changed."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from port_ocean.core.utils.entity_identifier import normalize_identifier

from mapping.digests import content_digest, item_digest, key_of, mapping_digest, slot_of

MAPPING = mapping_digest({"identifier": ".id"}, "true", "1.0.0")
SURROGATE = "\ud800"


def nested(depth: int) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for _ in range(depth):
        item = {"a": item}
    return item


DIFFERENT_ITEMS: list[dict[str, Any]] = [
    {},
    {"a": 1},
    {"a": 1.0},
    {"a": True},
    {"a": "1"},
    {"a": None},
    {"a": math.nan},
    {"a": math.inf},
    {"a": -math.inf},
    {"a": 0.0},
    {"a": -0.0},
    {"a": 2**64},
    {"a": 2**64 + 1},
    {"a": -(2**80)},
    {"a": float(2**64)},
    {"a": [2**64, math.nan]},
    {"a": [2**64, None]},
    {"a": []},
    {"a": {}},
    {"a": "é"},
    {"a": "e\u0301"},
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},
]


def test_different_items_have_different_digests() -> None:
    digests = [item_digest(MAPPING, item) for item in DIFFERENT_ITEMS]
    assert all(digest and len(digest) == 16 for digest in digests)
    assert len(set(digests)) == len(DIFFERENT_ITEMS)
    assert digests == [item_digest(MAPPING, dict(item)) for item in DIFFERENT_ITEMS]
    assert len({content_digest(item) for item in DIFFERENT_ITEMS}) == len(DIFFERENT_ITEMS)


@pytest.mark.parametrize(
    "item",
    [{"a": SURROGATE}, {SURROGATE: 1}, {"a": SURROGATE, "b": 2**64}, {"b": 2**64, "a": SURROGATE}],
)
def test_an_item_with_an_unpaired_surrogate_has_no_digest(item: dict[str, Any]) -> None:
    assert item_digest(MAPPING, item) is None
    assert content_digest(item) is None


@pytest.mark.parametrize("item", [nested(100_000), {"big": 2**64, "deep": nested(100_000)}])
def test_an_item_that_is_nested_too_deeply_has_no_digest(item: dict[str, Any]) -> None:
    assert item_digest(MAPPING, item) is None


def test_the_digest_of_an_item_depends_on_the_mapping() -> None:
    mappings = [
        MAPPING,
        mapping_digest({"identifier": ".name"}, "true", "1.0.0"),
        mapping_digest({"identifier": ".id"}, ".open", "1.0.0"),
        mapping_digest({"identifier": ".id"}, "true", "1.0.1"),
        mapping_digest({"identifier": ".id", "properties": {}}, "true", "1.0.0"),
    ]
    assert len({item_digest(mapping, {"id": 1}) for mapping in mappings}) == len(mappings)


def test_the_digest_of_a_mapping_depends_on_the_version_of_jq(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapping.digests.version_of", lambda _: "0.0.0")
    assert mapping_digest({"identifier": ".id"}, "true", "1.0.0") != MAPPING


@pytest.mark.parametrize(
    "identifier", ["a", "", 5, 5.0, True, None, ["a"], {"b": 1, "a": "é"}, {"rules": [{"z": 1, "y": 2}]}]
)
def test_a_key_normalizes_the_identifier_as_ocean_does(identifier: Any) -> None:
    assert key_of("service", identifier) == key_of("service", normalize_identifier(identifier))
    assert len(key_of("service", identifier)) == 12


@given(st.text(), st.text(), st.text(), st.text())
def test_different_entities_have_different_keys(
    blueprint: str, identifier: str, other: str, text: str
) -> None:
    same = (blueprint, identifier) == (other, text)
    assert (key_of(blueprint, identifier) == key_of(other, text)) is same


def test_a_key_keeps_blueprint_and_identifier_apart() -> None:
    keys = [key_of("a", "bc"), key_of("ab", "c"), key_of("a", "b\0c"), key_of("a\0b", "c"), key_of("1:a", "")]
    assert len({*keys, key_of("", SURROGATE)}) == 6


def test_a_slot_begins_with_the_key_of_its_entity() -> None:
    slots = [slot_of(entry, "service", "a") for entry in ("kind/0", "kind/1", 0, b"0", "0")]
    assert len(set(slots)) == 5
    assert all(len(slot) == 16 and slot[:12] == key_of("service", "a") for slot in slots)
