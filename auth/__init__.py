"""One httpx.Auth for each way an API verifies requests."""

from collections.abc import Callable, Mapping

import httpx

from auth.static import ApiKeyAuth, BearerAuth
from rest.settings import Settings

__all__ = ["ApiKeyAuth", "BearerAuth", "auth_for"]

type _Maker = Callable[[Settings], httpx.Auth]


def auth_for(settings: Settings) -> httpx.Auth:
    """The scheme that authType names, with its credentials."""
    return _SCHEMES[settings.auth_type](settings)


def _api_key(settings: Settings) -> httpx.Auth:
    return ApiKeyAuth(settings.key, header=settings.api_key_header, param=settings.api_key_param)


_SCHEMES: Mapping[str, _Maker] = {
    "none": lambda _: httpx.Auth(),
    "bearer_token": lambda settings: BearerAuth(settings.bearer_token, settings.bearer_prefix),
    "api_key": _api_key,
    "basic": lambda settings: httpx.BasicAuth(*settings.user_and_password),
}
