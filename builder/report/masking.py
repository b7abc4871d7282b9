"""The masking of everything that a report contains."""

import re
from collections.abc import Iterable
from pathlib import Path

from builder.imports.sample_redaction import SampleRedactor
from builder.imports.secret_detection import is_secret_name
from rest.bodies import Json
from rest.origin import Redactor

_MASK = "***"
_USER_INFO = re.compile(r"(?<=://)[^/?#\s@]*@")
_QUERY_VALUE = re.compile(r"(?<==)[^&#\s]+")
_YAML_LINE = re.compile(r"""^(\s*(?:-\s+)?["']?)([\w-]+)(["']?\s*[:=]\s*)(\S.*)$""")


class Masking:
    """Masks known secrets, in all their forms, and values whose name or form says that they are secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.known = Redactor.of(secrets)
        self._home = f"{Path.home()}/" if len(Path.home().parts) > 1 else ""

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these secrets, too."""
        self.known.include(Redactor.of(secrets))

    def sample(self, value: Json) -> Json:
        """Return a value from a response, masked by name and form."""
        return SampleRedactor(self.known)(value)

    def request(self, value: Json) -> Json:
        """Return a value that is sent, masked by name and form. In requests, more names are secret."""
        return SampleRedactor(self.known).for_requests(value)

    def url(self, url: str) -> str:
        """Return a URL without user name and password, and with all values of its query masked."""
        before, sign, query = _USER_INFO.sub(f"{_MASK}@", url).partition("?")
        return self.text(f"{before}{sign}{_QUERY_VALUE.sub(_MASK, query)}")

    def line(self, line: str) -> str:
        """Return a line of a file that cannot be parsed."""
        found = _YAML_LINE.match(line)
        if found and (is_secret_name(found[2], "header") or is_secret_name(found[2], "request_body")):
            return f"{found[1]}{found[2]}{found[3]}{_MASK}"
        words = (str(self.request(word)) for word in self.text(line).split(" "))
        return str(self.request(" ".join(words)))

    def text(self, text: str) -> str:
        """Return a text with known secrets masked, and with ~ for the home folder."""
        masked = self.known(_USER_INFO.sub(f"{_MASK}@", text))
        return masked.replace(self._home, "~/") if self._home else masked

    def leaves(self, value: Json) -> Json:
        """Return a JSON value with known secrets masked in all its texts, keys and numbers."""
        match value:
            case dict():
                return {self.text(str(name)): self.leaves(each) for name, each in value.items()}
            case list():
                return [self.leaves(each) for each in value]
            case str():
                return self.text(value)
            case bool() | None:
                return value
            case _:
                return value if self.known(str(value)) == str(value) else _MASK
