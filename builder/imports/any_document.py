"""Read a document of any supported format."""

import shlex

from builder.imports.curl import read_curl
from builder.imports.fetch_call import read_fetch
from builder.imports.formats import format_of
from builder.imports.har import read_har
from builder.imports.imported import Imported
from builder.imports.insomnia import read_insomnia
from builder.imports.openapi import read_openapi
from builder.imports.port_configuration import read_port_configuration
from builder.imports.postman import read_postman


def read_document(text: str, address: str = "") -> Imported:
    """Return the settings and endpoints of a document, whose format is recognised.

    address: the URL of an OpenAPI document, the base of relative server URLs. It is not fetched.
    Raises DocumentError: the text is in no format that is read, or malformed. The message names the format.
    """
    match format_of(text):
        case "curl":
            return read_curl(text)
        case "url":
            return read_curl(f"curl --globoff {shlex.quote(text.strip())}")
        case "fetch":
            return read_fetch(text)
        case "har":
            return read_har(text)
        case "postman":
            return read_postman(text)
        case "insomnia":
            return read_insomnia(text)
        case "port":
            return read_port_configuration(text)
        case "openapi":
            return read_openapi(text, address)
