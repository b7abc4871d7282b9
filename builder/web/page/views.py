"""The page as HTML. It never contains a secret."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.web.answer import view as answer
from builder.web.choose import view as choose
from builder.web.connect import view as connect
from builder.web.install import view as install
from builder.web.overview import view as overview
from builder.web.page.history import History
from builder.web.page.issues import Issue
from builder.web.page.parsing import ParsedPage, parse_page
from builder.web.page.safety import TOKEN_HEADER, Access
from builder.web.page.workspace import Workspace

WEB = Path(__file__).parents[1]
_PACKAGES = ("page", "open", "connect", "choose", "install", "overview", "answer", "run")


@cache
def _environment() -> Environment:
    """Return the templates, compiled once for all apps of a process."""
    templates = Environment(
        loader=FileSystemLoader([WEB / package / "templates" for package in _PACKAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for step in (connect, choose, install, overview, answer):
        templates.globals |= step.TEMPLATE_GLOBALS
    templates.globals["token_header"] = TOKEN_HEADER
    return templates


class Views:
    """Renders the page and its parts."""

    def __init__(self, access: Access) -> None:
        self._token = access.token
        self._env = _environment()

    def page(self, workspace: Workspace, **context: object) -> str:
        """Return the whole page."""
        return self._render(["page.html"], workspace, (), token=self._token, **context)

    def part(
        self, template: str, workspace: Workspace, issues: Sequence[Issue] = (), **context: object
    ) -> str:
        """Return one part with its inputs, followed by everything else that is not an input.

        issues: those of an action, in addition to those of the inputs.
        """
        part = self._render([template], workspace, issues, **context)
        return part + self.live(workspace, issues, (), within=template, **context)

    def live(
        self,
        workspace: Workspace,
        issues: Sequence[Issue] = (),
        also: Iterable[str] = (),
        **context: object,
    ) -> str:
        """Return everything that is not an input, and the parts in `also`, as out-of-band swaps."""
        return self._render(["live.html", *also], workspace, issues, oob=True, **context)

    def alone(self, name: str, **context: object) -> str:
        """Return a part that does not depend on the workspace."""
        return self._env.get_template(name).render(context)

    def _render(
        self, names: Sequence[str], workspace: Workspace, issues: Sequence[Issue], **context: object
    ) -> str:
        values = {"oob": False, "within": "", "history": History(), **_context(workspace, issues), **context}
        return "".join(self._env.get_template(name).render(values) for name in names)


def _context(workspace: Workspace, issues: Sequence[Issue]) -> Mapping[str, Any]:
    parsed = parse_page(workspace)
    all_issues = [*_current_errors(parsed, workspace), *issues]
    return {
        "workspace": workspace,
        "parsed": parsed,
        "issues": {step: _issues_of(step, all_issues) for step in ("connect", "choose", "install")},
        **connect.context(workspace),
        **choose.context(workspace, parsed),
        **install.context(workspace, parsed),
        **answer.context(workspace),
    }


def _current_errors(parsed: ParsedPage, workspace: Workspace) -> Iterable[Issue]:
    """Yield the wrong inputs. Missing inputs are reported only once an action needs them."""
    yield from parsed.connection.errors
    yield from parsed.endpoints[workspace.endpoint.number].errors
    yield from parsed.errors


def _issues_of(step: str, issues: Iterable[Issue]) -> list[Issue]:
    """Return a step's issues, at most one per input."""
    own = (issue for issue in issues if _step_of(issue.field) == step)
    return list({issue.field: issue for issue in own}.values())


def _step_of(field: str) -> str:
    return "connect" if field in connect.INPUTS else "install" if field in install.INPUTS else "choose"
