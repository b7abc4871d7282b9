"""The TLS settings, proxies and outbound rules of requests to the API."""

import ssl

import httpx
from port_ocean.context.ocean import ocean
from port_ocean.helpers.ip_blocker import IPBlockerTransport
from port_ocean.helpers.ssl import resolve_verify_param

from client import tls_rules
from configuration.settings import Settings


def tls_verification(settings: Settings) -> bool | ssl.SSLContext:
    """Return httpx's `verify` argument. False if either verifySsl or Ocean's own setting is false."""
    return settings.verify_ssl and resolve_verify_param(ocean.config.ssl.third_party)


def outbound_transport(settings: Settings) -> httpx.AsyncBaseTransport | None:
    """Return a transport that blocks private addresses in Port's own runtime.

    None elsewhere: httpx's own transport uses the proxies of the environment.
    """
    if uses_proxies():
        return None
    verify = tls_rules(settings, verify=tls_verification(settings))
    return IPBlockerTransport(httpx.AsyncHTTPTransport(verify=verify))


def uses_proxies() -> bool:
    """Return whether requests use the proxies of the environment. They do not in Port's own runtime."""
    return bool(ocean.config.disable_ip_outbound_blocker)
