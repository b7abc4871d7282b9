"""The inputs of the whole page, parsed into a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from builder.draft import Draft, Installation, Source
from builder.web.choose.parsing import ParsedEndpoint, parse_endpoint
from builder.web.connect.parsing import ParsedConnection, parse_connection
from builder.web.install.parsing import parse_installation
from builder.web.page.issues import Issue
from builder.web.page.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """The parsed inputs of all steps. errors: those of step 3."""

    connection: ParsedConnection
    endpoints: Mapping[int, ParsedEndpoint]
    installation: Installation
    errors: tuple[Issue, ...] = ()

    @property
    def sources(self) -> dict[int, Source]:
        """The complete endpoints by number, without relations to incomplete ones."""
        found = {number: each.source for number, each in self.endpoints.items() if each.source}
        blueprints = {source.blueprint.identifier for source in found.values()}
        return {number: _related_to(blueprints, source) for number, source in found.items()}

    @property
    def draft(self) -> Draft | None:
        """The draft, None if no endpoint is complete, or if step 1 or step 3 has issues."""
        if not (self.sources and self.connection.is_complete) or self.errors:
            return None
        return Draft(self.connection.printed, tuple(self.sources.values()), self.installation)


def parse_page(workspace: Workspace) -> ParsedPage:
    """Parse and check all inputs."""
    installation, errors = parse_installation(workspace.installation)
    endpoints = {each.number: parse_endpoint(each, workspace.connection) for each in workspace.endpoints}
    return ParsedPage(parse_connection(workspace.connection), endpoints, installation, errors)


def _related_to(blueprints: set[str], source: Source) -> Source:
    kept = tuple(each for each in source.blueprint.relations if each.target in blueprints)
    return replace(source, blueprint=replace(source.blueprint, relations=kept))
