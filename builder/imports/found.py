"""What an import gives: settings, and the endpoints that list something."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rest.bodies import Json
from rest.errors import SyncError


class DocumentError(SyncError):
    """What was pasted is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class ImportedEndpoint:
    """One endpoint that lists something, as far as the document tells.

    selector: as the mapping file writes it; path parameters have the parents that are proposed for them.
    sample: a response body, recorded (HAR) or made up from the schema (OpenAPI); None: there is none.
    notes: what is left to the user, a sentence each.
    """

    kind: str
    title: str
    description: str = ""
    selector: Mapping[str, Json] = field(default_factory=dict)
    sample: Json = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """All that was found.

    settings: by the settings' own names (`baseUrl`); secrets only where a curl command holds them.
    notes: what was left out and what is left to the user, a sentence each.
    """

    title: str = ""
    settings: Mapping[str, Json] = field(default_factory=dict, repr=False)
    endpoints: tuple[ImportedEndpoint, ...] = ()
    notes: tuple[str, ...] = ()


def telling_parts(selector: Mapping[str, Json]) -> dict[str, Json]:
    """A selector without its parts that say nothing."""
    return {name: value for name, value in selector.items() if value not in (None, {})}
