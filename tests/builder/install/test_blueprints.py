"""Blueprints, and their creation in the sandbox of Port."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.draft import Blueprint, Draft, Property, PropertyType, Relation, Source
from builder.install import blueprints, blueprints_json, creation
from rest.bodies import Json

_NAMES = st.text("abcXYZ019@_=-", min_size=1, max_size=12)
_FORMATS = st.sampled_from([None, "date-time", "url", "email", "ipv4", "ipv6", "markdown", "yaml"])


@st.composite
def _properties(draw: st.DrawFn) -> tuple[Property, ...]:
    names = draw(st.lists(_NAMES, unique=True, max_size=4))
    types: st.SearchStrategy[PropertyType] = st.sampled_from(
        ["string", "number", "boolean", "array", "object"]
    )
    return tuple(
        Property(
            name,
            ".x",
            draw(types),
            draw(st.sampled_from(["", "Title"])),
            draw(_FORMATS),
            draw(st.sampled_from([(), ("a", "b")])),
        )
        for name in names
    )


@st.composite
def _drafts(draw: st.DrawFn) -> Draft:
    """Sources whose blueprints relate to each other and to Port's own blueprints in any way."""
    identifiers = draw(
        st.lists(st.text("abÄ/:.+\\1", min_size=1, max_size=5), unique=True, min_size=1, max_size=5)
    )
    wanted = [each for each in identifiers if each not in (".", "..")] or ["x"]
    targets = st.sampled_from([*wanted, "_user"])
    sources = []
    for identifier in draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=6)):
        names = draw(st.lists(_NAMES, unique=True, max_size=3))
        relations = tuple(Relation(name, draw(targets), ".y", many=draw(st.booleans())) for name in names)
        sources.append(Source("/x", Blueprint(identifier, "", None, draw(_properties()), relations), ".id"))
    known = {source.blueprint.identifier for source in sources}
    sources += [Source("/y", Blueprint(each, each), ".id") for each in wanted if each not in known]
    return Draft({}, tuple(sources))


@pytest.mark.process
@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(draft=_drafts())
def test_port_accepts_the_requests_and_stores_the_complete_blueprints(
    port_server: httpx.Client, draft: Draft
) -> None:
    port_server.post("/_sandbox/reset").raise_for_status()
    _create(port_server, draft)
    for document in blueprints(draft):
        path = f"/v1/blueprints/{quote(str(document['identifier']), safe='')}"
        stored = port_server.get(path).raise_for_status().json()["blueprint"]
        assert stored.items() >= document.items()


def _create(port: httpx.Client, draft: Draft) -> None:
    plan = creation(draft)
    for body in plan.create:
        answer = port.post("/v1/blueprints", json=body)
        assert answer.status_code == 201, answer.text
    for identifier, body in plan.relate.items():
        answer = port.patch(f"/v1/blueprints/{quote(identifier, safe='')}", json=body)
        assert answer.status_code == 200, answer.text


def test_circular_relations_are_added_in_a_second_step(port: httpx.Client, draft: Draft) -> None:
    plan = creation(draft)
    assert [body["identifier"] for body in plan.create] == ["sampleProject", "sampleUser"]
    assert [body["relations"] for body in plan.create] == [
        {},
        {
            "favourite": {
                "title": "Favourite project",
                "target": "sampleProject",
                "required": False,
                "many": False,
            }
        },
    ]
    assert plan.relate == {
        "sampleProject": {
            "relations": {
                "owner": {"title": "Owner", "target": "sampleUser", "required": False, "many": False}
            }
        }
    }
    _create(port, draft)


def _one(*definitions: Property, **more: Any) -> Any:
    (document,) = blueprints(
        Draft({}, (Source("/x", Blueprint("x", "X", None, definitions, **more), ".id"),))
    )
    return document


@pytest.mark.parametrize(
    ("definition", "printed"),
    [
        pytest.param(Property("a", ".a"), {"type": "string"}, id="text"),
        pytest.param(
            Property("a", ".a", "string", "At", "date-time"),
            {"title": "At", "type": "string", "format": "date-time"},
            id="format",
        ),
        pytest.param(
            Property("a", ".a", "number", enum=(1, 2)), {"type": "number", "enum": [1, 2]}, id="enum"
        ),
        pytest.param(Property("a", ".a", "boolean", format="url"), {"type": "boolean"}, id="no format"),
        pytest.param(Property("a", ".a", "array"), {"type": "array"}, id="list"),
        pytest.param(
            Property("a", ".a", "array", format="email"),
            {"type": "array", "items": {"type": "string", "format": "email"}},
            id="list with a format",
        ),
        pytest.param(
            Property("a", ".a", "array", enum=(1, 2.5)),
            {"type": "array", "items": {"type": "number", "enum": [1, 2.5]}},
            id="list of few numbers",
        ),
    ],
)
def test_a_property_has_the_keys_of_its_type(definition: Property, printed: Json) -> None:
    assert _one(definition)["schema"]["properties"] == {"a": printed}


def test_sources_with_the_same_blueprint_are_merged() -> None:
    first = Blueprint("x", "X", "Git", (Property("a", ".a"),), (Relation("r", "x", ".r"),))
    second = Blueprint(
        "x", "Other", None, (Property("a", ".b", "number"), Property("b", ".b")), (Relation("s", "x", ".s"),)
    )
    (document,) = blueprints(Draft({}, (Source("/1", first, ".id"), Source("/2", second, ".id"))))
    assert (document["title"], document["icon"]) == ("X", "Git")
    assert document["schema"] == {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": [],
    }
    assert isinstance(document["relations"], dict)
    assert list(document["relations"]) == ["r", "s"]


def test_the_file_is_a_list_of_all_blueprints(draft: Draft) -> None:
    assert json.loads(blueprints_json(draft)) == list(blueprints(draft))
