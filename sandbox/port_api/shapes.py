"""JSON schemas of request bodies, and one sentence about what breaks them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from sandbox.port_api.errors import invalid
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.keywords import TYPES


class Shape:
    """The JSON schema of a body, compiled when it is first needed, so the sandbox starts quickly.

    In a pattern, `$` is the end of the text. It is escaped to mean itself, inside brackets too.
    """

    def __init__(self, schema: Document) -> None:
        self.schema = schema

    def check(self, body: Json) -> Document:
        """The body itself, an object. Raises PortError (422): where it breaks the schema, and how."""
        complaint = self.complaint(body)
        if complaint is None:
            return cast("Document", body)
        raise invalid(f"body{complaint}"[:500])

    def complaint(self, value: Json) -> str | None:
        """Where the value breaks the schema, and how: `/rules/0 must be object`. None: it does not."""
        try:
            self._validate(value)
        except JsonSchemaValueException:
            return self._explain(value)
        return None

    def _explain(self, value: Json) -> str | None:
        try:
            self._validate_in_detail(value)
        except JsonSchemaValueException as error:
            return _complaint(error)
        return None

    @cached_property
    def _validate(self) -> Callable[[Json], object]:
        """Its errors have no details, so it compiles in a third of the time."""
        return fastjsonschema.compile(
            self.schema, use_default=False, use_formats=False, detailed_exceptions=False
        )

    @cached_property
    def _validate_in_detail(self) -> Callable[[Json], object]:
        return fastjsonschema.compile(self.schema, use_default=False, use_formats=False)


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


def _complaint(error: JsonSchemaValueException) -> str:
    """The library's words, except where they would not name the key that is wrong."""
    place = "".join(f"/{step:.60}" for step in error.path[1:])
    value, wanted = error.value, error.rule_definition
    match error.rule:
        case "required":
            missing = next(name for name in wanted if name not in value)
            return f"{place} must have required property '{missing}'"
        case "additionalProperties":
            unknown = next(name for name in value if name not in error.definition.get("properties", ()))
            return f"{place}/{unknown:.60} is not known here"
        case "propertyNames":
            names = Shape(wanted)
            unfit = next(name for name in value if names.complaint(name) is not None)
            return f"{place}/{unfit:.60}{names.complaint(unfit)}, as a name"
        case "anyOf":
            return f"{place}{_complaint_of_the_meant(wanted, value)}"
    return f"{place}{error.message.removeprefix(error.name or '')}"


def _complaint_of_the_meant(options: list[Document], value: Json) -> str | None:
    """What is wrong with the value, by the option that it was most likely meant for."""
    fitting = [option for option in options if any(type(value) in TYPES[name] for name in _types(option))]
    if not fitting:
        return f" must be {' or '.join(dict.fromkeys(name for each in options for name in _types(each)))}"
    fields = value if isinstance(value, dict) else {}
    meant = max(fitting, key=lambda option: _likeness(option, fields))
    for key in fields:
        texts = [text for option in fitting for text in _texts(option, key)]
        if _texts(meant, key) and fields[key] not in texts:
            return f"/{key} must be one of {list(dict.fromkeys(texts))}"
    return Shape(meant).complaint(value)


def _types(schema: Document) -> list[str]:
    """The names of the types that the schema allows."""
    if "anyOf" in schema:
        return [name for option in schema["anyOf"] for name in _types(option)]
    names: str | list[str] = schema.get("type", "string")  # a schema without a type is that of a few texts
    return names if isinstance(names, list) else [names]


def _likeness(option: Document, fields: dict[str, Json]) -> tuple[int, int]:
    """How many fields hold one of the option's fixed texts, and how many fields the option knows."""
    known = [key for key in fields if key in option.get("properties", ())]
    return sum(fields[key] in _texts(option, key) for key in known), len(known)


def _texts(option: Document, key: str) -> list[str]:
    """The fixed texts that the option allows for the key; none if it allows others too."""
    texts: list[str] = option.get("properties", {}).get(key, {}).get("enum", [])
    return texts
