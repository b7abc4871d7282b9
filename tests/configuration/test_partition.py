"""The share of a nested kind's parents: which share a parent is in, and mistakes in the key."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.partition import Partition, share_of
from configuration.resource import Resource
from rest.errors import ResourceError

_PARENT = {"endpoint": "/p", "field": ".id"}


def resource_of(partition: Any, kind: str = "/p/{id}", **selector: Any) -> Resource:
    keys = {"path_parameters": {"id": _PARENT}, "partition": partition, **selector}
    return read_resource(kind, keys, PaginationSettings())


def partition_of(kind: str, **selector: Any) -> Partition:
    partition = resource_of({"index": 0, "of": 2}, kind, **selector).partition
    assert partition
    return partition


def refusal(partition: Any, kind: str = "/p/{id}", **selector: Any) -> str:
    with pytest.raises(ResourceError) as raised:
        resource_of(partition, kind, **selector)
    return str(raised.value)


def test_the_share_of_a_parent_never_changes() -> None:
    """Other shares after an update would make installations delete the entities of each other."""
    names = ["1", "2", "acme", "acme/api", "münchen", "日本", "", "\ud800", "true", "null", "1.0"]
    assert [share_of({"id": name}, 3) for name in names] == [1, 1, 1, 1, 0, 1, 2, 2, 2, 1, 1]
    assert share_of({"b": "1", "a": "2"}, 1000) == share_of({"a": "2", "b": "1"}, 1000) == 129


@pytest.mark.parametrize("of", [2, 3, 10])
@pytest.mark.parametrize("name", [str, lambda n: f"team-{n:06}", lambda n: f"ü/{n}", lambda n: str(n * 1000)])
def test_the_shares_are_even(of: int, name: Callable[[int], str]) -> None:
    counts = Counter(share_of({"id": name(number)}, of) for number in range(10_000))
    assert len(counts) == of
    assert max(counts.values()) < 1.1 * 10_000 / of
    assert min(counts.values()) > 0.9 * 10_000 / of


@given(st.dictionaries(st.text(max_size=5), st.text(), min_size=1, max_size=3), st.integers(1, 50))
def test_one_more_share_moves_parents_only_to_the_new_one(texts: dict[str, str], of: int) -> None:
    assert 0 <= share_of(texts, of) < of
    assert share_of(texts, of + 1) in (share_of(texts, of), of)


def test_values_with_the_same_text_are_the_same_parent() -> None:
    for one, other in [(1, "1"), (True, "true"), (1.5, "1.5"), (2**60, str(2**60))]:
        found = [Partition(index, 5, frozenset({"id"}), "id").has({"id": one}) for index in range(5)]
        assert found == [Partition(i, 5, frozenset({"id"}), "id").has({"id": other}) for i in range(5)]
        assert sum(found) == 1


def test_a_share_of_one_has_everything() -> None:
    assert all(share_of({"id": str(number)}, 1) == 0 for number in range(100))


@pytest.mark.parametrize(("index", "of"), [(1, 3), ("1", "3"), (1.0, 3.0), ("1e0", "3")])
def test_numbers_may_be_texts(index: Any, of: Any) -> None:
    partition = resource_of({"index": index, "of": of}).partition
    assert (partition and (partition.index, partition.of)) == (1, 3)
    assert str(partition) == "partition 1 of 3"


@pytest.mark.parametrize(
    ("partition", "expected"),
    [
        ({"index": 3, "of": 3}, "partition.index: got 3, accepts 0 to 2, because of is 3"),
        ({"index": -1, "of": 3}, "partition.index: got -1, accepts a whole number, 0 or more"),
        ({"index": 0, "of": 0}, "partition.of: got 0, accepts a whole number, 1 or more"),
        ({"index": 0.5, "of": 3}, "partition.index: got 0.5, accepts a whole number, 0 or more"),
        ({"index": True, "of": 3}, "partition.index: got True, accepts a whole number, 0 or more"),
        ({"index": "x", "of": 3}, "partition.index: got 'x', accepts a whole number, 0 or more"),
        ({"index": None, "of": 3}, "partition.index: is missing"),
        ({"index": 0}, "partition.of: is missing"),
        ({"of": 2}, "partition.index: is missing"),
        ({"index": 0, "of": 2, "by": "id"}, "partition.by: is unknown"),
        ([0, 3], "partition: got [0, 3], accepts an object"),
        ("1/3", "partition: got '1/3', accepts an object"),
    ],
)
def test_a_wrong_value_is_named(partition: Any, expected: str) -> None:
    assert f"selector.{expected}" in refusal(partition)


def test_a_kind_without_parents_cannot_be_divided() -> None:
    message = refusal({"index": 0, "of": 2}, "/users", path_parameters={})
    assert "selector.partition: divides the parents of a nested kind, but there are no path_param" in message
    assert "To divide this kind, give each installation other query_params or windows" in message


def test_all_parameters_and_the_fields_of_parents_in_urls_decide() -> None:
    repos = {
        "endpoint": "/orgs/{org}/repos",
        "field": ".name",
        "parent_fields": {"host": ".host", "title": ".title"},
    }
    orgs = {"values": ["a", "b"]}
    for parameters in ({"org": orgs, "repo": repos}, {"repo": repos, "org": orgs}):
        found = partition_of("/{host}/{org}/{repo}", path_parameters=parameters)
        assert (found.names, found.parameter) == (frozenset({"host", "org", "repo"}), "repo")


def test_only_values_in_the_requests_of_the_kind_decide() -> None:
    """A repository of two teams is one parent, because its issues have the same URL."""
    parameters = {
        "team": {"endpoint": "/teams", "field": ".id"},
        "repo": {"endpoint": "/teams/{team}/repos", "field": ".id"},
    }
    found = partition_of("/repos/{repo}/issues", path_parameters=parameters)
    assert (found.names, found.parameter) == (frozenset({"repo"}), "repo")
    parameters["repo"] |= {"batch": "5"}
    found = partition_of("/issues?repos={repo}", path_parameters=parameters)
    assert (found.names, found.parameter) == (frozenset({"repo"}), "repo")


def test_the_values_of_a_batch_decide_where_they_are_bound_last() -> None:
    many = {**_PARENT, "batch": 10}
    alone = partition_of("/p?ids={id}", path_parameters={"id": many})
    assert (alone.names, alone.parameter) == (frozenset({"id"}), "id")
    region = {"values": ["eu", "us"]}
    for parameters in ({"id": many, "region": region}, {"region": region, "id": many}):
        found = partition_of("/{region}/p?ids={id}", path_parameters=parameters)
        assert (found.names, found.parameter) == (frozenset({"id", "region"}), "id")


def test_the_values_of_a_batch_do_not_decide_where_others_are_found_with_them() -> None:
    below = {"endpoint": "/q?ids={id}", "field": ".id"}
    found = partition_of("/q/{other}", path_parameters={"id": {**_PARENT, "batch": 9}, "other": below})
    assert (found.names, found.parameter) == (frozenset({"other"}), "other")


def test_one_of_several_batches_decides() -> None:
    many = {**_PARENT, "batch": 10}
    for names in (["a", "b"], ["b", "a"]):
        found = partition_of("/p?a={a}&b={b}", path_parameters=dict.fromkeys(names, many))
        assert (found.names, found.parameter) == (frozenset({"a"}), "a")


def test_events_must_have_the_values_that_decide() -> None:
    many = {**_PARENT, "batch": 10}
    kind = "/p?ids={id}"
    webhook = {"values": {"item": ".item"}, "fetch": "/p/{item}"}
    message = refusal({"index": 0, "of": 2}, kind, path_parameters={"id": many}, webhook=webhook)
    assert "selector.webhook.values: lacks id, which partition needs" in message
    webhook = {**webhook, "values": {"item": ".item", "id": ".id"}}
    assert partition_of(kind, path_parameters={"id": many}, webhook=webhook).names == {"id"}
