"""Read settings, endpoints and samples from an OpenAPI document, a curl command or a HAR file."""

from builder.imports.curl import read_curl
from builder.imports.har import read_har
from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.openapi import read_openapi

__all__ = ["DocumentError", "Imported", "ImportedEndpoint", "read_curl", "read_har", "read_openapi"]
