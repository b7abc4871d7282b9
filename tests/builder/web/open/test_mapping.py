"""Mappings that are opened on the page and written back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.existing import read_mapping_draft
from builder.install import blueprints, mapping
from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.endpoint import EndpointForm, OwnRelation
from builder.web.choose.nesting import with_relations
from builder.web.connect.form import ConnectionForm
from builder.web.open.mapping import with_mapping
from builder.web.open.opened import Opened
from builder.web.page.parsing import parse_page
from builder.web.page.workspace import Workspace
from rest.bodies import Json

_TEXTS = st.text(max_size=8)
_JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_EXPRESSIONS = st.sampled_from([".id", ".a | .b", "'x'", '"a b"', " .id ", ".x |", ""])
_NAMED = st.dictionaries(st.sampled_from(["a", "b", "c d"]), _EXPRESSIONS | _JSON, max_size=3)


def _object(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with these keys, and with keys that nobody knows."""
    known = st.fixed_dictionaries(required, optional=optional)
    return st.builds(lambda one, other: {**other, **one}, known, st.dictionaries(_TEXTS, _JSON, max_size=2))


_ENTITY = _object(
    {
        "identifier": st.sampled_from([".id", ".a | tostring"]),
        "blueprint": st.sampled_from(['"user"', "'team'", ' "user" ']),
    },
    title=_EXPRESSIONS | _JSON,
    properties=_NAMED,
    relations=_NAMED | _JSON,
)
_SOURCE = _object({}, values=st.lists(_JSON), endpoint=_TEXTS, field=_EXPRESSIONS, batch=_JSON)
_PARAMETER = _SOURCE | st.lists(_SOURCE | _JSON, max_size=3)
_SELECTOR = _object(
    {},
    query=_EXPRESSIONS | _JSON,
    data_path=_EXPRESSIONS,
    method=st.sampled_from(["GET", "get", "POST"]),
    query_params=st.dictionaries(_TEXTS, _JSON, max_size=2) | _JSON,
    headers=st.dictionaries(_TEXTS, _TEXTS, max_size=2),
    body=_JSON,
    min_items=st.integers() | _JSON,
    path_parameters=st.fixed_dictionaries({"id": _PARAMETER}) | _JSON,
)
_MAPPINGS = _ENTITY | st.lists(_ENTITY, min_size=1, max_size=1) | st.lists(_ENTITY, max_size=2)
_ENTRY = _object(
    {
        "kind": st.sampled_from(["/users", "/teams/{id}/users", " /x "]),
        "port": _object({"entity": _object({"mappings": _MAPPINGS})}, itemsToParse=_EXPRESSIONS),
    },
    selector=_SELECTOR | st.none(),
    enableDelete=st.booleans(),
)
# What cannot be a source at all, for example without a kind or with a computed blueprint.
_OTHER_ENTRY = _JSON | _object({}, kind=_JSON, port=_JSON, selector=_JSON)
_SETTINGS = _object({}, deleteDependentEntities=st.booleans(), enableMergeEntity=st.booleans())


def _opened(content: Mapping[str, Json], *documents: Mapping[str, Any]) -> Workspace:
    return with_mapping(Workspace(), Opened("a file", content), documents)


def _written(workspace: Workspace) -> Any:
    draft = parse_page(workspace).port_draft
    assert draft
    return mapping(draft)


def _texts(value: Json) -> str:
    """Return JSON, in which 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


def _entry(**mappings: Json) -> dict[str, Json]:
    entity: dict[str, Json] = {"identifier": ".id", "blueprint": '"user"', **mappings}
    return {"kind": "/users", "selector": {"query": "true"}, "port": {"entity": {"mappings": entity}}}


@given(settings=_SETTINGS, entries=st.lists(_ENTRY | _OTHER_ENTRY, min_size=1, max_size=4))
def test_a_mapping_that_is_opened_and_written_stays_the_same(
    settings: dict[str, Json], entries: list[Json]
) -> None:
    content = {**settings, "resources": entries}
    assert _texts(mapping(read_mapping_draft(content))) == _texts(content)
    assert _texts(_written(_opened(content))) == _texts(content)


def test_only_the_changed_field_of_an_entry_changes() -> None:
    entry = _entry(
        properties={"email": ".email", "nested": {"a": ".a"}},
        relations={"team": ".team", "found": {"combinator": "and", "rules": []}},
    )
    entry["port"] = {**entry["port"], "itemsToParse": ".parts"}  # type: ignore[dict-item]
    entry["enableDelete"] = False
    documents: list[dict[str, Any]] = [
        {"identifier": "user", "title": "User", "schema": {"properties": {"email": {"type": "string"}}}},
        {"identifier": "team", "title": "Team", "schema": {"properties": {}}},
    ]
    documents[0]["relations"] = {"team": {"target": "team", "many": False, "required": False}}
    workspace = _opened({"resources": [entry]}, *documents)
    row = replace(workspace.endpoint.rows[0], expression=".mail")
    changed = workspace.with_endpoint(replace(workspace.endpoint, rows=(row,)))
    written = _written(changed)["resources"][0]
    assert written["port"]["entity"]["mappings"]["properties"] == {"email": ".mail", "nested": {"a": ".a"}}
    written["port"]["entity"]["mappings"]["properties"]["email"] = ".email"
    assert written == entry


def test_removing_all_relations_of_the_form_keeps_the_others() -> None:
    found: Json = {"combinator": "and", "rules": []}
    team: Json = {
        "identifier": "user",
        "relations": {"team": {"target": "team"}},
        "schema": {"properties": {}},
    }
    workspace = _opened({"resources": [_entry(relations={"team": ".team", "found": found})]}, team)  # type: ignore[arg-type]
    form = replace(workspace.endpoint, own_relations=())
    written = _written(workspace.with_endpoint(form))["resources"][0]
    assert written["port"]["entity"]["mappings"]["relations"] == {"found": found}


def test_an_opened_blueprint_keeps_what_the_page_does_not_know() -> None:
    document: dict[str, Json] = {
        "identifier": "user",
        "title": "User",
        "description": "People",
        "schema": {
            "properties": {
                "email": {"type": "string", "format": "email", "description": "Work", "icon": "Mail"},
                "tags": {"type": "array", "items": {"type": "number"}},
                "other": {"type": "string", "spec": "open-api"},
            },
            "required": ["email"],
        },
        "calculationProperties": {"twice": {"calculation": ".properties.email", "type": "string"}},
        "mirrorProperties": {"lead": {"path": "team.lead"}},
        "relations": {"team": {"target": "team", "many": False, "required": True}},
        "ownership": {"type": "Direct"},
        "createdAt": "2024-01-01T00:00:00Z",
    }
    entry = _entry(properties={"email": ".email", "tags": ".tags"})
    workspace = _opened({"resources": [entry]}, document)
    draft = parse_page(workspace).port_draft
    assert draft
    kept = {name: each for name, each in document.items() if name != "createdAt"}
    assert blueprints(draft) == (kept,)
    rows = (replace(workspace.endpoint.rows[0], title="Mail", type="string"), workspace.endpoint.rows[1])
    draft = parse_page(workspace.with_endpoint(replace(workspace.endpoint, rows=rows))).port_draft
    assert draft
    properties: Any = blueprints(draft)[0]["schema"]
    assert properties["properties"]["email"] == {
        "type": "string",
        "description": "Work",
        "icon": "Mail",
        "title": "Mail",
    }
    assert properties["properties"]["tags"] == {"type": "array", "items": {"type": "number"}}


def test_a_property_that_the_blueprint_lacks_is_added_to_it() -> None:
    document = {"identifier": "user", "title": "User", "schema": {"properties": {}}}
    draft = parse_page(_opened({"resources": [_entry(properties={"email": ".email"})]}, document)).port_draft
    assert draft
    schema: Any = blueprints(draft)[0]["schema"]
    assert schema["properties"] == {"email": {"type": "string"}}


def test_an_opened_endpoint_with_issues_stays_in_the_mapping() -> None:
    content: dict[str, Json] = {"resources": [_entry(), {**_entry(), "kind": "/teams"}]}
    workspace = _opened(content)
    broken = workspace.with_endpoint(replace(workspace.endpoint, identifier=".id |"))
    assert parse_page(broken).endpoints[broken.current].errors
    assert _written(broken) == content


def test_entries_keep_their_order_and_new_ones_follow() -> None:
    several: Json = {"kind": "/b", "port": {"entity": {"mappings": [{}, {}]}}}
    content: dict[str, Json] = {
        "resources": [{**_entry(), "kind": "/a"}, several, {**_entry(), "kind": "/c"}]
    }
    workspace = _opened(content)
    assert [(each.position, each.reason) for each in workspace.kept] == [
        (1, "It maps each item to 2 entities")
    ]
    duplicated = workspace.with_duplicate(workspace.endpoints[0].number)
    assert [each["kind"] for each in _written(duplicated)["resources"]] == ["/a", "/b", "/c", "/a"]
    assert [each["kind"] for each in _written(workspace.without_kept(1))["resources"]] == ["/a", "/c"]


def test_the_first_relation_of_an_opened_mapping_adds_the_flags_that_relations_need() -> None:
    documents: list[dict[str, Any]] = [
        {"identifier": name, "title": name, "schema": {"properties": {}}} for name in ("user", "team")
    ]
    workspace = _opened({"createMissingRelatedEntities": False, "resources": [_entry()]}, *documents)
    related = replace(workspace.endpoint, own_relations=(_relation("team"),))
    written = _written(workspace.with_endpoint(related))
    assert (written["deleteDependentEntities"], written["createMissingRelatedEntities"]) == (True, False)


def _relation(target: str) -> OwnRelation:
    return OwnRelation("team", "", target, ".team")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "The relation has no target"),
        ("no such", "Port allows"),
        ("service", "Neither Port nor this page has the blueprint service"),
    ],
)
def test_the_target_of_a_relation_is_checked(target: str, message: str) -> None:
    workspace = replace(_opened({"resources": [_entry()]}), catalog=frozenset({"team"}))
    form: EndpointForm = replace(workspace.endpoint, own_relations=(_relation(target),))
    parsed = parse_page(workspace.with_endpoint(form))
    [issue] = parsed.endpoints[form.number].errors
    assert issue.field == "own-relation-0-target"
    assert message in issue.message


def test_a_sample_changes_only_the_place_of_the_items_in_an_opened_mapping(users: str) -> None:
    """Fields of the sample that the mapping does not read are offered, but not selected."""
    entry = _entry(title=".login", properties={"mail": ".email", "own": ".name | ascii_upcase"})
    workspace = _opened({"resources": [entry]})
    answer = parse_response(users)
    filled = fill_in(workspace.endpoint, answer, "fetched", "https://api.example.com/users")
    sampled = with_relations(workspace.with_endpoint(filled))
    written = _written(sampled)["resources"][0]
    assert written["selector"] == {"query": "true", "data_path": ".users"}
    assert {**written, "selector": entry["selector"]} == entry
    rows = sampled.endpoint.rows
    assert [(row.name, row.is_selected, row.found is not None) for row in rows[:2]] == [
        ("mail", True, True),
        ("own", True, False),
    ]
    assert {row.name for row in rows[2:] if not row.is_selected} >= {"name", "team_id"}
    again = fill_in(sampled.endpoint, answer, "fetched", "https://api.example.com/users")
    assert [(row.name, row.is_selected) for row in again.rows] == [
        (row.name, row.is_selected) for row in rows
    ]


def test_an_opened_request_is_not_checked_against_settings_that_are_not_entered_yet() -> None:
    """The pagination type is a setting, and Port does not store settings."""
    selector: Json = {"query": "true", "pagination": {"param": "p"}}
    workspace = _opened({"resources": [{**_entry(), "selector": selector}]})
    assert parse_page(workspace).endpoints[workspace.current].errors == ()
    changed = workspace.with_endpoint(replace(workspace.endpoint, min_items="3"))
    [issue] = parse_page(changed).endpoints[changed.current].errors
    assert "has no effect with pagination type" in issue.message
    texts = {"baseUrl": "https://api.example.com", "authType": "none", "paginationType": "page"}
    connected = replace(changed, connection=ConnectionForm(texts))
    assert parse_page(connected).endpoints[connected.current].errors == ()
