"""The proxies of the environment: which of them can read a request, and the secrets in their addresses.

The rules are those of httpx, which uses Python's `urllib.request.getproxies`.
"""

import base64
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_ENDING = "_proxy"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def plain_proxy(url: str, environ: Mapping[str, str]) -> str:
    """Return the proxy that can read a request to this URL, as host:port, or "" if there is none.

    For an https URL a proxy only opens a tunnel.
    """
    return proxy_for(url, environ) if urlsplit(url).scheme == "http" else ""


def proxy_for(url: str, environ: Mapping[str, str]) -> str:
    """Return the proxy for a URL as host:port, without its user name and password, "" if there is none."""
    proxies = _proxies(environ)
    proxy = proxies.get(urlsplit(url).scheme) or proxies.get("all")
    if not proxy or _is_excluded(url, proxies.get("no", "")):
        return ""
    return _with_scheme(proxy).partition("://")[2].rpartition("@")[2].partition("/")[0]


def proxy_secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the passwords of proxies, as written and as sent in headers (RFC 7617 §2)."""
    for name, text in _proxies(environ).items():
        user, at, _ = _with_scheme(text).partition("://")[2].rpartition("@")
        if name != "no" and at and ":" in user:
            pair = unquote(user)
            password = pair.partition(":")[2]
            yield from (user.partition(":")[2], password, base64.b64encode(pair.encode()).decode())


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies by scheme. Lower-case variables take precedence, even if they are empty."""
    names = sorted(name for name in environ if name.lower().endswith(_ENDING))  # upper case sorts first
    if "REQUEST_METHOD" in environ:  # in a CGI script, HTTP_PROXY is the client's Proxy header
        names = [name for name in names if name != "HTTP_PROXY"]
    found = {name.lower().removesuffix(_ENDING): environ[name] for name in names}
    return {scheme: text for scheme, text in found.items() if text}


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_excluded(url: str, no_proxy: str) -> bool:
    entries = [entry.strip() for entry in no_proxy.split(",")]
    return "*" in entries or any(_matches(entry, url) for entry in entries if entry)


def _matches(entry: str, url: str) -> bool:
    """Return True if an entry of NO_PROXY matches the URL.

    `example.com` matches the host and its subdomains, `.example.com` only the subdomains. Addresses,
    localhost and entries with a scheme match only the same host.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port if parts.port != _DEFAULT_PORTS.get(parts.scheme) else None
    scheme, separator, rest = entry.rpartition("://")
    address = rest.partition("/")[0].lower()
    if not separator and _is_address(address):
        return address == host
    name, _, entry_port = address.partition(":")
    if (
        scheme not in ("", parts.scheme, "all")
        or (entry_port and entry_port != str(port))
        or name.startswith("*")
    ):
        return False
    if separator or name == "localhost":
        return name == host
    return host.endswith(name) if name.startswith(".") else f".{host}".endswith(f".{name}")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
