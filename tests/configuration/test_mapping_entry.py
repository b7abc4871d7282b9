"""A mapping entry as its user writes it, and the errors that a mistake in it gets."""

from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.mapping_models import SelectorInput
from configuration.pagination import PaginationSettings
from configuration.permissions import Permissions
from configuration.resource import Endpoint, PathParameter, Resource
from expressions.paths import jq_path, setting_path
from rest.errors import ResourceError

NONE = PaginationSettings()
STATUSES = "accepts an object of status codes, each with empty, end, retry, rate_limited or fail"
TYPES = "accepts none, offset, page, cursor, next_link, header_link, auto"
WHOLE = "accepts a whole number"
FIX_X = "Add selector.path_parameters.x with endpoint and field, or with values"


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
            PathParameter("org", values=(1, "two", True, 1.5)),
            PathParameter(
                "project",
                parent,
                field=jq_path(".id"),
                filter=jq_path(".archived | not"),
                parent_fields=(("project_name", jq_path(".name")),),
            ),
        ),
        1,
    )


def test_a_null_is_a_key_that_is_not_there() -> None:
    assert read("/a", **dict.fromkeys(SelectorInput.model_fields)) == read("/a")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "get", "Patch"])
def test_methods_are_accepted_in_any_case(method: str) -> None:
    resource = read_resource("/a", {"method": method}, NONE, Permissions(writes=True))
    assert resource.endpoint.method == method.upper()


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (None, "selector: got None, accepts an object"),
        ("x", "selector: got 'x', accepts an object"),
        ({"quer": "true"}, "selector.quer is unknown; did you mean query?"),
        ({"dataPath": "."}, "selector.dataPath is unknown; did you mean data_path?"),
        (
            {"xyz": 1},
            (
                "selector.xyz is unknown; known keys are data_path, method, query_params, headers, "
                "body, pagination, "
                "on_status, responses, retry, query, path_parameters, accept, min_items, max_shrink, "
                "accept_shrink, incremental"
            ),
        ),
        ({"method": "DELETE"}, "selector.method: got 'DELETE', accepts GET, POST, PUT or PATCH"),
        ({"method": "delete"}, "selector.method: got 'DELETE', accepts GET, POST, PUT or PATCH"),
        ({"method": 5}, "selector.method: got 5, accepts GET, POST, PUT or PATCH"),
        (
            {"data_path": ".a["},
            "selector.data_path: got '.a[', accepts a jq expression (syntax error, unexpected end of file)",
        ),
        ({"data_path": [".a"]}, "selector.data_path: got ['.a'], accepts a jq expression"),
        (
            {"query": True},
            "selector.query: got True, accepts a jq expression as text; 'true' selects every item",
        ),
        (
            {"query_params": {"a": {"b": 1}}},
            (
                "selector.query_params: got {'a': {'b': 1}}, "
                "accepts an object of names and texts, numbers, booleans, or lists of them"
            ),
        ),
        (
            {"query_params": "a=1"},
            (
                "selector.query_params: got 'a=1', "
                "accepts an object of names and texts, numbers, booleans, or lists of them"
            ),
        ),
        (
            {"headers": {"A": "x\r\nEvil: 1"}},
            (
                "selector.headers: got {'A': 'x\\r\\nEvil: 1'}, accepts an object of header names and texts "
                "('A' is not a valid header name, or its value has line breaks or is not ASCII)"
            ),
        ),
        ({"on_status": {404: "skip"}}, f"selector.on_status: got 'skip', {STATUSES}"),
        ({"on_status": {"4xx": "empty"}}, f"selector.on_status: got '4xx', {STATUSES}"),
        ({"on_status": [404]}, f"selector.on_status: got [404], {STATUSES}"),
        ({"min_items": -1}, f"selector.min_items: got -1, {WHOLE}, 0 or more"),
        (
            {"max_shrink": "half"},
            "selector.max_shrink: got 'half', accepts a share like 30%, or a whole number of items",
        ),
        (
            {"max_shrink": True},
            "selector.max_shrink: got True, accepts a share like 30%, or a whole number of items",
        ),
        ({"accept_shrink": "few"}, f"selector.accept_shrink: got 'few', {WHOLE}, 0 or more"),
        ({"min_items": True}, f"selector.min_items: got True, {WHOLE}, 0 or more"),
        ({"pagination": "page"}, "selector.pagination: got 'page', accepts an object"),
        ({"pagination": {"typ": "page"}}, "selector.pagination.typ is unknown; did you mean type?"),
        (
            {"pagination": {"cursorPath": "x"}},
            "selector.pagination.cursorPath is unknown; did you mean cursor_path?",
        ),
        (
            {"pagination": {"type": "pages"}},
            f"selector.pagination.type: got 'pages', {TYPES}",
        ),
        (
            {"pagination": {"param_location": "path"}},
            "selector.pagination.param_location: got 'path', accepts query, body, header",
        ),
        ({"pagination": {"page_size": 0}}, f"selector.pagination.page_size: got 0, {WHOLE}, 1 or more"),
        ({"body": {1: 2}}, "selector.body: got 1, accepts JSON"),
        ({"path_parameters": [1]}, "selector.path_parameters: got [1], accepts an object"),
    ],
    ids=str,
)
def test_a_wrong_key_is_named_with_what_it_accepts(selector: Any, message: str) -> None:
    assert refusal(selector) == message


@pytest.mark.parametrize(
    "headers",
    [
        {"A B": "x"},
        {"": "x"},
        {"A:": "x"},
        {"A\n": "x"},
        {"Ä": "x"},
        {"A": "x\nB: y"},
        {"A": "x\r"},
        {"A": "x\0"},
        {"A": "é"},
        {"A": ["x", "y\n"]},
        {"A": ["y\n", "x"]},
        ["A"],
    ],
    ids=str,
)
def test_a_header_that_would_break_the_request_is_refused(headers: Any) -> None:
    assert refusal({"headers": headers}).startswith("selector.headers: got ")


def test_all_mistakes_are_told_at_once() -> None:
    assert refusal({"methd": "GET", "data_path": "("}).count("selector.") == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "selector.path_parameters.x needs either endpoint or values"),
        (
            {"endpoint": "/p", "field": ".id", "values": [1]},
            "selector.path_parameters.x needs either endpoint or values",
        ),
        (
            {"endpoint": "/p"},
            "selector.path_parameters.x.field is missing. Set it to the field with the value, like .id",
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
            "selector.path_parameters.x.fild is unknown; did you mean field?",
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
            "selector.path_parameters.x.pagination.typ is unknown; did you mean type?",
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
def test_a_wrong_path_parameter_is_told(given: dict[str, Any], message: str) -> None:
    assert parameter(**given) == message


BRACES = (
    "has braces that are not a placeholder. A placeholder is {name} or {+name}, with letters, digits and _"
)


@pytest.mark.parametrize("path", ["/a/{x-y}", "/a/{x", "/a/{}", "/a{?q}", "/a/x}", "/a/{1}"])
def test_braces_that_are_no_placeholder_are_an_error(path: str) -> None:
    assert refusal({}, path) == f"the kind {path} {BRACES}"
    message = parameter(endpoint=path, field=".id")
    assert message == f"selector.path_parameters.x.endpoint {path} {BRACES}"


@pytest.mark.parametrize("values", [[], [""], [1, ""]], ids=["none", "empty", "one_empty"])
def test_values_are_some_and_none_is_empty(values: list[Any]) -> None:
    assert parameter(values=values) == (
        "selector.path_parameters.x.values: accepts texts, numbers and booleans, none of them empty"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("field", ".id"), ("filter", ".a"), ("method", "GET"), ("parent_fields", {}), ("data_path", ".a")],
)
def test_keys_beside_values_are_an_error(key: str, value: object) -> None:
    assert parameter(values=[1], **{key: value}) == (
        f"selector.path_parameters.x.{key} has no effect with values. Remove one of them"
    )


def test_a_placeholder_s_sign_is_no_part_of_a_parameter_s_name() -> None:
    message = refusal({"path_parameters": {"+x": {"values": [1]}}}, "/a/{x}")
    assert (
        message == "selector.path_parameters.+x: the name of a parameter can only have letters, digits and _"
    )


@pytest.mark.parametrize("given", [None, "/p", 5])
def test_a_path_parameter_is_an_object(given: object) -> None:
    message = refusal({"path_parameters": {"x": given}}, "/a/{x}")
    assert message == f"selector.path_parameters.x: got {given!r}, accepts an object"


@pytest.mark.parametrize("name", ["a b", "a-b", "é", "1", "", "{x}"])
def test_a_path_parameter_s_name_is_a_plain_word(name: str) -> None:
    message = refusal({"path_parameters": {name: {"values": [1]}}})
    assert (
        message
        == f"selector.path_parameters.{name}: the name of a parameter can only have letters, digits and _"
    )


@pytest.mark.parametrize("kind", ["/a/{x}", "/a/{+x}", "/a?p={x}", "/{x}/{x}"])
def test_an_unbound_placeholder_is_an_error(kind: str) -> None:
    assert refusal({}, kind) == (f"{{x}} in the kind has no value. {FIX_X}")


def test_an_unused_path_parameter_is_an_error() -> None:
    assert refusal({"path_parameters": {"x": {"values": [1]}}}) == (
        "path_parameters.x is not used. Use {x} in /a, query_params, headers or body, or remove the parameter"
    )


def test_a_circle_is_an_error_that_names_its_members() -> None:
    circle = {
        "x": {"endpoint": "/p/{y}", "field": ".id"},
        "y": {"endpoint": "/q?x={x}", "field": ".id"},
    }
    assert refusal({"path_parameters": circle}, "/a/{x}") == (
        "path_parameters x and y depend on each other. Remove one of the placeholders"
    )


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("/a/{x}", {}),
        ("/a/{+x}", {}),
        ("/a?p={x}", {}),
        ("/a", {"query_params": {"p": ["1", "{x}"]}}),
        ("/a", {"headers": {"H": "v{x}"}}),
        ("/a", {"body": {"deep": [{"er": "{x}"}]}}),
        ("/a", {"body": "{x}"}),
    ],
)
def test_a_parameter_may_stand_anywhere_in_the_request(kind: str, more: dict[str, Any]) -> None:
    resource = read(kind, path_parameters={"x": {"values": [1]}}, **more)
    assert [parameter.name for parameter in resource.parameters] == ["x"]


def test_a_parameter_that_only_another_s_endpoint_uses_comes_first() -> None:
    given = {
        "c": {"endpoint": "/c", "field": ".id", "body": {"b": "{b}"}},
        "b": {"endpoint": "/b", "field": ".id", "query_params": {"a": "{a}"}},
        "a": {"values": [1]},
    }
    resource = read("/x/{c}", path_parameters=given)
    assert [parameter.name for parameter in resource.parameters] == ["a", "b", "c"]


def test_braces_outside_the_path_need_no_value() -> None:
    """GraphQL has its own."""
    assert read("/graphql", method="POST", body={"query": "{users{id}}"}).parameters == ()


def test_the_settings_pagination_holds_unless_the_mapping_says_otherwise() -> None:
    own = PaginationSettings(type="cursor", param="after", page_size=20)
    assert read_resource("/a", {}, own).endpoint.pagination is own
    assert read_resource("/a", {"pagination": {}}, own).endpoint.pagination is own
    changed = read_resource("/a", {"pagination": {"page_size": 5}}, own).endpoint.pagination
    assert changed == PaginationSettings(type="cursor", param="after", page_size=5)


def test_a_path_parameter_s_endpoint_has_the_settings_pagination_and_not_the_resource_s() -> None:
    own = PaginationSettings(type="page")
    selector = {
        "pagination": {"type": "none"},
        "path_parameters": {"x": {"endpoint": "/p", "field": ".id"}},
    }
    resource = read_resource("/a/{x}", selector, own)
    assert resource.endpoint.pagination.type == "none"
    parent = resource.parameters[0].parent
    assert parent is not None
    assert parent.pagination is own


def test_another_type_drops_the_names_of_the_old_one() -> None:
    """`starting_after` is no page number; size and bound are meant for any type."""
    old = PaginationSettings(
        type="cursor",
        param="starting_after",
        size_param="n",
        cursor_path=setting_path("meta.next"),
        page_size=20,
        max_pages=7,
        start_page=0,
    )
    assert old.with_overrides({"type": "page"}, "w") == PaginationSettings(
        type="page", page_size=20, max_pages=7
    )


def test_names_without_a_type_of_their_own_are_meant_for_the_mapping_s_type() -> None:
    old = PaginationSettings(param="after", size_param="n")
    assert old.with_overrides({"type": "cursor"}, "w") == PaginationSettings(
        type="cursor", param="after", size_param="n"
    )


def test_the_same_type_keeps_the_names() -> None:
    old = PaginationSettings(type="cursor", param="after", cursor_path=setting_path("meta.next"))
    assert old.with_overrides({"type": "cursor", "page_size": "5"}, "w") == PaginationSettings(
        type="cursor", param="after", cursor_path=setting_path("meta.next"), page_size=5
    )


@pytest.mark.parametrize("path", [".a[].b?", ".a | .b", "a.b", '"a.b".c', ".[-1].id"])
def test_paths_survive_an_override(path: str) -> None:
    old = PaginationSettings(cursor_path=setting_path(path))
    assert old.with_overrides({"page_size": 5}, "w").cursor_path == setting_path(path)


def test_an_empty_override_is_none() -> None:
    old = PaginationSettings(type="cursor", param="after")
    assert old.with_overrides({"type": "", "param": None}, "w") == old


def test_a_wrong_override_names_its_place() -> None:
    with pytest.raises(ResourceError, match=r"^here\.max_pages: got 0, accepts a whole number, 1 or more$"):
        NONE.with_overrides({"max_pages": 0}, "here")


def test_auto_in_the_settings_may_be_another_type_in_the_mapping() -> None:
    auto = PaginationSettings(type="auto")
    assert read_resource("/a", {}, auto).endpoint.pagination.type == "auto"
    assert read_resource("/a", {"pagination": {"type": "page"}}, auto).endpoint.pagination.type == "page"


@pytest.mark.parametrize("endpoint", [5, ["/p"], True])
def test_an_endpoint_that_is_no_text_is_named(endpoint: object) -> None:
    message = parameter(endpoint=endpoint, field=".id")
    assert message.startswith(f"selector.path_parameters.x.endpoint: got {endpoint!r}, accepts")


def test_a_word_that_the_pagination_type_makes_nothing_of_is_refused() -> None:
    """A path that is never read is a listing that ends after its first page."""
    assert refusal({"pagination": {"type": "page", "cursor_path": "x"}}) == (
        "selector.pagination.cursor_path has no effect with pagination type page. "
        "Remove it, or set selector.pagination.type: cursor"
    )
    assert refusal({"pagination": {"start_page": 0}}, pagination=PaginationSettings(type="offset")) == (
        "selector.pagination.start_page has no effect with pagination type offset. "
        "Remove it, or set selector.pagination.type: page"
    )


def test_such_a_word_of_a_path_parameter_s_endpoint_is_refused_too() -> None:
    message = parameter(
        endpoint="/p", field=".id", pagination={"type": "header_link", "next_link_path": "next"}
    )
    assert message.startswith("selector.path_parameters.x.pagination.next_link_path has no effect with ")


def test_a_word_with_its_default_says_nothing_and_is_not_refused() -> None:
    paging = read("/a", pagination={"type": "cursor", "start_page": 1}).endpoint.pagination
    assert paging.type == "cursor"


def test_a_setting_without_a_pagination_type_is_refused_where_no_mapping_says_one() -> None:
    own = PaginationSettings(cursor_path=setting_path("meta.next"))
    assert refusal({}, pagination=own) == (
        "/a: cursor_path is set, but has no effect with pagination type none. "
        "Set paginationType, or selector.pagination.type: cursor"
    )
    kept = read_resource("/a", {"pagination": {"type": "cursor"}}, own).endpoint.pagination
    assert kept.cursor_path == own.cursor_path
    assert read_resource("/a", {"pagination": {"type": "page"}}, own).endpoint.pagination.type == "page"


def test_such_a_setting_is_refused_for_a_path_parameter_s_endpoint_too() -> None:
    own = PaginationSettings(next_link_header="X-Next")
    selector = {
        "pagination": {"type": "next_link"},
        "path_parameters": {"x": {"endpoint": "/p", "field": ".id"}},
    }
    assert refusal(selector, "/a/{x}", own) == (
        "/p: next_link_header is set, but has no effect with pagination type none. "
        "Set paginationType, or selector.path_parameters.x.pagination.type: next_link"
    )
