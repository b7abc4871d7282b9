"""Addresses of the catalog that belongs to a Port API."""

from urllib.parse import quote, urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_API, _APP = "api.", "app."


def is_sandbox(port_url: str) -> bool:
    """Return whether the API is on this machine, as the sandbox is."""
    return (urlsplit(port_url).hostname or "") in _LOOPBACK


def catalog_url(port_url: str) -> str | None:
    """Return the address of the catalog: https://app.us.port.io for https://api.us.port.io.

    None for a host whose name does not say where its catalog is.
    """
    if is_sandbox(port_url):
        return f"{port_url}/catalog/"
    host = urlsplit(port_url).hostname or ""
    return f"https://{_APP}{host.removeprefix(_API)}/" if host.startswith(_API) else None


def blueprint_url(port_url: str, blueprint: str) -> str | None:
    """Return the address of a blueprint's entities in the sandbox, None for Port."""
    return f"{port_url}/catalog/blueprints/{quote(blueprint, safe='')}" if is_sandbox(port_url) else None
