"""The mapping in a report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.report.masking import Masking
from builder.report.report import Part
from rest.bodies import Json

_NAME = "mapping.yml"
_WRONG_NAME = "mapping.txt"
_MAX_LINES = 400
# Sent with each request. Other headers may be credentials with any name.
_PUBLIC_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})


def mapping_part(mapping: Mapping[str, Any], masking: Masking, source: str) -> Part:
    """Return the mapping. Its jq stays as it is, but for known secrets. source: a file or Port."""
    resources = [_resource(each, masking) for each in mapping["resources"]]
    others = {name: masking.request({name: each}) for name, each in mapping.items() if name != "resources"}
    content: dict[str, Json] = {}
    for each in others.values():
        content |= each if isinstance(each, dict) else {}
    return Part(_NAME, f"{len(resources)} resources, from {source}", {**content, "resources": resources})


def wrong_mapping_part(path: Path, masking: Masking, reason: str) -> Part:
    """Return the lines of a mapping that cannot be read, and why."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return Part(_WRONG_NAME, f"not in the report: {error.strerror}")
    shown = "\n".join(masking.line(line) for line in lines[:_MAX_LINES])
    return Part(_WRONG_NAME, f"not a valid mapping: {reason}", f"{shown}\n")


def _resource(entry: Json, masking: Masking) -> Json:
    if not isinstance(entry, dict):
        return masking.request(entry)
    return {name: _masked(name, each, masking) for name, each in entry.items()}


def _masked(name: str, value: Json, masking: Masking) -> Json:
    if name == "port":
        return _texts(value, masking)
    if name == "kind":
        return masking.sample(value)
    return _selector(masking.request(value))


def _selector(value: Json) -> Json:
    """Mask all headers, except those with public names."""
    if isinstance(value, list):
        return [_selector(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _selector(each) for name, each in value.items()}
    headers = found.get("headers")
    if isinstance(headers, dict):
        found["headers"] = {
            name: each if name.lower() in _PUBLIC_HEADERS else "***" for name, each in headers.items()
        }
    return found


def _texts(value: Json, masking: Masking) -> Json:
    """Mask each text by its form. The names of properties say nothing about jq."""
    if isinstance(value, dict):
        return {name: _texts(each, masking) for name, each in value.items()}
    if isinstance(value, list):
        return [_texts(each, masking) for each in value]
    return masking.sample(value)
