"""What the user has chosen so far: the connection, the endpoints, and what becomes of their items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rest.bodies import Json

type PropertyType = Literal["string", "number", "boolean", "array", "object"]
type EventListener = Literal["POLLING", "KAFKA", "WEBHOOKS_ONLY", "ONCE"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a blueprint, and the jq that gives its value.

    name: Port's identifier of it. expression: jq on the item, `.created_at`.
    format: one of Port's formats (`date-time`, `email`, `url`, ...). enum: the values allowed, none for any.
    """

    name: str
    expression: str
    type: PropertyType = "string"
    title: str = ""
    format: str | None = None
    enum: tuple[str | int | float, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a blueprint to another. expression: jq that gives the target's identifier, or a list."""

    name: str
    target: str
    expression: str
    title: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The blueprint that an endpoint's items become entities of."""

    identifier: str
    title: str
    icon: str | None = None
    properties: tuple[Property, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One endpoint and what its items become.

    kind: the endpoint path. selector: as the mapping file writes it (`data_path`, `path_parameters`, ...).
    identifier, title: jq on the item; no title leaves Port to show the identifier.
    """

    kind: str
    blueprint: Blueprint
    identifier: str
    title: str | None = None
    selector: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Installation:
    """How the integration will run in Port.

    resync_minutes: between two resyncs, None for only when asked.
    """

    identifier: str = "ocean-custom"
    type: Literal["custom", "generic-http"] = "custom"
    port_base_url: str = "https://api.getport.io"
    event_listener: EventListener = "POLLING"
    resync_minutes: int | None = 60
    initialize_port_resources: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """All of it.

    settings: what the user set, by the settings' own names (`baseUrl`), secrets with their real values;
        what is not in here takes its default.
    """

    settings: Mapping[str, Json] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    installation: Installation = Installation()
