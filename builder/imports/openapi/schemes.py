"""One security scheme of an OpenAPI document, as the settings that do the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from builder.imports.openapi.document import Node
from rest.bodies import Json

# OpenAPI 3's name of the flow without a person, and Swagger 2.0's.
_WITHOUT_PERSON = ("clientCredentials", "application")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to prove who is asking.

    settings: authType and what belongs to it, empty where no setting can do it.
    note: what is left to the user, empty where the settings say all but the secret.
    """

    name: str
    settings: Mapping[str, Json]
    note: str = ""
    needs_scopes: bool = False


def way_of(name: str, scheme: Node, base_url: str) -> Way:
    """The scheme as settings. base_url: what relative URLs start from, may be empty."""
    kind = scheme.text("type").lower()
    if kind == "http":
        return _http(name, scheme.text("scheme"))
    if kind == "basic":
        return Way(name, {"authType": "basic"})
    if kind == "apikey":
        return _api_key(name, scheme)
    if kind == "oauth2":
        return _oauth2(name, scheme, base_url)
    if kind == "openidconnect":
        return _openid(name, scheme)
    return Way(name, {}, f"The security scheme {name} ({kind or 'without a type'}) is not supported")


def _http(name: str, scheme: str) -> Way:
    if scheme.lower() == "bearer":
        return Way(name, {"authType": "bearer_token"})
    if scheme.lower() == "basic":
        return Way(name, {"authType": "basic"})
    return Way(name, {}, f"The security scheme {name} (http {scheme}) is not supported")


def _api_key(name: str, scheme: Node) -> Way:
    called, place = scheme.text("name"), scheme.text("in")
    if place == "query" and called:
        return Way(name, {"authType": "api_key", "apiKeyParam": called})
    if place == "cookie":
        return Way(name, {}, f"{name} is a cookie: put it into customHeaders, as Cookie: {called}=...")
    if called.lower() == "authorization" and "bearer" in scheme.text("description").lower():
        return Way(name, {"authType": "bearer_token"})
    note = ""
    if called.lower() == "authorization":
        note = "apiKey is the whole header Authorization; where that is Bearer and a token, take bearer_token"
    return Way(name, {"authType": "api_key", "apiKeyHeader": called or "X-API-Key"}, note)


def _oauth2(name: str, scheme: Node, base_url: str) -> Way:
    flows = dict(scheme.fields("flows"))
    if flow := scheme.text("flow"):
        flows = {flow: scheme}
    for each in _WITHOUT_PERSON:
        if each in flows:
            url = flows[each].text("tokenUrl")
            token_url = urljoin(f"{base_url}/", url) if base_url else url
            return Way(name, {"authType": "oauth2", "tokenUrl": token_url}, needs_scopes=True)
    shown = ", ".join(flows) or "no flow"
    return Way(
        name,
        {"authType": "bearer_token"},
        f"{name} logs persons in (OAuth 2.0, {shown}): apiToken needs a token that was got otherwise",
    )


def _openid(name: str, scheme: Node) -> Way:
    url = scheme.text("openIdConnectUrl")
    return Way(name, {"authType": "oauth2"}, f"{name} is OpenID Connect: tokenUrl is token_endpoint at {url}")
