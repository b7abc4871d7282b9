"""Read the parameters of an operation, with their types and possible values."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.page_words import (
    first_page,
    is_next_page_token,
    is_number,
    is_point_in_time,
    largest_page_size,
    mentions_pages,
)
from builder.imports.parent_listings import TemplateParameter
from builder.imports.path_templates import parameter_name
from builder.imports.query_pagination import QueryParameter, may_page, page_role
from configuration.pagination import ParamLocation
from rest.bodies import Json

_DATES = frozenset({"date", "date-time"})
# Names of positions that are times in some APIs.
_MAY_BE_TIMES = frozenset({"after", "start", "from", "next", "marker", "since"})
_VERSIONS = frozenset({"api-version", "api_version", "apiversion"})
_NUMBERS = frozenset({"integer", "number"})
# The default size of a page, and the largest that is requested.
_DEFAULT_PAGE_SIZE, _LARGEST_PAGE_SIZE = 100, 500
# A larger maximum is the limit of a data type.
_LARGEST_MAXIMUM = 100_000
_LONGEST_HINT = 120


@dataclass(frozen=True, slots=True)
class RequestParameter:
    """One parameter of an operation.

    location: query, path, header or cookie. types: empty if the document has none.
    values: possible values, the best first. all_values: the list is complete.
    examples: made up for the document. lowest, highest: the bounds.
    """

    name: str
    location: str
    is_required: bool = False
    types: frozenset[str] = frozenset()
    format: str = ""
    values: tuple[Json, ...] = field(default=(), repr=False)
    examples: tuple[Json, ...] = field(default=(), repr=False)
    all_values: bool = False
    default: int | None = None
    lowest: int | None = None
    highest: int | None = None
    description: str = ""

    @property
    def is_number(self) -> bool | None:
        """Whether the value is a number, None if the document has no type."""
        return bool(self.types & _NUMBERS) if self.types else None

    def as_page_parameter(self) -> QueryParameter | None:
        """Return the parameter for inferring pagination, None if it never selects a page, as a time."""
        if not may_page(self.name, self.location):
            return None
        is_time = self.name.lower() in _MAY_BE_TIMES and is_point_in_time(self.description)
        if self.format in _DATES or is_time:
            return None
        location: ParamLocation = "body" if self.location == "body" else "query"
        is_token = self.types <= {"string"} and is_next_page_token(self.description)
        # Documents often declare page numbers as text.
        number = None if self.types == {"string"} and self._looks_numeric else self.is_number
        return QueryParameter(
            self.name, number, self._first_number, self._page_size, location, is_token=is_token
        )

    def with_version(self, version: str) -> "RequestParameter":
        """Return the parameter with the document's version as its value if it requests a version (Azure)."""
        is_version = self.name.lower() in _VERSIONS and self.is_required and self.location == "query"
        return replace(self, values=(version,)) if is_version and version and not self.values else self

    @property
    def selects_page(self) -> bool:
        """True for a page number, an offset or a cursor in the query."""
        page = self.as_page_parameter() if self.location == "query" else None
        return page is not None and page.role in ("page", "offset", "cursor")

    @property
    def seems_to_page(self) -> bool:
        """True for a parameter of pages by its name or, for a number or a text, by its description."""
        if page_role(self.name) or self.all_values:
            return bool(page_role(self.name))
        return mentions_pages(self.description) and not self.types & {"boolean", "array", "object"}

    def as_template_parameter(self) -> TemplateParameter:
        """Return the parameter as a path parameter of a mapping."""
        scalars = [value for value in self.values if isinstance(value, str | int | float) and value != ""]
        examples = [str(value) for value in self.examples if isinstance(value, str | int | float)]
        hint = " ".join(self.description.split()).partition(". ")[0].rstrip(".")[:_LONGEST_HINT]
        example = f"for example {examples[0]}" if examples and examples[0] else ""
        return TemplateParameter(
            parameter_name(self.name),
            self.is_number,
            tuple(scalars),
            self.all_values,
            # Short texts and numbers are in many fields by chance.
            frozenset(each for each in examples if len(each) > 3 and not each.isdecimal()),
            hint=", ".join(filter(None, (hint, example))),
        )

    @property
    def _looks_numeric(self) -> bool:
        """True for a text that is a number according to its values or its description."""
        known = [*self.values, *self.examples]
        if known:
            return all(str(value).isdecimal() for value in known)
        return page_role(self.name) == "size" or is_number(self.description)

    @property
    def _first_number(self) -> int | None:
        """The number of the first page: in words, else the default, the minimum, or an example of 0."""
        in_words = first_page(self.description)
        examples = [0 for value in self.examples if value == 0 and not isinstance(value, bool)]
        known = (in_words, self.default, self.lowest, *examples)
        return next((number for number in known if number is not None), None)

    @property
    def _page_size(self) -> int | None:
        """The largest page size that the document allows, None if that is the default or unknown."""
        sizes = [value for value in self.values if isinstance(value, int) and not isinstance(value, bool)]
        if self.all_values and sizes:
            return max(sizes)
        highest = self.highest if self.highest and 0 < self.highest <= _LARGEST_MAXIMUM else None
        highest = highest or largest_page_size(self.description) or max(self.default or 0, _DEFAULT_PAGE_SIZE)
        size = min(highest, _LARGEST_PAGE_SIZE)
        return None if size == _DEFAULT_PAGE_SIZE else size


def read_parameters(path_item: DocumentNode, operation: DocumentNode) -> list[RequestParameter]:
    """Return the parameters of the path and of the operation. The operation's override the path's.

    Raises DocumentError: a parameter is malformed.
    """
    found: dict[tuple[str, str], RequestParameter] = {}
    for holder in (path_item, operation):
        for node in holder.elements("parameters"):
            for parameter in _read(node):
                found[parameter.location, parameter.name] = parameter
    version = _document_version(operation)
    return [each.with_version(version) for each in found.values()]


def _document_version(node: DocumentNode) -> str:
    info = node.root.get("info")
    version = info.get("version") if isinstance(info, dict) else None
    return version if isinstance(version, str) else ""


def _read(node: DocumentNode) -> Iterator[RequestParameter]:
    # In Swagger 2.0, the parameter itself has the type.
    schema = node.child("schema") or node
    name, location = node.text("name"), node.text("in")
    if node.text("style") == "deepObject":
        for inner, inner_schema in schema.fields("properties"):
            yield read_parameter(f"{name}[{inner}]", location, node, inner_schema, is_required=False)
    elif name:
        is_required = node.is_true("required") or location == "path"
        yield read_parameter(name, location, node, schema, is_required=is_required)


def read_parameter(
    name: str, location: str, node: DocumentNode, schema: DocumentNode, *, is_required: bool
) -> RequestParameter:
    """Return a parameter with this schema. node: has the description and further examples."""
    declared, default = schema.value.get("type"), schema.value.get("default")
    types = declared if isinstance(declared, list) else [declared]
    allowed = schema.value.get("enum")
    return RequestParameter(
        name,
        location,
        is_required,
        frozenset(each for each in types if isinstance(each, str) and each != "null"),
        schema.text("format"),
        tuple(_distinct([schema.value.get("const"), default, *_listed(schema, "enum")])),
        tuple(_distinct(_examples(node, schema))),
        isinstance(allowed, list) and bool(allowed),
        _whole(default),
        _whole(schema.value.get("minimum")),
        _whole(schema.value.get("maximum")),
        node.text("description") or schema.text("description"),
    )


def _examples(node: DocumentNode, schema: DocumentNode) -> Iterator[Json]:
    yield node.value.get("example")
    yield schema.value.get("example")
    if isinstance(node.value.get("examples"), dict):
        yield from (example.value.get("value") for _, example in node.fields("examples"))
    yield from _listed(schema, "examples")


def _listed(schema: DocumentNode, key: str) -> list[Json]:
    several = schema.value.get(key)
    return several if isinstance(several, list) else []


def _distinct(values: Iterable[Json]) -> Iterator[Json]:
    yield from {json.dumps(value, sort_keys=True): value for value in values if value is not None}.values()


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
