"""Mapping files and drafts, opened on the page."""

import json

from builder.imports.pasted_documents import is_too_deep
from builder.json_values import as_object
from builder.mapping_file import parse_mapping
from builder.web.open.draft_file import FORMAT, read_draft
from builder.web.open.form import FileForm
from builder.web.open.mapping import with_mapping
from builder.web.open.opened import Opened
from builder.web.page.workspace import Workspace
from rest.bodies import Json
from rest.errors import ResourceError
from rest.formats.yaml import parse_yaml

_HINT = "Choose a mapping (port-app-config.yml) or a draft that was saved on this page"


def with_file(workspace: Workspace, form: FileForm) -> Workspace:
    """Return the workspace with a mapping file or a draft. The secrets that were entered are kept.

    Raises ResourceError: the file is neither, or is damaged.
    """
    if not form.text.strip():
        raise ResourceError("The file is empty", hint=_HINT)
    content = _parsed(form.text)
    if isinstance(content, dict) and "format" in content and "resources" not in content:
        return read_draft(content, workspace)
    if isinstance(content, list):
        mapping = parse_mapping(json.dumps({"resources": content}), "the file")
    elif isinstance(content, dict) and "resources" in content:
        mapping = parse_mapping(form.text, "the file")
    else:
        raise ResourceError(f"The file is neither a mapping nor a draft ({FORMAT})", hint=_HINT)
    return with_mapping(workspace, Opened("a mapping file", mapping), _blueprints(form.blueprints))


def _parsed(text: str) -> Json:
    try:
        # This reader limits the size of what anchors expand to.
        content = parse_yaml(text)
    except ValueError as error:
        raise ResourceError(f"The file is not valid YAML or JSON: {error}", hint=_HINT) from error
    if is_too_deep(content):
        raise ResourceError("The file is nested too deeply", hint=_HINT)
    return content


def _blueprints(text: str) -> list[dict[str, Json]]:
    """Return the blueprints of a file, an object or an array."""
    if not text.strip():
        return []
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ResourceError(
            f"The blueprints are not valid JSON: {error}", hint="Choose a file like blueprints.json"
        ) from error
    blueprints = [as_object(each) for each in (content if isinstance(content, list) else [content])]
    if not all(isinstance(each.get("identifier"), str) for each in blueprints):
        raise ResourceError(
            "The blueprints are not valid: each needs an identifier",
            hint="Choose a file like blueprints.json",
        )
    return blueprints
