"""The user's session: the workspace between requests, and the responses that show it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from builder.web.choose.endpoint import EndpointForm
from builder.web.choose.nesting import relation_inputs, with_relations
from builder.web.connect.form import ConnectionForm
from builder.web.install.form import InstallationForm
from builder.web.overview.entity_checks import EntityChecks
from builder.web.overview.evidence import Evidence
from builder.web.page.form_data import FormData, read_form
from builder.web.page.history import History
from builder.web.page.issues import Issue
from builder.web.page.views import Views
from builder.web.page.workspace import Workspace
from builder.web.run.runner import Runner
from builder.web.run.sandbox import LocalSandbox


@dataclass(slots=True)
class Session:
    """The one user's workspace, its views, runs and history. The workspace is always replaced as a whole.

    recorded: the workspace whose changes are in the history.
    """

    views: Views
    workspace: Workspace = field(default_factory=Workspace)
    entity_checks: EntityChecks = field(default_factory=EntityChecks)
    runner: Runner = field(default_factory=Runner)
    sandbox: LocalSandbox = field(default_factory=LocalSandbox)
    history: History = field(default_factory=History)
    recorded: Workspace = field(default_factory=Workspace)

    def record(self) -> None:
        """Add what has changed since the last call to the history."""
        self.history = self.history.recorded(self.recorded, self.workspace)
        self.recorded = self.workspace

    def undo(self) -> bool:
        """Revert the latest change. Return False if there is none."""
        self.record()
        return self._move(*self.history.undo(self.workspace))

    def redo(self) -> bool:
        """Repeat the latest change that was reverted. Return False if there is none."""
        self.record()
        return self._move(*self.history.redo(self.workspace))

    def _move(self, history: History, workspace: Workspace) -> bool:
        is_changed = history is not self.history
        self.history, self.workspace, self.recorded = history, workspace, workspace
        return is_changed

    def save_connection(self, connection: ConnectionForm) -> None:
        """Replace the inputs of step 1."""
        self.workspace = replace(self.workspace, connection=connection)

    def save_installation(self, installation: InstallationForm) -> None:
        """Replace the inputs of step 3."""
        self.workspace = replace(self.workspace, installation=installation)

    def save_evidence(self, evidence: Evidence) -> None:
        """Replace what the user's actions have proven."""
        self.workspace = replace(self.workspace, evidence=evidence)

    async def save_endpoint(self, endpoint: EndpointForm) -> bool:
        """Replace an endpoint. Return True if the proposed relations may have changed."""
        return await self.save_workspace(self.workspace.with_endpoint(endpoint))

    async def save_workspace(self, workspace: Workspace) -> bool:
        """Replace the workspace. Return True if the proposed relations may have changed."""
        before = relation_inputs(self.workspace)
        self.workspace = workspace
        if relation_inputs(self.workspace) == before:
            return False
        related = await asyncio.to_thread(with_relations, self.workspace)
        relations = {each.number: each.relations for each in related.endpoints}
        # Other inputs may have changed during the search, so only the relations are taken over.
        for each in self.workspace.endpoints:
            found = relations.get(each.number, each.relations)
            self.workspace = self.workspace.with_endpoint(replace(each, relations=found))
        return True

    async def live(
        self, issues: Sequence[Issue] = (), also: Sequence[str] = (), **context: object
    ) -> Response:
        """Return everything that is not an input, and the parts in `also`, whose inputs have changed."""
        self.record()
        render = partial(self.views.live, self.workspace, issues, also, history=self.history, **context)
        html = await asyncio.to_thread(render)
        # The preview has a request of its own, because it may take longer.
        return HTMLResponse(html, headers={"HX-Trigger": "preview"})

    async def part(self, template: str, issues: Sequence[Issue] = (), **context: object) -> Response:
        """Return one part with its inputs, and everything else that is not an input."""
        self.record()
        context["history"] = self.history
        render = partial(self.views.part, template, self.workspace, issues, **context)
        return HTMLResponse(await asyncio.to_thread(render), headers={"HX-Trigger": "preview"})


async def _session(request: Request) -> Session:
    session: Session = request.app.state.session
    return session


CurrentSession = Annotated[Session, Depends(_session)]
PostedData = Annotated[FormData, Depends(read_form)]
