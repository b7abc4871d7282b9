"""Read the parameters of an operation, with their types and possible values."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.imports.openapi.document import DocumentNode
from builder.imports.parent_listings import TemplateParameter
from builder.imports.path_templates import parameter_name
from builder.imports.query_pagination import QueryParameter
from configuration.pagination import PaginationSettings
from rest.bodies import Json

_DATES = frozenset({"date", "date-time"})
_NUMBERS = frozenset({"integer", "number"})
_DEFAULT_PAGE_SIZE = PaginationSettings().page_size


@dataclass(frozen=True, slots=True)
class RequestParameter:
    """One parameter of an operation.

    location: query, path, header or cookie. types: empty if the document has none.
    values: possible values, the best first. all_values: the list is complete.
    lowest: the default, else the minimum. highest: the maximum.
    """

    name: str
    location: str
    is_required: bool = False
    types: frozenset[str] = frozenset()
    format: str = ""
    values: tuple[Json, ...] = field(default=(), repr=False)
    all_values: bool = False
    lowest: int | None = None
    highest: int | None = None

    @property
    def is_number(self) -> bool | None:
        """Whether the value is a number, None if the document has no type."""
        return bool(self.types & _NUMBERS) if self.types else None

    def as_page_parameter(self) -> QueryParameter | None:
        """Return the parameter for inferring pagination, None for dates, which never select a page."""
        if self.format in _DATES:
            return None
        size = self.highest if self.highest and 0 < self.highest < _DEFAULT_PAGE_SIZE else None
        return QueryParameter(self.name, self.is_number, self.lowest, size)

    def as_template_parameter(self) -> TemplateParameter:
        """Return the parameter as a path parameter of a mapping."""
        scalars = tuple(
            value for value in self.values if isinstance(value, str | int | float) and value != ""
        )
        return TemplateParameter(parameter_name(self.name), self.is_number, scalars, self.all_values)


def read_parameters(path_item: DocumentNode, operation: DocumentNode) -> list[RequestParameter]:
    """Return the parameters of the path and of the operation. The operation's override the path's.

    Raises DocumentError: a parameter is malformed.
    """
    found: dict[tuple[str, str], RequestParameter] = {}
    for holder in (path_item, operation):
        for node in holder.elements("parameters"):
            for parameter in _read(node):
                found[parameter.location, parameter.name] = parameter
    return list(found.values())


def _read(node: DocumentNode) -> Iterator[RequestParameter]:
    # In Swagger 2.0, the parameter itself has the type.
    schema = node.child("schema") or node
    name, location = node.text("name"), node.text("in")
    if node.text("style") == "deepObject":
        for inner, inner_schema in schema.fields("properties"):
            yield _parameter(f"{name}[{inner}]", location, node, inner_schema, is_required=False)
    elif name:
        is_required = node.is_true("required") or location == "path"
        yield _parameter(name, location, node, schema, is_required=is_required)


def _parameter(
    name: str, location: str, node: DocumentNode, schema: DocumentNode, *, is_required: bool
) -> RequestParameter:
    declared, default = schema.value.get("type"), schema.value.get("default")
    types = declared if isinstance(declared, list) else [declared]
    allowed = schema.value.get("enum")
    return RequestParameter(
        name,
        location,
        is_required,
        frozenset(each for each in types if isinstance(each, str) and each != "null"),
        schema.text("format"),
        tuple(_values(node, schema)),
        isinstance(allowed, list) and bool(allowed),
        _whole(default) if _whole(default) is not None else _whole(schema.value.get("minimum")),
        _whole(schema.value.get("maximum")),
    )


def _values(node: DocumentNode, schema: DocumentNode) -> Iterator[Json]:
    """Yield the distinct values: constants, defaults and examples, then allowed values."""
    holders = ((schema, "const"), (schema, "default"), (node, "example"), (schema, "example"))
    seen: list[Json] = [holder.value.get(key) for holder, key in holders]
    if isinstance(node.value.get("examples"), dict):
        seen += [example.value.get("value") for _, example in node.fields("examples")]
    for key in ("examples", "enum"):
        several = schema.value.get(key)
        seen += several if isinstance(several, list) else []
    yield from {json.dumps(value, sort_keys=True): value for value in seen if value is not None}.values()


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
