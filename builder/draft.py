"""The draft of an integration: connection, endpoints and the mapping of their items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rest.bodies import Json

type PropertyType = Literal["string", "number", "boolean", "array", "object"]
type EventListener = Literal["POLLING", "KAFKA", "WEBHOOKS_ONLY", "ONCE"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a blueprint.

    name: its identifier in Port. expression: jq on the item, for example `.created_at`.
    format: one of Port's formats (`date-time`, `email`, `url`, ...). enum: the allowed values, empty for any.
    """

    name: str
    expression: str
    type: PropertyType = "string"
    title: str = ""
    format: str | None = None
    enum: tuple[str | int | float, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another blueprint. expression: jq for the target's identifier, or a list of them."""

    name: str
    target: str
    expression: str
    title: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """A document that was opened, for example an entry of a mapping in Port.

    described: what the draft said about it when it was opened. A draft cannot describe everything that the
    document may contain. So what is written is the document, with the draft's changes since then.
    """

    document: Mapping[str, Json]
    described: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The blueprint of an endpoint's entities. original: as it was in Port, if it was opened."""

    identifier: str
    title: str
    icon: str | None = None
    properties: tuple[Property, ...] = ()
    relations: tuple[Relation, ...] = ()
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An endpoint and the mapping of its items.

    kind: the endpoint's path. selector: as in the mapping file (`data_path`, `path_parameters`, ...).
    identifier, title: jq on the item. Without a title, Port shows the identifier.
    original: the entry of the opened mapping. position: its place there. New entries follow the others.
    """

    kind: str
    blueprint: Blueprint
    identifier: str
    title: str | None = None
    selector: Mapping[str, Json] = field(default_factory=dict)
    original: Original | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry of the opened mapping that a source cannot describe. It is written back unchanged.

    reason: why, as text.
    """

    position: int
    entry: Json
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """How the integration runs. resync_minutes: the interval, None for resyncs on request only."""

    identifier: str = "ocean-custom"
    type: Literal["custom", "generic-http"] = "custom"
    port_base_url: str = "https://api.getport.io"
    event_listener: EventListener = "POLLING"
    resync_minutes: int | None = 60
    initialize_port_resources: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole integration.

    settings: by name (`baseUrl`), secrets with their real values. Others have their default.
    kept: the entries of the opened mapping that are not in sources. mapping: the other keys of the opened
    mapping, None if none was opened.
    """

    settings: Mapping[str, Json] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    installation: Installation = Installation()
    kept: tuple[KeptEntry, ...] = ()
    mapping: Mapping[str, Json] | None = None
