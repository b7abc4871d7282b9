"""The URLs that events may be sent to."""

from collections.abc import Collection

import httpx

from sandbox.loopback import is_loopback

ALLOW_OPTION = "--webhook-host"
_MAX_LENGTH = 2000


class TargetError(ValueError):
    """An event cannot be sent to a URL. The message says why and what to change."""


def check_target(text: str, allowed_hosts: Collection[str] = ()) -> str:
    """Return the URL without surrounding spaces. Raises TargetError: it is invalid or not on this machine.

    allowed_hosts: further host names, in lower case.
    """
    url = _parsed(text.strip())
    if url.scheme not in ("http", "https") or not url.host:
        raise TargetError(
            f"{text.strip()!r:.200} is not a URL. Write it as http://127.0.0.1:8000/integration/webhook"
        )
    if url.userinfo:
        raise TargetError("the URL must not contain a user or a password. Send them in a header")
    if not is_loopback(url.host) and url.host.lower() not in allowed_hosts:
        raise TargetError(
            f"{url.host:.200} is not on this machine. Events are sent to loopback addresses only, such as"
            f" 127.0.0.1. To allow another host, restart with {ALLOW_OPTION} {url.host:.200}"
        )
    return text.strip()


def _parsed(text: str) -> httpx.URL:
    try:
        if len(text) > _MAX_LENGTH:
            raise TargetError(f"the URL has {len(text)} characters. At most {_MAX_LENGTH} are allowed")
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise TargetError(f"{text!r:.200} is not a URL: {error}") from error
