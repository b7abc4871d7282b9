"""A request as a curl command, with placeholders for secrets."""

import shlex

from builder.recording import MASK, Exchange

_PLACEHOLDERS = {
    "bearer_token": "<YOUR_API_TOKEN>",
    "api_key": "<YOUR_API_KEY>",
    "basic": "<YOUR_BASE64_CREDENTIALS>",
}
# Headers that curl sets itself.
_OWN_HEADERS = frozenset({"host", "connection", "content-length", "accept-encoding", "user-agent"})


def curl_command(exchange: Exchange, auth_type: str) -> str:
    """Return the request for a shell. auth_type: names the placeholder of the credentials."""
    secret = _PLACEHOLDERS.get(auth_type, "<YOUR_SECRET>")
    parts = ["curl"] if exchange.method == "GET" else [f"curl -X {exchange.method}"]
    parts.append(shlex.quote(_filled_in(exchange.url, secret)))
    for name, value in exchange.headers:
        if name.lower() not in _OWN_HEADERS:
            parts.append(f"-H {shlex.quote(f'{_title(name)}: {_filled_in(value, secret)}')}")
    if exchange.body:
        parts.append(f"--data-raw {shlex.quote(_filled_in(exchange.body, secret))}")
    return " \\\n  ".join(parts)


def _filled_in(text: str, secret: str) -> str:
    return text.replace(MASK, secret)


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
