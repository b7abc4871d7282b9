"""Sign JSON Web Tokens (RFC 7519) with the key of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from configuration.computed import ComputedInput, with_values
from configuration.jwt_settings import JwtSigning
from rest.bodies import Json
from rest.request import text_of

# A token is valid from some time ago, because the clocks of two machines differ. The time is part of `ttl`,
# since APIs limit the time from iat to exp, and must leave most of a short one.
_BACKDATED_S = 30
_BACKDATED_PART = 6


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A signed token. lifetime_s: seconds until it expires; None: it does not expire."""

    text: str = field(repr=False)
    lifetime_s: float | None


@dataclass(frozen=True, slots=True)
class JwtSigner:
    """Signs tokens with the claims of the setting `jwt`.

    claims: the defaults. The setting overrides a claim, or leaves it out by the value null.
    settings: the settings that computed values can read. They are not secret.
    """

    signing: JwtSigning
    claims: Mapping[str, Json] = field(default_factory=dict)
    settings: Mapping[str, Json] = field(default_factory=dict)

    def sign(self, now: datetime) -> SignedToken:
        """Return a new token. Raises ResourceError: a computed claim fails."""
        time, ttl_s = int(now.timestamp()), int(self.signing.ttl_s)
        issued = time - min(_BACKDATED_S, ttl_s // _BACKDATED_PART)
        claims: dict[str, Json] = {
            "iat": issued,
            "exp": issued + ttl_s,
            **self.claims,
        }
        source = ComputedInput(time, None, self.settings)
        values = [(each.keys, each.value(source)) for each in self.signing.computed]
        own = with_values(dict(self.signing.claims), values)
        claims |= own if isinstance(own, dict) else {}
        claims = {name: value for name, value in claims.items() if value is not None}
        if "iss" in claims:  # the number of an application is written without quotes
            claims["iss"] = text_of(claims["iss"])
        expires = claims.get("exp")
        lifetime_s = float(expires) - now.timestamp() if isinstance(expires, int | float) else None
        return SignedToken(_encoded(claims, self.signing), lifetime_s)


def _encoded(claims: Mapping[str, Json], signing: JwtSigning) -> str:
    # Imported here, because it takes 0.2 s, and few installations sign tokens.
    import jwt

    key: Any = signing.key.key
    headers = {"kid": signing.key.id or None, **signing.headers}
    texts = {
        name: text_of(value) if name == "kid" else value
        for name, value in headers.items()
        if value is not None
    }
    return jwt.encode(dict(claims), key, signing.algorithm, texts)
