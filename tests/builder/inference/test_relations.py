"""Relations between endpoints, by values and by path parameters."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from builder.draft import Relation
from builder.inference import FoundRelation, SampledSource, find_parents, find_relations, propose
from builder.inference.jq_outputs import evaluate_expressions
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from rest.bodies import Json
from rest.errors import JqError

type ApplyJq = Callable[[str, Sequence[Any]], list[Json]]

USERS: list[Json] = [{"id": f"user-{number}", "name": f"User {number}"} for number in range(10)]


def sampled(kind: str, body: Json) -> SampledSource:
    """Return the proposal for an endpoint as a sampled source."""
    found = propose(kind, body)
    return SampledSource(found.source, found.items)


def found(*samples: SampledSource) -> list[FoundRelation]:
    """Return the relations of the last sample."""
    return [each for each in find_relations(samples) if each.source is samples[-1].source]


def projects(*values: Json, key: str = "owner_id") -> SampledSource:
    """Return projects with these values in a field."""
    return sampled("/projects", [{"id": f"p{n}x", key: value} for n, value in enumerate(values)])


def test_field_with_identifiers_is_a_relation_with_its_hit_rate() -> None:
    values = [*(f"user-{number % 8}" for number in range(48)), "user-x", "user-y", None]
    [relation] = found(sampled("/users", USERS), projects(*values))
    assert relation.relation == Relation("owner", "user", ".owner_id", "Owner")
    assert (relation.hits, relation.total) == (8, 10)
    assert relation.why == "8 of 10 values of .owner_id are identifiers of user"


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("owner_id", "user-1", "owner"),
        ("ownerId", "user-1", "owner"),
        ("owner", {"id": "user-1"}, "owner"),
        ("owner", "user-1", "owner"),
        ("relationships", {"owner": {"data": {"id": "user-1"}}}, "owner"),
        ("id2", "user-1", "id2"),
        ("grid", "user-1", "grid"),
        ("user_ref", "user-1", "user"),
    ],
)
def test_relation_is_named_after_the_field_without_the_id_suffix(key: str, value: Json, name: str) -> None:
    [relation] = found(sampled("/users", USERS), projects(value, key=key))
    assert relation.relation.name == name


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("member_ids", ["user-1", "user-2"], "members"),
        ("members", ["user-1", "user-2"], "members"),
        ("members", [{"id": "user-1"}, {"id": "user-2"}, {"x": 1}], "members"),
    ],
)
def test_list_is_a_relation_to_many(key: str, value: Json, name: str, apply_jq: ApplyJq) -> None:
    last = projects(value, None, key=key)
    [relation] = found(sampled("/users", USERS), last)
    assert (relation.relation.name, relation.relation.many) == (name, True)
    [first, second] = apply_jq(relation.relation.expression, last.items)
    assert first == ["user-1", "user-2"]
    assert second in (None, [])


def test_values_get_the_same_replacement_of_characters_as_the_identifiers(apply_jq: ApplyJq) -> None:
    gates = sampled("/gates", [{"name": "Sonar way"}, {"name": "Strict 100%"}])
    last = projects("Strict 100%", None, key="gate")
    [relation] = found(gates, last)
    assert apply_jq(relation.relation.expression, last.items) == ["Strict_100_", None]


def test_values_in_lists_get_the_same_replacement_of_characters(apply_jq: ApplyJq) -> None:
    gates = sampled("/gates", [{"name": "Sonar way"}, {"name": "Strict 100%"}])
    last = projects(["Strict 100%"], None, key="gates")
    [relation] = found(gates, last)
    assert apply_jq(relation.relation.expression, last.items) == [["Strict_100_"], []]


def test_number_and_text_are_the_same_identifier() -> None:
    users = sampled("/users", [{"id": 40001}, {"id": 40002}])
    assert len(found(users, projects("40001", "40002"))) == 1


@pytest.mark.parametrize(
    ("key", "values", "names"),
    [
        pytest.param("user_id", [1, 2, 3], ["user"], id="small numbers, named like the target"),
        pytest.param("owner_id", [1, 2, 3], ["owner"], id="small numbers, a person's role"),
        pytest.param("priority", [1, 2, 3], [], id="small numbers, other name"),
        pytest.param("count", [1, 2, 99], [], id="counts"),
        pytest.param("thing_id", [1, 2, 3], ["thing"], id="an id, one matching endpoint"),
        pytest.param("thing_id", [1, 2, 99], [], id="an id with too few hits"),
        pytest.param("user_id", [1, 97, 98, 99], [], id="named like the target, too few hits"),
        pytest.param("user_id", [True, False], [], id="flags"),
    ],
)
def test_small_numbers_need_a_matching_name(key: str, values: list[Json], names: list[str]) -> None:
    users = sampled("/users", [{"id": number} for number in range(1, 9)])
    assert [each.relation.name for each in found(users, projects(*values, key=key))] == names


def test_id_that_matches_two_endpoints_is_no_relation() -> None:
    users = sampled("/users", [{"id": number} for number in range(1, 9)])
    teams = sampled("/teams", [{"id": number} for number in range(1, 9)])
    assert found(users, teams, projects(1, 2, 3, key="thing_id")) == []
    assert [each.relation.target for each in found(users, teams, projects(1, 2, 3, key="team_id"))] == [
        "team"
    ]


def test_texts_need_a_fifth_of_hits_because_a_sample_is_one_page() -> None:
    users = sampled("/users", USERS)
    others = [f"other-{number}" for number in range(9)]
    assert len(found(users, projects("user-1", "user-2", "user-3", *others, key="origin"))) == 1
    assert found(users, projects("user-1", *others, key="origin")) == []


def test_name_and_one_value_are_enough_but_the_relation_is_not_chosen() -> None:
    """The other owners are on pages that are not in the sample."""
    [relation] = found(sampled("/users", USERS), projects("user-1", *(f"other-{n}" for n in range(9))))
    assert (relation.hits, relation.total) == (1, 10)
    assert not relation.is_likely


@pytest.mark.parametrize("key", ["status", "result_type", "version"])
def test_value_of_a_descriptive_field_is_no_relation_by_chance(key: str) -> None:
    plans = sampled("/plans", [{"slug": "active"}, {"slug": "closed"}])
    assert found(plans, projects("active", "closed", key=key)) == []
    assert len(found(plans, projects("active", "closed", key="plan"))) == 1


def test_parent_of_the_same_kind_is_a_relation_but_the_own_id_is_not() -> None:
    tree = sampled("/folders", [{"id": "f-1", "parent_id": None}, {"id": "f-2", "parent_id": "f-1"}])
    [relation] = found(tree)
    assert (relation.relation.name, relation.relation.target) == ("parent", "folder")


def test_two_fields_with_the_same_entity_are_one_relation() -> None:
    users = sampled("/users", [{"id": "user-1"}, {"id": "user-2"}])
    items: list[Json] = [{"id": f"p{n}x", "owner": {"id": "user-1"}, "owner_id": "user-1"} for n in (1, 2)]
    assert len(found(users, sampled("/projects", items))) == 1


def test_source_without_identifier_is_not_a_target() -> None:
    assert find_relations([sampled("/users", []), projects("user-1")]) == []


def test_path_parameter_is_a_relation_to_the_parent() -> None:
    users, teams = sampled("/users", USERS), sampled("/users/{user_id}/teams", [{"id": 1}, {"id": 2}])
    [relation] = found(users, teams)
    assert relation.relation == Relation("user", "user", ".__user_id", "User")
    assert relation.why == "the items are requested per user"
    [(name, parameter)] = find_parents(teams.source, [users, teams]).items()
    assert (name, parameter.selector) == ("user_id", {"endpoint": "/users", "data_path": ".", "field": ".id"})


@pytest.mark.parametrize(
    ("parent", "body", "kind", "selector", "expression"),
    [
        pytest.param(
            "/jobs",
            [{"name": "a b"}, {"name": "c"}],
            "/jobs/{job}/builds",
            {"field": ".name"},
            '.__job | if . == null then null else gsub("[^\\\\p{L}0-9@_.+:/=-]"; "_") end',
            id="by the raw name",
        ),
        pytest.param(
            "/orgs/acme/teams",
            [{"id": 1, "slug": "a"}, {"id": 2, "slug": "b"}],
            "/orgs/acme/teams/{team_slug}/members",
            {"field": ".slug", "parent_fields": {"team": ".id"}},
            ".__team",
            id="by another field than the parent's identifier",
        ),
        pytest.param(
            "/projects.json",
            {"projects": [{"project_id": "x"}, {"project_id": "y"}]},
            "/projects/{project_id}/tasks",
            {"data_path": ".projects", "field": ".project_id"},
            ".__project_id",
            id="by the parameter's own name",
        ),
        pytest.param(
            "/v2/groups",
            [{"id": 1}, {"id": 2}],
            "/v1/members?group={group_id}&x=/groups/{group_id}",
            None,
            "",
            id="in the query: not matched",
        ),
        pytest.param(
            "/v2/groups",
            [{"id": 1}, {"id": 2}],
            "/v1/for/{group_id}/members",
            {},
            ".__group_id",
            id="by name",
        ),
        pytest.param(
            "/v2/groups", [{"id": 1}], "/v1/for/{id}/members", None, "", id="no resource in the name"
        ),
        pytest.param("/a", [{"x": [1]}], "/a/{id}/b", None, "", id="a parent without scalar fields"),
    ],
)
def test_path_parameter_gets_the_parent_that_has_its_values(
    parent: str, body: Json, kind: str, selector: dict[str, Json] | None, expression: str
) -> None:
    parent_source, child = sampled(parent, body), sampled(kind, [{"id": 1}])
    parameters = find_parents(child.source, [parent_source, child])
    if selector is None:
        assert parameters == {}
        return
    [parameter] = parameters.values()
    expected = {"endpoint": parent, "data_path": ".", "field": ".id"} | selector
    assert parameter.selector == expected
    assert parameter.relation
    assert parameter.relation.expression == expression
    wanted = {
        **child.source.selector,
        "path_parameters": {name: each.selector for name, each in parameters.items()},
    }
    assert read_resource(kind, wanted, PaginationSettings()).parameters


def test_relation_name_is_legal_even_if_the_parent_s_is_not() -> None:
    [relation] = found(sampled("/cafés", [{"id": "a1"}]), sampled("/cafés/{id}/tables", [{"id": 1}]))
    assert (relation.relation.name, relation.relation.target) == ("cafe", "café")


def test_parent_without_identifier_has_values_but_no_relation() -> None:
    parent_source = sampled("/a", [{"id": 1, "x": 1.5}, {"id": 1, "x": 2.5}])
    child = sampled("/a/{id}/b", [{"id": 1}])
    [parameter] = find_parents(child.source, [parent_source, child]).values()
    assert parameter.relation is None


def test_outputs_are_those_of_the_mapping() -> None:
    items: list[dict[str, Json]] = [{"a": 1}, {"a": "x"}, {}]
    outputs = evaluate_expressions([".a", ".a + 1", "empty", ".a, 5"], items)
    assert outputs == [[1, "x", None], [2, None, 1], [None, None, None], [1, "x", None]]
    assert evaluate_expressions([], items) == []
    assert evaluate_expressions([".a"], []) == [[]]


def test_expression_that_does_not_compile_is_an_error() -> None:
    with pytest.raises(JqError):
        evaluate_expressions([".a |"], [{"a": 1}])
