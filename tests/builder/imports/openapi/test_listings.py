"""Which operations of a document are offered, and how their pages are requested."""

import json
from collections.abc import Callable, Mapping

import pytest

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_openapi
from builder.json_values import as_object
from rest.bodies import Json

ITEM: Json = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
ITEMS: Json = {"type": "array", "items": ITEM}
TEXT: Json = {"type": "string"}
TAGS: Json = {"type": "array", "items": {"type": "string"}}

STATUS: Json = {
    "properties": {
        "metadata": {"properties": {"name": {"type": "string"}}},
        "status": {"properties": {"ips": ITEMS}},
    }
}
FROM_0: Json = {"type": "page", "param": "page", "start_page": 0}
FROM_1: Json = {"type": "page", "param": "page"}


def read(paths: Mapping[str, Json]) -> Imported:
    document = {"openapi": "3.0.3", "servers": [{"url": "https://api.acme.example"}], "paths": dict(paths)}
    return read_openapi(json.dumps(document))


def operation(schema: Json = ITEMS, method: str = "get", **others: Json) -> Json:
    content: Json = {"application/json": {"schema": schema}}
    response: Json = {"description": "ok", **({} if schema is None else {"content": content})}
    return {method: {"responses": {"200": response}, **others}}


def query(name: str, description: str = "", **schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "integer", **schema}}


def envelope(**others: Json) -> Json:
    return {"type": "object", "properties": {"items": ITEMS, **others}}


def kinds(found: Imported) -> list[str]:
    return [each.kind for each in found.endpoints]


def only(found: Imported) -> ImportedEndpoint:
    (endpoint,) = found.endpoints
    return endpoint


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/orders/{id}", {"properties": {"id": {"type": "integer"}, "items": ITEMS}}),
        ("/orders/{id}", {"properties": {"name": {"type": "string"}, "tags": TAGS}}),
        (
            "/orders/{id}",
            {"properties": {"data": {"properties": {"id": {"type": "integer"}, "lines": ITEMS}}}},
        ),
        ("/orders/{id}", {"properties": {"total": {"type": "number"}, "lines": ITEMS}}),
        ("/pods/{name}/status", STATUS),
        ("/account", {"properties": {"id": {"type": "integer"}, "roles": ITEMS}}),
        ("/limits", {"properties": {"rate": {"type": "integer"}, "scopes": TAGS}}),
    ],
    ids=["lines", "tags", "wrapped", "no_id", "kubernetes", "account", "scalars"],
)
def test_single_item_with_a_list_is_no_listing(path: str, schema: Json) -> None:
    assert read({path: operation(schema)}).endpoints == ()


def test_detail_in_the_envelope_of_its_listing_is_no_listing() -> None:
    found = read({"/funds": operation(envelope()), "/funds/{fund_id}": operation(envelope())})
    assert kinds(found) == ["/funds"]


@pytest.mark.parametrize(
    "schema",
    [ITEMS, envelope(total={"type": "integer"}), {"properties": {"orders": ITEMS, "count": {}}}],
    ids=["list", "envelope", "named"],
)
def test_listing_may_end_with_a_placeholder(schema: Json) -> None:
    assert kinds(read({"/orders-of/{customer}": operation(schema)})) == ["/orders-of/{customer}"]


@pytest.mark.parametrize("path", ["/api/Orders", "/order/list", "/users/{id}/keys", "/v1/search"])
def test_listing_without_a_schema_is_offered_without_a_sample(path: str) -> None:
    endpoint = only(read({path: operation(None)}))
    assert endpoint.kind == path
    assert endpoint.sample is None
    assert endpoint.notes[0] == "The document does not describe a list. Fetch a sample"


@pytest.mark.parametrize(
    "path",
    [
        "/orders/{id}", "/health", "/status", "/oauth/token", "/users/me", "/reports/{id}/download",
        "/metrics", "/orders/count", "/users/{id}/avatar", "/info", "/orders/export",
    ],
)  # fmt: skip
def test_operation_without_a_schema_that_does_not_list_is_left_out(path: str) -> None:
    assert read({path: operation(None)}).endpoints == ()


def test_collection_that_is_described_as_one_item_is_offered_if_it_has_pages() -> None:
    pages: list[Json] = [query("page"), query("per_page")]
    found = read(
        {
            "/groups": operation(ITEM, parameters=pages),
            "/groups/{id}/members": operation(ITEMS),
            "/branding": operation(ITEM),
        }
    )
    assert kinds(found) == ["/groups", "/groups/{id}/members"]
    groups, members = found.endpoints
    assert groups.sample is None
    assert groups.selector["pagination"] == {"type": "page", "param": "page", "size_param": "per_page"}
    assert members.selector["path_parameters"] == {
        "id": {"endpoint": "/groups", "field": ".id", "pagination": groups.selector["pagination"]}
    }


def test_responses_of_errors_are_no_samples() -> None:
    responses: Json = {
        "200": {"description": "", "content": {"image/png": {"schema": {"type": "string"}}}},
        "default": {"description": "", "content": {"application/json": {"schema": envelope()}}},
    }
    assert read({"/clients/{id}/images": {"get": {"responses": responses}}}).endpoints == ()


BODY: Json = {
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["kind", "limit", "scope"],
                "properties": {
                    "kind": {"type": "string", "enum": ["a", "b"]},
                    "scope": {"type": "string"},
                    "limit": {"type": "integer", "maximum": 200},
                    "offset": {"type": "integer"},
                },
            }
        }
    }
}


def test_search_by_post_has_its_method_body_and_pages(accepted: Callable[[Imported], list[str]]) -> None:
    found = read({"/flows/filter": operation(ITEMS, "post", requestBody=BODY)})
    endpoint = only(found)
    assert accepted(found) == ["/flows/filter"]
    assert endpoint.selector == {
        "method": "POST",
        "body": {"kind": "a"},
        "pagination": {
            "type": "offset",
            "param": "offset",
            "param_location": "body",
            "size_param": "limit",
            "page_size": 200,
        },
    }
    assert endpoint.notes == ("body.scope is required, but the document has no value for it",)


@pytest.mark.parametrize(
    ("media_type", "body_type"),
    [("application/x-www-form-urlencoded", "form"), ("multipart/form-data", "multipart")],
)
def test_form_has_its_body_type(media_type: str, body_type: str) -> None:
    content = as_object(as_object(BODY)["content"])
    body: Json = {"content": {media_type: content["application/json"]}}
    selector = only(read({"/flows/filter": operation(ITEMS, "post", requestBody=body)})).selector
    assert (selector["body"], selector["body_type"]) == ({"kind": "a"}, body_type)
    both: Json = {"content": {media_type: {"schema": {}}, **content}}
    assert (
        "body_type" not in only(read({"/flows/filter": operation(ITEMS, "post", requestBody=both)})).selector
    )


def test_required_page_size_in_a_body_without_pages_has_note() -> None:
    schema: Json = {"required": ["limit"], "properties": {"limit": {"type": "integer"}}}
    body: Json = {"content": {"application/json": {"schema": schema}}}
    endpoint = only(read({"/flows/filter": operation(ITEMS, "post", requestBody=body)}))
    assert "pagination" not in endpoint.selector
    assert "body.limit is required, but the document has no value for it" in endpoint.notes


@pytest.mark.parametrize(
    ("path", "summary"),
    [
        ("/users/search", ""),
        ("/users/query", ""),
        ("/nodes:list", ""),
        ("/listUsers", ""),
        ("/files/list_folder", ""),
        ("/org/{id}/projects", "List all projects"),
    ],
)
def test_post_that_reads_is_offered(path: str, summary: str) -> None:
    endpoint = only(read({path: operation(ITEMS, "post", summary=summary)}))
    assert endpoint.selector["method"] == "POST"


@pytest.mark.parametrize(
    ("path", "summary"),
    [
        ("/users", ""),
        ("/users", "Create users"),
        ("/searches", "Create a search"),
        ("/users/search/delete", ""),
        ("/users/bulk", "Get or create users"),
        ("/search", "Start a search"),
        ("/users/{id}", "Find a user"),
    ],
)
def test_post_that_may_write_is_not_offered(path: str, summary: str) -> None:
    assert read({path: operation(ITEMS, "post", summary=summary)}).endpoints == ()


@pytest.mark.parametrize(
    ("parameters", "schema", "pagination"),
    [
        ([query("page", "Zero-based page index (0..N)")], ITEMS, FROM_0),
        ([query("page", "Page number, starting at 0")], ITEMS, FROM_0),
        ([query("page", "0 is the first page", default=1)], ITEMS, FROM_0),
        ([query("page", "1-based", minimum=0)], ITEMS, FROM_1),
        ([query("page", "The first page is 1", minimum=0)], ITEMS, FROM_1),
        ([query("page", default=0)], ITEMS, FROM_0),
        ([query("page", example=0)], ITEMS, FROM_0),
        ([query("page")], envelope(numberOfElements={"type": "integer"}), FROM_0),
        ([query("page")], envelope(page={"type": "integer", "example": 0}), FROM_0),
        ([query("page", "One page at a time")], ITEMS, FROM_1),
        ([query("page", "Page number", type="string")], ITEMS, FROM_1),
        (
            [query("page", "A cursor from the last response", type="string")],
            envelope(next_page={"type": "string"}),
            {"type": "cursor", "param": "page", "cursor_path": ".next_page"},
        ),
        ([query("first"), query("max")], ITEMS, {"type": "offset", "param": "first"}),
        ([query("start", "Start of the period"), query("end")], ITEMS, None),
        ([query("after", "Only items created after this date", type="string")], ITEMS, None),
    ],
)  # fmt: skip
def test_first_page_and_type_are_read_from_words_bounds_and_the_response(
    parameters: Json, schema: Json, pagination: dict[str, Json] | None
) -> None:
    found = only(read({"/users": operation(schema, parameters=parameters)})).selector.get("pagination")
    if isinstance(found, dict):
        found = {name: value for name, value in found.items() if name not in ("size_param", "page_size")}
    assert found == pagination


@pytest.mark.parametrize(
    ("description", "schema", "size"),
    [
        ("", {"maximum": 50}, 50),
        ("", {"maximum": 2147483647}, None),
        ("", {"maximum": 5000}, 500),
        ("", {"enum": [10, 20, 50]}, 50),
        ("The page size, max. 250", {}, 250),
        ("Up to 30 items", {}, 30),
        ("Between 1 and 1,000. Defaults to 20", {}, 500),
        ("Must not exceed 200", {}, 200),
        ("Items per page (1-40)", {}, 40),
        ("Default: 20", {"default": 20}, None),
    ],
)
def test_largest_page_that_the_document_allows_is_requested(
    description: str, schema: dict[str, Json], size: int | None
) -> None:
    parameters: list[Json] = [query("page"), query("limit", description, **schema)]
    pagination = only(read({"/users": operation(parameters=parameters)})).selector["pagination"]
    assert isinstance(pagination, dict)
    assert pagination.get("page_size") == size


@pytest.mark.parametrize(
    ("parameters", "fields", "pagination"),
    [
        (
            ["pageToken", "pageSize"],
            {"nextPageToken": TEXT},
            {"type": "cursor", "param": "pageToken", "cursor_path": ".nextPageToken"},
        ),
        (
            ["continue", "limit"],
            {"metadata": {"properties": {"continue": TEXT}}},
            {"type": "cursor", "param": "continue", "cursor_path": ".metadata.continue"},
        ),
        (
            ["starting_after", "limit"],
            {"has_more": {"type": "boolean"}},
            {"type": "cursor", "param": "starting_after", "size_param": "limit"},
        ),
        (
            ["after", "limit"],
            {"paging": {"properties": {"next": {"properties": {"after": TEXT}}}}},
            {"type": "cursor", "param": "after", "cursor_path": ".paging.next.after", "size_param": "limit"},
        ),
        (
            ["$skip", "$top"],
            {"@odata.nextLink": TEXT},
            {"type": "next_link", "next_link_path": '."@odata.nextLink"', "size_param": "$top"},
        ),
        (
            ["marker", "limit"],
            {"next_marker": TEXT},
            {"type": "cursor", "param": "marker", "cursor_path": ".next_marker", "size_param": "limit"},
        ),
        (
            ["offset", "limit"],
            {"total": {"type": "integer"}},
            {"type": "offset", "param": "offset", "size_param": "limit"},
        ),
    ],
    ids=["google", "kubernetes", "stripe", "hubspot", "odata", "marker", "offset"],
)  # fmt: skip
def test_parameters_and_response_are_read_together(
    parameters: list[str], fields: dict[str, Json], pagination: dict[str, Json]
) -> None:
    schema: Json = {"type": "object", "properties": {"items": ITEMS, **fields}}
    numbers = ("offset", "$skip")
    sent: list[Json] = [query(name, type="integer" if name in numbers else "string") for name in parameters]
    found = only(read({"/users": operation(schema, parameters=sent)})).selector["pagination"]
    assert isinstance(found, dict)
    assert {name: found.get(name) for name in pagination} == pagination


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#%RAML 1.0\ntitle: A", "a RAML document"),
        ("FORMAT: 1A\n# Polls", "an API Blueprint document"),
        ("<!DOCTYPE html>\n<html><body>", "an HTML page"),
        ('<?xml version="1.0"?>\n<wsdl:definitions xmlns:wsdl="x/wsdl/">', "a WSDL document"),
        ("asyncapi: 2.0.0", "an AsyncAPI document"),
        ('{"swaggerVersion": "1.2"}', "a Swagger 1 document"),
        ('{"kind": "discovery#restDescription"}', "a Google Discovery document"),
        ("# The schema\ntype Query {\n  users: [User]\n}", "a GraphQL schema"),
        ("/* Licence */\n// v1\nsyntax = \"proto3\";", "a Protocol Buffers file"),
        ("<!-- a --> <!-- b --><html>", "an HTML page"),
        ('{"data": {"__schema": {}}}', "a GraphQL schema"),
    ],
)  # fmt: skip
def test_description_in_another_format_is_named(text: str, name: str) -> None:
    with pytest.raises(DocumentError, match=f"^this is {name}, which is not read"):
        read_openapi(text)


@pytest.mark.parametrize("banner", ["#" * 5000, "# " * 5000, "#\n" * 5000], ids=["line", "spaced", "lines"])
def test_document_may_begin_with_a_banner_of_comments(banner: str) -> None:
    assert read_openapi(f"{banner}\nopenapi: 3.0.3\npaths: {{}}").endpoints == ()


def test_paths_that_differ_by_fragment_are_left_out() -> None:
    assert read({"/#Action=ListUsers": operation()}).endpoints == ()


def test_parameter_that_all_operations_require_does_not_rule_out_parents() -> None:
    login: list[Json] = [{"name": "login", "in": "query", "required": True, "schema": TEXT}]
    paths = {path: operation(parameters=login) for path in ("/a", "/b", "/c", "/products")}
    found = read({**paths, "/products/{id}/parts": operation(parameters=login)})
    parameters = found.endpoints[-1].selector["path_parameters"]
    assert parameters == {"id": {"endpoint": "/products", "field": ".id"}}


def test_required_version_is_that_of_the_document() -> None:
    parameter: Json = {"name": "api-version", "in": "query", "required": True, "schema": {"type": "string"}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "2023-01-01"},
        "paths": {"/users": operation(parameters=[parameter])},
    }
    endpoint = only(read_openapi(json.dumps(document)))
    assert endpoint.selector["query_params"] == {"api-version": "2023-01-01"}
    assert endpoint.notes == ()


def test_placeholders_of_one_repository_are_linked(accepted: Callable[[Imported], list[str]]) -> None:
    owner: Json = {"type": "object", "properties": {"login": TEXT, "id": {"type": "integer"}}}
    repository: Json = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": TEXT, "owner": owner},
    }
    found = read(
        {
            "/user/repos": operation({"type": "array", "items": repository}),
            "/repos/{owner}/{repo}/issues": operation(),
            "/repos/{owner}/{repo}/issues/{issue}/comments": operation(),
        }
    )
    assert accepted(found) == [
        "/user/repos",
        "/repos/{owner}/{repo}/issues",
        "/repos/{owner}/{repo}/issues/{issue}/comments",
    ]
