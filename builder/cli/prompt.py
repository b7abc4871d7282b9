"""The questions of the `init` command, and the settings that they complete."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from builder.entered_settings import settings_of
from rest.bodies import Json
from rest.errors import ResourceError

_AUTH_TYPES = ("none", "bearer_token", "api_key", "basic", "oauth2")
_CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "bearer_token": ("apiToken",),
    "api_key": ("apiKey", "apiKeyHeader"),
    "basic": ("username", "password"),
    "oauth2": ("tokenUrl", "clientId", "clientSecret"),
}
_HIDDEN = frozenset({"apiToken", "apiKey", "password", "clientSecret"})
_DEFAULTS = {"apiKeyHeader": "X-API-Key"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """Asks the user. yes: accept all proposals without asking."""

    yes: bool = False

    def text(self, question: str, default: str | None = None, *, hidden: bool = False) -> str:
        """Return a text. Raises ResourceError: nobody to ask and no default."""
        if not self.yes:
            text: str = _answered(question, partial(click.prompt, default=default, hide_input=hidden))
            return text
        if default is None:
            raise ResourceError(
                f"{question}: required with --yes", hint="Set it as an option or in the environment"
            )
        return default

    def choice(self, question: str, choices: tuple[str, ...], default: str) -> str:
        """Return one of the choices."""
        if self.yes:
            return default
        ask = partial(click.prompt, default=default, type=click.Choice(choices))
        choice: str = _answered(question, ask)
        return choice

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Return yes or no."""
        if self.yes:
            return default
        return bool(_answered(question, partial(click.confirm, default=default)))


def _answered(question: str, ask: Callable[[str], Any]) -> Any:  # noqa: ANN401 - a text or a boolean
    """Return the user's answer. Raises ResourceError: the input has ended, as in a CI job."""
    try:
        return ask(question)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise ResourceError(
            f"{question}: no answer, because the input has ended", hint="Use --yes with --endpoint"
        ) from None


def ask_connection(prompt: Prompt, known: Mapping[str, Json]) -> dict[str, Json]:
    """Return the known settings, completed by those that the authentication type needs.

    Raises SettingsError: a setting is wrong.
    """
    settings = dict(known)
    if "baseUrl" not in settings:
        settings["baseUrl"] = prompt.text("Base URL of the API")
    if "authType" not in settings:
        settings["authType"] = prompt.choice("Authentication", _AUTH_TYPES, "none")
    for name in _CREDENTIALS.get(str(settings["authType"]), ()):
        if name not in settings and "authValue" not in settings:
            settings[name] = prompt.text(name, _DEFAULTS.get(name), hidden=name in _HIDDEN)
    settings.setdefault("paginationType", "auto")
    settings_of(settings)
    return settings
