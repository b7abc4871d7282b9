"""Extract the credentials of a request as settings."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from builder.imports.declared_auth import computed_settings
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_request import VARIABLE, ApiKey
from builder.imports.secret_detection import is_secret_name, is_secret_text
from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from rest.bodies import Json
from rest.request import Pairs, text_of

_SECRET_SETTINGS = frozenset(map(setting_name, SECRETS)) | {"username"}
_REDACTOR = SampleRedactor()
# Schemes that compute a value for each request, which no setting can hold.
_COMPUTED = frozenset({"aws4-hmac-sha256", "digest", "hawk", "negotiate", "ntlm"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,20}:?")
_PLACEHOLDER = re.compile(
    r"\$\{?\w+\}?|<[^<>]+>|\{\{?[\w .-]+\}?\}|\[[\w .-]+\]|%\w+%|your[-_ ].*|[x*.…]{3,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RequestCredentials:
    """The credentials of a request as settings, including secrets, and the remaining headers and params."""

    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    headers: Pairs = ()
    params: Pairs = ()
    notes: tuple[str, ...] = ()

    def without_secrets(self) -> "RequestCredentials":
        """Return the method of authentication without the secret values."""
        kept = {name: value for name, value in self.settings.items() if name not in _SECRET_SETTINGS}
        return RequestCredentials(kept, self.headers, self.params, self.notes)

    @property
    def secrets(self) -> frozenset[str]:
        """The values that are secret. A user name and an environment variable are not."""
        return secrets_in(self.settings)


@dataclass(frozen=True, slots=True)
class _Credential:
    """One credential of a request.

    name, text: as sent. settings: empty for a custom header or parameter. note: what is missing, or why no
    setting can hold it.
    """

    name: str
    text: str
    is_header: bool = True
    settings: Mapping[str, Json] = field(default_factory=dict)
    note: str = ""

    @property
    def custom_setting(self) -> str:
        """The setting for a credential that authType does not cover."""
        return "customHeaders" if self.is_header else "customQueryParams"


def extract_credentials(
    headers: Pairs,
    params: Pairs,
    user: str | None = None,
    key: ApiKey | None = None,
    redactor: SampleRedactor = _REDACTOR,
    declared: Mapping[str, Json] = MappingProxyType({}),
) -> RequestCredentials:
    """Return the credentials of a request. The first determines authType, the others become customHeaders
    and customQueryParams. user: `user:password` for Basic. key: one that is neither in headers nor in params.
    redactor: knows other secrets. declared: settings that take precedence.
    """
    credentials = [_Credential("", "", settings=declared)] if "authType" in declared else []
    credentials += [*_header_credentials(headers, user, redactor), *_query_credentials(params, redactor)]
    credentials += [_key_credential(key.name, key.value, is_header=not key.in_query)] if key else []
    settings, notes = _settings_of(credentials, declared)
    taken = {(credential.is_header, credential.name) for credential in credentials}
    return RequestCredentials(
        settings,
        tuple(pair for pair in headers if (True, pair[0]) not in taken),
        tuple(pair for pair in params if (False, pair[0]) not in taken),
        tuple(notes),
    )


def _settings_of(
    credentials: Sequence[_Credential], declared: Mapping[str, Json]
) -> tuple[dict[str, Json], list[str]]:
    """Return the settings that hold the credentials, and notes for the user."""
    settings, _ = without_placeholders({name: each for name, each in declared.items() if name != "authType"})
    custom: dict[str, dict[str, Json]] = {}
    notes: list[str] = []
    for credential in credentials:
        notes += [credential.note] if credential.note else []
        if credential.settings and "authType" not in settings:
            settings |= {
                name: text for name, text in credential.settings.items() if not _is_placeholder(name, text)
            }
            notes += _placeholder_notes(credential.settings)
        elif credential.text:
            setting = credential.custom_setting
            custom.setdefault(setting, {})[credential.name] = credential.text
            notes.append(f"{credential.name} looks like a secret too. Put it into {setting}")
    return {**settings, **custom}, notes


def without_placeholders(settings: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
    """Return settings without secrets that are placeholders, and a note for each of those."""
    kept = {name: value for name, value in settings.items() if not _is_placeholder(name, value)}
    return kept, _placeholder_notes(settings)


def secrets_in(settings: Mapping[str, Json]) -> frozenset[str]:
    """Return the values that are secret. A user name and an environment variable are not."""
    found = [value for name, value in settings.items() if name in _SECRET_SETTINGS - {"username"}]
    texts = [each for value in found for each in (value.values() if isinstance(value, dict) else [value])]
    return frozenset(text for text in map(text_of, texts) if not VARIABLE.search(text))


def _placeholder_notes(settings: Mapping[str, Json]) -> list[str]:
    return [
        f"Enter {name}. The request has the placeholder {text}"
        for name, text in settings.items()
        if _is_placeholder(name, text)
    ]


def _is_placeholder(name: str, value: Json) -> bool:
    return name in _SECRET_SETTINGS and isinstance(value, str) and bool(_PLACEHOLDER.fullmatch(value))


def _header_credentials(headers: Pairs, user: str | None, redactor: SampleRedactor) -> Iterator[_Credential]:
    own = [(name, text) for name, text in headers if name.lower() == "authorization"]
    yield from (_from_authorization(name, text.strip()) for name, text in own)
    if user is not None and not own:
        yield _Credential("Authorization", "", settings=_basic_settings(user))
    for name, text in headers:
        if name.lower() == "authorization":
            continue
        if is_secret_name(name, "header"):
            yield _key_credential(name, text, is_header=True)
        elif is_secret_text(text) or redactor(text) != text:
            yield _Credential(name, text)


def _query_credentials(params: Pairs, redactor: SampleRedactor) -> Iterator[_Credential]:
    for name, text in params:
        if is_secret_name(name, "query"):
            yield _key_credential(name, text, is_header=False)
        elif is_secret_text(name):
            note = (
                "A query parameter was left out because its name looks like a secret. Enter it as a setting"
            )
            yield _Credential(name, "", is_header=False, note=note)
        elif is_secret_text(text) or redactor(text) != text:
            yield _Credential(name, text, is_header=False)


def _key_credential(name: str, text: str, *, is_header: bool) -> _Credential:
    place = "apiKeyHeader" if is_header else "apiKeyParam"
    return _Credential(name, text, is_header, {"authType": "api_key", place: name, "apiKey": text})


def _from_authorization(name: str, text: str) -> _Credential:
    scheme, _, value = text.partition(" ")
    value = value.strip()
    if settings := computed_settings(scheme, value):
        secret = "password" if settings["authType"] == "digest" else "awsSecretAccessKey"
        return _Credential(
            name, "", settings=settings, note=f"Enter {secret}. The request does not contain it"
        )
    if scheme.lower() in _COMPUTED or "oauth_signature" in value:
        note = f"{name}: {scheme} is computed for each request. No authType supports that"
        return _Credential(name, "", note=note)
    if not value or not _SCHEME.fullmatch(scheme) or is_secret_text(scheme):
        key = {"authType": "api_key", "apiKeyHeader": name, "apiKey": text}
        return _Credential(name, text, settings=key)
    if scheme.lower() == "basic":
        return _from_basic_header(name, value)
    prefix = {} if scheme.lower() == "bearer" else {"bearerPrefix": scheme}
    return _Credential(name, text, settings={"authType": "bearer_token", **prefix, "apiToken": value})


def _from_basic_header(name: str, value: str) -> _Credential:
    if _PLACEHOLDER.fullmatch(value):
        return _Credential(name, "", settings={"authType": "basic", "authValue": value})
    try:
        return _Credential(
            name, "", settings=_basic_settings(base64.b64decode(value, validate=True).decode())
        )
    except ValueError:
        return _Credential(name, "", note=f"{name}: the value after Basic is not base64 of user:password")


def _basic_settings(user_and_password: str) -> dict[str, str]:
    user, colon, password = user_and_password.partition(":")
    if is_secret_text(user) or (colon and not password and not _PLACEHOLDER.fullmatch(user)):
        # The user name is a secret key. It goes into authValue, because the setting username is not secret.
        return {"authType": "basic", "authValue": f"{user}:{password}"}
    if colon and not password:
        return {"authType": "basic", "authValue": user}
    return {"authType": "basic", "username": user, "password": password or "<password>"}
