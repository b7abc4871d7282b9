"""The blueprints and their relations, for the relation diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.parsing import source_of


@dataclass(frozen=True, slots=True)
class Box:
    """A blueprint. origin: `page`, or `port` if it exists only in Port."""

    identifier: str
    title: str
    origin: Literal["page", "port"] = "page"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation between two blueprints."""

    source: str
    target: str
    name: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """Blueprints and their relations."""

    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()


def diagram_of(endpoints: Sequence[EndpointForm]) -> Diagram:
    """Return the blueprints of the endpoints, also of incomplete ones, and the targets of their relations."""
    boxes: dict[str, Box] = {}
    arrows: dict[tuple[str, str, str], Arrow] = {}
    for blueprint in (source_of(each).blueprint for each in endpoints if each.blueprint.strip()):
        first = boxes.get(blueprint.identifier)
        title = (first.title if first else "") or blueprint.title
        boxes[blueprint.identifier] = Box(blueprint.identifier, title)
        for each in blueprint.relations:
            arrow = Arrow(blueprint.identifier, each.target, each.name, each.many)
            arrows.setdefault((arrow.source, arrow.target, arrow.name), arrow)
    for arrow in arrows.values():
        boxes.setdefault(arrow.target, Box(arrow.target, "", "port"))
    return Diagram(tuple(boxes.values()), tuple(arrows.values()))
