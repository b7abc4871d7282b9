"""OpenAPI documents as settings and endpoints."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_openapi
from builder.inference import propose
from rest.bodies import Json

type Document = Callable[[str], str]

ITEMS: Json = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}

EXAMPLE_NOTE = ("query_params.a has the document's example. Enter your own value",)


def openapi(paths: Mapping[str, Json], **others: Json) -> str:
    return json.dumps(
        {"openapi": "3.0.3", "servers": [{"url": "https://api.acme.example"}], "paths": dict(paths), **others}
    )


def get(schema: Json = ITEMS, **others: Json) -> Json:
    """Return a path item with a GET operation and this response schema."""
    response: Json = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    return {"get": {"responses": {"200": response}, **others}}


def by_kind(found: Imported) -> dict[str, ImportedEndpoint]:
    return {each.kind: each for each in found.endpoints}


def test_openapi_3_0_becomes_settings_and_endpoints(document: Document) -> None:
    found = read_openapi(document("shelter.yaml"))
    assert found.title == "Animal shelter"
    assert found.settings == {
        "baseUrl": "https://eu.shelter.example/api/v2",
        "authType": "api_key",
        "apiKeyHeader": "X-Shelter-Key",
    }
    assert [each.kind for each in found.endpoints] == [
        "/animals",
        "/animals/{animalId}/visits",
        "/keepers/{keeper}/shifts",
        "/regions/{region}/rooms",
    ]
    assert found.notes == (
        "The document has other servers: http://localhost:8080",
        "Other security schemes of the document: other",
        "4 of 7 GET operations return a listing. The others were left out",
    )


def test_parameters_of_an_operation_become_the_selector(document: Document) -> None:
    animals = by_kind(read_openapi(document("shelter.yaml")))["/animals"]
    assert animals.title == "List animals"
    assert animals.description == "Every animal that lives here, also those on leave."
    assert animals.selector == {
        "query_params": {"kind": "cat"},
        "headers": {"X-Api-Version": "2024-01-31"},
        "pagination": {"type": "page", "param": "page", "size_param": "per_page", "page_size": 50},
    }


def test_path_parameter_copies_the_selector_of_its_parent(document: Document) -> None:
    endpoints = by_kind(read_openapi(document("shelter.yaml")))
    visits = endpoints["/animals/{animalId}/visits"]
    assert visits.selector == {
        "headers": {"Accept": "application/vnd.shelter+json"},
        "data_path": ".visits",
        "pagination": {"type": "next_link", "next_link_path": ".next"},
        "path_parameters": {
            "animalId": {"endpoint": "/animals", "field": ".id", **endpoints["/animals"].selector}
        },
    }
    assert visits.notes == ("The document marks the operation as deprecated",)


def test_values_are_complete_lists_and_an_example_is_named_in_a_note(document: Document) -> None:
    endpoints = by_kind(read_openapi(document("shelter.yaml")))
    rooms, shifts = endpoints["/regions/{region}/rooms"], endpoints["/keepers/{keeper}/shifts"]
    assert rooms.selector["path_parameters"] == {"region": {"values": ["north", "south"]}}
    assert rooms.notes == ()
    assert "path_parameters" not in shifts.selector
    assert (
        "{keeper} has no values. Set an endpoint or values in path_parameters.keeper. "
        "The document says: for example jo"
    ) in shifts.notes


def test_unreadable_operations_of_openapi_3_1_are_left_out(document: Document) -> None:
    found = read_openapi(document("code_host.json"))
    endpoints = by_kind(found)
    assert list(endpoints) == [
        "/orgs",
        "/orgs/{org}/repos",
        "/orgs/{org}/repos/{repo_name}/issues",
        "/search/code",
    ]
    assert found.settings == {
        "baseUrl": "https://api.codehost.example",
        "authType": "oauth2",
        "tokenUrl": "https://api.codehost.example/oauth/token",
        "tokenParams": {"scope": "repo org"},
    }
    left_out = [note for note in found.notes if note.startswith("Left out")]
    where = "paths./{}.get.responses.200"
    assert [note.split(": ")[1] for note in left_out] == [
        f"{where.format('broken')}.content.application/json.schema",
        f"{where.format('elsewhere')}.content.application/json.schema",
        f"{where.format('malformed')} is not an object",
    ]


def test_parents_are_chained_with_the_field_in_the_parameter_name(document: Document) -> None:
    endpoints = by_kind(read_openapi(document("code_host.json")))
    paging: Json = {"type": "header_link", "size_param": "per_page"}
    assert endpoints["/orgs/{org}/repos/{repo_name}/issues"].selector["path_parameters"] == {
        "org": {"endpoint": "/orgs", "field": ".login", "pagination": paging},
        "repo_name": {"endpoint": "/orgs/{org}/repos", "field": ".name", "pagination": paging},
    }


def test_required_id_in_the_query_gets_the_parent_that_has_it(document: Document) -> None:
    code = by_kind(read_openapi(document("code_host.json")))["/search/code"]
    assert code.selector["query_params"] == {"org-id": "{org_id}"}
    parameters = code.selector["path_parameters"]
    assert isinstance(parameters, dict)
    assert isinstance(parameters["org_id"], dict)
    assert parameters["org_id"]["endpoint"] == "/orgs"
    assert parameters["org_id"]["field"] == ".id"
    assert code.notes == ("query_params.q is required, but the document has no value for it",)


def test_swagger_2_0_becomes_settings_and_endpoints(
    document: Document, accepted: Callable[[Imported], list[str]]
) -> None:
    found = read_openapi(document("warehouse.yaml"))
    assert found.settings == {"baseUrl": "https://warehouse.example/rest", "authType": "bearer_token"}
    assert accepted(found) == ["/shelves", "/shelves/{shelf_key}/boxes"]
    shelves = found.endpoints[0].selector
    assert shelves == {
        "query_params": {"sort": "name"},
        "data_path": ".shelves",
        "pagination": {"type": "offset", "param": "offset", "size_param": "limit", "page_size": 25},
    }
    assert found.endpoints[1].selector["path_parameters"] == {
        "shelf_key": {"endpoint": "/shelves", "field": ".key", **shelves}
    }
    assert found.endpoints[1].sample == [{"id": 4, "weight": 1.5}, {"id": 5, "weight": 2}]


@pytest.mark.parametrize("name", ["shelter.yaml", "code_host.json", "warehouse.yaml"])
def test_each_sample_is_sufficient_for_a_proposal(document: Document, name: str) -> None:
    for endpoint in read_openapi(document(name)).endpoints:
        proposed = propose(endpoint.kind, endpoint.sample)
        assert len(proposed.items) >= 2, endpoint.kind
        assert proposed.source.identifier, endpoint.kind
        assert proposed.source.selector["data_path"] == endpoint.selector.get("data_path", ".")


def test_reading_a_document_is_deterministic(document: Document) -> None:
    assert read_openapi(document("shelter.yaml")) == read_openapi(document("shelter.yaml"))


@pytest.mark.parametrize(
    ("schema", "data_path"),
    [
        (ITEMS, None),
        ({"type": "object", "properties": {"data": ITEMS}}, ".data"),
        ({"properties": {"data": {"properties": {"users": ITEMS}}}}, ".data.users"),
        (
            {"allOf": [{"properties": {"total": {"type": "integer"}}}, {"properties": {"users": ITEMS}}]},
            ".users",
        ),
        ({"oneOf": [{"properties": {"users": ITEMS}}, {"type": "string"}]}, ".users"),
        ({"anyOf": [{"type": "null"}, ITEMS]}, None),
        ({"properties": {"@odata.value": ITEMS}}, '."@odata.value"'),
    ],
    ids=["list", "wrapped", "nested", "all_of", "one_of", "any_of", "odd_key"],
)
def test_listing_is_found_in_wrappers(schema: Json, data_path: str | None) -> None:
    endpoint = read_openapi(openapi({"/users": get(schema)})).endpoints[0]
    assert endpoint.selector.get("data_path") == data_path


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (
            "/me",
            {
                "properties": {
                    "id": {"type": "integer"},
                    "roles": {"type": "array", "items": {"type": "string"}},
                }
            },
        ),
        ("/users/{id}", {"properties": {"id": {"type": "integer"}, "roles": ITEMS}}),
        ("/version", {"type": "string"}),
        ("/nothing", {}),
    ],
    ids=["one", "one_of_many", "text", "anything"],
)
def test_single_item_is_not_a_listing(path: str, schema: Json) -> None:
    found = read_openapi(openapi({path: get(schema)}))
    assert found.endpoints == ()
    assert found.notes == ("0 of 1 GET operations return a listing. The others were left out",)


def parameter(name: str, place: str = "query", **others: Json) -> Json:
    return {"name": name, "in": place, **others}


@pytest.mark.parametrize(
    ("parameters", "pagination"),
    [
        (
            [parameter("page", schema={"type": "integer"})],
            {"type": "page", "param": "page", "size_param": "-"},
        ),
        (
            [parameter("page", schema={"type": "integer", "minimum": 0}), parameter("size")],
            {"type": "page", "param": "page", "start_page": 0, "size_param": "size"},
        ),
        (
            [
                parameter(
                    "page", style="deepObject", schema={"properties": {"number": {}, "size": {"maximum": 30}}}
                )
            ],
            {"type": "page", "param": "page[number]", "size_param": "page[size]", "page_size": 30},
        ),
        (
            [parameter("$skip"), parameter("$top", schema={"type": "integer", "maximum": 1000})],
            {"type": "offset", "param": "$skip", "size_param": "$top", "page_size": 500},
        ),
        (
            [parameter("starting_after", schema={"type": "string"}), parameter("limit")],
            {"type": "cursor", "param": "starting_after", "size_param": "limit"},
        ),
        ([parameter("limit")], None),
        ([parameter("page", "header")], None),
        ([parameter("page", schema={"type": "string"})], None),
        ([parameter("after", schema={"type": "string", "format": "date-time"})], None),
    ],
    ids=["page", "from_0", "deep_object", "odata", "cursor", "size_alone", "header", "text", "date"],
)
def test_page_parameters_become_pagination(parameters: Json, pagination: Json) -> None:
    found = read_openapi(openapi({"/users": get(parameters=parameters)}))
    assert found.endpoints[0].selector == ({"pagination": pagination} if pagination else {})


@pytest.mark.parametrize(
    ("parameters", "selector", "notes"),
    [
        ([parameter("a", required=True, example="x")], {"query_params": {"a": "x"}}, EXAMPLE_NOTE),
        (
            [parameter("a", required=True, examples={"one": {"value": [1, 2]}})],
            {"query_params": {"a": [1, 2]}},
            EXAMPLE_NOTE,
        ),
        ([parameter("a", required=True, schema={"const": 5})], {"query_params": {"a": 5}}, ()),
        ([parameter("a", schema={"default": 5})], {}, ()),
        (
            [parameter("a", required=True)],
            {},
            ("query_params.a is required, but the document has no value for it",),
        ),
        (
            [parameter("X-Org", "header", required=True)],
            {},
            ("The header X-Org is required. Add it to selector.headers",),
        ),
        ([parameter("Accept", "header", required=True, example="text/csv")], {}, ()),
        (
            [parameter("sid", "cookie", required=True)],
            {},
            ("The cookie sid is required. Add it to selector.headers as Cookie",),
        ),
        ([{"$ref": "#/components/parameters/a"}], {"query_params": {"a": "b"}}, ()),
    ],
    ids=[
        "example",
        "examples",
        "const",
        "optional",
        "nothing",
        "header",
        "own_header",
        "cookie",
        "reference",
    ],
)
def test_required_parameters_get_values_or_notes(
    parameters: Json, selector: Json, notes: tuple[str, ...]
) -> None:
    components: Json = {"parameters": {"a": parameter("a", required=True, schema={"enum": ["b", "c"]})}}
    endpoint = read_openapi(openapi({"/users": get(parameters=parameters)}, components=components)).endpoints[
        0
    ]
    assert endpoint.selector == selector
    assert endpoint.notes == notes


def test_parameter_of_an_operation_overrides_that_of_its_path() -> None:
    operation = get(parameters=[parameter("a", required=True, example="operation")])
    assert isinstance(operation, dict)
    path: Json = {**operation, "parameters": [parameter("a", required=True, example="path")]}
    endpoint = read_openapi(openapi({"/users": path})).endpoints[0]
    assert endpoint.selector == {"query_params": {"a": "operation"}}


def test_undeclared_path_parameter_is_named_in_a_note() -> None:
    endpoint = read_openapi(openapi({"/x/{some-id}/users": get()})).endpoints[0]
    assert endpoint.kind == "/x/{some_id}/users"
    assert endpoint.notes == (
        "{some_id} has no values. Set an endpoint or values in path_parameters.some_id",
    )


def test_server_of_an_operation_is_named_in_a_note() -> None:
    endpoint = read_openapi(openapi({"/x": get(servers=[{"url": "https://files.example"}])})).endpoints[0]
    assert endpoint.notes == (
        "The operation has its own server, https://files.example. It may differ from baseUrl",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the OpenAPI document is empty"),
        ("hello", "the OpenAPI document is not an object: 'hello'"),
        ("[]", "the OpenAPI document is not an object"),
        ("{", "the OpenAPI document is not JSON: Expecting"),
        ("a: [1, 2", "the OpenAPI document is not YAML: line 2, column 1"),
        ("info: {}", "has neither openapi nor swagger at the top level"),
        ("openapi: 4.0.0", "openapi: version '4.0.0' is not supported. Use 3.0 to 3.2 or 2.0"),
        ("swagger: 1.2", "swagger: version '1.2' is not supported"),
        ("openapi: 3.0.0\npaths: []", "paths is not an object"),
        ("openapi: 3.0.0\nservers: {}", "servers is not a list"),
        ("openapi: 3.0.0\nservers: [x]", r"servers\[0\] is not an object"),
        ("openapi: 3.0.0\ncomponents: {securitySchemes: {a: 1}}", "securitySchemes.a is not an object"),
    ],
    ids=[
        "empty", "text", "list", "cut_json", "cut_yaml", "other", "version", "old", "paths", "servers",
        "server", "scheme",
    ],
)  # fmt: skip
def test_malformed_document_is_rejected_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        read_openapi(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("operation", "note"),
    [
        ({"get": []}, "paths./users.get is not an object"),
        ([], "paths./users is not an object"),
        ({"get": {"responses": []}}, "paths./users.get.responses is not an object"),
        (get({"$ref": "#/components/schemas/a"}), "refers to itself"),
        (
            get({"$ref": "other.yaml#/a"}),
            "$ref 'other.yaml#/a' refers to another document, which is not read",
        ),
        (get({"$ref": "#/nowhere/0"}), "$ref '#/nowhere/0' does not refer to an object in this document"),
        (get(parameters={}), "paths./users.get.parameters is not a list"),
        (get({"allOf": {}}), "schema.allOf is not a list"),
    ],
    ids=["get", "path", "responses", "circle", "elsewhere", "nowhere", "parameters", "all_of"],
)
def test_malformed_operation_is_left_out_with_a_note(operation: Json, note: str) -> None:
    components: Json = {
        "schemas": {"a": {"$ref": "#/components/schemas/b"}, "b": {"$ref": "#/components/schemas/a"}}
    }
    found = read_openapi(openapi({"/users": operation, "/teams": get()}, components=components))
    assert [each.kind for each in found.endpoints] == ["/teams"]
    assert note in found.notes[0]


@pytest.mark.parametrize("pointer", ["#/x-lists/1", "#/x-lists/0/a~1b", "#/x-lists/0/c%20d"])
def test_reference_can_refer_to_any_place_in_the_document(pointer: str) -> None:
    lists: Json = [{"a/b": ITEMS, "c d": ITEMS}, ITEMS]
    text = openapi({"/users": get({"$ref": pointer})}, **{"x-lists": lists})
    assert [each.kind for each in read_openapi(text).endpoints] == ["/users"]


def test_property_that_cannot_be_resolved_is_left_out() -> None:
    schema: Json = {
        "type": "array",
        "items": {"properties": {"id": {"type": "integer"}, "a": {"$ref": "x.yaml"}}},
    }
    found = read_openapi(openapi({"/users": get(schema)}))
    assert isinstance(found.endpoints[0].sample, list)
    assert [list(item) for item in found.endpoints[0].sample if isinstance(item, dict)] == [["id"], ["id"]]
    assert found.notes[0].startswith("Left out of samples: paths./users.get.responses.200.content")


def test_at_most_20_mistakes_are_listed() -> None:
    found = read_openapi(openapi({f"/x{number}": [] for number in range(30)}))
    assert len(found.notes) == 22
    assert found.notes[20] == "Left out: 10 more"


def test_other_methods_and_extensions_are_not_operations() -> None:
    found = read_openapi(openapi({"/users": {"post": {}}, "x-note": get(), "/empty": None, "/teams": get()}))
    assert list(by_kind(found)) == ["/teams"]
    assert found.notes == ()


def test_media_type_without_a_description_is_skipped() -> None:
    content: Json = {"application/json": None, "application/hal+json": {"schema": ITEMS}}
    path: Json = {"get": {"responses": {"200": {"content": content}}}}
    [endpoint] = read_openapi(openapi({"/users": path})).endpoints
    assert endpoint.selector == {"headers": {"Accept": "application/hal+json"}}


def test_parameter_without_a_name_is_skipped() -> None:
    [endpoint] = read_openapi(
        openapi({"/users": get(parameters=[{"in": "query", "required": True}])})
    ).endpoints
    assert (endpoint.selector, endpoint.notes) == ({}, ())


@pytest.mark.slow
@pytest.mark.unmeasured
def test_document_of_2000_operations_is_read_in_seconds() -> None:
    properties: dict[str, Json] = {f"field_{number}": {"type": "string"} for number in range(12)}
    schemas: Json = {
        f"Thing{number}": {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                **properties,
                **{
                    f"ref_{step}": {"$ref": f"#/components/schemas/Thing{(number * 7 + step) % 100}"}
                    for step in range(3)
                },
            },
        }
        for number in range(100)
    }
    paths = {
        f"/group{number % 50}/things{number}": get(
            {"type": "array", "items": {"$ref": f"#/components/schemas/Thing{number % 100}"}},
            parameters=[parameter("page", schema={"type": "integer"})],
        )
        for number in range(2000)
    }
    start = time.process_time()
    found = read_openapi(openapi(paths, components={"schemas": schemas}))
    assert len(found.endpoints) == 2000
    assert time.process_time() - start < 30


json_values: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "$ref",
                        "type",
                        "properties",
                        "items",
                        "allOf",
                        "oneOf",
                        "enum",
                        "example",
                        "examples",
                        "format",
                    ),
                    *(
                        "schema",
                        "content",
                        "application/json",
                        "name",
                        "in",
                        "required",
                        "parameters",
                        "default",
                        "url",
                    ),
                    *(
                        "minimum",
                        "maximum",
                        "multipleOf",
                        "maxLength",
                        "200",
                        "get",
                        "/x/{id}",
                        "flows",
                        "tokenUrl",
                    ),
                ]
            ),
            inner
            | st.sampled_from(["#", "#/paths", "array", "object", "query", "oauth2", "apiKey", "date-time"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["paths", "servers", "security", "components", "info", "host", "definitions"]),
        json_values,
    ),
    st.sampled_from(["openapi", "swagger"]),
)
def test_any_document_is_read_or_rejected(parts: dict[str, Json], key: str) -> None:
    with suppress(DocumentError):
        assert read_openapi(json.dumps({**parts, key: "3.1.0" if key == "openapi" else "2.0"})) is not None


@given(json_values, json_values, json_values)
def test_any_schema_has_a_sample_or_a_note(schema: Json, parameters: Json, security: Json) -> None:
    text = openapi(
        {
            "/users": get(schema, parameters=parameters, security=security),
            "/teams": get({"type": "array", "items": schema}),
        },
        components={"securitySchemes": {"a": security}},
    )
    with suppress(DocumentError):
        found = read_openapi(text)
        assert found.endpoints or found.notes


@given(st.text())
def test_any_text_is_read_or_rejected(text: str) -> None:
    with suppress(DocumentError):
        assert read_openapi(text).settings is not None
