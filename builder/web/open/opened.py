"""The mapping that was opened on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class Opened:
    """The mapping that was opened. name: of the integration or the file.

    is_in_port: it was read from Port. seen_mapping, seen_blueprints: what was in Port when it was opened or
    last written, to notice changes by others.
    """

    name: str
    mapping: Mapping[str, Json]
    is_in_port: bool = False
    seen_mapping: Mapping[str, Json] | None = None
    seen_blueprints: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
