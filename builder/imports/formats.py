"""Recognise the format of a pasted text or a file."""

import re
from typing import Literal

from builder.imports.imported import DocumentError
from builder.imports.port_settings import has_environment
from builder.imports.unread_formats import Document, has_list, refuse_object, refuse_text
from builder.json_values import as_object
from rest.bodies import Json, parse_json
from rest.formats.yaml import parse_yaml

type Format = Literal["openapi", "har", "curl", "url", "fetch", "postman", "insomnia", "port"]

_CURL = re.compile(r"(?:^|(?<=[\s;|&(`$>/\\]))curl(?:\.exe)?(?=[\s\\^`]|$)", re.IGNORECASE)
_FETCH = re.compile(r"\bfetch\(\s*[\"'`]")
_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_DOCUMENT_URL = re.compile(r"(\.(json|ya?ml|har)|/(openapi|swagger|api-docs)[^/?]*)$", re.IGNORECASE)
_YAML = re.compile(r"(?!FORMAT:|#%RAML)(?:#[^\n]*\n|---\s*\n)*[\"']?[\w.-]+[\"']?:(?:\s|$)")
_SELECTION = re.compile(r"\{\s*[A-Za-z_]\w*\s*[({]")
_BEGINNING = 5_000


def format_of(text: str) -> Format:
    """Return the format of a text.

    Raises DocumentError: the text is empty, or in a format that is not read, which the message names.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise DocumentError("The document is empty", hint="Paste a document, or choose a file")
    if _SELECTION.match(text):
        refuse_text(f"query {text}")
    if text[0] in "{[" or (_YAML.match(text) and not has_environment(text)):
        return _format_of_value(_parsed(text))
    beginning = text[:_BEGINNING]
    if _URL.fullmatch(text):
        return _format_of_url(text)
    if text[0] == "<":
        refuse_text(text)
    if has_environment(text):
        return "port"
    if _CURL.search(beginning):
        return "curl"
    if _FETCH.search(beginning):
        return "fetch"
    refuse_text(text)
    return _format_of_value(_parsed(text))


def _format_of_url(url: str) -> Format:
    if _DOCUMENT_URL.search(url.partition("?")[0]):
        raise DocumentError(
            "this is the URL of a document, which is not fetched", hint="Open it, and paste its content"
        )
    return "url"


def _format_of_value(document: Json) -> Format:
    """Return the format of a document in JSON or YAML, by its keys."""
    if isinstance(document, list):
        raise _response()
    if not isinstance(document, dict):
        raise DocumentError(
            "the format of the text is not known",
            hint="Paste an OpenAPI document, a curl command, a HAR file, or a Postman or Insomnia collection",
        )
    if found := _known(document):
        return found
    refuse_object(document)
    if not document or "paths" in document or "info" in document:
        return "openapi"
    raise _response()


def _known(document: Document) -> Format | None:
    if "openapi" in document or "swagger" in document:
        return "openapi"
    if "entries" in as_object(document.get("log")):
        return "har"
    if isinstance(document.get("item"), list) or "item" in as_object(document.get("collection")):
        return "postman"
    if "__export_format" in document or "insomnia.rest/" in str(document.get("type")):
        return "insomnia"
    config, integration = as_object(document.get("config")), as_object(document.get("integration"))
    mappings = (document, config, integration, as_object(integration.get("config")))
    if (
        "config" in integration
        or "baseUrl" in config
        or any(has_list(each, "resources", "kind") for each in mappings)
    ):
        return "port"
    return None


def _parsed(text: str) -> Json:
    """Return the value of JSON or YAML. Raises DocumentError: it is neither."""
    if text[0] in "{[":
        try:
            return parse_json(text)
        except ValueError as error:
            what = "HAR file" if '"log"' in text[:2000] and '"entries"' in text else "document"
            raise DocumentError(
                f"the {what} is not JSON: {error}", hint="Paste the whole document"
            ) from error
    what = "document"
    try:
        return parse_yaml(text)
    except ValueError as error:
        raise DocumentError(f"the {what} is not YAML: {error}", hint="Paste the whole document") from error


def _response() -> DocumentError:
    return DocumentError(
        "this is a response of the API", hint="Paste it in step 2, as the response of the endpoint"
    )
