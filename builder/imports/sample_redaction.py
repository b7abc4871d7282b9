"""Mask the secrets in recorded bodies."""

import re
from dataclasses import dataclass, field

from builder.imports.secret_detection import is_secret_name, is_secret_text, is_token
from rest.bodies import Json
from rest.origin import Redactor

_MASK = "***"
_IN_URL = re.compile(r"(?<=[?&;])([^=&;#\s]+)=([^&;#\s\"'<>]+)")
_SPACES = re.compile(r"(\s+)")


@dataclass(frozen=True, slots=True)
class SampleRedactor:
    """Masks values with the name or form of a secret, and known secrets."""

    known: Redactor = field(default_factory=Redactor, repr=False)

    def __call__(self, value: Json) -> Json:
        """Return the value with masked secrets and unchanged structure."""
        if isinstance(value, dict):
            return {
                self._text(name): _MASK if _is_secret(name, inner) else self(inner)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self(inner) for inner in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        text = self.known(text)
        if "=" in text:
            text = _IN_URL.sub(_masked_parameter, text)
        words = _SPACES.split(text)
        return "".join(_MASK if is_token(word) else word for word in words)


def _is_secret(name: str, value: Json) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and is_secret_name(name, "body")


def _masked_parameter(match: re.Match[str]) -> str:
    name, text = match[1], match[2]
    return f"{name}={_MASK}" if is_secret_name(name, "query") or is_secret_text(text) else match[0]
