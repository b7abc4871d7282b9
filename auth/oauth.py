"""OAuth 2.0: the request for an access token by each grant (RFC 6749, RFC 7523), and its response."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote_plus
from uuid import uuid4

import httpx

from auth.expiry import lifetime_s
from auth.jwt_signer import JwtSigner
from auth.login import Login, LoginAnswer, accept_json
from auth.refresh_tokens import RefreshTokens
from auth.request_parts import RequestParts
from configuration.jwt_settings import JwtSigning
from configuration.public_settings import public_settings
from configuration.settings import Settings
from expressions.paths import Absent, Path
from rest.bodies import Json
from rest.errors import AuthError, JqError
from rest.outline import outline

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# RFC 6749 §5.1 has access_token. Some APIs with a format of their own use another name.
_TOKEN_NAMES = ("access_token", "accessToken", "token")


@dataclass(frozen=True, slots=True)
class OAuthLogin:
    """An OAuth 2.0 token request: {"access_token": "...", "expires_in": 3600}.

    tokens: the refresh tokens of the installation, for the grant refresh_token.
    """

    settings: Settings
    tokens: RefreshTokens

    @property
    def signing(self) -> JwtSigning:
        """What signs assertions. Raises AuthError: the settings were not checked."""
        if self.settings.jwt_signing is None:
            raise AuthError("the settings have no key", hint="Set privateKey")
        return self.settings.jwt_signing

    def request(self) -> httpx.Request:
        """Return the request for a token. The client's credentials are in it as `tokenAuth` says."""
        settings = self.settings
        fields = {**self._grant(), **settings.token_params}
        basic = None
        if settings.client_auth == "private_key_jwt":
            fields |= self._client_assertion()
        elif settings.token_auth == "basic" and settings.client_id:  # noqa: S105 - a place
            # RFC 6749 §2.3.1: both are form-encoded first, so that a colon does not end the client ID.
            pair = (quote_plus(settings.client_id), quote_plus(settings.client_secret or ""))
            basic = httpx.BasicAuth(*pair)
        else:
            fields |= self._client()
        url = settings.under_base(settings.token_url or "")
        if settings.token_format == "json":  # noqa: S105 - a format
            request = httpx.Request("POST", url, json=fields, headers=accept_json())
        else:
            request = httpx.Request("POST", url, data=fields, headers=accept_json())
        return next(basic.auth_flow(request)) if basic else request

    def login(self, answer: LoginAnswer) -> Login:
        """Read a token response (§5.1). Raises AuthError: there is no token."""
        token = _token(answer.body, self.settings.token_path)
        secrets = [token]
        renewed = answer.body.get("refresh_token") if isinstance(answer.body, dict) else None
        if self.settings.grant == "refresh_token" and isinstance(renewed, str) and renewed:
            secrets.append(renewed)
            configured = self.settings.refresh_token or ""
            if renewed != self.tokens.newest(configured):
                self.tokens.replace(configured, renewed, self.settings.files.get("refresh_token"))
        parts = RequestParts(headers={"Authorization": f"{self.settings.bearer_prefix} {token}"})
        return Login(parts, secrets, lifetime_s(answer.body, self.settings.expires_path, answer.time))

    def _grant(self) -> dict[str, str]:
        settings = self.settings
        match settings.grant:
            case "password":
                fields = {"username": settings.username or "", "password": settings.password or ""}
            case "refresh_token":
                fields = {"refresh_token": self.tokens.newest(settings.refresh_token or "")}
            case "jwt_bearer":
                return {"grant_type": _JWT_BEARER, "assertion": self._assertion()}
            case _:
                fields = {}
        return {"grant_type": settings.grant, **fields}

    def _client(self) -> dict[str, str]:
        """Return the client's credentials. Without a secret, an assertion is enough: it names the client."""
        settings = self.settings
        if not settings.client_id or (settings.grant == "jwt_bearer" and not settings.client_secret):
            return {}
        secret = {"client_secret": settings.client_secret} if settings.client_secret else {}
        return {"client_id": settings.client_id, **secret}

    def _client_assertion(self) -> dict[str, str]:
        """Return the proof of the client by its private key (RFC 7523 §2.2)."""
        client = self.settings.client_id or ""
        signing = self.signing
        if self.settings.grant == "jwt_bearer":  # the claims of the setting are those of the other assertion
            signing = replace(signing, claims={}, computed=())
        return {
            "client_id": client,
            "client_assertion_type": _CLIENT_ASSERTION,
            "client_assertion": self._signed({"iss": client, "sub": client}, signing),
        }

    def _assertion(self) -> str:
        """Return the assertion for a user or a service account (RFC 7523 §2.1)."""
        claims: dict[str, Json] = {"iss": self.settings.client_id, "sub": self.settings.username}
        return self._signed(claims, self.signing)

    def _signed(self, claims: Mapping[str, Json], signing: JwtSigning) -> str:
        audience = self.settings.under_base(self.settings.token_url or "")
        signer = JwtSigner(
            signing, {**claims, "aud": audience, "jti": str(uuid4())}, public_settings(self.settings)
        )
        return signer.sign(datetime.now(UTC)).text


def _token(body: Json, path: Path | None) -> str:
    if path is None:
        fields = body if isinstance(body, dict) else {}
        found: Json | Absent = next((fields[name] for name in _TOKEN_NAMES if fields.get(name)), None)
    else:
        try:
            found = path.find(body)
        except JqError as error:
            raise AuthError(f"tokenPath {path} fails on the response: {error}") from error
    if isinstance(found, str) and found:
        return found
    where = "access_token" if path is None else f"token at tokenPath {path}"
    if isinstance(body, dict) and body and (path or "access_token" not in body):
        raise AuthError(
            f"the token endpoint's response has no {where}. It has {outline(body)}",
            hint="Set tokenPath to the place of the token",
        )
    raise AuthError(f"the token endpoint's response has no {where}", hint="Check tokenUrl")
