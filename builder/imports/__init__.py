"""Read settings, endpoints and samples from documents: OpenAPI, HAR files, requests and collections."""

from builder.imports.any_document import read_document
from builder.imports.curl import read_curl
from builder.imports.har import read_har
from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.openapi import read_openapi

__all__ = [
    "DocumentError",
    "Imported",
    "ImportedEndpoint",
    "read_curl",
    "read_document",
    "read_har",
    "read_openapi",
]
