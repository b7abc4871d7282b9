"""The scheme of each authType."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from auth.aws import AwsAuth
from auth.aws_signature import AwsKey, AwsScope
from auth.custom import LOGIN_VARIABLES, CustomLogin
from auth.digest import DigestAuth
from auth.jwt_auth import JwtAuth
from auth.jwt_signer import JwtSigner
from auth.login_auth import LoginAuth
from auth.oauth import OAuthLogin
from auth.refresh_tokens import RefreshTokens
from auth.signature import SignatureAuth, Signing
from auth.static import ApiKeyAuth, BearerAuth
from auth.template import Template
from configuration.login import LoginTemplate
from configuration.public_settings import public_settings
from configuration.settings import Settings
from rest.errors import JqError, Mistake, SettingsError
from rest.origin import Redactor

type _Maker = Callable[[Settings, Redactor, RefreshTokens], httpx.Auth]


def scheme_for(settings: Settings, redact: Redactor, tokens: RefreshTokens) -> httpx.Auth:
    """Return the scheme that authType names, with its credentials.

    Raises SettingsError: an expression of customAuthRequestTemplate or signature does not compile.
    """
    return _SCHEMES[settings.auth_type](settings, redact, tokens)


def _api_key(settings: Settings, *_: object) -> httpx.Auth:
    return ApiKeyAuth(settings.key, header=settings.api_key_header, param=settings.api_key_param)


def _oauth2(settings: Settings, redact: Redactor, tokens: RefreshTokens) -> httpx.Auth:
    return LoginAuth(OAuthLogin(settings, tokens), redact)


def _jwt(settings: Settings, redact: Redactor, _: RefreshTokens) -> httpx.Auth:
    signer = _signer(settings)
    if signer is None:
        raise SettingsError([Mistake("privateKey", "is missing")])
    return JwtAuth(signer, settings.bearer_prefix, redact)


def _custom(settings: Settings, redact: Redactor, _: RefreshTokens) -> httpx.Auth:
    if settings.login is None:
        raise SettingsError([Mistake("customAuthRequest", "is missing")])
    shape = (settings.login_template or LoginTemplate()).model_dump()
    with _mistakes_of("customAuthRequestTemplate"):
        template = Template.of(shape, "customAuthRequestTemplate", "the login response", LOGIN_VARIABLES)
    login = CustomLogin(
        settings.login,
        settings.under_base(settings.login.endpoint),
        template,
        settings.login_values,
        _signer(settings),
        settings.expires_path,
    )
    return LoginAuth(login, redact)


def _signature(settings: Settings, *_: object) -> httpx.Auth:
    if settings.signing is None:
        raise SettingsError([Mistake("signature", "is missing")])
    with _mistakes_of("signature"):
        signing = Signing.of(settings.signing)
    return SignatureAuth(signing, settings.username or "", settings.auth_value or "")


def _aws(settings: Settings, *_: object) -> httpx.Auth:
    target = settings.aws_target
    if target is None:
        raise SettingsError([Mistake("aws", "is missing")])
    key = AwsKey(
        settings.aws_access_key_id or "",
        settings.aws_secret_access_key or "",
        settings.aws_session_token or "",
    )
    return AwsAuth(key, AwsScope(target.region, target.service))


@contextmanager
def _mistakes_of(setting: str) -> Iterator[None]:
    """Turn the error of an expression that does not compile into a mistake of its setting."""
    try:
        yield
    except JqError as error:
        raise SettingsError([Mistake(setting, f"{error}; it accepts jq in {{{{.braces}}}}")]) from error


def _signer(settings: Settings) -> JwtSigner | None:
    if settings.jwt_signing is None:
        return None
    return JwtSigner(settings.jwt_signing, {"iss": settings.client_id}, public_settings(settings))


_SCHEMES: Mapping[str, _Maker] = {
    "none": lambda *_: httpx.Auth(),
    "bearer_token": lambda settings, *_: BearerAuth(settings.bearer_token, settings.bearer_prefix),
    "api_key": _api_key,
    "basic": lambda settings, *_: httpx.BasicAuth(*settings.user_and_password),
    "digest": lambda settings, *_: DigestAuth(*settings.user_and_password),
    "oauth2": _oauth2,
    "jwt": _jwt,
    "signature": _signature,
    "aws": _aws,
    "custom": _custom,
}
