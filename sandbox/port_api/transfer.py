"""A catalog out of the sandbox as one JSON document, and blueprints into it."""

from sandbox.port_api.blueprints import COMPUTED, Blueprints
from sandbox.port_api.entities import Slice
from sandbox.port_api.graph import Graph
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.shapes import Shape, record
from sandbox.port_api.views import view

IMPORTED = Shape(record({"blueprints": {"type": "array", "items": {"type": "object"}}}, closed=False))
_LINKED = frozenset(("relations", "ownership", "teamInheritance", *COMPUTED))
"""What may name other blueprints, which have to exist first."""


def export_catalog(graph: Graph) -> Document:
    """`{"blueprints": [...], "entities": [...]}`; what is computed on reading is not in it."""
    return {
        "blueprints": [blueprint.own() for blueprint in graph.blueprints],
        "entities": [view(entity) for entity in graph.entities.read(Slice())],
    }


def import_blueprints(blueprints: Blueprints, body: Json) -> list[Document]:
    """Creates or replaces all of `{"blueprints": [...]}`, in whatever order they name each other, or none.

    An exported catalog will do: its entities are passed over. Raises PortError (422): one is no blueprint.
    """
    documents: list[Document] = IMPORTED.check(body)["blueprints"]
    with blueprints.transaction():
        for document in documents:
            if blueprints.find(str(document.get("identifier"))) is None:
                blueprints.create({key: value for key, value in document.items() if key not in _LINKED})
        return [blueprints.replace(document["identifier"], document).document for document in documents]
