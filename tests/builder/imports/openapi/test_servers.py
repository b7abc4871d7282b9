"""Base URLs from the servers of OpenAPI documents."""

import pytest

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.servers import choose_server
from rest.bodies import Json

VARIABLES: Json = {"a": {"default": "x"}, "b": {"default": 8443}}
ADDRESS = "https://a.example/docs/openapi.json"
NO_SERVER = "The document has no complete server URL"


@pytest.mark.parametrize(
    ("document", "address", "base_url", "note"),
    [
        ({"servers": [{"url": "https://a.example/v1/"}]}, "", "https://a.example/v1", ""),
        (
            {"servers": [{"url": "wss://a.example"}, {"url": "https://b.example"}, {"url": "https://c.example"}]},
            "",
            "https://b.example",
            "The document has other servers: https://c.example",
        ),
        (
            {"servers": [{"url": "https://{a}.example:{b}", "variables": VARIABLES}]},
            "",
            "https://x.example:8443",
            "",
        ),
        ({"servers": [{"url": "/api/v3"}]}, ADDRESS, "https://a.example/api/v3", ""),
        ({"servers": [{"url": "../v3"}]}, ADDRESS, "https://a.example/v3", ""),
        ({}, ADDRESS, "https://a.example", ""),
        ({"servers": [{"url": "//a.example/v1"}]}, "", "https://a.example/v1", ""),
        ({"servers": [{"url": "/v3"}]}, "", None, f"Enter baseUrl, ending in /v3. {NO_SERVER}"),
        ({"servers": [{"url": "https://{t}.example"}]}, "", None, "Enter baseUrl, like https://{t}.example"),
        ({}, "", None, f"Enter baseUrl. {NO_SERVER}"),
        ({"swagger": "2.0", "host": "a.example", "basePath": "/v1"}, "", "https://a.example/v1", ""),
        ({"swagger": "2.0", "host": "a.example", "schemes": ["http"]}, "", "http://a.example", ""),
        ({"swagger": "2.0", "basePath": "/v1"}, "", None, "Enter baseUrl, ending in /v1"),
        ({"servers": [{"url": "https://a.example?x=1"}]}, "", None, "Enter baseUrl"),
        ({"servers": [{"url": "https://me:made-up@a.example"}]}, "", None, "Enter baseUrl"),
    ],
    ids=[
        "one", "several", "variables", "relative", "dots", "none_but_address", "no_scheme", "relative_alone",
        "no_default", "none",
        "swagger", "http", "swagger_relative", "query", "user",
    ],
)  # fmt: skip
def test_base_url_is_the_first_complete_server(
    document: dict[str, Json], address: str, base_url: str | None, note: str
) -> None:
    found = choose_server(DocumentNode.of(document), address)
    assert found.base_url == base_url
    assert len(found.notes) == bool(note)
    assert all(each.startswith(note) for each in found.notes)
