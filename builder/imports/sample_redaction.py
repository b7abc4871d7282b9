"""Mask the secrets in the bodies of requests and responses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from builder.imports.secret_detection import (
    SecretLocation,
    is_secret_name,
    is_secret_part,
    is_secret_text,
    is_token,
)
from rest.bodies import Json
from rest.origin import Redactor

_MASK = "***"
# name=value, in a query string or among words.
_ASSIGNMENT = re.compile(r"(?<![^?&;\s])([^=?&;#\s]+)=([^&;#\s\"'<>]+)")
# name: "value", as in JSON and in the arguments of GraphQL.
_QUOTED = re.compile(
    r"""(?<![\w-])([\w-]{1,100})(["']?\s{0,9}[:=]\s{0,9})(["'])((?:\\.|(?!\3)[^\\])+)\3""", re.DOTALL
)
_CREDENTIALS = re.compile(r"\b(bearer|basic)(\s+)(?=\S*[0-9])[\w.~+/=-]{8,}", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^/?#\s:@]{0,200}):[^/?#\s@]{1,200}@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
MIN_SECRET_LENGTH = 6
_SPACES = re.compile(r"(\s+)")


@dataclass(frozen=True, slots=True)
class SampleRedactor:
    """Masks values with the name or form of a secret, and known secrets.

    location: what the values are from. Requests have more names of secrets than responses.
    """

    known: Redactor = field(default_factory=Redactor, repr=False)
    location: SecretLocation = "body"

    @classmethod
    def knowing(cls, secrets: Iterable[str]) -> "SampleRedactor":
        """Return a redactor that also masks these secrets, except short ones: harmless texts contain them."""
        return cls(Redactor.of(text for text in secrets if len(text) >= MIN_SECRET_LENGTH))

    @property
    def for_requests(self) -> "SampleRedactor":
        """The redactor for the bodies of requests."""
        return replace(self, location="request_body")

    def __call__(self, value: Json) -> Json:
        """Return the value with masked secrets and unchanged structure."""
        if isinstance(value, dict):
            # {"name": "DB_PASSWORD", "value": …}
            label = value.get("name") or value.get("key") if "value" in value else None
            return {
                self._text(name): self._masked(inner)
                if self._is_secret(name, inner)
                or (name == "value" and isinstance(label, str) and self._is_secret(label, inner))
                else self(inner)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self(inner) for inner in value]
        if isinstance(value, int):
            # A token of digits may come back as a number. True and False have too few digits, too.
            is_long = abs(value) >= 10 ** (MIN_SECRET_LENGTH - 1)
            return _MASK if is_long and self.known(str(value)) != str(value) else value
        return self._text(value) if isinstance(value, str) else value

    def _is_secret(self, name: str, value: Json) -> bool:
        if value is None or isinstance(value, bool | float):
            return False
        # In a response, an object of that name can be a resource.
        if isinstance(value, dict) and self.location == "body":
            return False
        # "tokens": ["…", "…"]. A list of objects is one of resources.
        is_plural = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return is_secret_name(name.removesuffix("s") if is_plural else name, self.location)

    def _masked(self, value: Json) -> Json:
        """Return a secret with its structure."""
        if isinstance(value, list):
            return [self._masked(inner) for inner in value]
        if isinstance(value, dict):
            return {self._text(name): self._masked(each) for name, each in value.items()}
        return _MASK if isinstance(value, str | int) and not isinstance(value, bool) else value

    def _text(self, text: str) -> str:
        text = self.known(text)
        if ("-----" in text and _PRIVATE_KEY.search(text)) or (
            self.location == "request_body" and is_secret_part(text)
        ):
            return _MASK
        if "=" in text:
            text = _ASSIGNMENT.sub(_masked_parameter, text)
        if '"' in text or "'" in text:
            text = _QUOTED.sub(_masked_quoted, text)
        if "@" in text:
            text = _URL_PASSWORD.sub(rf"\1:{_MASK}@", text)
        words = _SPACES.split(text)
        if len(words) > 1:
            words = _SPACES.split(_CREDENTIALS.sub(rf"\1\2{_MASK}", text))
        return "".join(_MASK if is_token(word) else word for word in words)


def _masked_parameter(match: re.Match[str]) -> str:
    name, text = match[1], match[2]
    return f"{name}={_MASK}" if is_secret_name(name, "query") or is_secret_text(text) else match[0]


def _masked_quoted(match: re.Match[str]) -> str:
    name, sign, quote = match[1], match[2], match[3]
    return f"{name}{sign}{quote}{_MASK}{quote}" if is_secret_name(name, "body") else match[0]
