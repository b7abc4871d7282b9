"""OpenAPI documents: what becomes of their operations."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_openapi
from builder.inference import proposal
from rest.bodies import Json

type Document = Callable[[str], str]

ITEMS: Json = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}


def openapi(paths: Mapping[str, Json], **others: Json) -> str:
    return json.dumps(
        {"openapi": "3.0.3", "servers": [{"url": "https://api.acme.example"}], "paths": dict(paths), **others}
    )


def get(schema: Json = ITEMS, **others: Json) -> Json:
    """A GET operation that answers with this schema."""
    answer: Json = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    return {"get": {"responses": {"200": answer}, **others}}


def by_kind(found: Imported) -> dict[str, ImportedEndpoint]:
    return {each.kind: each for each in found.endpoints}


def test_a_document_of_3_0_becomes_settings_and_endpoints(
    document: Document, accepted: Callable[[Imported], list[str]]
) -> None:
    found = read_openapi(document("shelter.yaml"))
    assert found.title == "Animal shelter"
    assert found.settings == {
        "baseUrl": "https://eu.shelter.example/api/v2",
        "authType": "api_key",
        "apiKeyHeader": "X-Shelter-Key",
    }
    assert accepted(found) == [
        "/animals",
        "/animals/{animalId}/visits",
        "/keepers/{keeper}/shifts",
        "/regions/{region}/rooms",
    ]
    assert found.notes == (
        "There are other servers: http://localhost:8080",
        "Other security schemes of the document: other",
        "4 of 7 GET operations list something; the others were left out",
    )


def test_what_an_operation_takes_becomes_the_selector(document: Document) -> None:
    animals = by_kind(read_openapi(document("shelter.yaml")))["/animals"]
    assert animals.title == "List animals"
    assert animals.description == "Every animal that lives here, also those on leave."
    assert animals.selector == {
        "query_params": {"kind": "cat"},
        "headers": {"X-Api-Version": "2024-01-31"},
        "pagination": {"type": "page", "param": "page", "size_param": "per_page", "page_size": 50},
    }


def test_a_child_asks_its_parent_as_the_parent_itself_is_asked(document: Document) -> None:
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
    assert visits.notes == ("The document calls it deprecated",)


def test_values_stand_in_where_no_listing_has_them(document: Document) -> None:
    endpoints = by_kind(read_openapi(document("shelter.yaml")))
    rooms, shifts = endpoints["/regions/{region}/rooms"], endpoints["/keepers/{keeper}/shifts"]
    assert rooms.selector["path_parameters"] == {"region": {"values": ["north", "south"]}}
    assert rooms.notes == ()
    assert shifts.selector["path_parameters"] == {"keeper": {"values": ["jo"]}}
    assert (
        "path_parameters.keeper has the values that were found, and not all: add the others" in shifts.notes
    )


def test_a_document_of_3_1_with_what_cannot_be_read_loses_no_more_than_that(document: Document) -> None:
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
        f"{where.format('malformed')} is no object",
    ]


def test_parents_chain_and_take_the_field_that_the_parameter_is_called_after(document: Document) -> None:
    endpoints = by_kind(read_openapi(document("code_host.json")))
    paging: Json = {"type": "header_link", "size_param": "per_page"}
    assert endpoints["/orgs/{org}/repos/{repo_name}/issues"].selector["path_parameters"] == {
        "org": {"endpoint": "/orgs", "field": ".login", "pagination": paging},
        "repo_name": {"endpoint": "/orgs/{org}/repos", "field": ".name", "pagination": paging},
    }


def test_a_required_id_in_the_query_is_asked_of_the_listing_that_has_it(document: Document) -> None:
    code = by_kind(read_openapi(document("code_host.json")))["/search/code"]
    assert code.selector["query_params"] == {"org-id": "{org_id}"}
    parameters = code.selector["path_parameters"]
    assert isinstance(parameters, dict)
    assert isinstance(parameters["org_id"], dict)
    assert parameters["org_id"]["endpoint"] == "/orgs"
    assert parameters["org_id"]["field"] == ".id"
    assert code.notes == ("query_params.q is required, and the document has no value for it",)


def test_swagger_2_0_says_the_same(document: Document, accepted: Callable[[Imported], list[str]]) -> None:
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
def test_each_sample_is_enough_for_a_proposal(document: Document, name: str) -> None:
    for endpoint in read_openapi(document(name)).endpoints:
        proposed = proposal(endpoint.kind, endpoint.sample)
        assert len(proposed.items) >= 2, endpoint.kind
        assert proposed.source.identifier, endpoint.kind
        assert proposed.source.selector["data_path"] == endpoint.selector.get("data_path", ".")


def test_the_same_document_gives_the_same(document: Document) -> None:
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
def test_a_listing_is_found_through_what_wraps_it(schema: Json, data_path: str | None) -> None:
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
def test_what_is_one_thing_is_no_listing(path: str, schema: Json) -> None:
    found = read_openapi(openapi({path: get(schema)}))
    assert found.endpoints == ()
    assert found.notes == ("0 of 1 GET operations list something; the others were left out",)


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
            {"type": "offset", "param": "$skip", "size_param": "$top"},
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
def test_parameters_that_speak_of_pages_become_pagination(parameters: Json, pagination: Json) -> None:
    found = read_openapi(openapi({"/users": get(parameters=parameters)}))
    assert found.endpoints[0].selector == ({"pagination": pagination} if pagination else {})


@pytest.mark.parametrize(
    ("parameters", "selector", "notes"),
    [
        ([parameter("a", required=True, example="x")], {"query_params": {"a": "x"}}, ()),
        (
            [parameter("a", required=True, examples={"one": {"value": [1, 2]}})],
            {"query_params": {"a": [1, 2]}},
            (),
        ),
        ([parameter("a", required=True, schema={"const": 5})], {"query_params": {"a": 5}}, ()),
        ([parameter("a", schema={"default": 5})], {}, ()),
        (
            [parameter("a", required=True)],
            {},
            ("query_params.a is required, and the document has no value for it",),
        ),
        (
            [parameter("X-Org", "header", required=True)],
            {},
            ("The header X-Org is required: put it into selector.headers",),
        ),
        ([parameter("Accept", "header", required=True, example="text/csv")], {}, ()),
        (
            [parameter("sid", "cookie", required=True)],
            {},
            ("The cookie sid is required: put it into selector.headers, as Cookie",),
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


def test_an_operation_s_parameter_wins_over_its_path_s() -> None:
    operation = get(parameters=[parameter("a", required=True, example="operation")])
    assert isinstance(operation, dict)
    path: Json = {**operation, "parameters": [parameter("a", required=True, example="path")]}
    endpoint = read_openapi(openapi({"/users": path})).endpoints[0]
    assert endpoint.selector == {"query_params": {"a": "operation"}}


def test_a_placeholder_that_nothing_is_known_of_is_named() -> None:
    endpoint = read_openapi(openapi({"/x/{some-id}/users": get()})).endpoints[0]
    assert endpoint.kind == "/x/{some_id}/users"
    assert endpoint.notes == (
        "{some_id} has no values yet: give path_parameters.some_id an endpoint, or values",
    )


def test_a_server_of_an_endpoint_s_own_is_named() -> None:
    endpoint = read_openapi(openapi({"/x": get(servers=[{"url": "https://files.example"}])})).endpoints[0]
    assert endpoint.notes == (
        "It has a server of its own, https://files.example: baseUrl may not be its address",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the OpenAPI document is empty"),
        ("hello", "the OpenAPI document is no object: 'hello'"),
        ("[]", "the OpenAPI document is no object"),
        ("{", "the OpenAPI document is no JSON: Expecting"),
        ("a: [1, 2", "the OpenAPI document is no YAML: line 2, column 1"),
        ("info: {}", "has neither openapi nor swagger at its top"),
        ("openapi: 4.0.0", "openapi: version '4.0.0' is not known. Known are 3.0 to 3.2, and 2.0"),
        ("swagger: 1.2", "swagger: version '1.2' is not known"),
        ("openapi: 3.0.0\npaths: []", "paths is no object"),
        ("openapi: 3.0.0\nservers: {}", "servers is no list"),
        ("openapi: 3.0.0\nservers: [x]", r"servers\[0\] is no object"),
        ("openapi: 3.0.0\ncomponents: {securitySchemes: {a: 1}}", "securitySchemes.a is no object"),
    ],
    ids=[
        "empty", "text", "list", "cut_json", "cut_yaml", "other", "version", "old", "paths", "servers",
        "server", "scheme",
    ],
)  # fmt: skip
def test_a_document_that_is_wrong_as_a_whole_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        read_openapi(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("operation", "note"),
    [
        ({"get": []}, "paths./users.get is no object"),
        ([], "paths./users is no object"),
        ({"get": {"responses": []}}, "paths./users.get.responses is no object"),
        (get({"$ref": "#/components/schemas/a"}), "leads to itself"),
        (get({"$ref": "other.yaml#/a"}), "$ref 'other.yaml#/a' leads to another document, which is not read"),
        (get({"$ref": "#/nowhere/0"}), "$ref '#/nowhere/0' leads to no object of this document"),
        (get(parameters={}), "paths./users.get.parameters is no list"),
        (get({"allOf": {}}), "schema.allOf is no list"),
    ],
    ids=["get", "path", "responses", "circle", "elsewhere", "nowhere", "parameters", "all_of"],
)
def test_an_operation_that_is_wrong_is_left_out_and_named(operation: Json, note: str) -> None:
    components: Json = {
        "schemas": {"a": {"$ref": "#/components/schemas/b"}, "b": {"$ref": "#/components/schemas/a"}}
    }
    found = read_openapi(openapi({"/users": operation, "/teams": get()}, components=components))
    assert [each.kind for each in found.endpoints] == ["/teams"]
    assert note in found.notes[0]


@pytest.mark.parametrize("pointer", ["#/x-lists/1", "#/x-lists/0/a~1b", "#/x-lists/0/c%20d"])
def test_a_reference_may_lead_anywhere_in_the_document(pointer: str) -> None:
    lists: Json = [{"a/b": ITEMS, "c d": ITEMS}, ITEMS]
    text = openapi({"/users": get({"$ref": pointer})}, **{"x-lists": lists})
    assert [each.kind for each in read_openapi(text).endpoints] == ["/users"]


def test_a_property_that_leads_nowhere_spoils_no_other() -> None:
    schema: Json = {
        "type": "array",
        "items": {"properties": {"id": {"type": "integer"}, "a": {"$ref": "x.yaml"}}},
    }
    found = read_openapi(openapi({"/users": get(schema)}))
    assert isinstance(found.endpoints[0].sample, list)
    assert [list(item) for item in found.endpoints[0].sample if isinstance(item, dict)] == [["id"], ["id"]]
    assert found.notes[0].startswith("Left out of samples: paths./users.get.responses.200.content")


def test_many_mistakes_are_counted_and_not_all_shown() -> None:
    found = read_openapi(openapi({f"/x{number}": [] for number in range(30)}))
    assert len(found.notes) == 22
    assert found.notes[20] == "Left out: 10 more"


@pytest.mark.slow
def test_thousands_of_operations_take_seconds() -> None:
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
def test_any_document_is_read_or_refused(parts: dict[str, Json], key: str) -> None:
    with suppress(DocumentError):
        assert read_openapi(json.dumps({**parts, key: "3.1.0" if key == "openapi" else "2.0"})) is not None


@given(json_values, json_values, json_values)
def test_any_schema_gives_a_sample_or_a_note(schema: Json, parameters: Json, security: Json) -> None:
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
def test_any_text_is_a_document_or_refused(text: str) -> None:
    with suppress(DocumentError):
        assert read_openapi(text).settings is not None
