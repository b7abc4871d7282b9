"""Port's responses to writes of entities: which ones it accepted, refused or could not find."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

_ENTITIES_PATH = re.compile(r"/blueprints/(?P<blueprint>.+)/entities(?P<bulk>/bulk)?")
_MAX_REASON_LENGTH = 200

type EntityKey = tuple[str, bytes]
"""A blueprint, and an identifier or search rule as JSON."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Port's result for the entities of one request.

    reasons: Port's reason for each refused entity. unmatched: the refused entities whose identifier is a
    search that matches no entity.
    """

    accepted: frozenset[EntityKey] = frozenset()
    reasons: dict[EntityKey, str] = field(default_factory=dict)
    unmatched: frozenset[EntityKey] = frozenset()


class _SentEntity(msgspec.Struct):
    identifier: Any = None


class _SentBulk(msgspec.Struct):
    entities: list[_SentEntity]


class _AcceptedEntity(msgspec.Struct):
    index: int


class _ErrorBody(msgspec.Struct):
    message: Any = None
    error: Any = None


class _RefusedEntity(_ErrorBody, kw_only=True):
    index: int


class _BulkBody(msgspec.Struct):
    """Port's response to a bulk of 20 entities. Each is in one list, by its index in the request."""

    entities: list[_AcceptedEntity] = []
    errors: list[_RefusedEntity] = []


def entity_key(blueprint: str, identifier: Any) -> EntityKey:  # noqa: ANN401 - a text or a search rule
    """Return the key that identifies an entity in requests and tallies."""
    return blueprint, msgspec.json.encode(identifier)


def write_result(response: httpx.Response) -> WriteResult | None:
    """Return the result of a write. None: the request wrote no entities, or Ocean sends it again in parts.

    The response's body must have been read.
    """
    request = response.request
    path = _ENTITIES_PATH.search(request.url.path)
    if request.method != "POST" or not path or path.end() < len(request.url.path):
        return None
    is_bulk = bool(path["bulk"])
    if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE and is_bulk:
        return None
    keys = [
        entity_key(path["blueprint"], sent.identifier)
        for sent in _sent_entities(request.content, is_bulk=is_bulk)
    ]
    if response.is_error:
        return WriteResult(reasons=dict.fromkeys(keys, _error_reason(response)))
    if not is_bulk:
        return WriteResult(frozenset(keys))
    return _bulk_result(keys, msgspec.json.decode(response.content, type=_BulkBody))


def _bulk_result(keys: list[EntityKey], body: _BulkBody) -> WriteResult:
    return WriteResult(
        frozenset(keys[accepted.index] for accepted in body.entities),
        {
            keys[refused.index]: str(refused.message or refused.error)[:_MAX_REASON_LENGTH]
            for refused in body.errors
        },
        frozenset(
            keys[refused.index]
            for refused in body.errors
            if refused.error == "not_found" and _is_search(keys[refused.index])
        ),
    )


def _is_search(key: EntityKey) -> bool:
    return key[1].startswith(b"{")


def _sent_entities(content: bytes, *, is_bulk: bool) -> list[_SentEntity]:
    if is_bulk:
        return msgspec.json.decode(content, type=_SentBulk).entities
    return [msgspec.json.decode(content, type=_SentEntity)]


def _error_reason(response: httpx.Response) -> str:
    try:
        body = msgspec.json.decode(response.content, type=_ErrorBody)
    except msgspec.DecodeError:
        body = _ErrorBody()
    reason = body.message or body.error or response.text
    return f"status {response.status_code} {reason}"[:_MAX_REASON_LENGTH]
