"""Endpoint templates, bound to values and turned into requests."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from configuration.resource import PLACEHOLDER, Endpoint, Value
from rest.bodies import Json
from rest.dot_segments import has_dot_segments, has_literal_dot_segment
from rest.errors import ResourceError
from rest.request import Pairs, Request, text_of

# RFC 6570 §3.2.3 allows reserved characters. Of those, ? and # are left out because they would end the path.
_RESERVED = "/:@!$&'()*+,;="


def bind(endpoint: Endpoint, values: Mapping[str, Value]) -> Endpoint:
    """Return the endpoint with its placeholders replaced. A placeholder without a value stays as it is.

    Raises ResourceError: a value would change the path around its placeholder.
    """
    if not values:
        return endpoint
    return replace(
        endpoint,
        path=_bind_path(endpoint.path, values),
        query_params=_bind_pairs(endpoint.query_params, values),
        headers=_bind_pairs(endpoint.headers, values),
        body=_bind_body(endpoint.body, values),
    )


def request_for(endpoint: Endpoint, base_url: str) -> Request:
    """Return the request for a bound endpoint. Exactly one slash joins base URL and path."""
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
    """Return a key that is equal for templates that differ only in the names of their placeholders."""
    numbers: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        number = numbers.setdefault(match["name"], str(len(numbers)))
        return f"{{{match['raw']}{number}}}"

    parts = (
        endpoint.method,
        endpoint.path.lstrip("/"),
        endpoint.query_params,
        endpoint.headers,
        endpoint.body,
    )
    return PLACEHOLDER.sub(numbered, json.dumps(parts, sort_keys=True))


def _bind_path(template: str, values: Mapping[str, Value]) -> str:
    path, mark, query = template.partition("?")
    bound = PLACEHOLDER.sub(lambda match: _path_value(match, values), path)
    # The path is checked as a whole: {a}{b} may become two dots, while v1{dot}0 is no dot segment.
    if has_literal_dot_segment(bound):
        names = {match["name"] for match in PLACEHOLDER.finditer(path)} & values.keys()
        raise _changed_path_error({name: values[name] for name in sorted(names)})
    return bound + mark + PLACEHOLDER.sub(lambda match: _query_value(match, values), query)


def _query_value(match: re.Match[str], values: Mapping[str, Value]) -> str:
    return quote(text_of(values[match["name"]]), safe="") if match["name"] in values else match[0]


def _path_value(match: re.Match[str], values: Mapping[str, Value]) -> str:
    name = match["name"]
    if name not in values:
        return match[0]
    text = text_of(values[name])
    if not match["raw"]:
        return quote(text, safe="")
    if has_dot_segments(text):
        raise _changed_path_error({name: text})
    return "%".join(quote(part, safe=_RESERVED) for part in _split_at_escapes(text))


def _changed_path_error(values: Mapping[str, Value]) -> ResourceError:
    assignments = " and ".join(f"{name} is {text_of(value)!r}" for name, value in values.items())
    filters = " or ".join(f"path_parameters.{name}.filter" for name in values)
    return ResourceError(
        f"{assignments}, and this would change the request's path", hint=f"Exclude it with {filters}"
    )


def _split_at_escapes(text: str) -> list[str]:
    """Split at the percent signs of existing escapes, like %2F. Other percent signs stay in the parts."""
    first, *rest = text.split("%")
    parts = [first]
    for part in rest:
        if len(part) >= 2 and all(digit in "0123456789abcdefABCDEF" for digit in part[:2]):
            parts.append(part)
        else:
            parts[-1] += f"%{part}"
    return parts


def _bind_pairs(pairs: Pairs, values: Mapping[str, Value]) -> Pairs:
    return tuple((name, _bind_text(text, values)) for name, text in pairs)


def _bind_text(text: str, values: Mapping[str, Value]) -> str:
    return PLACEHOLDER.sub(
        lambda match: text_of(values[match["name"]]) if match["name"] in values else match[0], text
    )


def _bind_body(body: Json, values: Mapping[str, Value]) -> Json:
    """Return the body with its placeholders replaced. A text that is only a placeholder becomes the value."""
    if isinstance(body, str):
        whole = PLACEHOLDER.fullmatch(body)
        return values[whole["name"]] if whole and whole["name"] in values else _bind_text(body, values)
    if isinstance(body, list):
        return [_bind_body(element, values) for element in body]
    if isinstance(body, dict):
        return {name: _bind_body(value, values) for name, value in body.items()}
    return body
