"""An OpenAPI document (3.0 to 3.2), or a Swagger 2.0 one, as settings and endpoints."""

import re
from dataclasses import replace

from builder.imports.found import DocumentError, Imported, ImportedEndpoint
from builder.imports.kinds import as_name
from builder.imports.openapi.document import Node
from builder.imports.openapi.operations import Operation, operation_of
from builder.imports.openapi.parameters import Parameter
from builder.imports.openapi.samples import Samples
from builder.imports.openapi.security import security_of
from builder.imports.openapi.servers import server_of
from builder.imports.parents import Listing, Parents, Placeholder, linked
from builder.imports.texts import json_or_yaml_from
from builder.inference import parameter_names
from rest.bodies import Json

_VERSIONS = re.compile(r"3\.[0-2](\..*)?|2\.0")
_MOST_NOTES = 20
_BRACES = re.compile(r"\{([^{}]*)\}")


def read_openapi(text: str, address: str = "") -> Imported:
    """The GET operations that list something, each with a sample made up from its schema.

    address: the URL that the document comes from, which relative server URLs start from; nothing is fetched.
    What a reference to another document is needed for is left out, and named in a note.
    Raises DocumentError: it is no OpenAPI document of version 3.0 to 3.2 or 2.0, or malformed as a whole.
    """
    document = Node.of(json_or_yaml_from(text, "OpenAPI document"))
    _check_version(document)
    operations, notes = _operations(document)
    parents = Parents.of(
        Listing(each.endpoint.kind, each.endpoint.selector, each.items) for each in operations
    )
    server = server_of(document, address)
    security = security_of(document, [each.security for each in operations], server.base_url or "")
    base: dict[str, Json] = {"baseUrl": server.base_url} if server.base_url else {}
    info = document.child("info")
    return Imported(
        title=info.text("title") if info else "",
        settings={**base, **security.settings},
        endpoints=tuple(_endpoint(each, parents) for each in operations),
        notes=(*server.notes, *security.notes, *notes),
    )


def _check_version(document: Node) -> None:
    for key in ("openapi", "swagger"):
        if key in document.value:
            version = str(document.value[key])
            if not _VERSIONS.fullmatch(version):
                raise DocumentError(
                    f"{key}: version {version!r:.40} is not known", hint="Known are 3.0 to 3.2, and 2.0"
                )
            return
    raise DocumentError(
        "the document has neither openapi nor swagger at its top", hint="Paste an OpenAPI document, all of it"
    )


def _operations(document: Node) -> tuple[list[Operation], list[str]]:
    """The listings in the order of the document, and what was left out, which fails no other."""
    paths = document.value.get("paths", {})
    if not isinstance(paths, dict):
        raise DocumentError("paths is no object")
    found: list[Operation] = []
    left_out: list[str] = []
    samples = Samples()
    reads = 0
    for path in paths:
        try:
            path_item = Node(document.root, paths, "paths").child(path)
            operation = path_item.child("get") if path_item else None
            if path_item is None or operation is None or not path.startswith("/"):
                continue
            reads += 1
            if listing := operation_of(_kind(path), path_item, operation, samples):
                found.append(listing)
        except DocumentError as error:
            left_out.append(f"Left out: {error}")
    left_out += [f"Left out of samples: {each}" for each in dict.fromkeys(samples.left_out)]
    notes = left_out[:_MOST_NOTES]
    if len(left_out) > _MOST_NOTES:
        notes.append(f"Left out: {len(left_out) - _MOST_NOTES} more")
    if not reads:
        notes.append("The document has no GET operation")
    elif len(found) < reads:
        notes.append(f"{len(found)} of {reads} GET operations list something; the others were left out")
    return found, notes


def _kind(path: str) -> str:
    """The path with names in braces that the mapping accepts."""
    return _BRACES.sub(lambda match: f"{{{as_name(match[1])}}}", path)


def _endpoint(operation: Operation, parents: Parents) -> ImportedEndpoint:
    """With the parents of its placeholders, and of the parameters that take a parent's id in the query."""
    endpoint = linked(operation.endpoint, _placeholders(operation), parents)
    for parameter in operation.wanted:
        endpoint = _asked(endpoint, parameter, parents)
    return endpoint


def _placeholders(operation: Operation) -> list[Placeholder]:
    """Those of the path, also where the document forgot to say anything of them."""
    said = {each.name: each for each in (parameter.as_placeholder() for parameter in operation.in_path)}
    return [said.get(name, Placeholder(name)) for name in parameter_names(operation.endpoint.kind)]


def _asked(endpoint: ImportedEndpoint, parameter: Parameter, parents: Parents) -> ImportedEndpoint:
    """With a required parameter of the query: `?project={project}`, once for each project."""
    name = as_name(parameter.name)
    found = parents.path_parameters(endpoint.kind, [parameter.as_placeholder()])
    given = endpoint.selector.get("path_parameters")
    known = given if isinstance(given, dict) else {}
    if not found or name in known:
        note = f"query_params.{parameter.name} is required, and the document has no value for it"
        return replace(endpoint, notes=(*endpoint.notes, note))
    params = endpoint.selector.get("query_params")
    changes: dict[str, Json] = {
        "query_params": {**(params if isinstance(params, dict) else {}), parameter.name: f"{{{name}}}"},
        "path_parameters": {**known, **found},
    }
    return replace(endpoint, selector={**endpoint.selector, **changes})
