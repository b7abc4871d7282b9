"""Reading a mapping entry, and the errors for mistakes in it."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Endpoint, ParameterSource, PathParameter, Resource
from expressions.paths import jq_path, setting_path
from rest.errors import ResourceError

NONE = PaginationSettings()


def read(kind: str, /, **selector: Any) -> Resource:
    return read_resource(kind, selector, NONE)


def refusal(selector: Any, kind: str = "/a", pagination: PaginationSettings = NONE) -> str:
    with pytest.raises(ResourceError) as caught:
        read_resource(kind, selector, pagination)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def parameter(**given: Any) -> str:
    return refusal({"path_parameters": {"x": given}}, "/a/{x}")


def test_a_kind_alone_is_a_resource() -> None:
    assert read("/a") == Resource("/a", Endpoint("/a", NONE))


def test_every_key_is_read() -> None:
    resource = read(
        "/projects/{project}/tasks/?all=1",
        query=".open",
        data_path=".data.tasks",
        method="post",
        query_params={"status": "active", "tag": ["a", 1, True, None, 1.5], "gone": None, "none": []},
        headers={"Accept": "application/json", "X-Version": 2, "X-Gone": None},
        body={"filter": {"open": True}},
        pagination={"type": "cursor", "param": "page[after]", "param_location": "body", "page_size": "20"},
        on_status={404: "empty", "500": "fail"},
        min_items="1",
        path_parameters={
            "project": {
                "endpoint": "/orgs/{org}/projects",
                "field": ".id",
                "filter": ".archived | not",
                "data_path": ".projects",
                "parent_fields": {"project_name": ".name"},
                "method": "POST",
                "query_params": {"q": 1},
                "headers": {"H": "1"},
                "body": [1],
                "pagination": {"type": "page"},
                "on_status": {"403": "empty"},
            },
            "org": {"values": [1, "two", True, 1.5]},
        },
    )
    parent = Endpoint(
        "/orgs/{org}/projects",
        PaginationSettings(type="page"),
        "POST",
        (("q", "1"),),
        (("H", "1"),),
        [1],
        jq_path(".projects"),
        {403: "empty"},
    )
    assert resource == Resource(
        "/projects/{project}/tasks/?all=1",
        Endpoint(
            "/projects/{project}/tasks/?all=1",
            PaginationSettings(type="cursor", param="page[after]", param_location="body", page_size=20),
            "POST",
            (("status", "active"), ("tag", "a"), ("tag", "1"), ("tag", "true"), ("tag", "1.5")),
            (("Accept", "application/json"), ("X-Version", "2")),
            {"filter": {"open": True}},
            jq_path(".data.tasks"),
            {404: "empty", 500: "fail"},
        ),
        (
            PathParameter("org", (ParameterSource(values=(1, "two", True, 1.5)),)),
            PathParameter(
                "project",
                (
                    ParameterSource(
                        parent,
                        field=jq_path(".id"),
                        filter=jq_path(".archived | not"),
                        parent_fields=(("project_name", jq_path(".name")),),
                    ),
                ),
            ),
        ),
        1,
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "selector.path_parameters.x: needs either endpoint or values"),
        (
            {"endpoint": "/p", "field": ".id", "values": [1]},
            "selector.path_parameters.x: needs either endpoint or values",
        ),
        (
            {"endpoint": "/p"},
            "selector.path_parameters.x.field: is missing. Set it to the field with the value, like .id",
        ),
        (
            {"values": [1, None]},
            "selector.path_parameters.x.values: got None, accepts a list of texts, numbers or booleans",
        ),
        (
            {"values": [{"a": 1}]},
            "selector.path_parameters.x.values: got {'a': 1}, accepts a list of texts, numbers or booleans",
        ),
        (
            {"values": "abc"},
            "selector.path_parameters.x.values: got 'abc', accepts a list of texts, numbers or booleans",
        ),
        (
            {"endpoint": "/p", "fild": ".id"},
            "selector.path_parameters.x.fild: is unknown; did you mean field?",
        ),
        (
            {"endpoint": "/p", "field": ".id["},
            (
                "selector.path_parameters.x.field: got '.id[', accepts a jq expression "
                "(syntax error, unexpected end of file)"
            ),
        ),
        (
            {"endpoint": "/p", "field": ".id", "parent_fields": {"n": "("}},
            (
                "selector.path_parameters.x.parent_fields: got '(', "
                "accepts an object of names and jq expressions "
                "(syntax error, unexpected end of file)"
            ),
        ),
        (
            {"endpoint": "/p", "field": ".id", "pagination": {"typ": "page"}},
            "selector.path_parameters.x.pagination.typ: is unknown; did you mean type?",
        ),
        (
            {"endpoint": "/p", "field": ".id", "method": "DELETE"},
            "selector.path_parameters.x.method: got 'DELETE', accepts GET, POST, PUT or PATCH",
        ),
        (
            {"endpoint": "/p/{x}", "field": ".id"},
            "path_parameters x depend on each other. Remove one of the placeholders",
        ),
        (
            {"endpoint": "/p/{y}", "field": ".id"},
            (
                "{y} in the endpoint /p/{y} has no value. "
                "Add selector.path_parameters.y with endpoint and field, or with values"
            ),
        ),
    ],
    ids=str,
)
def test_a_wrong_path_parameter_is_reported(given: dict[str, Any], message: str) -> None:
    assert parameter(**given) == message


BRACES = (
    "has braces that are not a placeholder. A placeholder is {name} or {+name}, with letters, digits and _"
)


@pytest.mark.parametrize("path", ["/a/{x-y}", "/a/{x", "/a/{}", "/a{?q}", "/a/x}", "/a/{1}"])
def test_braces_that_are_not_a_placeholder_are_an_error(path: str) -> None:
    assert refusal({}, path) == f"the kind {path} {BRACES}"
    message = parameter(endpoint=path, field=".id")
    assert message == f"selector.path_parameters.x.endpoint {path} {BRACES}"


@pytest.mark.parametrize("values", [[], [""], [1, ""]], ids=["none", "empty", "one_empty"])
def test_fixed_values_must_not_be_empty(values: list[Any]) -> None:
    assert parameter(values=values) == (
        "selector.path_parameters.x.values: accepts texts, numbers and booleans, none of them empty"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("field", ".id"), ("filter", ".a"), ("method", "GET"), ("parent_fields", {}), ("data_path", ".a")],
)
def test_other_keys_with_values_are_an_error(key: str, value: object) -> None:
    assert parameter(values=[1], **{key: value}) == (
        f"selector.path_parameters.x.{key}: has no effect with values. Remove one of them"
    )


def test_the_plus_of_a_placeholder_is_not_part_of_the_name() -> None:
    message = refusal({"path_parameters": {"+x": {"values": [1]}}}, "/a/{x}")
    assert (
        message == "selector.path_parameters.+x: the name of a parameter can only have letters, digits and _"
    )


@pytest.mark.parametrize("given", [None, "/p", 5])
def test_a_path_parameter_must_be_an_object(given: object) -> None:
    message = refusal({"path_parameters": {"x": given}}, "/a/{x}")
    assert message == f"selector.path_parameters.x: got {given!r}, accepts an object"


@pytest.mark.parametrize("name", ["a b", "a-b", "é", "1", "", "{x}"])
def test_the_name_of_a_path_parameter_has_no_special_characters(name: str) -> None:
    message = refusal({"path_parameters": {name: {"values": [1]}}})
    assert (
        message
        == f"selector.path_parameters.{name}: the name of a parameter can only have letters, digits and _"
    )


def test_the_mapping_overrides_the_pagination_settings() -> None:
    own = PaginationSettings(type="cursor", param="after", page_size=20)
    assert read_resource("/a", {}, own).endpoint.pagination is own
    assert read_resource("/a", {"pagination": {}}, own).endpoint.pagination is own
    changed = read_resource("/a", {"pagination": {"page_size": 5}}, own).endpoint.pagination
    assert changed == PaginationSettings(type="cursor", param="after", page_size=5)


def test_a_parent_endpoint_inherits_the_settings_pagination_and_not_the_resource_s() -> None:
    own = PaginationSettings(type="page")
    selector = {
        "pagination": {"type": "none"},
        "path_parameters": {"x": {"endpoint": "/p", "field": ".id"}},
    }
    resource = read_resource("/a/{x}", selector, own)
    assert resource.endpoint.pagination.type == "none"
    assert [parent.pagination for parent in resource.parameters[0].parents] == [own]


def test_a_mapping_can_replace_auto() -> None:
    auto = PaginationSettings(type="auto")
    assert read_resource("/a", {}, auto).endpoint.pagination.type == "auto"
    assert read_resource("/a", {"pagination": {"type": "page"}}, auto).endpoint.pagination.type == "page"


@pytest.mark.parametrize("endpoint", [5, ["/p"], True])
def test_an_endpoint_that_is_not_a_text_is_reported(endpoint: object) -> None:
    message = parameter(endpoint=endpoint, field=".id")
    assert message.startswith(f"selector.path_parameters.x.endpoint: got {endpoint!r}, accepts")


def test_a_pagination_key_without_effect_is_rejected() -> None:
    """If the path is never read, the listing ends after its first page."""
    assert refusal({"pagination": {"type": "page", "cursor_path": "x"}}) == (
        "selector.pagination.cursor_path: has no effect with pagination type page. "
        "Remove it, or set selector.pagination.type: cursor"
    )
    assert refusal({"pagination": {"start_page": 0}}, pagination=PaginationSettings(type="offset")) == (
        "selector.pagination.start_page: has no effect with pagination type offset. "
        "Remove it, or set selector.pagination.type: page"
    )


def test_a_pagination_key_without_effect_is_rejected_for_a_parent_endpoint() -> None:
    message = parameter(
        endpoint="/p", field=".id", pagination={"type": "header_link", "next_link_path": "next"}
    )
    assert message.startswith("selector.path_parameters.x.pagination.next_link_path: has no effect with ")


def test_a_key_without_effect_may_have_its_default_value() -> None:
    paging = read("/a", pagination={"type": "cursor", "start_page": 1}).endpoint.pagination
    assert paging.type == "cursor"


def test_a_pagination_setting_needs_a_type_in_the_settings_or_the_mapping() -> None:
    own = PaginationSettings(cursor_path=setting_path("meta.next"))
    assert refusal({}, pagination=own) == (
        "/a: cursor_path is set, but has no effect with pagination type none. "
        "Set paginationType, or selector.pagination.type: cursor"
    )
    kept = read_resource("/a", {"pagination": {"type": "cursor"}}, own).endpoint.pagination
    assert kept.cursor_path == own.cursor_path
    assert read_resource("/a", {"pagination": {"type": "page"}}, own).endpoint.pagination.type == "page"


def test_a_pagination_setting_needs_a_type_for_a_parent_endpoint() -> None:
    own = PaginationSettings(next_link_header="X-Next")
    selector = {
        "pagination": {"type": "next_link"},
        "path_parameters": {"x": {"endpoint": "/p", "field": ".id"}},
    }
    assert refusal(selector, "/a/{x}", own) == (
        "/p: next_link_header is set, but has no effect with pagination type none. "
        "Set paginationType, or selector.path_parameters.x.pagination.type: next_link"
    )
