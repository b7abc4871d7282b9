"""Short versions of JSON values, in which the start of each list and text is left."""

from dataclasses import dataclass

from rest.bodies import Json

_MAX_DEPTH = 12
_MAX_KEYS = 100
_MAX_KEY_LENGTH = 200
# To mask secrets in a longer text takes too long. Its start alone cannot be masked with certainty.
_MAX_TEXT_LENGTH = 100_000


@dataclass(slots=True)
class Shortening:
    """Shortens JSON values, and notes whether it had to.

    Secrets are masked between `lists` and `texts`, because the start of a secret would not be recognized.
    max_items: of a list. max_length: the most characters of a text.
    """

    max_items: int
    max_length: int
    is_cut: bool = False

    def lists(self, value: Json, depth: int = 0) -> Json:
        """Return the value with the first elements of each list and the first keys of each object."""
        if depth == _MAX_DEPTH and isinstance(value, dict | list):
            self.is_cut = True
            return "… deeper levels"
        if isinstance(value, list):
            kept = [self.lists(each, depth + 1) for each in value[: self.max_items]]
            return [*kept, *self._rest(len(value) - self.max_items)]
        if isinstance(value, dict):
            names = list(value)[:_MAX_KEYS]
            found: dict[str, Json] = {name: self.lists(value[name], depth + 1) for name in names}
            rest = self._rest(len(value) - _MAX_KEYS)
            return {**found, "…": rest[0]} if rest else found
        if isinstance(value, str) and len(value) > _MAX_TEXT_LENGTH:
            self.is_cut = True
            return f"… a text of {len(value)} characters"
        return value

    def texts(self, value: Json) -> Json:
        """Return the value with the start of each text."""
        if isinstance(value, list):
            return [self.texts(each) for each in value]
        if isinstance(value, dict):
            return {self._start(name, _MAX_KEY_LENGTH): self.texts(each) for name, each in value.items()}
        return self._start(value, self.max_length) if isinstance(value, str) else value

    def _rest(self, count: int) -> list[str]:
        if count <= 0:
            return []
        self.is_cut = True
        return [f"… {count} more"]

    def _start(self, text: str, length: int) -> str:
        if len(text) <= length:
            return text
        self.is_cut = True
        return f"{text[:length]}… {len(text) - length} more characters"
