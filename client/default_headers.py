"""The headers of every request."""

from collections.abc import Mapping

_DEFAULTS = {"Accept": "application/json, */*;q=0.5", "User-Agent": "ocean-custom"}


def headers_for(custom: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of every request: the user's, and defaults for those that the user does not set."""
    names = {name.lower() for name in custom}
    return {name: value for name, value in _DEFAULTS.items() if name.lower() not in names} | dict(custom)
