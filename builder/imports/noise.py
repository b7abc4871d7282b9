"""What of a request comes from the program that sent it, and means nothing to the API."""

from rest.request import Pairs

_NOISE = frozenset(
    {
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "baggage",
        "cache-control",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "dnt",
        "expect",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "keep-alive",
        "newrelic",
        "origin",
        "postman-token",
        "pragma",
        "priority",
        "proxy-authorization",
        "proxy-connection",
        "range",
        "referer",
        "sentry-trace",
        "te",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "upgrade",
        "upgrade-insecure-requests",
        "user-agent",
        "via",
        "x-correlation-id",
        "x-csrf-token",
        "x-forwarded-for",
        "x-request-id",
        "x-requested-with",
        "x-xsrf-token",
    }
)
_NOISY_STARTS = (":", "sec-", "x-b3-", "x-client-data", "x-datadog-")
_ANY_TYPE = ("*/*", "text/html")


def telling(headers: Pairs) -> Pairs:
    """The headers that an API may go by, cookies not among them."""
    return tuple((name, text) for name, text in headers if text and not _is_noise(name.lower(), text.lower()))


def _is_noise(name: str, text: str) -> bool:
    if name == "accept":
        return text == "application/json" or any(each in text for each in _ANY_TYPE)
    if name == "content-type":
        return text.startswith("application/json")
    return name in _NOISE or name.startswith(_NOISY_STARTS)
