"""Read GraphQL requests: queries, persisted queries, and several operations in one request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.inference.words import sentence_case, split_words
from builder.json_values import as_object
from rest.bodies import Json

_COMMENT = re.compile(r"#[^\n]*")
_OPERATION = re.compile(r"(?:^|[}\s])(?P<type>query|mutation|subscription)\b\s*(?P<name>[A-Za-z_]\w*)?")
_FIELD = re.compile(r"\{\s*(?:\w+\s*:\s*)?(?P<field>[A-Za-z_]\w*)")
_CHANGES = re.compile(
    r"(?i:create|update|delete|remove|add|set|save|log|track|report)(?=[A-Z_]|$)|.*[Mm]utation$"
)


@dataclass(frozen=True, slots=True)
class GraphqlOperation:
    """An operation of a GraphQL request.

    name: its own, or that of its first field. body: the request that runs only this operation.
    is_persisted: the server knows the query by its hash, and the request does not have it.
    """

    name: str
    body: Json = field(repr=False)
    is_query: bool
    is_persisted: bool

    @property
    def title(self) -> str:
        """The title of an endpoint that runs the operation: "Team issues" for `TeamIssues`."""
        return sentence_case(split_words(self.name)) or self.name


def read_operations(posted: Json, response: Json) -> Iterator[tuple[GraphqlOperation, Json]]:
    """Yield the operations of a request, each with its response. None if the request is not GraphQL."""
    if isinstance(posted, dict):
        operation = _operation(posted)
        if operation:
            yield operation, response
    elif isinstance(posted, list) and isinstance(response, list) and len(posted) == len(response):
        for each, own in zip(posted, response, strict=True):
            operation = _operation(as_object(each))
            if operation:
                yield operation, own


def _operation(body: dict[str, Json]) -> GraphqlOperation | None:
    query, name = body.get("query"), body.get("operationName")
    given = name if isinstance(name, str) else ""
    persisted = as_object(body.get("extensions")).get("persistedQuery")
    if isinstance(query, str) and "{" in query:
        return _from_query(body, _COMMENT.sub("", query), given)
    if given and (persisted or "variables" in body or body.get("id") or body.get("doc_id")) and not query:
        return GraphqlOperation(given, body, not _CHANGES.match(given), is_persisted=True)
    return None


def _from_query(body: dict[str, Json], query: str, name: str) -> GraphqlOperation:
    found = list(_OPERATION.finditer(query))
    own = next((each for each in found if each["name"] == name), found[0] if found else None)
    is_query = own is None or own["type"] == "query"
    first = _FIELD.search(query, own.end() if own else 0)
    name = name or (own["name"] if own and own["name"] else "") or (first["field"] if first else "query")
    return GraphqlOperation(name, body, is_query, is_persisted=False)
