"""The text that a webhook's signature covers, such as `{timestamp}.{body}`."""

import re
from dataclasses import dataclass

from expressions.plain_paths import plain_steps
from rest.steps import Step

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# form: the names and values of a form, sorted by name, without separators.
# secret: the signature is then a hash of the text instead of an HMAC.
NAMES = ("body", "timestamp", "id", "method", "url", "path", "query", "form", "bodySha256", "secret")
_COVERS_BODY = frozenset({"body", "form", "bodySha256"})
_HEADER, _BODY = "headers.", "body."


@dataclass(frozen=True, slots=True)
class HeaderValue:
    """The value of a header, written as {headers.x-name}. name: in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class BodyValue:
    """A value in the body, written as {body.a.b}."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A part of the delivery by one of NAMES."""

    name: str


type Part = str | HeaderValue | BodyValue | Placeholder


@dataclass(frozen=True, slots=True)
class SignedText:
    """The parts of a signed text in order. A str is literal text."""

    parts: tuple[Part, ...] = (Placeholder("body"),)

    @classmethod
    def read(cls, text: str) -> "SignedText":
        """Return the parsed text. Raises ValueError: a placeholder is unknown, or a brace has no partner."""
        literals = _PLACEHOLDER.split(text)
        parts = [_placeholder(each) if number % 2 else each for number, each in enumerate(literals)]
        for literal in literals[::2]:
            if set(literal) & set("{}"):
                raise ValueError("a brace has no partner")
        return cls(tuple(part for part in parts if part != ""))

    def uses(self, name: str) -> bool:
        """Return True if the text has this placeholder."""
        return Placeholder(name) in self.parts

    @property
    def covers_body(self) -> bool:
        """True if a change of the body changes the text."""
        return any(map(self.uses, _COVERS_BODY))


def _placeholder(name: str) -> Part:
    if name in NAMES:
        return Placeholder(name)
    if name.startswith(_HEADER) and len(name) > len(_HEADER):
        return HeaderValue(name.removeprefix(_HEADER).lower())
    if name.startswith(_BODY) and (steps := plain_steps(name.removeprefix("body"))):
        return BodyValue(steps)
    known = ", ".join(f"{{{each}}}" for each in (*NAMES, "headers.<name>", "body.<path>"))
    raise ValueError(f"{{{name}}} is unknown; known placeholders are {known}")
