"""One event of the API, as its delivery was read."""

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from live_events.delivery import Delivery, DeliveryError
from rest.bodies import Json, parse_json
from rest.body_format import RECOGNIZED, BodyFormat, format_of, media_type_of
from rest.body_parsing import parse_body
from rest.weight import weight_of_body

# Deeper values are no data, and would exhaust the stack of whatever reads them next.
_MAX_DEPTH = 200
_MAX_FIELDS = 1000
_MAX_WEIGHT = 24 * 2**20
_FORM = "application/x-www-form-urlencoded"
# The field of GitHub's, Slack's and others' forms that has the event as JSON.
_PAYLOAD = "payload"
# Expressions of the mapping must not read them.
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class Event:
    """An event that was let in.

    headers: names in lower case, without credentials. body: as JSON. is_signed: False if the sender cannot
    sign. weight: the bytes of memory that it takes, at most.
    """

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    is_signed: bool
    received_at: datetime
    weight: int = 0

    @property
    def as_json(self) -> dict[str, Json]:
        """The input of the mapping's expressions."""
        return {"headers": dict(self.headers), "query": dict(self.query), "body": self.body}


def read_event(
    delivery: Delivery, *, is_signed: bool, received_at: datetime, max_weight: int = _MAX_WEIGHT
) -> Event:
    """Return the event of a delivery: JSON, a form, XML or another format that its type tells.

    A form whose only field is `payload` is the JSON in it. max_weight: bytes of memory for the parsed body.
    Raises DeliveryError: the body cannot be read, or takes too much memory.
    """
    if delivery.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise DeliveryError(400, "the body is compressed")
    body, weight = _body(delivery, max_weight)
    if _is_deeper(body, _MAX_DEPTH):
        raise DeliveryError(400, f"the body is nested more than {_MAX_DEPTH} levels deep")
    headers = {name: text for name, text in delivery.headers.items() if name not in _CREDENTIALS}
    return Event(headers, delivery.query, body, is_signed, received_at, weight + _weight_of_names(delivery))


def _weight_of_names(delivery: Delivery) -> int:
    pairs = (*delivery.headers.items(), *delivery.query.items())
    return sum(sys.getsizeof(name) + sys.getsizeof(text) for name, text in pairs)


def _body(delivery: Delivery, max_weight: int) -> tuple[Json, int]:
    """Return the parsed body and the memory that it takes."""
    content, content_type = delivery.body, delivery.headers.get("content-type", "")
    if not content.strip():
        return None, 0
    is_form = media_type_of(content_type) == _FORM
    name = "json" if is_form else format_of(content, content_type)
    weight = weight_of_body(io.BytesIO(content), name)
    if weight > max_weight:
        raise DeliveryError(413, "the body would take too much memory")
    # JSON is UTF-8 (RFC 8259 §8.1). Senders sign the body, but not the charset that its type names.
    chosen = BodyFormat(encoding="utf-8") if name == "json" else RECOGNIZED
    try:
        return (_form(content) if is_form else parse_body(content, content_type, chosen)), weight
    except ValueError:
        raise DeliveryError(
            400,
            "the body cannot be read",
            hint="JSON, forms, XML, CSV, YAML and text are read, as Content-Type tells",
        ) from None


def _form(content: bytes) -> Json:
    """Return a form as an object. A repeated field is a list."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS):
        fields.setdefault(name, []).append(value)
    body: dict[str, Json] = {
        name: values[0] if len(values) == 1 else [*values] for name, values in fields.items()
    }
    payload = body.get(_PAYLOAD)
    if not isinstance(payload, str) or not payload.lstrip().startswith(("{", "[")):
        return body
    decoded = parse_json(payload)
    return decoded if len(body) == 1 else {**body, _PAYLOAD: decoded}


def _is_deeper(value: Json, limit: int) -> bool:
    """Return True if lists and objects are nested deeper than the limit. Without recursion."""
    level = _containers([value])
    for _ in range(limit):
        level = [inner for outer in level for inner in _containers(outer)]
    return bool(level)


def _containers(outer: list[Json] | dict[str, Json]) -> list[list[Json] | dict[str, Json]]:
    inner = outer.values() if isinstance(outer, dict) else outer
    return [each for each in inner if isinstance(each, list | dict)]
