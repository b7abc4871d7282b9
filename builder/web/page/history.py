"""Undo and redo: the states of the page, each with the change that led away from it."""

from dataclasses import dataclass, replace

from builder.web.page.changes import TYPED, describe_change
from builder.web.page.workspace import Workspace

_MAX_STEPS = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A state of the page. change: what changed it, in words. It contains no secrets."""

    change: str
    workspace: Workspace


@dataclass(frozen=True, slots=True)
class History:
    """The changes that can be undone and redone, oldest first and next first."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @property
    def undoable(self) -> str:
        """The change that an undo reverts, "" for none."""
        return self.past[-1].change if self.past else ""

    @property
    def redoable(self) -> str:
        """The change that a redo repeats, "" for none."""
        return self.future[0].change if self.future else ""

    def recorded(self, before: Workspace, after: Workspace) -> "History":
        """Return the history after a change. Typing in one input is one change. Secrets are not recorded."""
        change = describe_change(before, after)
        if not change:
            return self
        if self.past and self.past[-1].change == change and change.startswith(TYPED):
            return History(self.past)
        return History((*self.past, Step(change, without_secrets(before)))[-_MAX_STEPS:])

    def undo(self, current: Workspace) -> tuple["History", Workspace]:
        """Return the history and the workspace before the latest change. The secrets stay as they are."""
        if not self.past:
            return self, current
        *earlier, step = self.past
        future = (Step(step.change, without_secrets(current)), *self.future)
        return History(tuple(earlier), future), _restored(step.workspace, current)

    def redo(self, current: Workspace) -> tuple["History", Workspace]:
        """Return the history and the workspace after the next undone change."""
        if not self.future:
            return self, current
        step, *later = self.future
        past = (*self.past, Step(step.change, without_secrets(current)))
        return History(past, tuple(later)), _restored(step.workspace, current)


def without_secrets(workspace: Workspace) -> Workspace:
    """Return the workspace without the secrets of the API and of Port."""
    return replace(
        workspace,
        connection=replace(workspace.connection, secrets={}),
        installation=replace(workspace.installation, client_secret=""),
    )


def _restored(workspace: Workspace, current: Workspace) -> Workspace:
    """Return an earlier state with what an undo does not revert: secrets, actions, what was seen in Port."""
    opened = workspace.opened
    if opened and current.opened and opened.mapping is current.opened.mapping:
        opened = current.opened
    return replace(
        workspace,
        opened=opened,
        evidence=workspace.evidence.followed_by(current.evidence),
        connection=replace(workspace.connection, secrets=current.connection.secrets),
        installation=replace(workspace.installation, client_secret=current.installation.client_secret),
    )
