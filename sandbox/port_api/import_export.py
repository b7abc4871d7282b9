"""Export of the catalog as one JSON document, and import of blueprints."""

from sandbox.port_api.blueprints import COMPUTED, Blueprints
from sandbox.port_api.body_schema import BodySchema, record
from sandbox.port_api.entities import EntityFilter
from sandbox.port_api.graph import Graph
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.projection import project

IMPORT_BODY = BodySchema(record({"blueprints": {"type": "array", "items": {"type": "object"}}}, closed=False))
_REFERENCING = frozenset(("relations", "ownership", "teamInheritance", *COMPUTED))
"""Blueprint fields that may reference other blueprints, which have to exist first."""


def export_catalog(graph: Graph) -> Document:
    """Return `{"blueprints": [...], "entities": [...]}` without computed properties."""
    return {
        "blueprints": [blueprint.definition() for blueprint in graph.blueprints],
        "entities": [project(entity) for entity in graph.entities.read(EntityFilter())],
    }


def import_blueprints(blueprints: Blueprints, body: Json) -> list[Document]:
    """Create or replace all of `{"blueprints": [...]}`, or none. They may reference each other in any order.

    The body may be an exported catalog. Its entities are ignored.
    Raises PortError (422): a blueprint is invalid.
    """
    documents: list[Document] = IMPORT_BODY.check(body)["blueprints"]
    with blueprints.transaction():
        for document in documents:
            if blueprints.find(str(document.get("identifier"))) is None:
                blueprints.create({key: value for key, value in document.items() if key not in _REFERENCING})
        return [blueprints.replace(document["identifier"], document).document for document in documents]
