"""Name the formats that are not read, and what to do instead."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.imports.imported import DocumentError
from builder.json_values import as_object
from rest.bodies import Json

type Document = Mapping[str, Json]

_AS_CURL = "Copy the request as cURL (bash)"
_WRITE_CURL = "Write the request as a curl command"
_TO_OPENAPI = "Convert it to OpenAPI"
_AS_POSTMAN = "Export the collection as a Postman collection"
_REST = "Use a REST API of the product, if it has one"
_GRAPHQL = "Record a HAR file of the requests, or paste one request as a curl command"
# A comment, or a variable of an .http file.
_NO_CONTENT = re.compile(r"\s*(?:#(?![%#]|\s*Group\b)|//|@\w+\s*=|###|$)")
# The marks of programs may be on any line. No text that they recognise needs more.
_BEGINNING = 5_000


@dataclass(frozen=True, slots=True)
class _TextFormat:
    """A format of text. mark: what its first line with content begins with. on_any_line: or any line."""

    what: str
    hint: str
    mark: re.Pattern[str]
    on_any_line: bool = False


@dataclass(frozen=True, slots=True)
class _KeyFormat:
    """A format of JSON or YAML. matches: whether a document has the keys that only this format has."""

    what: str
    hint: str
    matches: Callable[[Document], bool]


_TEXTS = (
    _TextFormat("RAML", _TO_OPENAPI, re.compile(r"#%RAML")),
    _TextFormat("API Blueprint", _TO_OPENAPI, re.compile(r"FORMAT:\s*1A|#\s*Group\s")),
    _TextFormat(
        "WSDL", f"SOAP is not supported. {_REST}", re.compile(r"<(?:\w+:)?(?:definitions|description)\b")
    ),
    _TextFormat("WADL", _TO_OPENAPI, re.compile(r"<(?:\w+:)?application\b")),
    _TextFormat(
        "an HTML page",
        "Paste an OpenAPI document, a curl command or a HAR file. The page may link to one",
        re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE),
    ),
    _TextFormat(
        "an XML document", "The integration reads JSON. Look for a JSON format of the API", re.compile(r"<\S")
    ),
    _TextFormat(
        "a protocol buffer definition",
        f"gRPC is not supported. {_REST}",
        re.compile(r"syntax\s*=\s*[\"']proto"),
    ),
    _TextFormat("a Bruno request", _AS_POSTMAN, re.compile(r"meta\s*\{")),
    _TextFormat(
        "an .http file",
        _WRITE_CURL,
        re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|HEAD)[ \t]+(?:https?://|/|\{\{)\S*"),
    ),
    _TextFormat(
        "a GraphQL schema",
        _GRAPHQL,
        re.compile(
            r"\"\"\"|(?:extend\s+)?(?:type|interface|enum|input|union|scalar)\s+\w+\s*(?:@|\{|=|implements|$)"
            r"|schema\s*[{@]|directive\s+@"
        ),
    ),
    _TextFormat(
        "a GraphQL query", _GRAPHQL, re.compile(r"(?:query|mutation|subscription|fragment)\b[^:]*(?:\{|\()")
    ),
    _TextFormat("a wget command", _WRITE_CURL, re.compile(r"(?:\$\s*)?wget\s")),
    _TextFormat(
        "an HTTPie command",
        _WRITE_CURL,
        re.compile(r"(?:\$\s*)?(?:https?|xhs?)\s+(?:-\S+\s+)*(?:(?:GET|POST|PUT|PATCH|DELETE)\s+)?[:\w./-]+"),
    ),
    _TextFormat(
        "a PowerShell command",
        _AS_CURL,
        re.compile(r"\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\s", re.IGNORECASE),
        on_any_line=True,
    ),
    _TextFormat(
        "a Python program",
        _AS_CURL,
        re.compile(r"\bimport requests\b|\brequests\.(?:get|post)\("),
        on_any_line=True,
    ),
    _TextFormat(
        "a JavaScript program",
        _AS_CURL,
        re.compile(r"\baxios[.(]|\bXMLHttpRequest\b|\$\.ajax\("),
        on_any_line=True,
    ),
)
_KEYS = (
    _KeyFormat(
        "a Postman environment",
        "Export the collection as Collection v2.1, and paste that",
        lambda each: "_postman_variable_scope" in each or has_list(each, "values", "enabled"),
    ),
    _KeyFormat(
        "a Postman collection of version 1",
        "Export the collection as Collection v2.1, and paste that",
        lambda each: "requests" in each and ("folders_order" in each or "order" in each),
    ),
    _KeyFormat("an AsyncAPI document", _REST, lambda each: "asyncapi" in each),
    _KeyFormat(
        "a Google API discovery document",
        _TO_OPENAPI,
        lambda each: "discoveryVersion" in each or str(each.get("kind")).startswith("discovery#"),
    ),
    _KeyFormat("a Swagger 1 document", "Convert it to OpenAPI 3", lambda each: "swaggerVersion" in each),
    _KeyFormat(
        "a GraphQL introspection",
        _GRAPHQL,
        lambda each: "__schema" in each or "__schema" in as_object(each.get("data")),
    ),
    _KeyFormat(
        "an Arazzo document", "Paste the OpenAPI document that it describes", lambda each: "arazzo" in each
    ),
    _KeyFormat("a Smithy model", _TO_OPENAPI, lambda each: "smithy" in each),
    _KeyFormat(
        "a Thunder Client collection",
        _AS_POSTMAN,
        lambda each: str(each.get("clientName")).startswith("Thunder"),
    ),
    _KeyFormat(
        "a Bruno collection",
        _AS_POSTMAN,
        lambda each: (
            "brunoConfig" in each
            or "opencollection" in each
            or (has_list(each, "items", "type") and str(each.get("version")) == "1")
        ),
    ),
    _KeyFormat(
        "a Hoppscotch collection", _WRITE_CURL, lambda each: {"v", "folders", "requests"} <= each.keys()
    ),
    _KeyFormat(
        "a JSON Schema",
        "Paste the OpenAPI document that uses it",
        lambda each: "$schema" in each and ("properties" in each or "$defs" in each),
    ),
    _KeyFormat(
        "a blueprint of Port",
        "Paste the mapping of the integration",
        lambda each: "identifier" in each and "properties" in as_object(each.get("schema")),
    ),
)


def refuse_text(text: str) -> None:
    """Raise DocumentError if a text is in a format that is not read. text: neither JSON nor a command."""
    beginning = text[:_BEGINNING]
    first = _first_line(beginning)
    for each in _TEXTS:
        if each.mark.search(beginning) if each.on_any_line else each.mark.match(first):
            raise _not_read(each.what, each.hint)


def refuse_object(document: Document) -> None:
    """Raise DocumentError if a document is in a format that is not read."""
    for each in _KEYS:
        if each.matches(document):
            raise _not_read(each.what, each.hint)


def has_list(document: Document, key: str, inner: str) -> bool:
    """Return whether a key has a list whose first object has an inner key."""
    listed = document.get(key)
    return isinstance(listed, list) and bool(listed) and inner in as_object(listed[0])


def _not_read(what: str, hint: str) -> DocumentError:
    return DocumentError(f"this is {what}, which is not read", hint=hint)


def _first_line(text: str) -> str:
    """Return the first line with content, without the declaration of XML."""
    text = re.sub(r"^\s*<\?xml[^>]*>\s*", "", text)
    return next((line.strip() for line in text.splitlines() if not _NO_CONTENT.match(line)), "")
