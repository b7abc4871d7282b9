"""JSON schemas of request bodies, with one-sentence error messages."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from sandbox.port_api.errors import invalid
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.schema_keywords import TYPES


class BodySchema:
    """The JSON schema of a body. It is compiled on first use, so that the sandbox starts quickly.

    In a pattern, `$` always means the end of the text, even inside brackets. Escape it for a literal `$`.
    """

    def __init__(self, schema: Document) -> None:
        self.schema = schema

    def check(self, body: Json) -> Document:
        """Return the body, which must be an object. Raises PortError (422): it violates the schema."""
        violation = self.violation(body)
        if violation is None:
            return cast("Document", body)
        raise invalid(f"body{violation}"[:500])

    def violation(self, value: Json) -> str | None:
        """Return the first violation, such as `/rules/0 must be object`, or None."""
        try:
            self._validate(value)
        except JsonSchemaValueException:
            return self._explain(value)
        return None

    def _explain(self, value: Json) -> str | None:
        try:
            self._validate_in_detail(value)
        except JsonSchemaValueException as error:
            return _message(error)
        return None

    @cached_property
    def _validate(self) -> Callable[[Json], object]:
        """A validator without error details. It compiles three times as fast as the detailed one."""
        return fastjsonschema.compile(
            self.schema, use_default=False, use_formats=False, detailed_exceptions=False
        )

    @cached_property
    def _validate_in_detail(self) -> Callable[[Json], object]:
        return fastjsonschema.compile(self.schema, use_default=False, use_formats=False)


def record(
    required: dict[str, Any], optional: dict[str, Any] | None = None, *, closed: bool = True
) -> Document:
    """Return the schema of an object. closed: no other keys are allowed."""
    schema: Document = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }
    return {**schema, "additionalProperties": False} if closed else schema


def one_of(*values: str) -> Document:
    """Return the schema of an enum of strings."""
    return {"enum": list(values)}


def _message(error: JsonSchemaValueException) -> str:
    """Return the library's message, or a better one where it does not name the offending key."""
    path = "".join(f"/{step:.60}" for step in error.path[1:])
    value, expected = error.value, error.rule_definition
    match error.rule:
        case "required":
            missing = next(name for name in expected if name not in value)
            return f"{path} must have required property '{missing}'"
        case "additionalProperties":
            unknown = next(name for name in value if name not in error.definition.get("properties", ()))
            return f"{path}/{unknown:.60} is not known here"
        case "propertyNames":
            names = BodySchema(expected)
            invalid_name = next(name for name in value if names.violation(name) is not None)
            return f"{path}/{invalid_name:.60}{names.violation(invalid_name)}, as a name"
        case "anyOf":
            return f"{path}{_closest_option_violation(expected, value)}"
    return f"{path}{error.message.removeprefix(error.name or '')}"


def _closest_option_violation(options: list[Document], value: Json) -> str | None:
    """Return the violation of the option that the value most likely stands for."""
    candidates = [option for option in options if any(type(value) in TYPES[name] for name in _types(option))]
    if not candidates:
        return f" must be {' or '.join(dict.fromkeys(name for each in options for name in _types(each)))}"
    fields = value if isinstance(value, dict) else {}
    closest = max(candidates, key=lambda option: _likeness(option, fields))
    for key in fields:
        texts = [text for option in candidates for text in _texts(option, key)]
        if _texts(closest, key) and fields[key] not in texts:
            return f"/{key} must be one of {list(dict.fromkeys(texts))}"
    return BodySchema(closest).violation(value)


def _types(schema: Document) -> list[str]:
    """Return the names of the types that the schema allows."""
    if "anyOf" in schema:
        return [name for option in schema["anyOf"] for name in _types(option)]
    names: str | list[str] = schema.get("type", "string")  # a schema without a type is an enum of strings
    return names if isinstance(names, list) else [names]


def _likeness(option: Document, fields: dict[str, Json]) -> tuple[int, int]:
    """Return the number of fields that match an enum of the option, and of fields that it defines."""
    known = [key for key in fields if key in option.get("properties", ())]
    return sum(fields[key] in _texts(option, key) for key in known), len(known)


def _texts(option: Document, key: str) -> list[str]:
    """Return the enum of the option for the key. It is empty if other values are allowed."""
    texts: list[str] = option.get("properties", {}).get(key, {}).get("enum", [])
    return texts
