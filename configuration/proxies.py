"""The proxies of the environment: whose eyes a request passes, and what of their addresses is secret.

As httpx chooses them, and Python's `urllib.request.getproxies`, which it asks.
"""

import base64
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_ENDING = "_proxy"
_DEFAULT_PORT = 80


def plain_proxy(url: str, environ: Mapping[str, str]) -> str:
    """The proxy that reads what a request to this URL sends, as host:port; "": there is none.

    To an https URL, a proxy only opens a tunnel. Its own user name and password are not in the result.
    """
    proxies = _proxies(environ)
    proxy = proxies.get("http") or proxies.get("all")
    if not proxy or urlsplit(url).scheme.lower() != "http" or _is_excepted(url, proxies.get("no", "")):
        return ""
    return _with_scheme(proxy).partition("://")[2].rpartition("@")[2].partition("/")[0]


def proxy_secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """Passwords in the addresses of proxies, as they are written, and as they are sent (RFC 7617 §2)."""
    for name, text in _proxies(environ).items():
        user, at, _ = _with_scheme(text).partition("://")[2].rpartition("@")
        if name != "no" and at and ":" in user:
            pair = unquote(user)
            password = pair.partition(":")[2]
            yield from (user.partition(":")[2], password, base64.b64encode(pair.encode()).decode())


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """By scheme; names in lower case win, also where they are empty."""
    names = sorted(name for name in environ if name.lower().endswith(_ENDING))  # upper case comes first
    if "REQUEST_METHOD" in environ:  # a CGI script: HTTP_PROXY is the header Proxy of a stranger
        names = [name for name in names if name != "HTTP_PROXY"]
    found = {name.lower().removesuffix(_ENDING): environ[name] for name in names}
    return {scheme: text for scheme, text in found.items() if text}


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_excepted(url: str, no_proxy: str) -> bool:
    entries = [entry.strip() for entry in no_proxy.split(",")]
    return "*" in entries or any(_fits(entry, url) for entry in entries if entry)


def _fits(entry: str, url: str) -> bool:
    """`example.com` holds for itself and what is below it, `.example.com` for the latter, others for one."""
    asked = urlsplit(url)
    host, port = asked.hostname or "", asked.port if asked.port != _DEFAULT_PORT else None
    scheme, mark, place = entry.rpartition("://")
    address = place.partition("/")[0].lower()
    if not mark and _is_address(address):
        return address == host
    name, _, only_at = address.partition(":")
    if scheme not in ("", "http", "all") or (only_at and only_at != str(port)) or name.startswith("*"):
        return False
    if mark or name == "localhost":
        return name == host
    return host.endswith(name) if name.startswith(".") else f".{host}".endswith(f".{name}")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
