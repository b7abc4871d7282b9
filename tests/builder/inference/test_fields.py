"""Fields of the items: property types, formats, and the jq that converts every value."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from builder.inference.fields import FoundField, find_fields
from builder.inference.value_columns import iter_columns
from rest.bodies import Json

type ApplyJq = Callable[[str, Sequence[Any]], list[Json]]


def items_of(values: Sequence[Any], key: str = "x") -> list[dict[str, Json]]:
    """Return an item for each value, without the key for `...`."""
    return [{} if value is ... else {key: value} for value in values]


def field(values: Sequence[Any], key: str = "x") -> FoundField:
    """Return the field of such items."""
    return find_fields(iter_columns(items_of(values, key)))[0]


@pytest.mark.parametrize(
    ("values", "kind", "outputs"),
    [
        pytest.param(["a", None, ...], "string", ["a", None, None], id="text"),
        pytest.param([1, 2.5, None], "number", [1, 2.5, None], id="numbers"),
        pytest.param([True, None], "boolean", [True, None], id="booleans"),
        pytest.param([["a"], [], None], "array", [["a"], [], None], id="lists"),
        pytest.param([{"a": 1}, {}, None], "object", [{"a": 1}, {}, None], id="objects"),
        pytest.param([1, "a", None, ...], "string", ["1", "a", None, None], id="numbers and text"),
        pytest.param([True, "a", None], "string", ["true", "a", None], id="booleans and text"),
        pytest.param([True, 1, None], "string", ["true", "1", None], id="booleans and numbers"),
        pytest.param([10**17, "a"], "string", ["100000000000000000", "a"], id="large numbers and text"),
        pytest.param(["a", ["b", "c"], None], "array", [["a"], ["b", "c"], None], id="one or many"),
        pytest.param([{"a": 1}, [{"a": 2}]], "array", [[{"a": 1}], [{"a": 2}]], id="one object or many"),
        pytest.param([{"a": 1}, [], None], "object", [{"a": 1}, None, None], id="PHP's empty object"),
        pytest.param([{"id": "a"}, "b", None], "string", ["a", "b", None], id="expanded or not"),
        pytest.param([{"id": 1}, 2, None], "number", [1, 2, None], id="expanded or not, numbers"),
        pytest.param([{"id": 1}, "b", None], "string", ["1", "b", None], id="expanded or not, mixed"),
        pytest.param([{"a": 1}, "b"], "string", ['{"a":1}', "b"], id="object or text"),
        pytest.param([None, ...], "string", [None, None], id="nothing but null"),
    ],
)
def test_values_of_mixed_types_become_one_type(
    values: list[Any], kind: str, outputs: list[Json], apply_jq: ApplyJq
) -> None:
    found = field(values)
    assert found.proposed.type == kind
    assert apply_jq(found.proposed.expression, items_of(values)) == outputs


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([1, "a"], "Values are number and text. All become text"),
        (["a", ["b"]], "Some items have one value instead of a list. It becomes a list of one"),
        ([{"id": 1}, 2], "Some values are objects. Their .id is used"),
        ([{"a": 1}, 2], "Values are number and object. An object becomes JSON text"),
        ([None], "Null in every item of the sample: the type is a guess"),
        ([{"a": 1}, []], "Some items have an empty list instead of an object. It becomes null"),
    ],
)
def test_conversion_is_described_in_a_note(values: list[Json], note: str) -> None:
    assert field(values).notes == (note,)


@pytest.mark.parametrize(
    ("key", "values", "form", "outputs"),
    [
        ("x", ["2024-01-01T10:00:00Z", "2024-01-01T10:00:00.123+02:00"], "date-time", None),
        ("x", ["2024-01-01 10:00:00"], "date-time", ["2024-01-01T10:00:00Z"]),
        ("x", ["2024-01-01 10:00:00+02:00"], "date-time", ["2024-01-01T10:00:00+02:00"]),
        ("x", ["2024-01-01T10:00:00.5"], "date-time", ["2024-01-01T10:00:00.5Z"]),
        ("x", ["2024-01-01T10:00:00.000+0200"], "date-time", ["2024-01-01T10:00:00.000+02:00"]),
        ("x", ["2024-01-01 10:00:00 +0200"], None, None),
        ("x", ["2024-01-01", None], "date-time", ["2024-01-01T00:00:00Z", None]),
        ("x", ["Fri, 18 Oct 2019 17:00:00 +0000"], "date-time", ["2019-10-18T17:00:00Z"]),
        ("x", ["Fri, 18 Oct 2019 17:00:00 GMT"], "date-time", ["2019-10-18T17:00:00Z"]),
        ("x", ["Fri, 18 Oct 2019 17:00:00 +0200"], None, None),
        ("x", ["2024-01-01", "2024-01-01T10:00:00Z"], None, None),
        ("x", ["2024-02-30"], None, None),
        ("x", ["0000-00-00 00:00:00"], None, None),
        ("api_version", ["2024-01-01"], None, None),
        ("deleted_at", ["2024-01-01", ""], "date-time", ["2024-01-01T00:00:00Z", None]),
        ("x", ["ann@example.com", ""], "email", ["ann@example.com", None]),
        ("x", ["ann@example.com", "nobody"], None, None),
        ("x", ["ann@localhost"], None, None),
        ("x", ["https://example.com/a?b=c#d"], "url", None),
        ("x", ["https://api.example.com/users{/id}"], None, None),
        ("x", ["/users/1"], None, None),
        ("x", ["http://localhost:8080/"], None, None),
        ("x", ["10.0.0.1", "192.168.1.255"], "ipv4", None),
        ("version", ["1.2.3.4"], None, None),
        ("x", ["::1", "2001:db8::ff"], "ipv6", None),
        ("x", ["fe80::1%eth0"], None, None),
        ("x", ["# Title\n\ntext", "plain"], "markdown", None),
        ("x", ["two\nlines"], None, None),
        ("x", ["apiVersion: v1\nkind: Pod"], "yaml", None),
        ("config", ["a: 1\nb:\n  - c: 2"], "yaml", None),
        ("x", ["a: 1\nb: 2"], None, None),
        ("x", ["", ""], None, ["", ""]),
        ("x", ["text"], None, None),
    ],
)
def test_text_gets_the_format_that_all_values_have(
    key: str, values: list[Json], form: str | None, outputs: list[Json] | None, apply_jq: ApplyJq
) -> None:
    found = field(values, key)
    assert (found.proposed.type, found.proposed.format) == ("string", form)
    assert apply_jq(found.proposed.expression, [{key: value} for value in values]) == (outputs or values)


@pytest.mark.parametrize(
    ("key", "values", "outputs"),
    [
        ("created", [1704067200, None], ["2024-01-01T00:00:00Z", None]),
        ("updatedAt", [1704067200.5], ["2024-01-01T00:00:00Z"]),
        ("timestamp", [1704067200123], ["2024-01-01T00:00:00Z"]),
        ("last_seen", [1704067200123456], ["2024-01-01T00:00:00Z"]),
        ("time", [1704067200123456789], ["2024-01-01T00:00:00Z"]),
        ("date_delete", [0, 1704067200], [None, "2024-01-01T00:00:00Z"]),
    ],
)
def test_numbers_named_like_times_become_dates(
    key: str, values: list[Json], outputs: list[Json], apply_jq: ApplyJq
) -> None:
    found = field(values, key)
    assert found.proposed.format == "date-time"
    assert apply_jq(found.proposed.expression, [{key: value} for value in values]) == outputs
    assert [(other.type, other.expression) for other in found.alternatives] == [("number", f".{key}")]


@pytest.mark.parametrize(
    ("key", "values"),
    [("size", [1704067200]), ("created", [5, 1704067200]), ("created", [0]), ("end_time", [3600])],
)
def test_other_numbers_stay_numbers(key: str, values: list[Json]) -> None:
    assert field(values, key).proposed.type == "number"


@pytest.mark.parametrize(
    ("key", "values", "enum"),
    [
        pytest.param("status", ["open", "closed"] * 2, ("closed", "open"), id="a status"),
        pytest.param("status", ["open", "closed", "open"], (), id="too few items"),
        pytest.param("status", ["a", "b", "c", "a"], (), id="hardly repeated"),
        pytest.param("status", ["open"] * 9, (), id="always the same"),
        pytest.param("department", ["a", "b"] * 2, (), id="other name, few items"),
        pytest.param("department", ["a", "b"] * 20, ("a", "b"), id="other name, many items"),
        pytest.param("name", ["a", "b"] * 20, (), id="names"),
        pytest.param("status", [str(number) for number in range(11)] * 3, (), id="too many"),
        pytest.param("status", ["x" * 41, "y"] * 4, (), id="too long"),
        pytest.param("status", ["open", "closed", ""] * 4, (), id="and empty"),
        pytest.param("status", ["2024-01-01", "2024-01-02"] * 4, (), id="dates"),
    ],
)
def test_enum_is_proposed_if_few_values_repeat(key: str, values: list[Json], enum: tuple[str, ...]) -> None:
    found = field(values, key)
    assert found.proposed.enum == ()
    assert [other.enum for other in found.alternatives if other.enum] == [enum] * bool(enum)


def test_nested_fields_are_flattened_and_null_if_the_object_is_missing(apply_jq: ApplyJq) -> None:
    items: list[dict[str, Json]] = [
        {"owner": {"login": "ann", "team": {"name": "a"}}},
        {"owner": None},
        {},
        {"owner": {"team": None}},
    ]
    found = {field.proposed.name: field for field in find_fields(iter_columns(items))}
    assert list(found) == ["owner", "owner_login", "owner_team", "owner_team_name"]
    assert found["owner_team_name"].proposed.expression == ".owner.team.name"
    assert apply_jq(".owner.team.name", items) == ["a", None, None, None]
    assert found["owner_team_name"].nulls == 3


def test_field_of_a_value_that_is_sometimes_an_object_does_not_fail(apply_jq: ApplyJq) -> None:
    items: list[dict[str, Json]] = [{"owner": {"login": "ann"}}, {"owner": "nobody"}, {"owner": 5}]
    found = {field.keys: field for field in find_fields(iter_columns(items))}
    assert apply_jq(found["owner", "login"].proposed.expression, items) == ["ann", None, None]


def test_object_that_uses_data_as_keys_stays_an_object() -> None:
    items: list[dict[str, Json]] = [{"labels": {f"key {number}": 1, "x": 2}} for number in range(20)]
    assert [field.keys for field in find_fields(iter_columns(items))] == [("labels",)]


@pytest.mark.parametrize(
    "map_",
    [
        {"2024-01-01": 1.5, "2024-01-02": 2.5},
        {"17": {"x": 1}, "18": {"x": 2}},
        {"app.kubernetes.io/name": "a", "app.kubernetes.io/part-of": "b"},
        {"ann@example.com": 1, "bob@example.com": 2},
        {"10.0.0.1": True, "10.0.0.2": False},
        {f"day {number}": 1.5 for number in range(61)},
    ],
    ids=lambda map_: next(iter(map_)),
)
def test_map_of_like_values_under_data_stays_an_object(map_: dict[str, Json]) -> None:
    assert [field.keys for field in find_fields(iter_columns([{"map": map_}]))] == [("map",)]


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "a", "done": True, **{f"customfield_{number}": None for number in range(90)}},
        {"width": 1, "height": 2},
        {"name": "a", "text": "b"},
        {"home": {"street": "a"}, "work": {"phone": "b"}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_object_with_fields_is_split_however_many_it_has(fields: dict[str, Json]) -> None:
    found = {field.keys for field in find_fields(iter_columns([{"object": fields}]))}
    assert {("object", name) for name in fields} <= found


def test_lone_surrogate_is_never_shown() -> None:
    items: list[dict[str, Json]] = [{"\ud800": 1, "status": "\udfff"}, {"status": "b"}] * 4
    [found] = find_fields(iter_columns(items))
    assert (found.keys, found.proposed.enum, found.examples) == (("status",), (), ('"?"', '"b"'))


def test_at_most_500_fields_are_returned() -> None:
    assert len(find_fields(iter_columns([{f"field{number}": 1 for number in range(700)}]))) == 500


def test_field_counts_its_types_and_nulls() -> None:
    [found] = find_fields(iter_columns([{"x": 1}, {"x": None}, {}, {"x": "a"}]))
    assert found.types == {"number": 1, "null": 1, "string": 1}
    assert (found.total, found.nulls) == (4, 2)


def test_examples_are_distinct_and_of_limited_length() -> None:
    [found] = find_fields(iter_columns([{"x": text} for text in ("a", "a", "", None, "b" * 9999, "c", "d")]))
    assert found.examples == ('"a"', '"' + "b" * 3998 + "…", '"c"')


def test_no_items_have_no_fields() -> None:
    assert find_fields(iter_columns([])) == []


@pytest.mark.parametrize(
    ("item", "selected"),
    [
        pytest.param({"a": 1, "b": [1], "c": {"x": 1}, "d": [{}]}, ["a", "b"], id="objects are not"),
        pytest.param({"a": None, "b": "x" * 501, "c": "x"}, ["c"], id="null and long text are not"),
        pytest.param({"_id": 1, "@type": 1, "$x": 1, "_links": {"id": 1}, "ok": 1}, ["ok"], id="odd keys"),
        pytest.param(
            {"url": "https://example.com/a", "html_url": "https://example.com/b"},
            ["html_url"],
            id="best page",
        ),
        pytest.param(
            {"url": "https://example.com/a", "avatar_url": "https://example.com/b"}, ["url"], id="the page"
        ),
        pytest.param({"events_url": "/events{/id}", "self": "/x", "n": 1}, ["n"], id="an API's own links"),
        pytest.param({"password": "x", "api_token": "x", "tokens": 1}, ["tokens"], id="secrets"),
        pytest.param({"clientSecret": "x", "apiKey": "x", "privateKey": "x"}, [], id="secrets in camel case"),
        pytest.param({"credentials": {"name": "x", "value": "y"}}, ["credentials_name"], id="in an object"),
        pytest.param(
            {"token_type": "x", "secret_arn": "x", "has_password": True, "password_changed_at": 1704067200},
            ["token_type", "secret_arn", "has_password", "password_changed_at"],
            id="about secrets",
        ),
        pytest.param({"a": "postgres://u:pass@db.example.com/x", "b": "x"}, ["b"], id="connection string"),
        pytest.param({"a": "-----BEGIN RSA PRIVATE KEY-----\nx", "b": "x"}, ["b"], id="private key"),
        pytest.param({"a": "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "b": "x"}, ["b"], id="token"),
        pytest.param({"a": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "b": "x"}, ["b"], id="JWT"),
        pytest.param({"key": "A", "value": "x"}, ["key"], id="value of a variable"),
        pytest.param({"name": "A", "value": 5, "unit": "s"}, ["name", "value", "unit"], id="a measurement"),
        pytest.param(
            {"name": "A", "value": "x", "masked": True, "kind": "x", "scope": "*"},
            ["name", "masked", "kind", "scope"],
            id="value beside a flag",
        ),
        pytest.param({"env": {"variables": {"NAME": "x"}}, "n": 1}, ["n"], id="variables"),
        pytest.param(
            {"repo_url": "https://git.example.com/a", "self_url": "https://example.com/b"},
            ["repo_url"],
            id="URL that people open",
        ),
        pytest.param({"url": "https://example.com/api/v2/x", "n": 1}, ["n"], id="URL of the API"),
        pytest.param(
            {"links": {"html": {"href": "https://example.com/a"}, "self": {"href": "https://example.com/b"}}},
            ["links_html_href"],
            id="page among links",
        ),
        pytest.param({"field_1001": "x", "field_1002": "y", "n": 1}, ["n"], id="numbered fields"),
        pytest.param(
            {"status": {"name": "x", "icon": "y"}, "assignee": {"displayName": "z"}},
            ["statusName", "assigneeDisplayName"],
            id="names of objects",
        ),
        pytest.param({"owner": {"id": 1, "name": "x", "size": 3}}, ["owner_id", "owner_name"], id="nested"),
        pytest.param({"a": {"b": {"name": "x"}}, "n": 1}, ["n"], id="deeply nested"),
        pytest.param({"attributes": {"x": 1}}, ["x"], id="wrapped is not nested"),
    ],
)
def test_useful_fields_are_selected(item: dict[str, Json], selected: list[str]) -> None:
    assert [field.proposed.name for field in find_fields(iter_columns([item])) if field.selected] == selected


def test_at_most_20_fields_are_selected_preferred_names_first() -> None:
    item: dict[str, Json] = {**{f"n{number}": number for number in range(30)}, "status": "x"}
    selected = [field.proposed.name for field in find_fields(iter_columns([item])) if field.selected]
    assert len(selected) == 20
    assert "status" in selected


def test_field_that_few_items_have_is_not_selected() -> None:
    items: list[dict[str, Json]] = [{"x": 1, "y": 1 if number == 0 else None} for number in range(100)]
    assert [field.proposed.name for field in find_fields(iter_columns(items)) if field.selected] == ["x"]
