"""Redaction of the secrets of step 1."""

import base64
from collections.abc import Iterator, Mapping

from builder.web.connect.form import ConnectionForm
from builder.web.connect.parsing import parse_connection
from builder.web.connect.setting_fields import all_fields
from configuration.secrets import parts_of
from rest.bodies import Json
from rest.origin import Redactor

# Shorter secrets are too common in other texts to be masked.
_MIN_SECRET_LENGTH = 8
# The keys of a login request that hold no secret.
_LOGIN_KEYS = frozenset({"endpoint", "method"})


def redactor_of(connection: ConnectionForm) -> Redactor:
    """Return a redactor that masks the entered secrets, wherever the API repeats them."""
    config = parse_connection(connection).config
    names = [field.name for field in all_fields() if field.is_secret and field.name in config]
    texts = [text for name in names for text in _texts_in(config[name])]
    parts = [part for text in texts for part in parts_of(text)]
    secrets = (*texts, *parts, _basic_credentials(config))
    return Redactor.of(text for text in secrets if len(text) >= _MIN_SECRET_LENGTH)


def _basic_credentials(config: Mapping[str, Json]) -> str:
    """Return user name and password as sent in the Authorization header (RFC 7617 §2)."""
    user, _, password = str(config.get("authValue") or "").partition(":")
    pair = f"{config.get('username') or user}:{config.get('password') or password}"
    return base64.b64encode(pair.encode()).decode() if len(pair) > 1 else ""


def _texts_in(value: Json) -> Iterator[str]:
    """Yield the texts that may be secret. Templates are not."""
    if isinstance(value, str) and not value.startswith("{{"):
        yield value
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts_in(each))
    elif isinstance(value, dict):
        inner = (each for name, each in value.items() if name not in _LOGIN_KEYS)
        yield from (text for each in inner for text in _texts_in(each))
