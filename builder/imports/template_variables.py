"""Replace the `{{variables}}` of API clients by their values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from builder.imports.path_templates import parameter_name
from builder.imports.secret_detection import is_secret_name

_VARIABLE = re.compile(r"\{\{\s*(?:_\.)?(?P<name>[^{}\s|]+)\s*(?:\|[^{}]*)?\}\}|\{%\s*(?P<tag>[^%]+?)\s*%\}")
_UNSAFE = re.compile(r"\W+", re.ASCII)
# Values may have variables themselves.
_MAX_DEPTH = 10
_MAX_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class Variables:
    """The values of variables by name. declared: the names of those that the document declares secret."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    declared: frozenset[str] = frozenset()

    def and_inner(self, values: Mapping[str, str], declared: frozenset[str] = frozenset()) -> "Variables":
        """Return the variables with those of an inner scope, which take precedence."""
        return Variables({**self.values, **values}, self.declared | declared)

    @property
    def secrets(self) -> frozenset[str]:
        """The values of the variables that are declared secret, or have the name of a secret."""
        texts = (
            self.fill(text)
            for name, text in self.values.items()
            if name in self.declared or is_secret_name(name, "query")
        )
        return frozenset(text for text in texts if "${" not in text)

    def fill(self, text: str) -> str:
        """Return the text with values. A variable without a value becomes `${NAME}`, as in a shell."""
        return self._known(text, lambda name: f"${{{_UNSAFE.sub('_', name).strip('_') or 'value'}}}")

    def fill_url(self, url: str) -> str:
        """Return the URL with values. A variable without a value becomes a placeholder of the path, and
        `${NAME}` in the query string.
        """
        start, mark, query = url.partition("?")
        return self._known(start, lambda name: f"{{{parameter_name(name)}}}") + mark + self.fill(query)

    def _known(self, text: str, unknown: Callable[[str], str]) -> str:
        for _ in range(_MAX_DEPTH):
            filled = _VARIABLE.sub(self._value, text)
            if filled == text or len(filled) > _MAX_LENGTH:
                break
            text = filled
        return _VARIABLE.sub(lambda found: unknown(found["name"] or found["tag"]), text)

    def _value(self, found: re.Match[str]) -> str:
        return self.values.get(found["name"] or "") or found[0]
