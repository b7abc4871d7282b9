"""Choose the base URL from the servers of an OpenAPI document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from builder.imports.openapi.document import DocumentNode
from configuration.settings import value_mistakes
from rest.bodies import Json

_VARIABLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ChosenServer:
    """The chosen server. base_url: None if the document has no usable one. notes: for the user."""

    base_url: str | None
    notes: tuple[str, ...] = ()


def choose_server(document: DocumentNode, address: str) -> ChosenServer:
    """Return the first server with a complete URL. address: the document's URL, the base of relative URLs.

    Raises DocumentError: `servers` is malformed.
    """
    urls = list(dict.fromkeys(_urls(document))) or ["/"]
    # A URL without a scheme, //api.example.com, has that of the document.
    base = address or "https:"
    absolute = dict.fromkeys(
        (urljoin(base, url) if address or url.startswith("//") else url).rstrip("/") for url in urls
    )
    usable = [url for url in absolute if _is_complete(url)]
    if usable:
        others = ", ".join(usable[1:])
        return ChosenServer(usable[0], (f"The document has other servers: {others}",) if others else ())
    first = urls[0].rstrip("/")
    hint = f", ending in {first}" if first.startswith("/") else f", like {first}" if "{" in first else ""
    return ChosenServer(None, (f"Enter baseUrl{hint}. The document has no complete server URL",))


def _is_complete(url: str) -> bool:
    return bool(url) and "{" not in url and not value_mistakes({"base_url": url})


def _urls(document: DocumentNode) -> Iterator[str]:
    for server in document.elements("servers"):
        variables = {name: variable.value.get("default") for name, variable in server.fields("variables")}
        yield _VARIABLE.sub(lambda match: _filled(match, variables), server.text("url"))  # noqa: B023
    if document.text("swagger"):
        host, path = document.text("host"), document.text("basePath")
        yield f"{_scheme(document)}://{host}{path}" if host else path or "/"


def _filled(match: re.Match[str], variables: dict[str, Json]) -> str:
    default = variables.get(match[1])
    return match[0] if default is None else str(default)


def _scheme(document: DocumentNode) -> str:
    """Return the URL scheme of a Swagger 2.0 document, https unless only http is listed."""
    schemes = document.value.get("schemes")
    return "http" if schemes == ["http"] else "https"
