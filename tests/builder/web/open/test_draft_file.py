"""Drafts as files: complete, without secrets, and with clear messages for other files."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, OwnRelation, ParameterForm, PropertyRow
from builder.web.connect.form import ConnectionForm
from builder.web.install.form import InstallationForm
from builder.web.open.draft_file import draft_text, missing_secrets
from builder.web.open.files import with_file
from builder.web.open.form import FileForm
from builder.web.open.mapping import with_mapping
from builder.web.open.opened import Opened
from builder.web.page.history import without_secrets
from builder.web.page.parsing import parse_page
from builder.web.page.workspace import Workspace
from rest.errors import ResourceError

_SECRET = "Walrus-Umbrella-1"
_MAPPING: dict[str, Any] = {
    "enableMergeEntity": True,
    "resources": [
        {
            "kind": "/users",
            "selector": {"query": "true"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
        },
        {"kind": "/x", "port": {}},
    ],
}


@pytest.fixture
def workspace(users: str) -> Workspace:
    """Work with everything that a draft can have."""
    answer = parse_response(users, "Set-Cookie: session=abc")
    form = fill_in(EndpointForm(9, "/people"), answer, "pasted", "https://api.example.com/people")
    added = PropertyRow("own", "Own", "string:enum", ".own", is_selected=True, enum=("a", 2))
    form = replace(
        form,
        rows=(replace(form.rows[0], title="Renamed"), *form.rows[1:], added),
        own_relations=(OwnRelation("boss", "Boss", "user", ".boss", is_many=True),),
        parameters={"id": ParameterForm("values", values="1\n2")},
    )
    connection = ConnectionForm(
        {**ConnectionForm().texts, "baseUrl": "https://api.example.com", "authType": "bearer_token"},
        {"apiToken": _SECRET},
    )
    workspace = with_mapping(Workspace(connection), Opened("mine", _MAPPING, is_in_port=True))
    installation = InstallationForm("mine", client_id="me", client_secret=_SECRET)
    return replace(
        workspace,
        endpoints=(*workspace.endpoints, form),
        installation=installation,
        catalog=frozenset({"team"}),
    )


def _reopened(text: str, workspace: Workspace = Workspace()) -> Workspace:  # noqa: B008 - a value
    return with_file(workspace, FileForm(text))


def test_a_draft_that_is_saved_and_opened_is_the_same_work(workspace: Workspace) -> None:
    text = draft_text(workspace)
    reopened = _reopened(text)
    assert draft_text(replace(reopened, connection=workspace.connection)) == text
    saved = without_secrets(workspace)
    assert parse_page(reopened).port_draft == parse_page(saved).port_draft
    assert reopened.opened == workspace.opened
    assert reopened.kept == workspace.kept
    sample, before = reopened.endpoints[-1].sample, workspace.endpoints[-1].sample
    assert sample
    assert before
    assert sample.items == before.items
    assert [row.found and row.found.keys for row in reopened.endpoints[-1].rows] == [
        row.found and row.found.keys for row in workspace.endpoints[-1].rows
    ]


def test_a_draft_has_no_secrets_and_says_which_to_enter_again(workspace: Workspace) -> None:
    endpoint = replace(workspace.endpoints[-1], headers=f"X-Key: {_SECRET}")
    text = draft_text(workspace.with_endpoint(endpoint))
    assert _SECRET not in text
    assert "session=abc" not in text
    assert '"client_id"' not in text
    assert missing_secrets(text, Workspace()) == ["apiToken"]
    assert missing_secrets(text, workspace) == []
    assert missing_secrets("resources: []", Workspace()) == []


def test_opening_a_draft_keeps_the_secrets_that_were_entered(workspace: Workspace) -> None:
    reopened = _reopened(draft_text(workspace), workspace)
    assert reopened.connection.secrets == {"apiToken": _SECRET}
    assert reopened.installation.client_secret == _SECRET


def test_a_draft_can_be_saved_without_samples(workspace: Workspace) -> None:
    text = draft_text(workspace, with_samples=False)
    assert "u1@example.com" not in text
    reopened = _reopened(text)
    assert reopened.endpoints[-1].sample is None
    assert reopened.endpoints[-1].rows == workspace.endpoints[-1].rows


def test_a_large_sample_is_not_saved(workspace: Workspace) -> None:
    answer = parse_response(json.dumps([{"id": number, "text": "x" * 1000} for number in range(1200)]))
    form = fill_in(EndpointForm(3, "/big"), answer, "pasted", "https://api.example.com/big")
    text = draft_text(replace(workspace, endpoints=(form,), current=3))
    assert len(text) < 2**20
    assert _reopened(text).endpoints[0].has_mapping


def _changed(**changes: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: {**document, **changes}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_changed(format="postman"), "The file has the format 'postman'"),
        (_changed(version=2), "It was saved by a newer release"),
        (_changed(version=0), "The draft has the version 0, which cannot be read"),
        (_changed(version=None), "The draft has the version None, which cannot be read"),
        (_changed(version=True), "The draft has the version True, which cannot be read"),
        (_changed(endpoints=[{}]), "The draft is damaged: endpoints.0.number: Field required"),
        (_changed(surprise=1), "The draft is damaged: surprise: Extra inputs are not permitted"),
        (lambda document: {**document, "endpoints": document["endpoints"][:1] * 2}, "the same number"),
        (lambda _: {"openapi": "3.0.0"}, "The file is neither a mapping nor a draft"),
    ],
    ids=["foreign", "newer", "older", "no version", "a flag", "damaged", "unknown key", "twice", "other"],
)
def test_another_file_is_an_error(
    workspace: Workspace, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    document = change(json.loads(draft_text(workspace)))
    with pytest.raises(ResourceError) as caught:
        _reopened(json.dumps(document))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  ", "The file is empty"),
        ("a: [", "The file is not valid YAML or JSON"),
        ("just text", "neither a mapping nor a draft"),
        ("resources: []", "has no resources"),
        ("[" * 300 + "]" * 300, "nested"),
    ],
)
def test_a_file_that_is_no_mapping_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ResourceError) as caught:
        _reopened(text)
    assert message in str(caught.value)


def test_a_mapping_file_is_read_as_ocean_does() -> None:
    """A date and a number as a key become text, as in Port."""
    text = """
resources:
  - kind: /users
    selector: {query: "true", on_status: {403: empty}, query_params: {since: 2024-01-31}}
    port: {entity: {mappings: {identifier: .id, blueprint: '"user"'}}}
"""
    workspace = _reopened(text)
    assert json.loads(workspace.endpoint.more) == {"on_status": {"403": "empty"}}
    assert workspace.endpoint.query_params == "since=2024-01-31"


def test_a_list_of_resources_and_its_blueprints_are_opened() -> None:
    text = json.dumps(_MAPPING["resources"])
    blueprint = {"identifier": "user", "title": "Person", "schema": {"properties": {}}}
    workspace = with_file(Workspace(), FileForm(text, json.dumps(blueprint)))
    assert workspace.endpoint.blueprint_title == "Person"
    for wrong, message in (("{", "not valid JSON"), ('[{"title": 1}]', "each needs an identifier")):
        with pytest.raises(ResourceError) as caught:
            with_file(Workspace(), FileForm(text, wrong))
        assert message in str(caught.value)
