"""An OpenAPI document as settings and endpoints."""

from builder.imports.openapi.reading import read_openapi

__all__ = ["read_openapi"]
