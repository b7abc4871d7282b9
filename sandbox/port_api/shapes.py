"""JSON schemas of request bodies, compiled, with one sentence about what breaks them."""

from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from sandbox.port_api.errors import invalid
from sandbox.port_api.jsontext import Document, Json


class Shape:
    """A compiled JSON schema of an object."""

    def __init__(self, schema: Document) -> None:
        self.schema = schema
        self._validator = Draft202012Validator(schema)

    def check(self, body: Json) -> Document:
        """The body itself, an object. Raises PortError (422): where it breaks the schema, and how."""
        error = best_match(self._validator.iter_errors(body))
        if error is None:
            return cast("Document", body)
        place = "/".join(str(step) for step in error.absolute_path)
        raise invalid(f"body{'/' if place else ''}{place:.200} {error.message:.300}")


def record(
    required: dict[str, Any], optional: dict[str, Any] | None = None, *, closed: bool = True
) -> Document:
    """The schema of an object; `closed`: no other keys."""
    schema: Document = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
    return {**schema, "additionalProperties": False} if closed else schema


def one_of(*values: str) -> Document:
    """The schema of a text out of a few."""
    return {"enum": list(values)}
