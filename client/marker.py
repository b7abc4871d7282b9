"""The mark that tells the client's own requests from those that a login sends in between."""

from collections.abc import Mapping

import httpx

MARKER: Mapping[str, bool] = {"ocean_custom": True}


def is_marked(request: httpx.Request) -> bool:
    """Return True for a request of the client, False for a login."""
    return request.extensions.keys() >= MARKER.keys()
