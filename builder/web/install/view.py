"""What the templates of step 3 show."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from builder.existing import consequences
from builder.install import is_local
from builder.web.choose.endpoint import EndpointForm
from builder.web.install.outputs import install_steps, output_texts, tabs
from builder.web.page.issues import Issue
from builder.web.page.parsing import ParsedPage
from builder.web.page.workspace import Workspace
from rest.bodies import Json

_MAX_VALUE_LENGTH = 300


def _shown_value(value: Json) -> str:
    """Return a value of a difference as text of limited length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE_LENGTH else f"{text[: _MAX_VALUE_LENGTH - 1]}…"


INPUTS = frozenset(
    {"installation", "resync_minutes", "port_base_url", "region", "client_id", "client_secret"}
)
TEMPLATE_GLOBALS: Mapping[str, Any] = {"consequences": consequences, "shown_value": _shown_value}


def context(workspace: Workspace, parsed: ParsedPage) -> Mapping[str, Any]:
    """Return the variables of the templates."""
    draft = parsed.draft
    return {
        "installation": workspace.installation,
        "todo": list(_todo(parsed, workspace)) if draft is None else [],
        "left_out": [] if draft is None else _left_out(parsed, workspace),
        "tabs": tabs(local_first=is_local(parsed.installation.port_base_url)),
        "texts": output_texts(draft),
        "install_steps": install_steps(draft),
        "draft": draft,
    }


def _todo(parsed: ParsedPage, workspace: Workspace) -> Iterable[tuple[str, Issue]]:
    """Yield the issues that prevent a draft, each with its step."""
    for issue in (*parsed.connection.errors, *parsed.connection.missing):
        yield "Step 1", issue
    if not parsed.sources:
        for issue in _issues_of(parsed, workspace.endpoint):
            yield "Step 2", issue
    for issue in parsed.errors:
        yield "Step 3", issue


def _left_out(parsed: ParsedPage, workspace: Workspace) -> list[tuple[str, Issue]]:
    """Return the paths of the incomplete endpoints, each with its first issue."""
    incomplete = [
        each for each in workspace.endpoints if each.number not in parsed.sources and each.kind.strip()
    ]
    return [(each.kind, _issues_of(parsed, each)[0]) for each in incomplete]


def _issues_of(parsed: ParsedPage, endpoint: EndpointForm) -> list[Issue]:
    """Return an endpoint's issues, at most one per input."""
    found = parsed.endpoints[endpoint.number]
    return list({issue.field: issue for issue in (*found.errors, *found.missing)}.values())
