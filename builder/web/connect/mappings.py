"""Enter the jq expressions of an existing mapping into an endpoint's inputs."""

import json
from collections.abc import Mapping
from dataclasses import replace

from builder.draft import Relation
from builder.json_values import as_object
from builder.web.choose.endpoint import EndpointForm, PropertyRow, RelationRow
from rest.bodies import Json
from rest.request import text_of

_IMPORTED = "From the imported mapping"


def with_mappings(form: EndpointForm, mappings: Mapping[str, Json]) -> EndpointForm:
    """Return the endpoint with identifier, title, blueprint, properties and relations of a mapping.

    A mapping has no types. Properties are texts until a sample shows more.
    """
    blueprint = _fixed_text(mappings.get("blueprint"))
    properties, relations = as_object(mappings.get("properties")), as_object(mappings.get("relations"))
    return replace(
        form,
        identifier=text_of(mappings.get("identifier") or ""),
        title=text_of(mappings.get("title") or ""),
        icon=_fixed_text(mappings.get("icon")),
        blueprint=blueprint,
        blueprint_title=blueprint,
        rows=tuple(
            PropertyRow(name, "", "string", text_of(expression), is_selected=True)
            for name, expression in properties.items()
        ),
        relations=tuple(
            RelationRow(Relation(name, name, text_of(expression)), _IMPORTED, is_selected=True)
            for name, expression in relations.items()
            if isinstance(expression, str)
        ),
    )


def _fixed_text(expression: Json) -> str:
    """Return the text of a jq expression that is a text: user for `"user"`. Others are kept as they are."""
    text = text_of(expression or "").strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
