"""Remove the headers that browsers and tools add to requests and that APIs ignore."""

from rest.request import Pairs

_IGNORED = frozenset(
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
        "requestverificationtoken",
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
        "x-csrftoken",
        "x-forwarded-for",
        "x-request-id",
        "x-requested-with",
        "x-xsrf-token",
    }
)
_IGNORED_PREFIXES = (":", "sec-", "x-b3-", "x-client-data", "x-datadog-")
_ANY_TYPE = ("*/*", "text/html")


def keep_significant_headers(headers: Pairs) -> Pairs:
    """Return the headers that may affect the API's response, without cookies."""
    return tuple(
        (name, text) for name, text in headers if text and not _is_ignored(name.lower(), text.lower())
    )


def _is_ignored(name: str, text: str) -> bool:
    if name == "accept":
        return text == "application/json" or any(each in text for each in _ANY_TYPE)
    if name == "content-type":
        return text.startswith("application/json")
    return name in _IGNORED or name.startswith(_IGNORED_PREFIXES)
