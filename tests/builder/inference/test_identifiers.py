"""Proposed identifiers and titles of items."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from builder.inference import propose, propose_from_samples
from builder.inference.identifier_candidates import replace_illegal
from builder.inference.path_parameters import add_path_parameters
from builder.inference.source_proposal import items_at
from extraction import Binding, Sample
from rest.bodies import Json
from rest.errors import JqError
from rest.response import Response

type ApplyJq = Callable[[str, Sequence[Any]], list[Json]]

LEGAL = 'gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_")'
NULL_SAFE = f"if . == null then null else {LEGAL} end"


def identifiers_of(*items: dict[str, Json], kind: str = "/things") -> list[str]:
    """Return the proposed identifiers of these items."""
    return [found.expression for found in propose(kind, list(items)).identifiers]


@pytest.mark.parametrize(
    ("items", "expression"),
    [
        pytest.param([{"name": "a", "id": 1}, {"name": "b", "id": 2}], ".id", id="id before name"),
        pytest.param([{"key": "a", "uuid": "x"}, {"key": "b", "uuid": "y"}], ".uuid", id="uuid before key"),
        pytest.param([{"slug": "a", "key": "x"}, {"slug": "b", "key": "y"}], ".key", id="key before slug"),
        pytest.param([{"slug": "a", "email": "x"}, {"slug": "b", "email": "y"}], ".slug", id="slug next"),
        pytest.param(
            [{"owner_id": 1, "thing_id": 3}, {"owner_id": 2, "thing_id": 4}], ".thing_id", id="its own id"
        ),
        pytest.param([{"id": 1, "key": "a"}, {"id": 1, "key": "b"}], ".key", id="an id that repeats"),
        pytest.param([{"id": 1, "key": "a"}, {"id": None, "key": "b"}], ".key", id="an id that is null"),
        pytest.param([{"id": "a", "key": "a"}, {"id": "", "key": "b"}], ".key", id="an id that is empty"),
        pytest.param([{"id": 1, "key": "a"}, {"key": "b"}], ".key", id="an id that is missing"),
        pytest.param([{"sys": {"id": "a"}, "n": 1}, {"sys": {"id": "b"}, "n": 1}], ".sys.id", id="wrapped"),
        pytest.param(
            [{"owner": {"id": 1}, "name": "a"}, {"owner": {"id": 2}, "name": "b"}],
            f".name | if . == null then null else {LEGAL} end",
            id="id of another entity",
        ),
        pytest.param(
            [{"user": {"id": 1}, "n": 1.5}, {"user": {"id": 2}, "n": 2.5}],
            ".user.id",
            id="id of the only thing that the item wraps",
        ),
        pytest.param([{"sensor": text, "v": 1} for text in "abcde"], ".sensor", id="single words"),
        pytest.param([{"self": "/x/1", "v": 1}, {"self": "/x/2", "v": 1}], ".self", id="a URL"),
        pytest.param(
            [{"id": "a b"}, {"id": "c"}],
            f".id | if . == null then null else {LEGAL} end",
            id="illegal characters replaced",
        ),
        pytest.param(
            [{"id": "a b"}, {"id": 7}],
            f".id | if . == null then null else tostring | {LEGAL} end",
            id="number and text, characters replaced",
        ),
        pytest.param(
            [{"id": "a b", "key": "x"}, {"id": "a_b", "key": "y"}],
            ".key",
            id="equal after replacing characters",
        ),
        pytest.param([{"id": "..", "key": "x"}, {"id": "a", "key": "y"}], ".key", id="only dots"),
        pytest.param([{"id": "x" * 201, "key": "x"}], ".key", id="long text"),
        pytest.param([{"id": 1, "v": 1}, {"id": 1, "v": 1}, {"id": 2, "v": 1}], ".id", id="duplicate item"),
    ],
)
def test_best_field_is_proposed_first(items: list[dict[str, Json]], expression: str) -> None:
    assert identifiers_of(*items)[0] == expression


@pytest.mark.parametrize(
    ("items", "start"),
    [
        pytest.param(
            [{"project": p, "number": n} for p in "ab" for n in (1, 2)], "[.project, .number]", id="a number"
        ),
        pytest.param(
            [{"name": n, "project": {"key": p}, "x": "y"} for p in "ab" for n in "cd"],
            "[.project.key, .name]",
            id="a name in its project",
        ),
        pytest.param(
            [{"a": a, "b": b, "c": c} for a in "xy" for b in "xy" for c in "xy"], "[.a, .b, .c]", id="three"
        ),
        pytest.param(
            [{"sensor": s, "at": f"2024-01-0{d}", "v": 1.5} for s in "xy" for d in (1, 2)],
            "[.sensor, .at]",
            id="a time",
        ),
        pytest.param(
            [{"project": p, "number": n, "branch": f"b{p}{n}"} for p in "ab" for n in (1, 2)],
            "[.project, .number]",
            id="meaningful names before a text that is unique by chance",
        ),
    ],
)
def test_fields_are_joined_if_none_is_unique(items: list[dict[str, Json]], start: str) -> None:
    assert identifiers_of(*items)[0].startswith(start)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([], id="no items"),
        pytest.param([{"v": 1.5}, {"v": 2.5}], id="measures"),
        pytest.param([{"v": True}, {"v": False}], id="flags"),
        pytest.param([{"a": ["x"]}, {"a": ["y"]}], id="lists"),
        pytest.param([{"text": "one two"}, {"text": "three four"}], id="sentences"),
        pytest.param(
            [{"owner": {"id": 1}, "n": 1.5}, {"owner": {"id": 2}, "n": 2.5}], id="id of another entity"
        ),
        pytest.param([{"sensor": "a", "v": 1}, {"sensor": "b", "v": 2}], id="two texts"),
        pytest.param([{"status": text} for text in "abcdef"], id="different statuses"),
        pytest.param([{"type": "commit", "message": "x", "date": "2020-01-01"}], id="the only item"),
        pytest.param([{"price": f"{number}.50"} for number in range(9)], id="prices as text"),
        pytest.param([{"assignee_id": 7, "done": 1}, {"assignee_id": 8, "done": 1}], id="two references"),
        pytest.param([{"created_at": 1704067200}, {"created_at": 1704067201}], id="times"),
        pytest.param(
            [{"a": "x", "b": "-x"}, {"a": "x-", "b": "x"}, {"a": "x", "b": "-x", "c": 1}], id="joins"
        ),
    ],
)
def test_no_identifier_is_proposed_if_no_fields_are_unique(items: list[dict[str, Json]]) -> None:
    found = propose("/things", list(items))
    assert found.identifiers == []
    assert found.source.identifier == ""


def test_joined_identifier_is_null_if_a_part_is_missing(apply_jq: ApplyJq) -> None:
    items: list[dict[str, Json]] = [{"project": p, "number": n} for p in "ab" for n in (1, 2)]
    [first, *_] = identifiers_of(*items)
    assert apply_jq(first, [{"project": "a", "number": 1}, {"project": "a"}, {"number": 1}, {}]) == [
        "a-1",
        None,
        None,
        None,
    ]


def test_number_is_not_converted_so_that_no_digit_is_lost() -> None:
    [expression] = identifiers_of({"id": 12345678901234567}, {"id": 12345678901234568})
    assert expression == ".id"


def test_local_identifier_is_prefixed_with_the_parent(apply_jq: ApplyJq) -> None:
    found = propose("/repos/{repo}/builds", [{"number": 1}, {"number": 2}])
    assert found.source.identifier.startswith("[.__repo, .number]")
    assert apply_jq(found.source.identifier, found.items) == ["repo-1", "repo-2"]
    assert apply_jq(found.source.identifier, [{"number": 1}, {"__repo": "a b", "number": 1}]) == [
        None,
        "a_b-1",
    ]
    assert ".__repo comes first" in found.identifiers[0].why


@pytest.mark.parametrize(
    "item",
    [
        {"id": 1},
        {"uuid": "x"},
        {"gid": "7"},
        {"hash": "abc"},
        {"serial_number": "S1"},
        {"public_id": "p"},
        {"arn": "arn:x"},
        {"urn": "urn:x"},
        {"sha": "abc", "number": 1.5},
        {"self_link": "https://example.com/1"},
        {"build_id": 7},
        {"name": "projects/p/builds/b"},
    ],
    ids=str,
)
def test_global_identifier_is_not_prefixed_with_the_parent(item: dict[str, Json]) -> None:
    [path] = [f".{key}" for key in item if key != "number"]
    assert propose("/repos/{repo}/builds", [item]).source.identifier == path


@pytest.mark.parametrize(
    "item",
    [
        {"key": "a"},
        {"name": "a"},
        {"slug": "a"},
        {"number": 1},
        {"iid": 1},
        {"index": 1},
        {"path": "a/b"},
        {"build_number": 1},
        {"build_key": "a"},
        {"id": "production"},
        {"email": "a@example.com"},
    ],
    ids=str,
)
def test_local_key_is_prefixed_with_all_parents(item: dict[str, Json]) -> None:
    [key] = item
    found = propose("/orgs/{org}/repos/{repo}/builds", [item])
    assert found.source.identifier.startswith(f"[.__org, .__repo, .{key}]")


def test_key_of_a_single_item_is_not_prefixed_with_itself(apply_jq: ApplyJq) -> None:
    found = propose("/orgs/{org}/users/{login}", {"login": "ann", "name": "Ann"})
    assert apply_jq(found.source.identifier, found.items) == ["org-ann"]


@pytest.mark.parametrize(
    ("first", "second", "start"),
    [
        pytest.param({"id": 1, "n": 5}, {"id": 1, "n": 6}, "[.__team, .id]", id="another thing"),
        pytest.param({"id": 1, "n": 5}, {"id": 1, "n": 5}, ".id", id="the same thing"),
        pytest.param({"id": 1, "n": 5}, {"id": 2, "n": 5}, ".id", id="other ids"),
        pytest.param({"name": "a"}, {"name": "a"}, "[.__team, .name]", id="the same name"),
    ],
)
def test_id_that_repeats_over_two_parents_is_prefixed(
    first: dict[str, Json], second: dict[str, Json], start: str
) -> None:
    samples = [
        Sample(Response(200, {"content-type": "application/json"}, json.dumps([item]).encode()), binding)
        for item, binding in ((first, Binding({"team": "x"})), (second, Binding({"team": "y"})))
    ]
    found = propose_from_samples("/teams/{team}/roles", samples)
    assert found.source.identifier.startswith(start)
    assert [item["__team"] for item in found.items] == ["x", "y"]
    assert "team" not in [field.proposed.name for field in found.fields]


def test_doubtful_identifier_says_so() -> None:
    [named, *_] = propose("/things", [{"name": "a"}]).identifiers
    [wrapped, *_] = propose("/things", [{"entity": {"id": 1}}, {"entity": {"id": 2}}]).identifiers
    [sure, *_] = propose("/things", [{"name": "a"}, {"name": "b"}]).identifiers
    assert [each.is_doubtful for each in (named, wrapped, sure)] == [True, True, False]
    assert "Doubtful" in named.why
    assert "Doubtful" not in sure.why


def test_id_that_the_integration_adds_is_not_the_item_s() -> None:
    items: list[Json] = [{"id": 7, "__id": "7", "text": "x"}, {"id": 8, "__id": "8", "text": "y"}]
    assert propose("/things/{id}/notes", items).source.identifier == ""
    assert propose("/things/{id}", items).source.identifier == ".id"


def test_id_of_an_account_is_the_user_s() -> None:
    items: list[dict[str, Json]] = [{"accountId": f"5b{n}", "displayName": f"A{n}"} for n in (1, 2)]
    assert identifiers_of(*items, kind="/users")[0] == ".accountId"


def test_membership_is_identified_by_both_entities() -> None:
    items: list[Json] = [{"user": {"id": n}, "group": {"id": 7}, "role": "admin"} for n in (1, 2)]
    assert identifiers_of(*items)[0].startswith("[.group.id, .user.id]")  # type: ignore[arg-type]


def test_kubernetes_objects_are_looked_through() -> None:
    items: list[Json] = [
        {"metadata": {"name": "web", "namespace": space}, "spec": {"replicas": 1}, "status": {"phase": "ok"}}
        for space in "ab"
    ]
    found = propose("/apis/x/things", {"items": items})
    assert found.source.identifier.startswith("[.metadata.namespace, .metadata.name]")
    assert found.source.title == ".metadata.name"
    selected = [field.proposed.expression for field in found.fields if field.selected]
    assert selected == [".metadata.namespace", ".spec.replicas", ".status.phase"]


def test_first_line_of_a_message_is_the_title(apply_jq: ApplyJq) -> None:
    items: list[Json] = [{"sha": "a", "message": "Fix\n\nWhy"}, {"sha": "b", "message": "Add"}]
    found = propose("/commits", items)
    assert apply_jq(found.source.title or "", found.items) == ["Fix", "Add"]


def test_path_parameters_are_not_fields_of_the_item() -> None:
    items: list[Json] = [{"repo": "a", "__repo": "a", "name": "x"}, {"repo": "a", "__repo": "a", "name": "y"}]
    found = propose("/repos/{repo}/builds", items)
    assert [field.proposed.name for field in found.fields] == ["name"]


def test_pasted_item_gets_the_parameter_names_as_values() -> None:
    assert add_path_parameters("/a/{x}/b/{y}", [{"id": 1, "x": 5}]) == [
        {"id": 1, "x": 5, "__x": "x", "y": "y", "__y": "y"}
    ]


@pytest.mark.parametrize(
    ("items", "title"),
    [
        pytest.param([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], ".name", id="a name"),
        pytest.param(
            [{"title": "a", "name": "x"}, {"title": "b", "name": "y"}], ".name", id="before a title"
        ),
        pytest.param([{"name": "a", "title": "x"}, {"name": "a", "title": "y"}], ".title", id="that varies"),
        pytest.param([{"thing_name": "a", "title": "x"}], ".thing_name", id="its own name"),
        pytest.param([{"attributes": {"name": "a"}}], ".attributes.name", id="wrapped"),
        pytest.param([{"profile": {"real_name": "a"}}], ".profile.real_name", id="of a profile"),
        pytest.param([{"owner": {"name": "a"}}], None, id="of another"),
        pytest.param([{"name": "a\nb"}], None, id="of two lines"),
        pytest.param([{"name": 5}], None, id="a number"),
        pytest.param(
            [{"name": 5}, {"name": "a"}], ".name | if . == null then null else tostring end", id="mixed"
        ),
        pytest.param([{"name": None}, {"name": "a"}, {}], None, id="mostly missing"),
        pytest.param([{"name": "a"}, {"name": None}], ".name", id="missing now and then"),
    ],
)
def test_title_is_the_field_with_the_best_name(items: list[Json], title: str | None) -> None:
    assert propose("/things", items).source.title == title


def test_first_and_last_name_are_joined_to_a_title(apply_jq: ApplyJq) -> None:
    names = (("a", "b"), ("c", "d"), ("e", None), (None, None), ("f", "g"))
    items: list[Json] = [{"first_name": first, "last_name": last} for first, last in names]
    found = propose("/people", items)
    assert apply_jq(found.source.title or "", found.items) == ["a b", "c d", "e", None, "f g"]


def test_reasons_are_given() -> None:
    found = propose("/api/v1/users", {"data": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]})
    assert found.reasons == (
        "Items at .data: 2 objects, under a common name for items",
        "Identifier: .id is unique in all 2 items",
        "Title: .name names the item",
    )


def test_data_path_of_the_user_is_used() -> None:
    found = propose("/x", {"data": [{"id": 1}], "old": [{"id": "a"}]}, ".old")
    assert found.items == [{"id": "a"}]
    assert found.source.selector == {"data_path": ".old"}


@pytest.mark.parametrize("data_path", [".a |", ".a.b"])
def test_data_path_that_is_not_valid_jq_or_fails_is_an_error(data_path: str) -> None:
    with pytest.raises(JqError):
        propose("/x", {"a": 5}, data_path)


@pytest.mark.parametrize(
    ("data_path", "items"),
    [
        (".", [{"a": [1, 2], "b": None}]),
        (".a", [{"value": 1}, {"value": 2}]),
        (".a[]", [{"value": 1}, {"value": 2}]),
        (".b", []),
        (".a, .a", [{"value": [1, 2]}, {"value": [1, 2]}]),
    ],
)
def test_items_are_read_as_the_integration_reads_them(data_path: str, items: list[Json]) -> None:
    assert items_at({"a": [1, 2], "b": None}, data_path) == items


@pytest.mark.parametrize("body", [None, "text", 5])
def test_body_without_items_is_named_as_the_reason(body: Json) -> None:
    assert "The response has no list and no object" in propose("/x", body).reasons


@pytest.mark.parametrize(
    "text", ["a b", "a#b%c", "é", "中文", "٣", "²", "a\\b", "ab", "a/b:c=d+e@f.g-h_i", "x̂", "\U0001f600"]
)
def test_characters_are_replaced_as_in_jq(text: str, apply_jq: ApplyJq) -> None:
    assert apply_jq(f".x | {LEGAL}", [{"x": text}]) == [replace_illegal(text)]


@pytest.mark.parametrize(
    ("kind", "items", "keys"),
    [
        pytest.param(
            "/packages/{package}/versions",
            [{"version": "1.0.0", "time": "2024-01-02"}, {"version": "1.1.0", "time": "2024-02-02"}],
            ".__package, .version",
            id="versions_of_a_package",
        ),
        pytest.param(
            "/movies/{id}/translations",
            [{"title": "Tron", "language": "en"}, {"title": "Tron: Das Erbe", "language": "de"}],
            ".__id, .language",
            id="languages_of_a_text",
        ),
        pytest.param(
            "/domains/{domain}/records",
            [{"name": "", "type": "A", "ttl": 1}, {"name": "w", "type": "A", "ttl": 1}],
            ".__domain, .name, .type",
            id="the_empty_name_of_an_apex",
        ),
        pytest.param(
            "/domains/{domain}/records",
            [
                {"name": "w", "type": "NS", "value": "a.example"},
                {"name": "w", "type": "NS", "value": "b.example"},
            ],
            ".__domain, .value, .name, .type",
            id="several_records_of_a_name",
        ),
    ],
)
def test_items_without_an_id_are_told_apart_under_their_parent(
    kind: str, items: list[Json], keys: str
) -> None:
    assert f"[{keys}]" in propose(kind, items).identifiers[0].expression


@pytest.mark.parametrize(
    ("items", "expression"),
    [
        ([{"name": "a", "serial": 2024010203}, {"name": "b", "serial": 1383743519}], f".name | {NULL_SAFE}"),
        ([{"name": "a", "serial": "SN1"}, {"name": "b", "serial": "SN2"}], ".serial"),
        (
            [{"watchers": 2, "movie": {"title": "Tron", "ids": {"trakt": number}}} for number in (1, 2)],
            ".movie.ids.trakt",
        ),
    ],
    ids=["serial_of_a_zone", "serial_of_a_device", "object_of_ids"],
)
def test_serial_numbers_and_objects_of_ids(items: list[dict[str, Json]], expression: str) -> None:
    assert identifiers_of(*items)[0] == expression
