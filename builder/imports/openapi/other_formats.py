"""Name descriptions of APIs in formats other than OpenAPI, so that a message can say what was pasted."""

import re
from collections.abc import Mapping

from builder.imports.imported import DocumentError
from rest.bodies import Json

_HINT = "Export the API as OpenAPI 3 or Swagger 2.0"
# Comments are matched without backtracking, which would take forever for a line of 40 `#`.
_BY_TEXT = (
    ("a RAML document", re.compile(r"\s*#%RAML")),
    ("an API Blueprint document", re.compile(r"\s*FORMAT:\s*1A", re.IGNORECASE)),
    (
        "an HTML page",
        re.compile(r"\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype html|html)\b", re.IGNORECASE | re.DOTALL),
    ),
    (
        "a WSDL document",
        re.compile(r"\s*<.{0,2000}?<?(?:\w+:)?(?:definitions|description)\b[^>]*wsdl", re.DOTALL),
    ),
    ("an XML document", re.compile(r"\s*<\?xml")),
    (
        "a GraphQL schema",
        re.compile(
            r"\s*+(?:(?>#[^\n]*+|\"\"\".*?\"\"\")\s*+)*+(?:schema|type|interface|scalar|enum|union|input|directive|extend)"
            r"\b[^:]{0,200}[{@=]",
            re.DOTALL,
        ),
    ),
    (
        "a Protocol Buffers file",
        re.compile(r"\s*+(?:(?>//[^\n]*+|/\*.*?\*/)\s*+)*+syntax\s*=\s*[\"']proto", re.DOTALL),
    ),
)


def check_text(text: str) -> None:
    """Raise DocumentError if the text is a description in another format."""
    for name, form in _BY_TEXT:
        if form.match(text):
            hint = _HINT
            if name == "an HTML page":
                hint = "Paste the document that the page displays, often at /openapi.json or /v3/api-docs"
            raise DocumentError(f"this is {name}, which is not read", hint=hint)


def check_keys(document: Mapping[str, Json]) -> None:
    """Raise DocumentError if the object is a description in another format."""
    schema = document.get("data", document)
    by_keys = (
        ("an AsyncAPI document", "asyncapi" in document),
        ("a Swagger 1 document", "swaggerVersion" in document),
        ("a Google Discovery document", "discovery" in str(document.get("kind", ""))),
        ("a GraphQL schema", isinstance(schema, dict) and "__schema" in schema),
        ("an OpenRPC document", "openrpc" in document),
        ("an Arazzo document", "arazzo" in document),
        ("an OpenAPI overlay", "overlay" in document),
    )
    if name := next((name for name, found in by_keys if found), ""):
        raise DocumentError(f"this is {name}, which is not read", hint=_HINT)
