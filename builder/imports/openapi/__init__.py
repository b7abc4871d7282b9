"""Read an OpenAPI document as settings and endpoints."""

from builder.imports.openapi.reader import read_openapi

__all__ = ["read_openapi"]
