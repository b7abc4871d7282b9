"""Documents, HAR files and a check of the selectors that imports return."""

import base64
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from builder.imports import Imported
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.bodies import Json

type Pairs = Iterable[tuple[str, str]]

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture
def document() -> Callable[[str], str]:
    """Return the text of a document in the folder documents."""
    return lambda name: (DOCUMENTS / name).read_text()


@pytest.fixture
def entry() -> Callable[..., dict[str, Json]]:
    """Return an entry of a HAR file: a request to `url` and its response."""
    return _entry


@pytest.fixture
def har() -> Callable[..., str]:
    """Return a HAR file with these entries."""
    return lambda *entries: json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


@pytest.fixture
def accepted() -> Callable[[Imported], list[str]]:
    """Validate each endpoint as the integration does, and return the kinds."""
    return lambda found: [
        read_resource(each.kind, each.selector, PaginationSettings()).kind for each in found.endpoints
    ]


def _entry(
    url: str,
    body: Json = None,
    *,
    method: str = "GET",
    status: int = 200,
    mime_type: str = "application/json",
    headers: Pairs = (),
    cookies: Pairs = (),
    response_headers: Pairs = (),
    is_base64: bool = False,
) -> dict[str, Json]:
    text = body if isinstance(body, str) else json.dumps(body)
    encoded: dict[str, Json] = {"text": base64.b64encode(text.encode()).decode(), "encoding": "base64"}
    return {
        "startedDateTime": "2024-05-01T09:00:00.000Z",
        "request": {
            "method": method,
            "url": url,
            "headers": _pairs(headers),
            "cookies": _pairs(cookies),
            "queryString": [],
        },
        "response": {
            "status": status,
            "headers": _pairs(response_headers),
            "cookies": [],
            "content": {"mimeType": mime_type, **(encoded if is_base64 else {"text": text})},
        },
    }


def _pairs(pairs: Pairs) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]
