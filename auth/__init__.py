"""Authentication: an httpx.Auth for each authType."""

import httpx

from auth.identity import CredentialIdentity
from auth.login_auth import LoginAuth
from auth.refresh_tokens import RefreshTokens
from auth.rereading import CredentialFiles, RereadAuth
from auth.schemes import scheme_for
from auth.static import ApiKeyAuth, BearerAuth
from configuration.settings import Settings
from rest.origin import Redactor

__all__ = ["ApiKeyAuth", "BearerAuth", "CredentialIdentity", "LoginAuth", "RefreshTokens", "auth_for"]


def auth_for(
    settings: Settings, redact: Redactor | None = None, tokens: RefreshTokens | None = None
) -> httpx.Auth:
    """Return the scheme that authType names, with its credentials.

    redact: learns the secrets that a login gives; None for a new one.
    tokens: the refresh tokens of earlier logins; None if there were none.
    Raises SettingsError: an expression of customAuthRequestTemplate or signature does not compile.
    """
    redact, tokens = redact or settings.redactor, tokens or RefreshTokens()
    if settings.files:
        return RereadAuth(CredentialFiles(settings, redact, tokens))
    return scheme_for(settings, redact, tokens)
