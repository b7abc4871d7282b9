"""The inputs of the whole page, parsed into a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder.draft import Draft, Installation, KeptEntry, Source
from builder.web.choose.parsing import ParsedEndpoint, parse_endpoint
from builder.web.connect.parsing import ParsedConnection, parse_connection
from builder.web.install.parsing import parse_installation
from builder.web.page.issues import Issue
from builder.web.page.workspace import Workspace
from rest.bodies import Json


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """The parsed inputs of all steps. errors: those of step 3.

    kept: the entries of the opened mapping that are written back unchanged. mapping: its other keys.
    is_opened: the integration exists in Port, so its identifier is valid there.
    """

    connection: ParsedConnection
    endpoints: Mapping[int, ParsedEndpoint]
    installation: Installation
    errors: tuple[Issue, ...] = ()
    kept: tuple[KeptEntry, ...] = ()
    mapping: Mapping[str, Json] | None = None
    is_opened: bool = False

    @property
    def sources(self) -> dict[int, Source]:
        """The complete endpoints by number, without relations to incomplete ones."""
        found = {number: each.source for number, each in self.endpoints.items() if each.source}
        blueprints = {source.blueprint.identifier for source in found.values()}
        return {
            number: _related_to(blueprints, source, self.endpoints[number].own)
            for number, source in found.items()
        }

    @property
    def draft(self) -> Draft | None:
        """The draft, None if no endpoint is complete, or if step 1 or step 3 has issues."""
        return self.port_draft if self.connection.is_complete and not self.errors else None

    @property
    def port_draft(self) -> Draft | None:
        """The draft for Port, which does not store the settings: step 1 may be incomplete."""
        errors = [each for each in self.errors if not (self.is_opened and each.field == "installation")]
        if not (self.sources or self.kept) or errors:
            return None
        settings = self.connection.printed if self.connection.is_complete else {}
        return Draft(settings, tuple(self.sources.values()), self.installation, self.kept, self.mapping)


def parse_page(workspace: Workspace) -> ParsedPage:
    """Parse and check all inputs."""
    installation, errors = parse_installation(workspace.installation)
    known = workspace.catalog and workspace.catalog | {each.blueprint.strip() for each in workspace.endpoints}
    endpoints = {
        each.number: parse_endpoint(each, workspace.connection, known) for each in workspace.endpoints
    }
    # An endpoint that is incomplete must not vanish from the opened mapping.
    unchanged = [
        KeptEntry(each.opened.position, dict(each.opened.entry.document))
        for each in workspace.endpoints
        if each.opened and each.opened.position is not None and endpoints[each.number].source is None
    ]
    opened = workspace.opened.mapping if workspace.opened else None
    mapping = None if opened is None else {name: each for name, each in opened.items() if name != "resources"}
    return ParsedPage(
        parse_connection(workspace.connection),
        endpoints,
        installation,
        errors,
        (*workspace.kept, *unchanged),
        mapping,
        is_opened=bool(
            workspace.opened
            and workspace.opened.is_in_port
            and workspace.opened.name == installation.identifier
        ),
    )


def _related_to(blueprints: set[str], source: Source, own: frozenset[str]) -> Source:
    """Return the source without proposed relations to incomplete endpoints."""
    relations = source.blueprint.relations
    kept = tuple(each for each in relations if each.target in blueprints or each.name in own)
    return replace(source, blueprint=replace(source.blueprint, relations=kept))
