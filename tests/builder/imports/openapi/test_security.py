"""Security schemes of OpenAPI documents as settings."""

import pytest

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.security import choose_security
from rest.bodies import Json

BEARER: Json = {"type": "http", "scheme": "bearer"}
KEY: Json = {"type": "apiKey", "in": "header", "name": "X-Key"}
PARAM: Json = {"type": "apiKey", "in": "query", "name": "key"}
COOKIE: Json = {"type": "apiKey", "in": "cookie", "name": "sid"}
PEOPLE: Json = {"type": "oauth2", "flows": {"implicit": {}}}
OTHER = "Other security schemes of the document"
MACHINES: Json = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "token"}}}


@pytest.mark.parametrize(
    ("scheme", "settings", "note"),
    [
        (BEARER, {"authType": "bearer_token"}, ""),
        ({"type": "http", "scheme": "Basic"}, {"authType": "basic"}, ""),
        ({"type": "basic"}, {"authType": "basic"}, ""),
        ({"type": "http", "scheme": "digest"}, {"authType": "digest"}, ""),
        (
            {"type": "http", "scheme": "hmac"},
            {"authType": "signature"},
            "Describe a in the setting signature",
        ),
        (
            {"type": "apiKey", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
            {"authType": "aws", "aws": {"region": "us-east-1", "service": "execute-api"}},
            "",
        ),
        (KEY, {"authType": "api_key", "apiKeyHeader": "X-Key"}, ""),
        (
            PARAM,
            {"authType": "api_key", "apiKeyParam": "key"},
            "",
        ),
        (COOKIE, {}, "a is a cookie. Add it to customHeaders as Cookie: sid=..."),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Bearer <token>"},
            {"authType": "bearer_token"},
            "",
        ),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization"},
            {"authType": "api_key", "apiKeyHeader": "Authorization"},
            "apiKey is the whole Authorization header",
        ),
        (MACHINES, {"authType": "oauth2", "tokenUrl": "https://api.acme.example/v1/token"}, ""),
        (
            {"type": "oauth2", "flow": "application", "tokenUrl": "https://login.example/token"},
            {"authType": "oauth2", "tokenUrl": "https://login.example/token"},
            "",
        ),
        (
            {"type": "oauth2", "flows": {"password": {"tokenUrl": "token"}, "implicit": {}}},
            {"authType": "oauth2", "grant": "password", "tokenUrl": "https://api.acme.example/v1/token"},
            "",
        ),
        (PEOPLE, {"authType": "bearer_token"}, "a is a login for people (OAuth 2.0, implicit)"),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://login.example/x"},
            {"authType": "oauth2"},
            "a is OpenID Connect: tokenUrl is token_endpoint at https://login.example/x",
        ),
        ({"type": "mutualTLS"}, {}, "a is mutual TLS. Set clientCertificate and clientKey"),
        ({}, {}, "The security scheme a (without a type) is not supported"),
    ],
    ids=[
        "bearer", "basic", "basic_2_0", "digest", "hmac", "aws", "header", "query", "cookie", "bearer_as_key",
        "whole_header",
        "machines", "machines_2_0", "password", "people", "openid", "tls", "no_type",
    ],
)  # fmt: skip
def test_scheme_becomes_settings_or_a_note(scheme: Json, settings: dict[str, Json], note: str) -> None:
    document = DocumentNode.of({"components": {"securitySchemes": {"a": scheme}}, "security": [{"a": []}]})
    found = choose_security(document, [], "https://api.acme.example/v1")
    assert found.settings == settings
    assert len(found.notes) == bool(note)
    assert all(each.startswith(note) for each in found.notes)


@pytest.mark.parametrize(
    ("schemes", "security", "auth_type", "notes"),
    [
        ({"a": COOKIE, "b": KEY}, [{"a": []}, {"b": []}], "api_key", [f"{OTHER}: a"]),
        ({"a": PEOPLE, "b": MACHINES}, [{"a": []}, {"b": []}], "oauth2", [f"{OTHER}: a"]),
        ({"a": KEY, "b": BEARER}, [{"a": [], "b": []}], "api_key",
         ["The API also needs b, which cannot be combined with another authType"]),
        ({"a": BEARER, "b": KEY}, [{"a": [], "b": []}], "bearer_token",
         ["The API also needs b. Add the header X-Key to customHeaders"]),
        ({"a": BEARER, "b": KEY}, [{"a": [], "b": []}, {"b": []}], "api_key", [f"{OTHER}: a"]),
        ({"a": BEARER, "b": PARAM}, [{"a": [], "b": []}], "bearer_token",
         ["The API also needs b. Add key to customQueryParams"]),
        ({"a": BEARER}, [{}, {"a": []}], "bearer_token", []),
        ({"a": BEARER}, None, "bearer_token", []),
        ({"a": BEARER}, [{"unknown": []}], None, []),
        ({"a": BEARER}, "a", "bearer_token", []),
        ({}, None, None, []),
    ],
    ids=[
        "supported_scheme", "machines_first", "both", "bearer_and_key", "one_is_easier", "bearer_and_param",
        "optional",
        "no_requirement", "unknown", "malformed", "none",
    ],
)  # fmt: skip
def test_supported_alternative_is_chosen(
    schemes: Json, security: Json, auth_type: str | None, notes: list[str]
) -> None:
    document: dict[str, Json] = {"components": {"securitySchemes": schemes}, "security": security}
    found = choose_security(DocumentNode.of(document), [], "")
    assert found.settings.get("authType") == auth_type
    assert list(found.notes) == notes


def test_most_common_security_of_operations_is_used_if_the_document_has_none() -> None:
    document = DocumentNode.of({"components": {"securitySchemes": {"a": BEARER, "b": MACHINES, "c": KEY}}})
    operations: list[Json] = [[{"a": []}], [{"b": ["read"]}], [{"b": ["read"]}], [], None, [{"b": ["list"]}]]
    found = choose_security(document, operations, "")
    assert found.settings == {
        "authType": "oauth2",
        "tokenUrl": "token",
        "tokenParams": {"scope": "read list"},
    }
