"""The result of an import: settings and list endpoints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from builder.json_values import as_object
from rest.bodies import Json
from rest.errors import SyncError


class DocumentError(SyncError):
    """A pasted document is not valid. The message says where."""


@dataclass(frozen=True, slots=True)
class ImportedEndpoint:
    """One list endpoint of a document.

    selector: for the mapping file, with proposed parents for the path parameters.
    sample: a response body, recorded (HAR), saved (Postman) or generated from the schema
    (OpenAPI), else None.
    entry: the entry of a mapping that exists, else empty.
    notes: what the user has to complete, one sentence each.
    """

    kind: str
    title: str
    description: str = ""
    selector: Mapping[str, Json] = field(default_factory=dict)
    sample: Json = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    entry: Mapping[str, Json] = field(default_factory=dict)

    @property
    def mappings(self) -> Mapping[str, Json]:
        """The jq expressions of the entry (`identifier`, `properties`, ...), of the first of several."""
        mappings = as_object(as_object(self.entry.get("port")).get("entity")).get("mappings")
        return as_object(mappings[0] if isinstance(mappings, list) and mappings else mappings)


@dataclass(frozen=True, slots=True)
class Imported:
    """The content of a document.

    settings: by their names in Port (`baseUrl`), with secrets only from what the user wrote down: a
    curl command, a collection, or an installation. Never from a recording.
    notes: what was left out and what the user has to complete, one sentence each.
    detail_paths: of single items, whether or not they are endpoints to import.
    """

    title: str = ""
    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    endpoints: tuple[ImportedEndpoint, ...] = ()
    notes: tuple[str, ...] = ()
    detail_paths: tuple[str, ...] = ()


def query_params(params: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Return parameters as in a mapping: a repeated parameter has a list."""
    found: dict[str, list[Json]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def drop_empty_parts(selector: Mapping[str, Json]) -> dict[str, Json]:
    """Return a selector without null values and empty objects."""
    return {name: value for name, value in selector.items() if value not in (None, {})}
