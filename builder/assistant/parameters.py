"""The parameters that several tools share, with the descriptions that an assistant sees."""

from typing import Annotated, Any

from pydantic import Field

from builder.assistant.session import GivenMapping

Kind = Annotated[str, Field(description="The path of the endpoint below the base URL: /api/v1/users")]
GivenMappingDocument = Annotated[
    GivenMapping,
    Field(description="The mapping, {resources: [...]}, as an object or as text in YAML"),
]
OptionalMapping = Annotated[
    GivenMapping | None,
    Field(description="The mapping as an object, or as text in YAML. Leave it out for the one in Port"),
]
CheckedMapping = Annotated[
    GivenMapping | None,
    Field(description="The mapping to check, as an object or as text in YAML"),
]
OptionalBlueprints = Annotated[
    list[dict[str, Any]] | None,
    Field(description="Blueprints in Port's format, as propose returns them"),
]
OptionalSelector = Annotated[
    dict[str, Any] | None,
    Field(
        description="The selector of the mapping entry: method, query_params, headers, body, data_path, "
        "path_parameters, pagination, format"
    ),
]
