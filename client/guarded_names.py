"""What the name of a header or a parameter says: who asks, where a request goes, by which method.

Headers are told by the words of their names, since gateways and frameworks make up new ones all the time.
Case and separators do not matter: CGI and WSGI take X_Forwarded_User and X-Forwarded-User for the same.
"""

import re
from collections.abc import Set
from itertools import pairwise

# Credentials belong into the settings: whoever may edit the mapping could take the place of another.
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "cookie2"})
# A word that speaks of who asks wherever it stands: of proxies that log in for others (`remote`, `webauth`),
# of addresses, of certificates, and of acting for someone.
_OF_WHO = frozenset(
    {
        *("forwarded", "ip", "ips", "addr", "clientip", "envoy", "appengine"),
        *("authenticated", "identity", "assertion", "claims", "oidc", "userinfo", "webauth", "eppn"),
        *("authentik", "pomerium", "vouch", "remoteuser", "authuser"),
        *("sudo", "behalf", "masquerade", "proxied", "assume", "assumed", "runas", "actas", "doas"),
        *("ssl", "tls", "mtls"),
    }
)
_IN_A_WORD = (
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
_SIDE_BY_SIDE = frozenset(
    {
        *(("run", "as"), ("act", "as"), ("acting", "as"), ("do", "as"), ("login", "as"), ("as", "user")),
        *(("auth", "request"), ("select", "admin"), ("forward", "for"), ("peer", "certificate")),
    }
)
_OF_CERTIFICATES = frozenset(
    {"cert", "certificate", "chain", "dn", "issuer", "subject", "verified", "verify"}
)
_USERS = frozenset({"user", "username", "userid"})
# Persons, but also an API's own words: `WM_CONSUMER.ID` is Walmart's.
_PERSONS = frozenset(
    {
        *("actor", "admin", "caller", "consumer", "email", "groups", "login", "role", "roles"),
        *("root", "sub", "subject", "superuser"),
    }
)
# What a user has: X-User-Id and X-Auth-User-Email say who asks, User-Agent and X-User-Locale do not.
_OF_USERS = frozenset(
    {"admin", "email", "groups", "id", "ids", "is", "login", "mail", "name", "role", "roles", "uid", "uuid"}
)
_PREFIXES = frozenset({"x", "auth", "is"})

# RFC 9112 §6 and RFC 9110 §7: where a request goes, and where it ends.
_FRAMING = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"),
        *("te", "trailer", "upgrade", "expect", "http2-settings"),
        "proxy",  # CGI takes it for the variable HTTP_PROXY
    }
)
_INSTEAD = frozenset({"original", "override", "rewrite", "rewritten"})
_TARGETS = frozenset({"host", "path", "uri", "url"})
_METHODS = frozenset({"method", "verb"})
_OF_METHODS = frozenset({"x", "http", "override", "overwrite", "original", "real", "requested", "rest"})
_JOINED_METHOD = re.compile(r"x?(http)?(method|verb)(override|overwrite)?")

# Rails, Laravel, Symfony, Spring and WordPress read _method, Salesforce _HttpMethod.
_METHOD_PARAMETER = re.compile(
    r"_+(http_?)?(method|verb)(_?override)?|(x_)?(http_?)?method_?override|x_http_method"
)
# What PHP takes for an underscore in a parameter's name.
_UNDERSCORES = re.compile(r"[ .\[-]")
# GitLab's sudo, Hadoop's doAs and Canvas's as_user_id.
_WHO_PARAMETER = re.compile(r"sudo|doas|asuserid|impersonate(user)?(id|name|email)?")
_HARMLESS_METHODS = frozenset({"", "GET", "HEAD"})


def header_says_who_asks(name: str) -> bool:
    """True for credentials, and for what a server behind a proxy takes for the user, the address or the
    certificate of whoever asks.
    """
    words = _words(name)
    if "-".join(words) in _CREDENTIALS or _OF_WHO & {*words}:
        return True
    if any(part in word for part in _IN_A_WORD for word in words):
        return True
    pairs = {*pairwise(words)}
    is_certificate = "client" in words and _OF_CERTIFICATES & {*words}
    return bool(_SIDE_BY_SIDE & pairs or is_certificate) or _names_a_user(words)


def header_says_where(name: str) -> bool:
    """True for what says where a request goes or ends."""
    words = _words(name)
    if "-".join(words) in _FRAMING:
        return True
    targets = _TARGETS & {*words}
    return bool(targets and _INSTEAD & {*words}) or words in (("x", "host"), ("x", "real", "host"))


def header_overrides_method(name: str, value: str) -> bool:
    """True for X-HTTP-Method-Override and its like. GET is harmless: long queries are sent by POST so."""
    words = _words(name)
    of_method = _METHODS & {*words}
    is_override = bool(of_method) and ("override" in words or not {*words} - _METHODS - _OF_METHODS)
    return (is_override or _JOINED_METHOD.fullmatch("".join(words)) is not None) and _writes(value)


def parameter_overrides_method(name: str, value: object) -> bool:
    """True for `_method` and its like, in a query or at the top of a body."""
    plain = _UNDERSCORES.sub("_", name.strip().lower())
    return _METHOD_PARAMETER.fullmatch(plain) is not None and _writes(value)


def parameter_says_who_asks(name: str) -> bool:
    """True for what has an API act for another user. `user`, `user_id` and their like are filters."""
    return _WHO_PARAMETER.fullmatch("".join(_words(name))) is not None


def _names_a_user(words: tuple[str, ...]) -> bool:
    """X-User-Email, X-Trino-User, Api-Username; X-Roles, X-Auth-Email and X-Consumer-Id by themselves."""
    if words[:1] in (("iv",), ("remote",)) or words[:2] == ("x", "remote"):
        return True
    own = _without(words, _PREFIXES)
    named = list(own)
    while named and named[-1] in _OF_USERS and named[-1] not in _USERS:
        named.pop()
    if named and named[-1] in _USERS:
        return True
    return bool(own) and own[0] in _PERSONS and not {*own[1:]} - _OF_USERS - _PERSONS


def _without(words: tuple[str, ...], prefixes: Set[str]) -> tuple[str, ...]:
    while words and words[0] in prefixes:
        words = words[1:]
    return words


def _writes(value: object) -> bool:
    return not isinstance(value, str) or value.strip().upper() not in _HARMLESS_METHODS


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", name.lower()))
