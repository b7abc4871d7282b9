"""Read a security scheme of an OpenAPI document as settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from builder.imports.declared_auth import aws_settings
from builder.imports.openapi.document import DocumentNode
from rest.bodies import Json

# The flow for programs, in OpenAPI 3 and Swagger 2.0.
_MACHINE_FLOWS = ("clientCredentials", "application")


@dataclass(frozen=True, slots=True)
class SchemeSettings:
    """A security scheme as settings.

    settings: authType and related settings, empty if the integration does not support the scheme.
    note: what the user has to complete, empty if only the secret is missing.
    """

    name: str
    settings: Mapping[str, Json]
    note: str = ""
    needs_scopes: bool = False


def read_scheme(name: str, scheme: DocumentNode, base_url: str) -> SchemeSettings:
    """Return a scheme as settings. base_url: the base of relative URLs, may be empty."""
    kind = scheme.text("type").lower()
    if scheme.text("x-amazon-apigateway-authtype").lower() == "awssigv4":
        return SchemeSettings(name, aws_settings(base_url))
    if kind == "http":
        return _http(name, scheme.text("scheme"))
    if kind == "basic":
        return SchemeSettings(name, {"authType": "basic"})
    if kind == "apikey":
        return _api_key(name, scheme)
    if kind == "oauth2":
        return _oauth2(name, scheme, base_url)
    if kind == "mutualtls":
        return SchemeSettings(name, {}, f"{name} is mutual TLS. Set clientCertificate and clientKey")
    if kind == "openidconnect":
        return _openid(name, scheme)
    return SchemeSettings(
        name, {}, f"The security scheme {name} ({kind or 'without a type'}) is not supported"
    )


def _http(name: str, scheme: str) -> SchemeSettings:
    if scheme.lower() == "bearer":
        return SchemeSettings(name, {"authType": "bearer_token"})
    if scheme.lower() in ("basic", "digest"):
        return SchemeSettings(name, {"authType": scheme.lower()})
    if scheme.lower() in ("hmac", "hawk", "signature"):
        return SchemeSettings(name, {"authType": "signature"}, f"Describe {name} in the setting signature")
    return SchemeSettings(name, {}, f"The security scheme {name} (http {scheme}) is not supported")


def _api_key(name: str, scheme: DocumentNode) -> SchemeSettings:
    parameter, location = scheme.text("name"), scheme.text("in")
    if location == "query" and parameter:
        return SchemeSettings(name, {"authType": "api_key", "apiKeyParam": parameter})
    if location == "cookie":
        note = f"{name} is a cookie. Add it to customHeaders as Cookie: {parameter}=..."
        return SchemeSettings(name, {}, note)
    if parameter.lower() == "authorization" and "bearer" in scheme.text("description").lower():
        return SchemeSettings(name, {"authType": "bearer_token"})
    note = ""
    if parameter.lower() == "authorization":
        note = "apiKey is the whole Authorization header. If it starts with Bearer, use bearer_token instead"
    return SchemeSettings(name, {"authType": "api_key", "apiKeyHeader": parameter or "X-API-Key"}, note)


def _oauth2(name: str, scheme: DocumentNode, base_url: str) -> SchemeSettings:
    flows = dict(scheme.fields("flows"))
    if flow := scheme.text("flow"):
        flows = {flow: scheme}
    for each in _MACHINE_FLOWS:
        if each in flows:
            url = flows[each].text("tokenUrl")
            token_url = urljoin(f"{base_url}/", url) if base_url else url
            return SchemeSettings(name, {"authType": "oauth2", "tokenUrl": token_url}, needs_scopes=True)
    if "password" in flows:
        url = flows["password"].text("tokenUrl")
        token_url = urljoin(f"{base_url}/", url) if base_url else url
        settings: dict[str, Json] = {"authType": "oauth2", "grant": "password", "tokenUrl": token_url}
        return SchemeSettings(name, settings, needs_scopes=True)
    flow_names = ", ".join(flows) or "no flow"
    return SchemeSettings(
        name,
        {"authType": "bearer_token"},
        f"{name} is a login for people (OAuth 2.0, {flow_names}). Obtain a token separately for apiToken",
    )


def _openid(name: str, scheme: DocumentNode) -> SchemeSettings:
    url = scheme.text("openIdConnectUrl")
    return SchemeSettings(
        name, {"authType": "oauth2"}, f"{name} is OpenID Connect: tokenUrl is token_endpoint at {url}"
    )
