"""jq over a whole response: its body, and $status and $headers."""

from dataclasses import dataclass

from expressions.paths import Path, jq_path
from rest.bodies import Json

# The input of the user's expression is the body. The line break ends a comment.
_WITH_VARIABLES = ".status as $status | .headers as $headers | .body | ({}\n)"


@dataclass(frozen=True, slots=True)
class ResponseJq:
    """A jq expression over the body of a response. It can use $status and $headers (names in lower case).

    path: the input is the body, or {status, headers, body} if has_variables is True.
    """

    text: str
    path: Path
    has_variables: bool = False

    @classmethod
    def read(cls, text: str) -> "ResponseJq":
        """Return an expression. Raises JqError: it does not compile."""
        has_variables = "$" in text
        return cls(text, jq_path(_WITH_VARIABLES.format(text) if has_variables else text), has_variables)

    def __str__(self) -> str:
        return self.text

    def outputs(self, status: int, headers: dict[str, Json], body: Json) -> list[Json]:
        """Return all outputs. Raises JqError: the expression fails."""
        if self.has_variables:
            return self.path.outputs({"status": status, "headers": headers, "body": body})
        return self.path.outputs(body)

    def is_missing(self, body: Json) -> bool:
        """Return True for a plain path to a key that the body does not have."""
        return not self.has_variables and self.path.is_missing(body)
