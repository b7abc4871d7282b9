"""What the page shows of a workspace, as HTML. No secret is ever in it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.inference import format_request
from builder.web import setting_fields
from builder.web.connecting import redactor_of
from builder.web.drafting import REGIONS, Reading, reading_of_page
from builder.web.forms import OWN
from builder.web.mistakes import Mistake
from builder.web.outputs import tabs, texts, things_to_do
from builder.web.paging import pages_of
from builder.web.safety import TOKEN_HEADER, Access
from builder.web.selecting import wanted_parameters
from builder.web.workspace import EndpointForm, Workspace

FOLDER = Path(__file__).parent
_CONNECT = frozenset(field.name for field in setting_fields.all_fields())
_INSTALL = frozenset(
    {"installation", "resync_minutes", "port_base_url", "region", "client_id", "client_secret"}
)
_READINGS = (
    ("Text", ("string", "string:date-time", "string:email", "string:url", "string:ipv4", "string:ipv6")),
    ("Long text", ("string:markdown", "string:yaml")),
    ("People", ("string:user", "string:team")),
    ("Other", ("number", "boolean", "array", "object")),
)


@cache
def _environment() -> Environment:
    """The templates, compiled once for all apps of a process."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals |= {
        "fields": setting_fields,
        "own": OWN,
        "readings": _READINGS,
        "known_readings": {"string:enum", *(each for _, readings in _READINGS for each in readings)},
        "regions": REGIONS,
        "format_request": format_request,
        "token_header": TOKEN_HEADER,
        "wanted_parameters": wanted_parameters,
    }
    return templates


class Views:
    """Renders the page and its parts."""

    def __init__(self, access: Access) -> None:
        self._token = access.token
        self._env = _environment()

    def page(self, workspace: Workspace) -> str:
        """All of it."""
        return self._rendered(["page.html"], workspace, (), token=self._token)

    def part(
        self, template: str, workspace: Workspace, mistakes: Sequence[Mistake] = (), **more: object
    ) -> str:
        """One part with its inputs, for where the form says; all that is no input finds its own place.

        mistakes: what an action found, besides what is wrong with the texts themselves.
        """
        first = self._rendered([template], workspace, mistakes, **more)
        return first + self.live(workspace, mistakes, (), within=template, **more)

    def live(
        self,
        workspace: Workspace,
        mistakes: Sequence[Mistake] = (),
        also: Iterable[str] = (),
        **more: object,
    ) -> str:
        """All that is no input, for its places; also: parts with inputs that have changed."""
        return self._rendered(["live.html", *also], workspace, mistakes, oob=True, **more)

    def alone(self, name: str, **context: object) -> str:
        """A part that needs no workspace."""
        return self._env.get_template(name).render(context)

    def _rendered(
        self, names: Sequence[str], workspace: Workspace, mistakes: Sequence[Mistake], **more: object
    ) -> str:
        context = {"oob": False, "within": "", **_context(workspace, mistakes), **more}
        return "".join(self._env.get_template(name).render(context) for name in names)


def _context(workspace: Workspace, mistakes: Sequence[Mistake]) -> Mapping[str, Any]:
    reading = reading_of_page(workspace)
    draft = reading.draft
    found = [*_wrong_now(reading, workspace.endpoint), *mistakes]
    return {
        "connection": workspace.connection,
        "endpoint": workspace.endpoint,
        "workspace": workspace,
        "installation": workspace.installation,
        "reading": reading,
        "mistakes": {step: _of_step(step, found) for step in ("connect", "choose", "install")},
        "todo": list(_todo(reading, workspace)) if draft is None else [],
        "left_out": [] if draft is None else _left_out(reading, workspace),
        "tabs": tabs(),
        "texts": texts(draft),
        "things_to_do": things_to_do(draft),
        "draft": draft,
        "pages_of": partial(pages_of, reading.connection),
        "redact": redactor_of(workspace.connection),
    }


def _wrong_now(reading: Reading, endpoint: EndpointForm) -> Iterable[Mistake]:
    """What is wrong with what was typed; that something is missing is said only where it is needed."""
    yield from reading.connection.wrong
    yield from reading.endpoints[endpoint.number].wrong
    yield from reading.wrong


def _of_step(step: str, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """A step's own, one an input."""
    own = (mistake for mistake in mistakes if _step_of(mistake.field) == step)
    return list({mistake.field: mistake for mistake in own}.values())


def _step_of(field: str) -> str:
    return "connect" if field in _CONNECT else "install" if field in _INSTALL else "choose"


def _todo(reading: Reading, workspace: Workspace) -> Iterable[tuple[str, Mistake]]:
    """What is to be done before anything can be printed: the place, and what."""
    for mistake in (*reading.connection.wrong, *reading.connection.missing):
        yield "Step 1", mistake
    if not reading.sources:
        for mistake in _of_endpoint(reading, workspace.endpoint):
            yield "Step 2", mistake
    for mistake in reading.wrong:
        yield "Step 3", mistake


def _left_out(reading: Reading, workspace: Workspace) -> list[tuple[str, Mistake]]:
    """The endpoints that are not printed yet, with the first reason of each."""
    others = [
        each for each in workspace.endpoints if each.number not in reading.sources and each.kind.strip()
    ]
    return [(each.kind, next(iter(_of_endpoint(reading, each)))) for each in others]


def _of_endpoint(reading: Reading, endpoint: EndpointForm) -> list[Mistake]:
    """What stands in an endpoint's way, one an input."""
    found = reading.endpoints[endpoint.number]
    return list({mistake.field: mistake for mistake in (*found.wrong, *found.missing)}.values())
