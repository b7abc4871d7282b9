"""Endpoint templates, and the values that make requests of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from configuration.resource import PLACEHOLDER, Endpoint, Value
from rest.bodies import Json
from rest.dot_segments import has_dot_segments, is_literal_dots
from rest.errors import ResourceError
from rest.request import Pairs, Request, text_of

# RFC 6570 §3.2.3 lets reserved characters through; of those, ? and # would end the path.
_RAW = "/:@!$&'()*+,;="


def bound(endpoint: Endpoint, values: Mapping[str, Value]) -> Endpoint:
    """The endpoint with its placeholders replaced; what has no value stays as it is written.

    Raises ResourceError: a value that would leave its place in the path.
    """
    if not values:
        return endpoint
    return replace(
        endpoint,
        path=_bound_path(endpoint.path, values),
        query_params=_in_pairs(endpoint.query_params, values),
        headers=_in_pairs(endpoint.headers, values),
        body=_in_body(endpoint.body, values),
    )


def request_for(endpoint: Endpoint, base_url: str) -> Request:
    """The request for a bound endpoint: base URL and path with exactly one slash between them."""
    base = base_url.rstrip("/")
    url = f"{base}/{endpoint.path.lstrip('/')}" if endpoint.path else base
    return Request(
        endpoint.method,
        url.partition("#")[0],
        endpoint.query_params,
        endpoint.headers,
        endpoint.body,
        endpoint.retry,
    )


def template_key(endpoint: Endpoint) -> str:
    """The same text for templates that differ only in how their placeholders are called."""
    names: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        number = names.setdefault(match["name"], str(len(names)))
        return f"{{{match['raw']}{number}}}"

    parts = (
        endpoint.method,
        endpoint.path.lstrip("/"),
        endpoint.query_params,
        endpoint.headers,
        endpoint.body,
    )
    return PLACEHOLDER.sub(numbered, json.dumps(parts, sort_keys=True))


def _bound_path(template: str, values: Mapping[str, Value]) -> str:
    path, mark, query = template.partition("?")
    filled = PLACEHOLDER.sub(lambda match: _in_path(match, values), path)
    # Not each value by itself: {a}{b} may be two dots, and v1{dot}0 is no dot segment.
    if is_literal_dots(filled):
        names = {match["name"] for match in PLACEHOLDER.finditer(path)} & values.keys()
        raise _leading_away({name: values[name] for name in sorted(names)})
    return filled + mark + PLACEHOLDER.sub(lambda match: _in_query(match, values), query)


def _in_query(match: re.Match[str], values: Mapping[str, Value]) -> str:
    return quote(text_of(values[match["name"]]), safe="") if match["name"] in values else match[0]


def _in_path(match: re.Match[str], values: Mapping[str, Value]) -> str:
    name = match["name"]
    if name not in values:
        return match[0]
    text = text_of(values[name])
    if not match["raw"]:
        return quote(text, safe="")
    if has_dot_segments(text):
        raise _leading_away({name: text})
    return "%".join(quote(part, safe=_RAW) for part in _encoded_parts(text))


def _leading_away(values: Mapping[str, Value]) -> ResourceError:
    told = " and ".join(f"{name} is {text_of(value)!r}" for name, value in values.items())
    filters = " or ".join(f"path_parameters.{name}.filter" for name in values)
    return ResourceError(f"{told}, which leads to another path", hint=f"Leave it out by {filters}")


def _encoded_parts(text: str) -> list[str]:
    """The text cut at the percent signs of what is encoded already; others stay and are encoded."""
    first, *rest = text.split("%")
    parts = [first]
    for part in rest:
        if len(part) >= 2 and all(digit in "0123456789abcdefABCDEF" for digit in part[:2]):
            parts.append(part)
        else:
            parts[-1] += f"%{part}"
    return parts


def _in_pairs(pairs: Pairs, values: Mapping[str, Value]) -> Pairs:
    return tuple((name, _in_text(text, values)) for name, text in pairs)


def _in_text(text: str, values: Mapping[str, Value]) -> str:
    return PLACEHOLDER.sub(
        lambda match: text_of(values[match["name"]]) if match["name"] in values else match[0], text
    )


def _in_body(body: Json, values: Mapping[str, Value]) -> Json:
    if isinstance(body, str):
        whole = PLACEHOLDER.fullmatch(body)
        return values[whole["name"]] if whole and whole["name"] in values else _in_text(body, values)
    if isinstance(body, list):
        return [_in_body(element, values) for element in body]
    if isinstance(body, dict):
        return {name: _in_body(value, values) for name, value in body.items()}
    return body
