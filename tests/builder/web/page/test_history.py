"""Undo and redo of every change of the page."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import httpx
import pytest

from builder.draft import Draft
from builder.web.choose.endpoint import EndpointForm, OwnRelation, PropertyRow
from builder.web.connect.form import ConnectionForm
from builder.web.install.form import InstallationForm
from builder.web.overview.evidence import Evidence
from builder.web.page.changes import describe_change
from builder.web.page.history import History
from builder.web.page.session import Session
from builder.web.page.workspace import Workspace

type Post = Callable[..., Any]

_ROW = PropertyRow("email", "E-mail", "string", ".email", is_selected=True)
_FORM = EndpointForm(1, "/users", identifier=".id", rows=(_ROW,), own_relations=(OwnRelation("team"),))
_BEFORE = Workspace(ConnectionForm({"baseUrl": "https://a.example"}), endpoints=(_FORM,))


def _with(**changes: Any) -> Workspace:
    return _BEFORE.with_endpoint(replace(_FORM, **changes))


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (_BEFORE, ""),
        (_BEFORE.with_new_endpoint().showing(1), "add an endpoint"),
        (_BEFORE.with_duplicate(1), "add /users"),
        (_BEFORE.without(1), "remove /users"),
        (Workspace(), "start over"),
        (_with(kind="/people"), "change the path"),
        (_with(rows=()), "remove property email"),
        (_with(rows=(_ROW, _ROW)), "add a property"),
        (_with(rows=(replace(_ROW, is_selected=False),)), "exclude property email"),
        (_with(rows=(replace(_ROW, title="Mail"),)), "change property email"),
        (_with(own_relations=()), "remove relation team"),
        (_with(own_relations=(OwnRelation("team"), OwnRelation())), "add a relation"),
        (_with(own_relations=(OwnRelation("team", target="x"),)), "change relation team"),
        (replace(_BEFORE, connection=ConnectionForm({"baseUrl": "b"})), "change Base URL"),
        (replace(_BEFORE, connection=replace(_BEFORE.connection, secrets={"apiToken": "x"})), ""),
        (replace(_BEFORE, installation=InstallationForm(client_secret="x")), ""),
        (replace(_BEFORE, installation=InstallationForm("mine")), "change installation"),
    ],
)
def test_a_change_is_named(after: Workspace, change: str) -> None:
    assert describe_change(_BEFORE, after) == change


def test_typing_in_one_input_is_one_change() -> None:
    history, workspace = History(), _BEFORE
    for text in ("/p", "/pe", "/people"):
        after = _with(kind=text)
        history, workspace = history.recorded(workspace, after), after
    history = history.recorded(workspace, _with(kind="/people", identifier=".uid"))
    assert [step.change for step in history.past] == ["change the path", "change identifier of /people"]
    assert history.past[0].workspace == _BEFORE


def test_the_history_is_bounded_and_a_new_change_discards_what_was_undone() -> None:
    history, workspace = History(), _BEFORE
    for _ in range(150):
        after = workspace.with_new_endpoint()
        history, workspace = history.recorded(workspace, after), after
    assert len(history.past) == 100
    history, workspace = history.undo(workspace)
    assert history.redoable == "add an endpoint"
    assert history.recorded(workspace, workspace.without(1)).redoable == ""


def test_nothing_to_undo_changes_nothing() -> None:
    history = History()
    assert history.undo(_BEFORE) == (history, _BEFORE)
    assert history.redo(_BEFORE) == (history, _BEFORE)


async def test_a_removed_endpoint_comes_back(sampled: Any, post: Post) -> None:
    await sampled()
    removed = await post("/endpoints/1/remove")
    assert '<span id="undo-change" hx-swap-oob="innerHTML" >remove /users</span>' in removed
    undone = await post("/undo")
    assert 'value="/users"' in undone
    assert "u1@example.com" in undone
    assert '<span id="redo-change" hx-swap-oob="innerHTML" >remove /users</span>' in undone
    assert 'value="/users"' not in await post("/redo")


async def test_starting_over_is_undone_but_the_secrets_are_gone(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    await sampled()
    await post("/connection", baseUrl="https://api.example.com", authType="bearer_token", apiToken="Walrus-1")
    started = await post("/anew")
    assert ">start over</span>" in started
    undone = await post("/undo")
    assert 'value="/users"' in undone
    assert "Stored in memory only.</span>" not in undone
    assert (await browser.post("/redo")).status_code == httpx.codes.OK
    assert (await browser.post("/redo")).status_code == httpx.codes.NO_CONTENT


@pytest.mark.process
async def test_the_history_keeps_no_secret_of_a_request(post: Post, browser: httpx.AsyncClient) -> None:
    closed = {"baseUrl": "http://127.0.0.1:9", "authType": "bearer_token", "apiToken": "Walrus-1"}
    await post("/connection/test", **closed)
    await post("/endpoint/fetch", number="1", kind="/users")
    await post("/anew")
    session: Session = browser._transport.app.state.session  # type: ignore[attr-defined]
    steps = [asdict(step.workspace) for step in session.history.past]
    assert any(step["evidence"]["connection_test"] for step in steps)
    assert any(step["endpoints"][0]["failure"] for step in steps)
    assert "Walrus-1" not in repr(steps)


def test_an_undo_does_not_revert_what_is_in_port() -> None:
    first, second = Draft({"a": 1}), Draft({"a": 2})
    before = replace(_BEFORE, evidence=Evidence().with_creation(first, None))
    after = replace(before.with_new_endpoint(), evidence=before.evidence.with_creation(second, None))
    history = History().recorded(before, after)
    _, undone = history.undo(after)
    assert undone.evidence.delivery
    assert undone.evidence.delivery.draft is second
    _, restored = History().recorded(before, Workspace()).undo(Workspace())
    assert restored.evidence == before.evidence


async def test_removing_a_secret_cannot_be_undone(sampled: Any, post: Post) -> None:
    await sampled()
    await post("/connection", baseUrl="https://b.example", authType="bearer_token", apiToken="Walrus-1")
    await post("/connection/forget/apiToken", baseUrl="https://c.example")
    undone = await post("/undo")
    assert "stored in memory; type to replace it" not in undone
