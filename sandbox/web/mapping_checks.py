"""Checks of an edited mapping: keys, required parts, jq expressions and blueprints."""

import json
import re
from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from types import MappingProxyType
from typing import Any

import jq

from sandbox.port_api.json_codec import Document, Json

# Ocean's models of a mapping (PortAppConfig, ResourceConfig, PortResourceConfig, EntityMapping).
_CONFIG = (
    "resources",
    "deleteDependentEntities",
    "createMissingRelatedEntities",
    "enableMergeEntity",
    "entityDeletionThreshold",
)
_RESOURCE = ("kind", "selector", "port", "enableDelete")
_PORT = ("entity", "itemsToParse", "itemsToParseName", "itemsToParseTopLevelTransform")
_ENTITY = ("mappings",)
_MAPPING = ("identifier", "title", "icon", "team", "blueprint", "properties", "relations")
_EXPRESSIONS = ("identifier", "title", "icon", "team", "blueprint")
# Each integration has selector keys of its own, so others are accepted unless they resemble one of these.
_SELECTOR = (
    "query",
    "exportEnvVariables",
    "data_path",
    "method",
    "query_params",
    "headers",
    "body",
    "path_parameters",
)
_MIN_RESEMBLANCE = 0.75
_MAX_MISTAKES = 20
# As Ocean does: a single quote at the start or the end of a string is a double quote.
_QUOTE = re.compile(r'(^|\s)\'(?!\s|")|(?<!\s|")\'(\s|$)')
_KINDS: Mapping[type, str] = MappingProxyType({dict: "an object", list: "a list", bool: "true or false"})

type Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingMistake:
    """A mistake. place: the keys and indexes that lead to it."""

    place: Steps
    message: str


def mapping_mistakes(
    config: Document, blueprints: Collection[str], *, is_custom: bool = True
) -> list[MappingMistake]:
    """Return the first mistakes of a mapping. blueprints: the identifiers of those that exist.

    is_custom: the integration has no keys of its own beside `selector`. Other integrations may.
    """
    return list(islice(_Checker(blueprints, is_custom=is_custom).config(config), _MAX_MISTAKES))


class _Checker:
    """Finds the mistakes, from the outer to the inner parts."""

    def __init__(self, blueprints: Collection[str], *, is_custom: bool) -> None:
        self._blueprints = blueprints
        self._is_custom = is_custom

    def config(self, config: Document) -> Iterator[MappingMistake]:
        yield from self._unknown_keys(config, (), _CONFIG)
        resources = yield from _part(config, (), "resources", list)
        for number, resource in enumerate(resources or ()):
            place = ("resources", str(number))
            if isinstance(resource, dict):
                yield from self._resource(resource, place)
            else:
                yield MappingMistake(place, "a resource must be an object with kind, selector and port")

    def _resource(self, resource: Document, place: Steps) -> Iterator[MappingMistake]:
        yield from self._unknown_keys(resource, place, _RESOURCE)
        yield from _text(resource, place, "kind")
        if "enableDelete" in resource:
            yield from _part(resource, place, "enableDelete", bool)
        if "selector" in resource:
            yield from self._selector(resource, place)
        port = yield from _part(resource, place, "port", dict)
        if port is not None:
            yield from self._port(port, (*place, "port"))

    def _port(self, port: Document, place: Steps) -> Iterator[MappingMistake]:
        yield from _unknown_keys(port, place, _PORT)
        if "itemsToParse" in port:
            yield from _expression(port["itemsToParse"], (*place, "itemsToParse"))
        entity = yield from _part(port, place, "entity", dict)
        if entity is None:
            return
        place = (*place, "entity")
        yield from _unknown_keys(entity, place, _ENTITY)
        mappings = entity.get("mappings")
        if isinstance(mappings, list):
            for number, mapping in enumerate(mappings):
                yield from self._mapping(mapping, (*place, "mappings", str(number)))
        else:
            mapping = yield from _part(entity, place, "mappings", dict)
            if mapping is not None:
                yield from self._mapping(mapping, (*place, "mappings"))

    def _selector(self, resource: Document, place: Steps) -> Iterator[MappingMistake]:
        selector = (yield from _part(resource, place, "selector", dict)) or {}
        place = (*place, "selector")
        for key in selector:
            nearest = _nearest(key, _SELECTOR)
            if nearest and nearest not in selector:
                yield MappingMistake((*place, key), f'unknown key "{key}". Did you mean "{nearest}"?')
        if "query" in selector:
            yield from _expression(selector["query"], (*place, "query"))

    def _mapping(self, mapping: Json, place: Steps) -> Iterator[MappingMistake]:
        if not isinstance(mapping, dict):
            yield MappingMistake(place, "a mapping must be an object with identifier and blueprint")
            return
        yield from _unknown_keys(mapping, place, _MAPPING)
        for name in ("identifier", "blueprint"):
            if _is_missing(mapping, name, _MAPPING):
                yield MappingMistake(place, f'the key "{name}" is missing')
        for name in _EXPRESSIONS:
            if mapping.get(name) is not None:
                yield from _expression(mapping[name], (*place, name))
        for part in ("properties", "relations"):
            if part in mapping:
                values = yield from _part(mapping, place, part, dict)
                for name, value in (values or {}).items():
                    yield from _expression(value, (*place, part, name))
        yield from self._missing_blueprint(mapping.get("blueprint"), (*place, "blueprint"))

    def _unknown_keys(
        self, parent: Document, place: Steps, known: Collection[str]
    ) -> Iterator[MappingMistake]:
        for mistake in _unknown_keys(parent, place, known):
            if self._is_custom or _nearest(mistake.place[-1], known):
                yield mistake

    def _missing_blueprint(self, expression: Json, place: Steps) -> Iterator[MappingMistake]:
        """Yield a mistake if a literal names no blueprint. Other expressions depend on the items."""
        name = _literal(expression)
        if name is None or name in self._blueprints:
            return
        nearest = _nearest(name, tuple(self._blueprints))
        hint = f'Did you mean "{nearest}"?' if nearest else "Create it first"
        yield MappingMistake(place, f'there is no blueprint "{name}". {hint}')


def _part(parent: Document, place: Steps, key: str, kind: type) -> Generator[MappingMistake, None, Any]:
    """Yield a mistake if a required part is missing or has another type. Return the part, or None."""
    if key not in parent:
        if _is_missing(parent, key, (*_CONFIG, *_RESOURCE, *_PORT, *_ENTITY)):
            yield MappingMistake(place, f'the key "{key}" is missing')
        return None
    if not isinstance(parent[key], kind):
        yield MappingMistake((*place, key), f'"{key}" must be {_KINDS[kind]}')
        return None
    return parent[key]


def _text(parent: Document, place: Steps, key: str) -> Iterator[MappingMistake]:
    if _is_missing(parent, key, _RESOURCE):
        yield MappingMistake(place, f'the key "{key}" is missing')
    elif key in parent and not (isinstance(parent[key], str) and parent[key].strip()):
        yield MappingMistake((*place, key), f'"{key}" must be a string that is not empty')


def _unknown_keys(parent: Document, place: Steps, known: Collection[str]) -> Iterator[MappingMistake]:
    for key in parent:
        if key not in known:
            nearest = _nearest(key, known)
            hint = f'Did you mean "{nearest}"?' if nearest else f"Known keys: {', '.join(known)}"
            yield MappingMistake((*place, key), f'unknown key "{key}". {hint}')


def _is_missing(parent: Document, key: str, known: Collection[str]) -> bool:
    """Return whether a key is missing, and not only misspelled: a misspelled key is a mistake of its own."""
    return key not in parent and all(_nearest(each, known) != key for each in parent)


def _nearest(key: str, known: Collection[str]) -> str:
    """Return the known key that resembles a key, "" if there is none or if the key is known."""
    if key in known:
        return ""
    by_lower = {each.lower(): each for each in known}
    close = get_close_matches(key.lower(), by_lower, 1, _MIN_RESEMBLANCE)
    return by_lower[close[0]] if close else ""


def _expression(value: Json, place: Steps) -> Iterator[MappingMistake]:
    """Yield a mistake if a value is neither jq nor a search query, whose rules have jq values."""
    name = place[-1]
    if isinstance(value, dict) and "rules" in value:
        rules = value["rules"] if isinstance(value["rules"], list) else []
        for number, rule in enumerate(rules):
            inner = (*place, "rules", str(number))
            if isinstance(rule, dict) and "rules" in rule:
                yield from _expression(rule, inner)
            elif isinstance(rule, dict) and "value" in rule:
                yield from _expression(rule["value"], (*inner, "value"))
    elif not isinstance(value, str):
        yield MappingMistake(place, f'"{name}" must be a jq expression, written as a string')
    elif message := _jq_error(value):
        yield MappingMistake(place, f'"{name}" is not valid jq: {message}')


def _jq_error(expression: str) -> str:
    """Return why an expression does not compile, "" if it does."""
    if not expression.strip():
        return "it is empty"
    if "\0" in expression:
        return "it contains the character U+0000"
    try:
        jq.compile(_QUOTE.sub(r'\1"\2', expression))
    except ValueError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return lines[0].removeprefix("jq: error: ").replace(" at <top-level>", "")
    return ""


def _literal(expression: Json) -> str | None:
    """Return the text of a jq string literal, None for any other expression."""
    if not isinstance(expression, str):
        return None
    try:
        value = json.loads(_QUOTE.sub(r'\1"\2', expression.strip()))
    except ValueError:
        return None
    return value if isinstance(value, str) else None
