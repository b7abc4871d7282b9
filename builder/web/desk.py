"""The one user's workspace, kept between requests, and the answers that show it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.web.mistakes import Mistake
from builder.web.nesting import what_relations_need, with_relations
from builder.web.posting import posted
from builder.web.views import Views
from builder.web.workspace import ConnectionForm, EndpointForm, InstallationForm, Workspace


@dataclass(slots=True)
class Desk:
    """What the user works on, and how it is shown. The workspace is replaced as a whole."""

    views: Views
    workspace: Workspace = field(default_factory=Workspace)

    def keep_connection(self, connection: ConnectionForm) -> None:
        """Replaces the first step's inputs."""
        self.workspace = replace(self.workspace, connection=connection)

    def keep_installation(self, installation: InstallationForm) -> None:
        """Replaces the third step's inputs."""
        self.workspace = replace(self.workspace, installation=installation)

    async def keep_endpoint(self, endpoint: EndpointForm) -> bool:
        """Replaces an endpoint; True where other relations may be proposed since."""
        before = what_relations_need(self.workspace)
        self.workspace = self.workspace.with_param(endpoint)
        if what_relations_need(self.workspace) == before:
            return False
        related = await asyncio.to_thread(with_relations, self.workspace)
        relations = {each.number: each.relations for each in related.endpoints}
        # Others may have been changed while it was searched.
        for each in self.workspace.endpoints:
            found = relations.get(each.number, each.relations)
            self.workspace = self.workspace.with_param(replace(each, relations=found))
        return True

    async def live(
        self, mistakes: Sequence[Mistake] = (), also: Sequence[str] = (), **more: object
    ) -> Response:
        """All that is no input, anew; also: parts with inputs that have changed."""
        render = partial(self.views.live, self.workspace, mistakes, also, **more)
        html = await asyncio.to_thread(render)
        # The preview asks for itself, since it may take longer.
        return HTMLResponse(html, headers={"HX-Trigger": "preview"})

    async def part(self, template: str, mistakes: Sequence[Mistake] = (), **more: object) -> Response:
        """One part with its inputs, and all that is no input anew beside it."""
        render = partial(self.views.part, template, self.workspace, mistakes, **more)
        return HTMLResponse(await asyncio.to_thread(render))


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
Posted = Annotated[dict[str, str], Depends(posted)]
