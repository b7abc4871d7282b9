"""Secrets detected by name or by form."""

import pytest

from builder.imports.secret_detection import SecretLocation, is_secret_name, is_secret_text

SIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA"


@pytest.mark.parametrize(
    ("name", "location", "expected"),
    [
        ("X-API-Key", "header", True),
        ("x-access-token", "header", True),
        ("Ocp-Apim-Subscription-Key", "header", True),
        ("JSESSIONID", "header", True),
        ("X-Session", "header", True),
        ("Idempotency-Key", "header", False),
        ("X-Auth-Email", "header", False),
        ("key", "query", True),
        ("sort_key", "query", False),
        ("hapikey", "query", True),
        ("page_token", "query", False),
        ("nextPageToken", "body", False),
        ("continuation_token", "body", False),
        ("key", "body", False),
        ("session", "body", False),
        ("clientSecret", "body", True),
        ("private_key", "body", True),
        ("", "body", False),
        ("日本", "header", False),
    ],
)
def test_secret_is_detected_by_name(name: str, location: SecretLocation, *, expected: bool) -> None:
    assert is_secret_name(name, location) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIGNED, True),
        ("ghp_0123456789abcdef", True),
        ("Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg", True),
        ("d41d8cd98f00b204e9800998ecf8427e", True),
        ("6f330886-3a9b-5fec-9616-5cdc141deeda", False),
        ("a-long-slug-of-many-words-from-2024-and-later", False),
        ("application/vnd.acme.v3+json", False),
        ("short", False),
        ("", False),
    ],
    ids=["signed", "known", "mixed", "hex", "uuid", "slug", "media_type", "short", "empty"],
)
def test_secret_is_detected_by_form(text: str, *, expected: bool) -> None:
    assert is_secret_text(text) is expected
