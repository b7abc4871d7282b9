"""Headers and parameters that identify the caller, control routing or override the method, by name.

Headers are recognized by the words in their names, because gateways and frameworks keep inventing new ones.
Case and separators do not matter: to CGI and WSGI, X_Forwarded_User and X-Forwarded-User are the same header.
"""

import re
from collections.abc import Set
from itertools import pairwise

# Credentials belong in the settings. In the mapping, anyone who may edit it could impersonate another user.
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "cookie2"})
# Words that identify the caller wherever they stand in a name: authenticating proxies (`remoteuser`,
# `webauth`), addresses, certificates, and impersonation.
_CALLER_WORDS = frozenset(
    {
        *("forwarded", "ip", "ips", "addr", "clientip", "envoy", "appengine"),
        *("authenticated", "identity", "assertion", "claims", "oidc", "userinfo", "webauth", "eppn"),
        *("authentik", "pomerium", "vouch", "remoteuser", "authuser"),
        *("sudo", "behalf", "masquerade", "proxied", "assume", "assumed", "runas", "actas", "doas"),
        *("ssl", "tls", "mtls"),
    }
)
_CALLER_FRAGMENTS = (
    "impersonat",
    "principal",
    "forwardedfor",
    "loginas",
    "onbehalf",
    "callerid",
    "callerobjectid",
    "clientcert",
    "proxiedentities",
)
_CALLER_PAIRS = frozenset(
    {
        *(("run", "as"), ("act", "as"), ("acting", "as"), ("do", "as"), ("login", "as"), ("as", "user")),
        *(("auth", "request"), ("select", "admin"), ("forward", "for"), ("peer", "certificate")),
    }
)
_CERTIFICATE_WORDS = frozenset(
    {"cert", "certificate", "chain", "dn", "issuer", "subject", "verified", "verify"}
)
_USER_WORDS = frozenset({"user", "username", "userid"})
# Roles of a person. Only at the start of a name, because APIs use such words in names of their own:
# `WM_CONSUMER.ID` is Walmart's.
_ROLE_WORDS = frozenset(
    {
        *("actor", "admin", "caller", "consumer", "email", "groups", "login", "role", "roles"),
        *("root", "sub", "subject", "superuser"),
    }
)
# Attributes that identify a user: X-User-Id and X-Auth-User-Email do, User-Agent and X-User-Locale do not.
_USER_ATTRIBUTES = frozenset(
    {"admin", "email", "groups", "id", "ids", "is", "login", "mail", "name", "role", "roles", "uid", "uuid"}
)
_PREFIXES = frozenset({"x", "auth", "is"})

# RFC 9110 §7 and RFC 9112 §6: routing and framing of a request.
_FRAMING = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"),
        *("te", "trailer", "upgrade", "expect", "http2-settings"),
        "proxy",  # CGI turns it into the variable HTTP_PROXY
    }
)
_REPLACEMENT_WORDS = frozenset({"original", "override", "rewrite", "rewritten"})
_TARGET_WORDS = frozenset({"host", "path", "uri", "url"})
_METHOD_WORDS = frozenset({"method", "verb"})
_METHOD_QUALIFIERS = frozenset(
    {"x", "http", "override", "overwrite", "original", "real", "requested", "rest"}
)
_JOINED_METHOD = re.compile(r"x?(http)?(method|verb)(override|overwrite)?")

# Rails, Laravel, Symfony, Spring and WordPress read _method, Salesforce _HttpMethod.
_METHOD_PARAMETER = re.compile(
    r"_+(http_?)?(method|verb)(_?override)?|(x_)?(http_?)?method_?override|x_http_method"
)
# Characters that PHP reads as an underscore in the name of a parameter.
_UNDERSCORES = re.compile(r"[ .\[-]")
# GitLab's sudo, Hadoop's doAs and Canvas's as_user_id.
_CALLER_PARAMETER = re.compile(r"sudo|doas|asuserid|impersonate(user)?(id|name|email)?")
_HARMLESS_METHODS = frozenset({"", "GET", "HEAD"})


def header_identifies_caller(name: str) -> bool:
    """Return True for credentials, and for headers that tell a server behind a proxy the caller's name,
    address or certificate.
    """
    words = _words(name)
    if "-".join(words) in _CREDENTIALS or _CALLER_WORDS & {*words}:
        return True
    if any(part in word for part in _CALLER_FRAGMENTS for word in words):
        return True
    pairs = {*pairwise(words)}
    is_certificate = "client" in words and _CERTIFICATE_WORDS & {*words}
    return bool(_CALLER_PAIRS & pairs or is_certificate) or _names_user(words)


def header_controls_routing(name: str) -> bool:
    """Return True for a header that controls the routing or the framing of a request."""
    words = _words(name)
    if "-".join(words) in _FRAMING:
        return True
    targets = _TARGET_WORDS & {*words}
    return bool(targets and _REPLACEMENT_WORDS & {*words}) or words in (("x", "host"), ("x", "real", "host"))


def header_overrides_method(name: str, value: str) -> bool:
    """Return True for X-HTTP-Method-Override and similar headers, unless the value is GET or HEAD.

    GET is harmless: it lets a POST carry a long query.
    """
    words = _words(name)
    method_words = _METHOD_WORDS & {*words}
    is_override = bool(method_words) and (
        "override" in words or not {*words} - _METHOD_WORDS - _METHOD_QUALIFIERS
    )
    return (is_override or _JOINED_METHOD.fullmatch("".join(words)) is not None) and _writes(value)


def parameter_overrides_method(name: str, value: object) -> bool:
    """Return True for `_method` and similar parameters, in a query or at the top level of a body."""
    plain = _UNDERSCORES.sub("_", name.strip().lower())
    return _METHOD_PARAMETER.fullmatch(plain) is not None and _writes(value)


def parameter_identifies_caller(name: str) -> bool:
    """Return True for a parameter that impersonates another user. `user` and `user_id` are filters."""
    return _CALLER_PARAMETER.fullmatch("".join(_words(name))) is not None


def _names_user(words: tuple[str, ...]) -> bool:
    """Return True for X-User-Email, X-Trino-User, Api-Username, X-Roles, X-Auth-Email and X-Consumer-Id."""
    if words[:1] in (("iv",), ("remote",)) or words[:2] == ("x", "remote"):
        return True
    own = _without(words, _PREFIXES)
    named = list(own)
    while named and named[-1] in _USER_ATTRIBUTES and named[-1] not in _USER_WORDS:
        named.pop()
    if named and named[-1] in _USER_WORDS:
        return True
    return bool(own) and own[0] in _ROLE_WORDS and not {*own[1:]} - _USER_ATTRIBUTES - _ROLE_WORDS


def _without(words: tuple[str, ...], prefixes: Set[str]) -> tuple[str, ...]:
    while words and words[0] in prefixes:
        words = words[1:]
    return words


def _writes(value: object) -> bool:
    return not isinstance(value, str) or value.strip().upper() not in _HARMLESS_METHODS


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", name.lower()))
