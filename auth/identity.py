"""The identity of the credentials, so that what one may read is never shown to another."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass

import httpx

from auth.refresh_tokens import RefreshTokens
from auth.rereading import RereadAuth
from configuration.setting_fields import SettingFields
from configuration.settings import Settings
from rest.errors import SettingsError

# Settings that change neither who asks nor what is asked. All others count, also those of the future.
_NEUTRAL = frozenset(
    {
        "accept",
        "conditional_requests",
        "max_concurrent_requests",
        "max_retries",
        "pagination",
        "requests_per_second",
        "responses",
        "timeout",
        "webhook_max_bytes",
        "webhook_path",
        "webhook_secret",
        "webhook_verify",
    }
)
# RFC 7914 §2: some 50 ms and 16 MiB for each guess of a short secret.
_COST = {"n": 2**14, "r": 8, "p": 1}


class CredentialIdentity:
    """A digest of the settings that say who asks. Tokens that a login returns are no part of it.

    auth: reads secrets in files again. tokens: the refresh tokens that the API has replaced.
    salt: random bytes that are stored beside the digests.
    """

    def __init__(self, settings: Settings, auth: httpx.Auth, tokens: RefreshTokens, salt: bytes) -> None:
        self._settings = settings
        self._auth = auth
        self._tokens = tokens
        self._salt = salt
        self._computed: _Computed | None = None

    @property
    def digest(self) -> bytes:
        """The digest of the present credentials. Computed again only when a file has changed."""
        settings = self._auth.settings if isinstance(self._auth, RereadAuth) else self._settings
        stamp = settings.certificates.stamp()
        if not self._computed or (self._computed.settings, self._computed.stamp) != (settings, stamp):
            text = json.dumps(_fields(settings, self._tokens), sort_keys=True, default=repr)
            digest = hashlib.scrypt(text.encode(), salt=self._salt, dklen=32, **_COST)
            self._computed = _Computed(settings, stamp, digest)
        return self._computed.digest


@dataclass(frozen=True, slots=True)
class _Computed:
    settings: Settings
    stamp: tuple[tuple[int, int] | None, ...]
    digest: bytes


def _fields(settings: Settings, tokens: RefreshTokens) -> dict[str, object]:
    fields = {name: getattr(settings, name) for name in SettingFields.model_fields.keys() - _NEUTRAL}
    fields["variables"] = settings.variables
    # The API replaces this token at each use.
    fields["refresh_token"] = tokens.first(settings.refresh_token or "")
    with suppress(SettingsError):  # a file is being replaced
        fields["certificates"] = asdict(settings.certificates.read())
    return fields
