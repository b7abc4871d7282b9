"""One GET operation as an endpoint, if what it answers is a listing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from builder.imports.found import ImportedEndpoint, telling_parts
from builder.imports.listed import listed
from builder.imports.names import listing_title
from builder.imports.openapi.document import Node
from builder.imports.openapi.parameters import Parameter, parameters_of
from builder.imports.openapi.samples import Samples, with_two_items
from builder.imports.paging import Paging, paging_of
from configuration.field_types import wrong_headers
from expressions.paths import ABSENT, Absent
from rest.bodies import Json
from rest.page import Item
from rest.request import text_of
from rest.response import Response

_JSON = "application/json"
_LINK_TO_NEXT = '<https://api.example.com/?page=2>; rel="next"'
_LONGEST_DESCRIPTION = 300
# OpenAPI says itself that these are no parameters.
_OWN_HEADERS = frozenset({"accept", "authorization", "content-type"})


@dataclass(frozen=True, slots=True)
class Operation:
    """A listing that the document describes.

    endpoint: without the parents of its placeholders. in_path: the parameters that these are.
    wanted: parameters of the query that are required and have no value yet. security: as the operation says
    it, null for nothing.
    """

    endpoint: ImportedEndpoint
    items: Sequence[Item] = field(repr=False)
    in_path: Sequence[Parameter] = field(repr=False)
    wanted: Sequence[Parameter] = field(repr=False)
    security: Json = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """media_type: empty in Swagger 2.0. body: made up, or the document's example."""

    body: Json = field(repr=False)
    media_type: str
    has_links: bool


def operation_of(kind: str, path_item: Node, operation: Node, samples: Samples) -> Operation | None:
    """None: the operation answers with one thing, or not with JSON.

    Raises DocumentError: what it says is malformed, or stands in another document.
    """
    answer = next(_answers(kind, operation, samples), None)
    found = listed(answer.body, kind) if answer else None
    if answer is None or found is None:
        return None
    parameters = parameters_of(path_item, operation)
    paging = _paging(parameters, answer, found.data_path)
    query = [each for each in parameters if each.place == "query" and each.is_required]
    needed = [each for each in query if each.name not in paging.names]
    headers, header_notes = _headers(parameters, answer)
    selector: dict[str, Json] = {
        "query_params": {each.name: each.values[0] for each in needed if each.values},
        "headers": headers,
        "data_path": found.data_path,
        "pagination": dict(paging.mapping),
    }
    endpoint = ImportedEndpoint(
        kind,
        operation.text("summary").strip() or listing_title(kind),
        _first_paragraph(operation.text("description")),
        telling_parts(selector),
        answer.body,
        (*header_notes, *_notes(path_item, operation, parameters)),
    )
    wanted = [each for each in needed if not each.values]
    in_path = [each for each in parameters if each.place == "path"]
    return Operation(endpoint, found.items, in_path, wanted, operation.value.get("security"))


def _answers(kind: str, operation: Node, samples: Samples) -> Iterator[_Answer]:
    """What the operation answers when it succeeds, the likeliest first: 200, other 2xx, default."""
    responses = operation.child("responses")
    codes = [code for code in responses.value if code.startswith("2")] if responses else []
    for code in [*sorted(codes), "default"]:
        response = responses.child(code) if responses else None
        if response:
            has_links = any(name.lower() == "link" for name, _ in response.fields("headers"))
            for media_type, body in _bodies(kind, response, samples):
                if body is not ABSENT:
                    yield _Answer(body, media_type, has_links)


def _bodies(kind: str, response: Node, samples: Samples) -> Iterator[tuple[str, Json | Absent]]:
    """By media type, plain JSON first."""
    content = response.child("content")
    types = [name for name in content.value if "json" in name.lower() or name == "*/*"] if content else []
    for media_type in sorted(types, key=lambda name: name.lower() != _JSON):
        media = content.child(media_type) if content else None
        if media:
            examples = [media.value.get("example")]
            examples += [each.value.get("value") for _, each in media.fields("examples")]
            yield media_type, _body(kind, examples, media.child("schema"), samples)
    if content is None:
        own = response.value.get("examples")
        examples = [own.get(_JSON)] if isinstance(own, dict) else []
        yield "", _body(kind, examples, response.child("schema"), samples)


def _body(kind: str, examples: Sequence[Json], schema: Node | None, samples: Samples) -> Json | Absent:
    """The document's own example where it has items, else one that is made up."""
    for example in examples:
        found = listed(example, kind) if isinstance(example, list | dict) else None
        if found and found.items:
            return with_two_items(example)
    return samples.of(schema, kind) if schema else ABSENT


def _paging(parameters: Sequence[Parameter], answer: _Answer, data_path: str | None) -> Paging:
    asked = [each.as_page_parameter() for each in parameters if each.place == "query"]
    headers = {"link": _LINK_TO_NEXT} if answer.has_links else {}
    response = Response(200, headers, json.dumps(answer.body).encode())
    return paging_of([each for each in asked if each], response, data_path)


def _headers(parameters: Sequence[Parameter], answer: _Answer) -> tuple[dict[str, Json], list[str]]:
    """Required headers, and the type wanted where it is none that is asked for anyway."""
    headers: dict[str, Json] = {}
    if answer.media_type.lower() not in ("", "*/*", _JSON):
        headers["Accept"] = answer.media_type
    notes = []
    for each in parameters:
        if each.place != "header" or not each.is_required or each.name.lower() in _OWN_HEADERS:
            continue
        text = text_of(each.values[0]) if each.values else ""
        if text and not wrong_headers([(each.name, text)]):
            headers[each.name] = text
        else:
            notes.append(f"The header {each.name} is required: put it into selector.headers")
    return headers, notes


def _notes(path_item: Node, operation: Node, parameters: Sequence[Parameter]) -> Iterator[str]:
    if operation.is_true("deprecated"):
        yield "The document calls it deprecated"
    for each in parameters:
        if each.place == "cookie" and each.is_required:
            yield f"The cookie {each.name} is required: put it into selector.headers, as Cookie"
    own = [*operation.elements("servers"), *path_item.elements("servers")]
    if own:
        yield f"It has a server of its own, {own[0].text('url')}: baseUrl may not be its address"


def _first_paragraph(text: str) -> str:
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    return paragraph if len(paragraph) <= _LONGEST_DESCRIPTION else f"{paragraph[:_LONGEST_DESCRIPTION]}…"
