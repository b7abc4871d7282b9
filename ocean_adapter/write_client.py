"""The HTTP client for writes to Port: Ocean's, with one connection for each request in flight.

Ocean's client for Port has one of httpx's pools, which examines all of its connections for each request.
With hundreds of requests in a few seconds, that is a third of this process's time. Tokens, retries and TLS
are Ocean's.
"""

from typing import Any

import httpx
from port_ocean.clients.port.client import PortClient
from port_ocean.clients.port.retry_transport import TokenRetryTransport
from port_ocean.clients.port.utils import FIVE_MINUETS, PORT_HTTPX_TIMEOUT
from port_ocean.context.ocean import ocean
from port_ocean.helpers.async_client import OceanAsyncClient
from port_ocean.helpers.ssl import resolve_verify_param

from client import Connections, has_proxies

_BASE_DELAY_S = 0.3  # as for Ocean's own requests to Port


class _WriteTransport(TokenRetryTransport):
    """Ocean's retries around our connections instead of httpx's own transport."""

    def __init__(self, connections: Connections, **options: Any) -> None:  # noqa: ANN401 - as in Ocean
        super().__init__(**{**options, "wrapped_transport": connections})


def write_client(port: PortClient, max_connections: int) -> httpx.AsyncClient:
    """Return a client for writes, or Ocean's own one if the environment has a proxy."""
    if has_proxies() or not isinstance(port.client, OceanAsyncClient):
        return port.client
    verify = resolve_verify_param(ocean.config.ssl.port)
    return OceanAsyncClient(
        _WriteTransport,
        transport_kwargs={
            "connections": Connections(verify=verify, limit=max_connections),
            "port_client": port,
            "max_backoff_wait": FIVE_MINUETS,
            "base_delay": _BASE_DELAY_S,
        },
        timeout=PORT_HTTPX_TIMEOUT,
        verify=False,  # of the transport that is not used
    )
