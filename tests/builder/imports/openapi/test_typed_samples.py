"""OpenAPI documents whose responses are XML, CSV or YAML."""

import json
from typing import Any

import pytest

from builder.imports import Imported
from builder.imports.openapi.reader import read_openapi
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.bodies import Json

HOST = {
    "type": "object",
    "xml": {"name": "host"},
    "properties": {
        "id": {"type": "string", "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"prefix": "h"}},
        "isUp": {"type": "boolean", "example": True},
        "tags": {
            "type": "array",
            "xml": {"wrapped": True},
            "items": {"type": "string", "xml": {"name": "tag"}},
        },
        "port": {"type": "array", "items": {"type": "integer", "example": 80}},
    },
}


def imported(content: dict[str, Any]) -> Imported:
    operation = {"summary": "List hosts", "responses": {"200": {"description": "ok", "content": content}}}
    document: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "Hosts", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/hosts": {"get": operation}},
        "components": {"schemas": {"Host": HOST}},
    }
    return read_openapi(json.dumps(document))


def sample_of(content: dict[str, Any]) -> Json:
    (endpoint,) = imported(content).endpoints
    assert read_resource(endpoint.kind, endpoint.selector, PaginationSettings()).kind == "/hosts"
    return {"sample": endpoint.sample, **endpoint.selector}


REF = {"$ref": "#/components/schemas/Host"}


@pytest.mark.parametrize(
    ("schema", "data_path"),
    [
        ({"type": "array", "items": REF}, ".hosts.host"),
        ({"type": "array", "xml": {"name": "all"}, "items": REF}, ".all.host"),
        (
            {
                "type": "object",
                "xml": {"name": "answer"},
                "properties": {
                    "total": {"type": "integer", "xml": {"attribute": True}, "example": 2},
                    "items": {"type": "array", "xml": {"wrapped": True}, "items": REF},
                },
            },
            ".answer.items.host",
        ),
        ({"type": "object", "properties": {"items": {"type": "array", "items": REF}}}, ".response.host"),
    ],
)
def test_fields_have_the_names_of_elements_and_attributes(schema: Json, data_path: str) -> None:
    found: Any = sample_of({"application/xml": {"schema": schema}})
    assert found["data_path"] == data_path
    assert found["headers"] == {"Accept": "application/xml"}
    host: Any = found["sample"]
    for key in data_path.split(".")[1:]:
        host = host[key]
    assert host[0].keys() == {"@id", "h:name", "isUp", "tags", "port"}
    assert (host[0]["isUp"], host[0]["port"]) == ("true", ["80"])
    assert host[0]["tags"].keys() == {"tag"}


def test_an_example_of_a_document_is_read() -> None:
    example = "<hosts><host id='1'/><host id='2'/></hosts>"
    content = {"application/xml": {"example": example, "schema": {"type": "array", "items": REF}}}
    found: Any = sample_of(content)
    assert (found["data_path"], found["sample"]) == (
        ".hosts.host",
        {"hosts": {"host": [{"@id": "1"}, {"@id": "2"}]}},
    )


def test_an_example_of_another_format_is_left_out() -> None:
    content = {"application/xml": {"example": "oops", "schema": {"type": "array", "items": REF}}}
    found: Any = sample_of(content)
    assert found["data_path"] == ".hosts.host"


def test_cells_of_a_table_are_texts() -> None:
    row = {"type": "object", "properties": {"id": {"type": "integer", "example": 1}}}
    found: Any = sample_of({"text/csv": {"schema": {"type": "array", "items": row}}})
    assert found["sample"][0]["id"] == "1"
    found = sample_of({"text/csv": {"example": "id;name\n1;a\n2;b\n"}})
    assert found["sample"] == [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]


def test_json_is_preferred() -> None:
    schema = {"schema": {"type": "array", "items": REF}}
    found: Any = sample_of({"application/xml": schema, "application/json": schema})
    assert found["sample"][0].keys() == {"id", "name", "isUp", "tags", "port"}
    assert "headers" not in found


def test_other_types_are_no_listing() -> None:
    assert list(imported({"application/pdf": {"schema": {"type": "string"}}}).endpoints) == []
