"""How our requests leave: by Ocean's TLS settings and outbound rules."""

import ssl

import httpx
from port_ocean.context.ocean import ocean
from port_ocean.helpers.ip_blocker import IPBlockerTransport
from port_ocean.helpers.ssl import resolve_verify_param

from configuration.settings import Settings


def tls_rules(settings: Settings) -> bool | ssl.SSLContext:
    """What httpx takes as `verify`: False where either verifySsl or Ocean's own setting says so."""
    return settings.verify_ssl and resolve_verify_param(ocean.config.ssl.third_party)


def outbound_transport(settings: Settings) -> httpx.AsyncBaseTransport | None:
    """Port's own runtime keeps requests from private addresses; elsewhere httpx's transport is right,
    which heeds the proxies of the environment.
    """
    if heeds_proxies():
        return None
    return IPBlockerTransport(httpx.AsyncHTTPTransport(verify=tls_rules(settings)))


def heeds_proxies() -> bool:
    """Whether requests take the proxies of the environment: not in Port's own runtime."""
    return bool(ocean.config.disable_ip_outbound_blocker)
