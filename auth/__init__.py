"""Authentication: an httpx.Auth for each authType."""

from collections.abc import Callable, Mapping

import httpx

from auth.client_credentials import ClientCredentialsLogin
from auth.custom import CustomLogin
from auth.login_auth import LoginAuth
from auth.static import ApiKeyAuth, BearerAuth
from auth.template import Template
from configuration.settings import Settings
from rest.errors import JqError, Mistake, SettingsError
from rest.origin import Redactor

__all__ = ["ApiKeyAuth", "BearerAuth", "LoginAuth", "auth_for"]

type _Maker = Callable[[Settings, Redactor], httpx.Auth]


def auth_for(settings: Settings, redact: Redactor | None = None) -> httpx.Auth:
    """Return the scheme that authType names, with its credentials.

    redact: learns the secrets that a login gives; None for a new one.
    Raises SettingsError: an expression of customAuthRequestTemplate does not compile.
    """
    return _SCHEMES[settings.auth_type](settings, redact or settings.redactor)


def _api_key(settings: Settings, _redact: Redactor) -> httpx.Auth:
    return ApiKeyAuth(settings.key, header=settings.api_key_header, param=settings.api_key_param)


def _oauth2(settings: Settings, redact: Redactor) -> httpx.Auth:
    return LoginAuth(ClientCredentialsLogin(settings.client_credentials, settings.bearer_prefix), redact)


def _custom(settings: Settings, redact: Redactor) -> httpx.Auth:
    if settings.login is None or settings.login_template is None:
        raise SettingsError(
            [
                Mistake("customAuthRequest", "is missing"),
                Mistake("customAuthRequestTemplate", "is missing"),
            ]
        )
    try:
        template = Template.of(settings.login_template.model_dump())
    except JqError as error:
        mistake = Mistake("customAuthRequestTemplate", f"{error}; it accepts jq in {{{{.braces}}}}")
        raise SettingsError([mistake]) from error
    return LoginAuth(
        CustomLogin(settings.login, settings.under_base(settings.login.endpoint), template), redact
    )


_SCHEMES: Mapping[str, _Maker] = {
    "none": lambda *_: httpx.Auth(),
    "bearer_token": lambda settings, _: BearerAuth(settings.bearer_token, settings.bearer_prefix),
    "api_key": _api_key,
    "basic": lambda settings, _: httpx.BasicAuth(*settings.user_and_password),
    "oauth2": _oauth2,
    "custom": _custom,
}
