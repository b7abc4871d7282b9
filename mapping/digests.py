"""Digests of mappings, items and entities, by which a resync recognizes what has not changed."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from importlib.metadata import version as version_of
from typing import Any

import msgspec

from mapping.plan import Entity, Field
from rest.bodies import Json
from rest.page import Item

# The format of the memory, of which the digests are a part.
FORMAT = 1
DIGEST_BYTES = 16
KEY_BYTES = 12
SLOT_BYTES = 16
# Unlike JSON, MessagePack keeps NaN and infinity apart from null.
_ENCODER = msgspec.msgpack.Encoder()


def mapping_digest(expressions: Mapping[str, Field], query: str, version: str) -> bytes:
    """Return the digest of what decides about the entity of an item.

    expressions: the fields of a mapping entry. version: of this product.
    """
    parts = (FORMAT, version, version_of("jq"), query, expressions)
    return blake2b(_ENCODER.encode(parts), digest_size=DIGEST_BYTES).digest()


def item_digest(mapping: bytes, item: Item) -> bytes | None:
    """Return the digest of an item under a mapping.

    None: the item cannot be encoded. It has half of a surrogate pair, for example.
    mapping: the digest of the mapping. The order of keys counts, because some expressions depend on it.
    """
    encoded = _encoded(item)
    return None if encoded is None else blake2b(mapping + encoded, digest_size=DIGEST_BYTES).digest()


def content_digest(entity: Entity) -> bytes | None:
    """Return the digest of an entity. None: it has no encoding."""
    encoded = _encoded(entity)
    return None if encoded is None else blake2b(encoded, digest_size=DIGEST_BYTES).digest()


def key_of(blueprint: str, identifier: Any) -> bytes:  # noqa: ANN401 - Ocean's type
    """Return the key of an entity in Port. identifier: text, or a search query as an object."""
    text = f"{len(blueprint)}:{blueprint}{_normalized(identifier)}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def slot_of(entry: str | bytes | int, blueprint: str, identifier: Any) -> bytes:  # noqa: ANN401 - Ocean's type
    """Return the slot of an entity of a mapping entry: the entity's key, and a digest of the entry.

    entry: names the mapping entry. It should stay the same when the expressions change.
    """
    tag = blake2b(_ENCODER.encode(entry), digest_size=SLOT_BYTES - KEY_BYTES).digest()
    return key_of(blueprint, identifier) + tag


def _encoded(value: Json) -> bytes | None:
    try:
        return _ENCODER.encode(value)
    except OverflowError:  # an integer of more than 64 bits
        return _encoded_as_json(value)
    except (UnicodeEncodeError, RecursionError):
        return None


def _encoded_as_json(value: Json) -> bytes | None:
    try:
        # No MessagePack of an object starts with this byte.
        return b"\xc1" + json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return None


def _normalized(identifier: Any) -> str:  # noqa: ANN401 - Ocean's type
    """Return an identifier as Ocean compares it (`port_ocean/core/utils/entity_identifier.py`)."""
    return json.dumps(identifier, sort_keys=True) if isinstance(identifier, dict) else str(identifier)
