"""What an OpenAPI document, a curl command or a HAR file says of an API: settings, endpoints and samples."""

from builder.imports.curl import read_curl
from builder.imports.found import DocumentError, Imported, ImportedEndpoint
from builder.imports.har import read_har
from builder.imports.openapi import read_openapi

__all__ = ["DocumentError", "Imported", "ImportedEndpoint", "read_curl", "read_har", "read_openapi"]
