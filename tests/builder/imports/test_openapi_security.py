"""Security schemes and servers of OpenAPI documents as settings."""

import pytest

from builder.imports.openapi.document import Node
from builder.imports.openapi.security import security_of
from builder.imports.openapi.servers import server_of
from rest.bodies import Json

BEARER: Json = {"type": "http", "scheme": "bearer"}
KEY: Json = {"type": "apiKey", "in": "header", "name": "X-Key"}
PARAM: Json = {"type": "apiKey", "in": "query", "name": "key"}
COOKIE: Json = {"type": "apiKey", "in": "cookie", "name": "sid"}
PERSONS: Json = {"type": "oauth2", "flows": {"implicit": {}}}
VARIABLES: Json = {"a": {"default": "x"}, "b": {"default": 8443}}
OTHER = "Other security schemes of the document"
ADDRESS = "https://a.example/docs/openapi.json"
SAYS_NOT = "the document does not say where the API is"
MACHINES: Json = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "token"}}}


@pytest.mark.parametrize(
    ("scheme", "settings", "note"),
    [
        (BEARER, {"authType": "bearer_token"}, ""),
        ({"type": "http", "scheme": "Basic"}, {"authType": "basic"}, ""),
        ({"type": "basic"}, {"authType": "basic"}, ""),
        ({"type": "http", "scheme": "digest"}, {}, "The security scheme a (http digest) is not supported"),
        (KEY, {"authType": "api_key", "apiKeyHeader": "X-Key"}, ""),
        (
            PARAM,
            {"authType": "api_key", "apiKeyParam": "key"},
            "",
        ),
        (COOKIE, {}, "a is a cookie: put it into customHeaders, as Cookie: sid=..."),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Bearer <token>"},
            {"authType": "bearer_token"},
            "",
        ),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization"},
            {"authType": "api_key", "apiKeyHeader": "Authorization"},
            "apiKey is the whole header Authorization",
        ),
        (MACHINES, {"authType": "oauth2", "tokenUrl": "https://api.acme.example/v1/token"}, ""),
        (
            {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.example/token"},
            {"authType": "oauth2", "tokenUrl": "https://login.example/token"},
            "",
        ),
        (PERSONS, {"authType": "bearer_token"}, "a logs persons in (OAuth 2.0, implicit)"),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://login.example/x"},
            {"authType": "oauth2"},
            "a is OpenID Connect: tokenUrl is token_endpoint at https://login.example/x",
        ),
        ({"type": "mutualTLS"}, {}, "The security scheme a (mutualtls) is not supported"),
        ({}, {}, "The security scheme a (without a type) is not supported"),
    ],
    ids=[
        "bearer", "basic", "basic_2_0", "digest", "header", "query", "cookie", "bearer_as_key",
        "whole_header",
        "machines", "machines_2_0", "persons", "openid", "tls", "no_type",
    ],
)  # fmt: skip
def test_a_scheme_becomes_settings_or_a_note(scheme: Json, settings: dict[str, Json], note: str) -> None:
    document = Node.of({"components": {"securitySchemes": {"a": scheme}}, "security": [{"a": []}]})
    found = security_of(document, [], "https://api.acme.example/v1")
    assert found.settings == settings
    assert len(found.notes) == bool(note)
    assert all(each.startswith(note) for each in found.notes)


@pytest.mark.parametrize(
    ("schemes", "security", "auth_type", "notes"),
    [
        ({"a": COOKIE, "b": KEY}, [{"a": []}, {"b": []}], "api_key", [f"{OTHER}: a"]),
        ({"a": PERSONS, "b": MACHINES}, [{"a": []}, {"b": []}], "oauth2", [f"{OTHER}: a"]),
        ({"a": KEY, "b": BEARER}, [{"a": [], "b": []}], "api_key",
         ["The API wants b too, which goes with no other authType"]),
        ({"a": BEARER, "b": KEY}, [{"a": [], "b": []}], "bearer_token",
         ["The API wants b too: put the header X-Key into customHeaders"]),
        ({"a": BEARER, "b": KEY}, [{"a": [], "b": []}, {"b": []}], "api_key", [f"{OTHER}: a"]),
        ({"a": BEARER, "b": PARAM}, [{"a": [], "b": []}], "bearer_token",
         ["The API wants b too: put key into customQueryParams"]),
        ({"a": BEARER}, [{}, {"a": []}], "bearer_token", []),
        ({"a": BEARER}, None, "bearer_token", []),
        ({"a": BEARER}, [{"unknown": []}], None, []),
        ({"a": BEARER}, "a", "bearer_token", []),
        ({}, None, None, []),
    ],
    ids=[
        "what_is_possible", "machines_first", "both", "bearer_and_key", "one_is_easier", "bearer_and_param",
        "optional",
        "no_requirement", "unknown", "malformed", "none",
    ],
)  # fmt: skip
def test_the_way_is_chosen_that_settings_can_do(
    schemes: Json, security: Json, auth_type: str | None, notes: list[str]
) -> None:
    document: dict[str, Json] = {"components": {"securitySchemes": schemes}, "security": security}
    found = security_of(Node.of(document), [], "")
    assert found.settings.get("authType") == auth_type
    assert list(found.notes) == notes


def test_what_most_operations_say_stands_in_for_the_document() -> None:
    document = Node.of({"components": {"securitySchemes": {"a": BEARER, "b": MACHINES, "c": KEY}}})
    operations: list[Json] = [[{"a": []}], [{"b": ["read"]}], [{"b": ["read"]}], [], None, [{"b": ["list"]}]]
    found = security_of(document, operations, "")
    assert found.settings == {
        "authType": "oauth2",
        "tokenUrl": "token",
        "tokenParams": {"scope": "read list"},
    }


@pytest.mark.parametrize(
    ("document", "address", "base_url", "note"),
    [
        ({"servers": [{"url": "https://a.example/v1/"}]}, "", "https://a.example/v1", ""),
        (
            {"servers": [{"url": "wss://a.example"}, {"url": "https://b.example"}, {"url": "https://c.example"}]},
            "",
            "https://b.example",
            "There are other servers: https://c.example",
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
        ({"servers": [{"url": "/v3"}]}, "", None, f"Enter baseUrl, ending in /v3: {SAYS_NOT}"),
        ({"servers": [{"url": "https://{t}.example"}]}, "", None, "Enter baseUrl, like https://{t}.example"),
        ({}, "", None, f"Enter baseUrl: {SAYS_NOT}"),
        ({"swagger": "2.0", "host": "a.example", "basePath": "/v1"}, "", "https://a.example/v1", ""),
        ({"swagger": "2.0", "host": "a.example", "schemes": ["http"]}, "", "http://a.example", ""),
        ({"swagger": "2.0", "basePath": "/v1"}, "", None, "Enter baseUrl, ending in /v1"),
        ({"servers": [{"url": "https://a.example?x=1"}]}, "", None, "Enter baseUrl"),
        ({"servers": [{"url": "https://me:made-up@a.example"}]}, "", None, "Enter baseUrl"),
    ],
    ids=[
        "one", "several", "variables", "relative", "dots", "none_but_address", "relative_alone", "no_default",
        "none",
        "swagger", "http", "swagger_relative", "query", "user",
    ],
)  # fmt: skip
def test_the_base_url_is_the_first_server_s(
    document: dict[str, Json], address: str, base_url: str | None, note: str
) -> None:
    found = server_of(Node.of(document), address)
    assert found.base_url == base_url
    assert len(found.notes) == bool(note)
    assert all(each.startswith(note) for each in found.notes)
