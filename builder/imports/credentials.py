"""What in a request proves who is asking, as the settings that it belongs to."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from builder.imports.secret_names import is_secret_name, is_secret_text
from configuration.secrets import SECRETS
from configuration.settings import setting_name
from rest.bodies import Json
from rest.request import Pairs

_SECRET_SETTINGS = frozenset(map(setting_name, SECRETS)) | {"username"}
# Each request's proof is computed anew: no value of a setting could stand for it.
_COMPUTED = frozenset({"aws4-hmac-sha256", "digest", "hawk", "negotiate", "ntlm"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,20}:?")
_PLACEHOLDER = re.compile(
    r"\$\{?\w+\}?|<[^<>]+>|\{\{?[\w .-]+\}?\}|\[[\w .-]+\]|%\w+%|your[-_ ].*|[x*.…]{3,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The settings of a request's proofs, secrets included, and what is left without them."""

    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    headers: Pairs = ()
    params: Pairs = ()
    notes: tuple[str, ...] = ()

    def without_values(self) -> "Credentials":
        """How the request proves it, without what it proves it with."""
        kept = {name: value for name, value in self.settings.items() if name not in _SECRET_SETTINGS}
        return Credentials(kept, self.headers, self.params, self.notes)


@dataclass(frozen=True, slots=True)
class _Proof:
    """One proof: the settings that say it, none for a custom header or parameter.

    name, text: as it is sent. note: why no setting can say it.
    """

    name: str
    text: str
    is_header: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def custom(self) -> str:
        """The setting for what authType has no place for."""
        return "customHeaders" if self.is_header else "customQueryParams"


def credentials_of(headers: Pairs, params: Pairs, user: str | None = None) -> Credentials:
    """The proofs of a request as settings; those after the first go into customHeaders and
    customQueryParams. user: `user:password` given for Basic.
    """
    proofs = [*_in_headers(headers, user), *_in_query(params)]
    settings: dict[str, Json] = {}
    custom: dict[str, dict[str, Json]] = {}
    notes: list[str] = []
    for proof in proofs:
        if proof.note:
            notes.append(proof.note)
        elif proof.settings and "authType" not in settings:
            settings |= {name: text for name, text in proof.settings.items() if not _is_missing(name, text)}
            notes += [
                f"Enter {name}: the request has {text} in its place"
                for name, text in proof.settings.items()
                if _is_missing(name, text)
            ]
        else:
            custom.setdefault(proof.custom, {})[proof.name] = proof.text
            notes.append(f"{proof.name} looks like a secret too: it belongs into {proof.custom}")
    taken = {(proof.is_header, proof.name) for proof in proofs}
    return Credentials(
        {**settings, **custom},
        tuple(pair for pair in headers if (True, pair[0]) not in taken),
        tuple(pair for pair in params if (False, pair[0]) not in taken),
        tuple(notes),
    )


def _is_missing(name: str, text: str) -> bool:
    return name in _SECRET_SETTINGS and bool(_PLACEHOLDER.fullmatch(text))


def _in_headers(headers: Pairs, user: str | None) -> Iterator[_Proof]:
    own = [(name, text) for name, text in headers if name.lower() == "authorization"]
    yield from (_authorization(name, text.strip()) for name, text in own)
    if user is not None and not own:
        yield _Proof("Authorization", "", settings=_basic(user))
    for name, text in headers:
        if name.lower() == "authorization":
            continue
        if is_secret_name(name, "header"):
            yield _Proof(name, text, settings={"authType": "api_key", "apiKeyHeader": name, "apiKey": text})
        elif is_secret_text(text):
            yield _Proof(name, text)


def _in_query(params: Pairs) -> Iterator[_Proof]:
    for name, text in params:
        if is_secret_name(name, "query"):
            key = {"authType": "api_key", "apiKeyParam": name, "apiKey": text}
            yield _Proof(name, text, is_header=False, settings=key)
        elif is_secret_text(text):
            yield _Proof(name, text, is_header=False)


def _authorization(name: str, text: str) -> _Proof:
    scheme, _, value = text.partition(" ")
    value = value.strip()
    if scheme.lower() in _COMPUTED or "oauth_signature" in value:
        return _Proof(name, "", note=f"{name}: {scheme} is computed for each request, which no authType does")
    if not value or not _SCHEME.fullmatch(scheme) or is_secret_text(scheme):
        key = {"authType": "api_key", "apiKeyHeader": name, "apiKey": text}
        return _Proof(name, text, settings=key)
    if scheme.lower() == "basic":
        return _basic_header(name, value)
    prefix = {} if scheme.lower() == "bearer" else {"bearerPrefix": scheme}
    return _Proof(name, text, settings={"authType": "bearer_token", **prefix, "apiToken": value})


def _basic_header(name: str, value: str) -> _Proof:
    if _PLACEHOLDER.fullmatch(value):
        return _Proof(name, "", settings={"authType": "basic", "authValue": value})
    try:
        return _Proof(name, "", settings=_basic(base64.b64decode(value, validate=True).decode()))
    except ValueError:
        return _Proof(name, "", note=f"{name}: what stands behind Basic is no base64 of user:password")


def _basic(user_and_password: str) -> dict[str, str]:
    user, colon, password = user_and_password.partition(":")
    if is_secret_text(user) or (colon and not password and not _PLACEHOLDER.fullmatch(user)):
        # A key in the place of the user's name: only authValue is a secret.
        return {"authType": "basic", "authValue": f"{user}:{password}"}
    if colon and not password:
        return {"authType": "basic", "authValue": user}
    return {"authType": "basic", "username": user, "password": password or "<password>"}
