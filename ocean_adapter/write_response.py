"""Port's responses to writes of entities: which ones it accepted, refused or could not find."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

_MAX_REASON_LENGTH = 200

type EntityKey = tuple[str, bytes]
"""A blueprint, and an identifier or search rule as JSON."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Port's result for the entities of one request.

    reasons: Port's reason for each refused entity. unmatched: the refused entities whose identifier is a
    search that matches no entity. found: Port's identifier of each entity that a search identified.
    """

    accepted: frozenset[EntityKey] = frozenset()
    reasons: dict[EntityKey, str] = field(default_factory=dict)
    unmatched: frozenset[EntityKey] = frozenset()
    found: dict[EntityKey, str] = field(default_factory=dict)

    def has_accepted(self, key: EntityKey) -> bool:
        """Return whether Port accepted an entity each time that it was sent."""
        return key in self.accepted and key not in self.reasons


class _AcceptedEntity(msgspec.Struct):
    index: int
    identifier: Any = None


class _ErrorBody(msgspec.Struct):
    message: Any = None
    error: Any = None


class _RefusedEntity(_ErrorBody, kw_only=True):
    index: int


class _BulkBody(msgspec.Struct):
    """Port's response to a bulk of 20 entities. Each is in one list, by its index in the request."""

    entities: list[_AcceptedEntity] = []
    errors: list[_RefusedEntity] = []


class _WrittenEntity(msgspec.Struct):
    identifier: Any = None


class _SingleBody(msgspec.Struct):
    entity: _WrittenEntity | None = None


def entity_key(blueprint: str, identifier: Any) -> EntityKey:  # noqa: ANN401 - a text or a search rule
    """Return the key that identifies an entity in requests and tallies."""
    return blueprint, msgspec.json.encode(identifier)


def bulk_result(keys: Sequence[EntityKey], response: httpx.Response) -> WriteResult:
    """Return the result of a bulk of the entities of these keys.

    Raises msgspec.DecodeError or IndexError: it is not a response of Port.
    """
    if response.is_error:
        return WriteResult(reasons=dict.fromkeys(keys, _error_reason(response)))
    body = msgspec.json.decode(response.content, type=_BulkBody)
    return WriteResult(
        frozenset(keys[accepted.index] for accepted in body.entities),
        {
            keys[refused.index]: str(refused.message or refused.error)[:_MAX_REASON_LENGTH]
            for refused in body.errors
        },
        frozenset(
            keys[refused.index]
            for refused in body.errors
            if refused.error == "not_found" and is_search(keys[refused.index])
        ),
        {
            keys[accepted.index]: str(accepted.identifier)
            for accepted in body.entities
            if is_search(keys[accepted.index])
        },
    )


def single_result(key: EntityKey, response: httpx.Response) -> WriteResult:
    """Return the result of a request for one entity. Raises msgspec.DecodeError: it is not Port's."""
    if response.is_error:
        return WriteResult(reasons={key: _error_reason(response)})
    entity = msgspec.json.decode(response.content, type=_SingleBody).entity
    is_found = is_search(key) and entity is not None
    return WriteResult(frozenset([key]), found={key: str(entity.identifier)} if is_found and entity else {})


def merged(results: Iterable[WriteResult]) -> WriteResult:
    """Return the results of several requests as one."""
    found = list(results)
    return WriteResult(
        frozenset().union(*(each.accepted for each in found)),
        {key: reason for each in found for key, reason in each.reasons.items()},
        frozenset().union(*(each.unmatched for each in found)),
        {key: identifier for each in found for key, identifier in each.found.items()},
    )


def is_search(key: EntityKey) -> bool:
    """Return whether a search identifies the entity."""
    return key[1].startswith(b"{")


def _error_reason(response: httpx.Response) -> str:
    try:
        body = msgspec.json.decode(response.content, type=_ErrorBody)
    except msgspec.DecodeError:
        body = _ErrorBody()
    reason = body.message or body.error or response.text
    return f"status {response.status_code} {reason}"[:_MAX_REASON_LENGTH]
