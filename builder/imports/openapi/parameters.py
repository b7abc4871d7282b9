"""The parameters of an operation: which are needed, which speak of pages, and values for them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.imports.kinds import as_name
from builder.imports.openapi.document import Node
from builder.imports.paging import QueryParameter
from builder.imports.parents import Placeholder
from configuration.pagination import PaginationSettings
from rest.bodies import Json

_DATES = frozenset({"date", "date-time"})
_NUMBERS = frozenset({"integer", "number"})
_USUAL_SIZE = PaginationSettings().page_size


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation.

    place: query, path, header or cookie. types: as the document says, none where it does not.
    values: what it may be, the best first. all_values: there are no others.
    lowest, highest: of its numbers; lowest is the default where there is one.
    """

    name: str
    place: str
    is_required: bool = False
    types: frozenset[str] = frozenset()
    format: str = ""
    values: tuple[Json, ...] = field(default=(), repr=False)
    all_values: bool = False
    lowest: int | None = None
    highest: int | None = None

    @property
    def is_number(self) -> bool | None:
        """None where the document does not say."""
        return bool(self.types & _NUMBERS) if self.types else None

    def as_page_parameter(self) -> QueryParameter | None:
        """As pagination sees it; None: a date, which no page is asked for by."""
        if self.format in _DATES:
            return None
        most = self.highest if self.highest and 0 < self.highest < _USUAL_SIZE else None
        return QueryParameter(self.name, self.is_number, self.lowest, most)

    def as_placeholder(self) -> Placeholder:
        """As a name in braces."""
        scalars = tuple(
            value for value in self.values if isinstance(value, str | int | float) and value != ""
        )
        return Placeholder(as_name(self.name), self.is_number, scalars, self.all_values)


def parameters_of(path_item: Node, operation: Node) -> list[Parameter]:
    """Those of the path and of the operation, which wins where both have the same.

    Raises DocumentError: one is malformed.
    """
    found: dict[tuple[str, str], Parameter] = {}
    for holder in (path_item, operation):
        for node in holder.elements("parameters"):
            for parameter in _read(node):
                found[parameter.place, parameter.name] = parameter
    return list(found.values())


def _read(node: Node) -> Iterator[Parameter]:
    # Swagger 2.0 says the type beside the name.
    schema = node.child("schema") or node
    name, place = node.text("name"), node.text("in")
    if node.text("style") == "deepObject":
        for inner, inner_schema in schema.fields("properties"):
            yield _parameter(f"{name}[{inner}]", place, node, inner_schema, is_required=False)
    elif name:
        is_required = node.is_true("required") or place == "path"
        yield _parameter(name, place, node, schema, is_required=is_required)


def _parameter(name: str, place: str, node: Node, schema: Node, *, is_required: bool) -> Parameter:
    said, default = schema.value.get("type"), schema.value.get("default")
    types = said if isinstance(said, list) else [said]
    allowed = schema.value.get("enum")
    return Parameter(
        name,
        place,
        is_required,
        frozenset(each for each in types if isinstance(each, str) and each != "null"),
        schema.text("format"),
        tuple(_values(node, schema)),
        isinstance(allowed, list) and bool(allowed),
        _whole(default) if _whole(default) is not None else _whole(schema.value.get("minimum")),
        _whole(schema.value.get("maximum")),
    )


def _values(node: Node, schema: Node) -> Iterator[Json]:
    """Defaults and examples first, then what is allowed; each once."""
    seen: list[Json] = []
    for holder, key in ((schema, "const"), (schema, "default"), (node, "example"), (schema, "example")):
        seen.append(holder.value.get(key))
    if isinstance(node.value.get("examples"), dict):
        seen += [example.value.get("value") for _, example in node.fields("examples")]
    for key in ("examples", "enum"):
        several = schema.value.get(key)
        seen += several if isinstance(several, list) else []
    yield from {json.dumps(value, sort_keys=True): value for value in seen if value is not None}.values()


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
