"""Sample responses of an operation: the document's examples, else generated from the schema."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from builder.imports.listing_detection import detect_listing
from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.response_fields import alternatives
from builder.imports.openapi.schema_samples import SchemaSamples, with_two_items
from builder.imports.openapi.typed_samples import declared_format, parse_example, typed_sample
from expressions.paths import ABSENT, Absent
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json, parse_json

_JSON = "application/json"
_MAX_ALTERNATIVES = 6


@dataclass(frozen=True, slots=True)
class SampleResponse:
    """A response of an operation.

    body: an example or generated. media_type: empty in Swagger 2.0. schema: one alternative of the response.
    """

    body: Json = field(repr=False)
    media_type: str
    has_links: bool
    schema: DocumentNode | None = field(default=None, repr=False)

    @property
    def is_plain_json(self) -> bool:
        """True if no Accept header is needed."""
        return self.media_type.lower() in ("", "*/*", _JSON)


def sample_responses(kind: str, operation: DocumentNode, samples: SchemaSamples) -> Iterator[SampleResponse]:
    """Yield a body for each alternative of the likeliest response: 200, another 2xx, else default."""
    for response in _successful(operation):
        has_links = any(name.lower() == "link" for name, _ in response.fields("headers"))
        for media in _media(response):
            found = [
                SampleResponse(body, media.name, has_links, schema)
                for body, schema in _bodies(kind, media, samples)
                if body is not ABSENT
            ]
            if found:
                yield from found
                return


def lacks_schema(operation: DocumentNode) -> bool:
    """Return whether the operation may return JSON, but the document does not say which."""
    produces = operation.value.get("produces")
    if isinstance(produces, list) and produces and not any("json" in str(each) for each in produces):
        return False
    return all(_is_undescribed(response) for response in _successful(operation))


def _successful(operation: DocumentNode) -> Iterator[DocumentNode]:
    responses = operation.child("responses")
    codes = [code for code in responses.value if code.startswith("2")] if responses else []
    # Beside other codes, the default response is an error.
    for code in sorted(codes) or ["default"]:
        response = responses.child(code) if responses else None
        if response:
            yield response


def _is_undescribed(response: DocumentNode) -> bool:
    content = response.child("content")
    if content is None:
        return _is_empty(response.child("schema"))
    types = [media for name, media in content_types(content) if may_be_json(name)]
    return not content.value or any(_is_empty(media.child("schema")) for media in types)


def content_types(content: DocumentNode) -> Iterator[tuple[str, DocumentNode]]:
    """Yield the media types of a response or request body with their objects."""
    for name in content.value:
        if media := content.child(name):
            yield name, media


def may_be_json(media_type: str) -> bool:
    """Return whether responses or bodies of a media type can be JSON."""
    return "json" in media_type.lower() or media_type == "*/*"


def _is_empty(schema: DocumentNode | None) -> bool:
    """Return whether a schema allows any object."""
    if schema is None:
        return True
    described = {"properties", "items", "allOf", "oneOf", "anyOf", "enum", "example", "additionalProperties"}
    return described.isdisjoint(schema.value) and schema.value.get("type", "object") == "object"


@dataclass(frozen=True, slots=True)
class _Media:
    """The content of a response in one media type. examples: of the whole body."""

    name: str
    examples: Sequence[Json]
    schema: DocumentNode | None


def _media(response: DocumentNode) -> Iterator[_Media]:
    """Yield the JSON contents of a response, plain JSON first. Without any, those of other formats."""
    content = response.child("content")
    names = list(content.value) if content else []
    types = [name for name in names if may_be_json(name)]
    types = types or [name for name in names if declared_format(name) != "json"]
    for media_type in sorted(types, key=lambda name: name.lower() != _JSON):
        media = content.child(media_type) if content else None
        if media:
            examples = [media.value.get("example")]
            examples += [each.value.get("value") for _, each in media.fields("examples")]
            yield _Media(media_type, examples, media.child("schema"))
    if content is None:
        own = response.value.get("examples")
        examples = [own.get(_JSON)] if isinstance(own, dict) else []
        yield _Media("", examples, response.child("schema"))


def _bodies(
    kind: str, media: _Media, samples: SchemaSamples
) -> Iterator[tuple[Json | Absent, DocumentNode | None]]:
    """Yield the document's example if it has items, else a body for each alternative of the schema."""
    schema = media.schema
    for example in (_parsed(each, media.name) for each in media.examples):
        listing = detect_listing(example, kind) if isinstance(example, list | dict) else None
        if listing and listing.items:
            described: Json | Absent = ABSENT
            if schema and isinstance(example, dict):
                described = typed_sample(samples.of(schema, kind), schema, media.name)
            yield with_two_items(_with_paging(example, described)), schema
            return
    if schema:
        found = list(islice(alternatives(schema), _MAX_ALTERNATIVES))
        for each in found if len(found) > 1 else [schema]:
            yield typed_sample(samples.of(each, kind), each, media.name), each


def _with_paging(example: Json, described: Json | Absent) -> Json:
    """Add the fields for the next page that the schema has. An example may be of the last page."""
    if not isinstance(example, dict) or not isinstance(described, dict):
        return example
    merged = dict(example)
    for name, value in described.items():
        known = example.get(name)
        if isinstance(value, dict) and isinstance(known, dict) and meaning_of(name) in (None, Meaning.NEXT):
            merged[name] = _with_paging(known, value)
        elif known in (None, "") and meaning_of(name) in (Meaning.NEXT, Meaning.CURSOR):
            merged[name] = value
    return merged


def _parsed(example: Json, media_type: str) -> Json:
    """Return an example. Some documents have it as the text of a JSON value."""
    if declared_format(media_type) != "json":
        return parse_example(example, media_type)
    if isinstance(example, str) and example.lstrip()[:1] in ("{", "["):
        try:
            return parse_json(example)
        except ValueError:
            return None
    return example
