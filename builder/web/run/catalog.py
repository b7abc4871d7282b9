"""Addresses of the catalog that belongs to a Port API."""

from urllib.parse import quote, urlsplit

from builder.install import is_local

_API, _APP = "api.", "app."


def catalog_url(port_url: str) -> str | None:
    """Return the address of the catalog: https://app.us.getport.io for https://api.us.getport.io.

    None for a host whose name does not say where its catalog is.
    """
    if is_local(port_url):
        return f"{port_url}/catalog/"
    host = urlsplit(port_url).hostname or ""
    return f"https://{_APP}{host.removeprefix(_API)}/" if host.startswith(_API) else None


def blueprint_url(port_url: str, blueprint: str) -> str | None:
    """Return the address of a blueprint's entities in the sandbox, None for Port."""
    return f"{port_url}/catalog/blueprints/{quote(blueprint, safe='')}" if is_local(port_url) else None
