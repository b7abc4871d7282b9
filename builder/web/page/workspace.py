"""The state of the page: the user's inputs and the samples. It is kept in memory only."""

from dataclasses import dataclass, field, replace

from builder.draft import KeptEntry
from builder.imports import Imported
from builder.web.choose.endpoint import EndpointForm
from builder.web.connect.form import ConnectionForm
from builder.web.install.form import InstallationForm
from builder.web.open.opened import Opened
from builder.web.overview.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Workspace:
    """The inputs of all steps. Each change creates a new workspace.

    current: the number of the endpoint on display. imported: the document whose endpoints can be added.
    evidence: what the user's actions have proven.
    opened: the mapping that was opened. kept: its entries that the page cannot show.
    catalog: the blueprints in Port, empty if they are not known.
    """

    connection: ConnectionForm = field(default_factory=ConnectionForm)
    endpoints: tuple[EndpointForm, ...] = field(default_factory=lambda: (EndpointForm(1),))
    current: int = 1
    installation: InstallationForm = field(default_factory=InstallationForm)
    imported: Imported | None = None
    evidence: Evidence = field(default_factory=Evidence)
    opened: Opened | None = None
    kept: tuple[KeptEntry, ...] = ()
    catalog: frozenset[str] = frozenset()

    @property
    def endpoint(self) -> EndpointForm:
        """The endpoint on display."""
        return self.numbered(self.current)

    @property
    def sampled(self) -> tuple[EndpointForm, ...]:
        """The endpoints that have a sample."""
        return tuple(each for each in self.endpoints if each.sample)

    def numbered(self, number: int) -> EndpointForm:
        """Return an endpoint by its number, or an empty one if it was removed in another window."""
        return next((each for each in self.endpoints if each.number == number), EndpointForm(number))

    def latest(self, endpoint: EndpointForm) -> EndpointForm | None:
        """Return the present inputs of an endpoint, None if it was removed since."""
        return next((each for each in self.endpoints if each.token == endpoint.token), None)

    def with_endpoint(self, endpoint: EndpointForm) -> "Workspace":
        """Replace the endpoint of the same number. Change nothing if it was removed."""
        changed = tuple(endpoint if each.number == endpoint.number else each for each in self.endpoints)
        return replace(self, endpoints=changed)

    def with_new_endpoint(self) -> "Workspace":
        """Add an empty endpoint and display it."""
        number = max(each.number for each in self.endpoints) + 1
        return replace(self, endpoints=(*self.endpoints, EndpointForm(number)), current=number)

    def with_duplicate(self, number: int) -> "Workspace":
        """Add a copy of an endpoint after it, and display it. Change nothing if it was removed."""
        places = [place for place, each in enumerate(self.endpoints, 1) if each.number == number]
        if not places:
            return self
        new = EndpointForm(max(each.number for each in self.endpoints) + 1)
        endpoint = self.numbered(number)
        opened = replace(endpoint.opened, position=None) if endpoint.opened else None
        copy = replace(endpoint, number=new.number, token=new.token, opened=opened)
        before, after = self.endpoints[: places[0]], self.endpoints[places[0] :]
        return replace(self, endpoints=(*before, copy, *after), current=new.number)

    def without_kept(self, position: int) -> "Workspace":
        """Remove an entry that the page cannot show."""
        return replace(self, kept=tuple(each for each in self.kept if each.position != position))

    def showing(self, number: int) -> "Workspace":
        """Display another endpoint. Change nothing if it was removed."""
        return (
            replace(self, current=number) if any(each.number == number for each in self.endpoints) else self
        )

    def without(self, number: int) -> "Workspace":
        """Remove an endpoint. An empty one takes the place of the last one."""
        left = tuple(each for each in self.endpoints if each.number != number)
        left = left or (EndpointForm(number + 1),)
        current = self.current if self.current != number else left[-1].number
        return replace(self, endpoints=left, current=current)
