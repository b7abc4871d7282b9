"""Sources of values: several fields of a parent, plain values, whole URLs, batches and several sources."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from rest.errors import DoubtError, ItemsError, RefusedError, ResourceError, TransientError

type Fetch = Callable[..., Awaitable[Any]]

REPOS = [
    {"id": 1, "owner": "a", "name": "x"},
    {"id": 2, "owner": "b", "name": "x/y"},
    {"id": 3, "owner": "b", "name": "z"},
]


def api(answers: dict[str, Any]) -> Callable[[httpx.Request], Any]:
    """Respond by path and query below the base URL, with 404 to an unknown path."""

    def answer(request: httpx.Request) -> Any:
        target = request.url.raw_path.decode().removeprefix("/api")
        return answers.get(target, answers.get(target.partition("?")[0], 404))

    return answer


def below(name: str, *sources: Any, **more: Any) -> dict[str, Any]:
    return {"path_parameters": {name: sources[0] if len(sources) == 1 else list(sources)}, **more}


def repos(**more: Any) -> dict[str, Any]:
    return {"endpoint": "/repos", "field": ".name", "parent_fields": {"owner": ".owner"}, **more}


async def test_two_values_of_one_parent_fill_the_path(fetched: Fetch) -> None:
    answers = {"/repos": REPOS, "/a/x/pulls": [{"id": 1}], "/b/x%2Fy/pulls": [{"id": 2}], "/b/z/pulls": []}
    fetch = await fetched(api(answers), "/{owner}/{repo}/pulls", below("repo", repos()))
    assert fetch.error is None
    assert sorted(fetch.items, key=lambda item: item["id"]) == [
        {"id": 1, "repo": "x", "owner": "a", "__repo": "x", "__owner": "a"},
        {"id": 2, "repo": "x/y", "owner": "b", "__repo": "x/y", "__owner": "b"},
    ]


async def test_parent_fields_fill_the_endpoint_of_another_parameter(fetched: Fetch) -> None:
    answers = {
        "/repos": REPOS[:1],
        "/a/x/branches": [{"sha": "s1"}],
        "/commits?by=a&at=s1": [{"id": 1}],
    }
    selector = {
        "query_params": {"by": "{owner}", "at": "{sha}"},
        "path_parameters": {
            "sha": {"endpoint": "/{owner}/{repo}/branches", "field": ".sha"},
            "repo": repos(),
        },
    }
    fetch = await fetched(api(answers), "/commits", selector)
    assert fetch.error is None
    assert fetch.ids == [1]


async def test_a_parent_without_a_used_field_is_skipped_and_counted(fetched: Fetch) -> None:
    parents = [*REPOS[:1], {"name": "y"}, {"name": "z", "owner": ""}, {"owner": "b"}]
    answers = {"/repos": parents, "/a/x/pulls": [{"id": 1}]}
    fetch = await fetched(api(answers), "/{owner}/{repo}/pulls", below("repo", repos()))
    assert isinstance(fetch.error, DoubtError)
    assert (fetch.error.doubt, fetch.ids) == ("skipped_parents", [1])
    assert (
        "3 of 4 parents have no owner or repo and were skipped. Exclude them with "
        "path_parameters.repo.filter, or correct its parent_fields.owner and field"
    ) in str(fetch.error)
    unused = await fetched(
        api({**answers, "/r/x": [], "/r/y": [], "/r/z": []}), "/r/{repo}", below("repo", repos())
    )
    assert "1 of 4 parents have no repo" in str(unused.error)


async def test_parents_that_all_lack_a_used_field_are_an_error(fetched: Fetch) -> None:
    selector = below("repo", repos(parent_fields={"owner": ".ownr"}))
    fetch = await fetched(api({"/repos": REPOS}), "/{owner}/{repo}/pulls", selector)
    assert isinstance(fetch.error, ItemsError)
    assert (
        "path_parameters.repo: parent_fields.owner .ownr is null or empty in each of the 3 parent items. "
        "Correct parent_fields.owner"
    ) in str(fetch.error)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "{a: .owner}",
            "parent_fields.owner must return a string, number or boolean, but returned a value of type",
        ),
        (
            '"x/../" + .owner',
            "parent_fields.owner returns 'x/../a', and this would change the request's path",
        ),
        (".owner.x", "path_parameters.repo.parent_fields.owner fails on a parent item"),
    ],
)
async def test_an_unsuitable_field_of_a_placeholder_is_an_error(fetched: Fetch, path: str, text: str) -> None:
    selector = below("repo", repos(parent_fields={"owner": path}))
    fetch = await fetched(api({"/repos": REPOS}), "/{owner}/{repo}", selector)
    assert isinstance(fetch.error, ItemsError)
    assert text in str(fetch.error)


async def test_dot_segments_of_the_api_in_a_field_are_not_requested(fetched: Fetch) -> None:
    parents = [{"name": "x", "owner": ".."}, {"name": "x", "owner": "a"}]
    fetch = await fetched(
        api({"/repos": parents, "/a/x": [{"id": 1}]}), "/{owner}/{repo}", below("repo", repos())
    )
    assert isinstance(fetch.error, ResourceError)
    assert "owner is '..'" in str(fetch.error)
    assert fetch.ids == [1]


@pytest.mark.parametrize("field", [".", ".value", ". | tostring", ".value | tostring"])
async def test_plain_values_are_parents(fetched: Fetch, field: str) -> None:
    answers = {"/labels": ["up", 7, ""], "/l/up": [{"id": "u"}], "/l/7": [{"id": "7"}]}
    fetch = await fetched(api(answers), "/l/{label}", below("label", {"endpoint": "/labels", "field": field}))
    assert isinstance(fetch.error, DoubtError)
    assert "1 of 3 parents have no label and were skipped" in str(fetch.error)
    assert fetch.ids == ["7", "u"]


async def test_a_key_of_a_plain_value_is_an_error_that_advises_the_value(fetched: Fetch) -> None:
    selector = below("label", {"endpoint": "/labels", "field": ".id"})
    fetch = await fetched(api({"/labels": ["up"]}), "/l/{label}", selector)
    assert isinstance(fetch.error, ItemsError)
    assert "cannot read .id of a string. The parent is a string: use ." in str(fetch.error)


@pytest.mark.parametrize("filter_", ['startswith("_") | not', '.value | startswith("_") | not'])
async def test_plain_values_can_be_filtered_and_give_fields(fetched: Fetch, filter_: str) -> None:
    answers = {"/labels": {"data": ["_x", "up:down"]}, "/l/up": [{"id": 1}]}
    source = {
        "endpoint": "/labels",
        "data_path": ".data",
        "field": 'split(":")[0]',
        "filter": filter_,
        "parent_fields": {"whole": ".", "last": '.value | split(":")[1]'},
    }
    fetch = await fetched(api(answers), "/l/{label}", below("label", source))
    assert fetch.error is None
    [item] = fetch.items
    assert (item["__label"], item["whole"], item["__last"]) == ("up", "up:down", "down")


async def test_lists_are_parents_too(fetched: Fetch) -> None:
    answers = {"/rows": [["a", 1], ["b", 2]], "/r/1": [{"id": 1}], "/r/2": [{"id": 2}]}
    for field in (".[1]", ".value[1]"):
        fetch = await fetched(api(answers), "/r/{row}", below("row", {"endpoint": "/rows", "field": field}))
        assert (fetch.error, fetch.ids) == (None, [1, 2])


async def test_a_parent_field_that_is_a_url_is_the_kind(fetched: Fetch) -> None:
    parents = [{"url": "https://a.example/api/v2/x?page=2"}, {"url": "/api/v2/y?z=1"}]
    answers = {"/things": parents, "/v2/x?page=2": [{"id": 1}], "/v2/y?z=1": [{"id": 2}]}
    fetch = await fetched(api(answers), "{+url}", below("url", {"endpoint": "/things", "field": ".url"}))
    assert fetch.error is None
    assert fetch.ids == [1, 2]


async def test_a_url_of_another_origin_is_refused(fetched: Fetch) -> None:
    parents = [{"url": "https://b.example/api/x"}, {"url": "https://a.example/api/y"}]
    answers = {"/things": parents, "/y": [{"id": 1}], "/x": [{"id": 2}]}
    selector = below("url", {"endpoint": "/things", "field": ".url"})
    fetch = await fetched(api(answers), "{+url}", selector)
    assert isinstance(fetch.error, RefusedError)
    assert "leads to https://b.example, which is not a trusted origin" in str(fetch.error)
    assert fetch.ids == [1]
    trusted = await fetched(api(answers), "{+url}", selector, trusted_origins='["https://b.example"]')
    assert (trusted.error, trusted.ids) == (None, [1, 2])


async def test_an_invalid_url_does_not_stop_the_others(fetched: Fetch) -> None:
    answers = {"/things": [{"url": "https://[::1"}, {"url": "https://a.example/api/y"}], "/y": [{"id": 1}]}
    fetch = await fetched(api(answers), "{+url}", below("url", {"endpoint": "/things", "field": ".url"}))
    assert isinstance(fetch.error, ResourceError)
    assert "url is 'https://[::1', which is not a valid URL" in str(fetch.error)
    assert fetch.ids == [1]


async def test_a_url_that_the_mapping_builds_stays_below_the_base_url(fetched: Fetch) -> None:
    answers = {"/things": [{"id": "x"}], "/x": [{"id": 1}]}
    for root, is_good in (("https://a.example/api/", True), ("https://a.example/", False)):
        selector = below("url", {"endpoint": "/things", "field": f'"{root}" + .id'})
        fetch = await fetched(api(answers), "{+url}", selector)
        assert (fetch.error is None) is is_good
        assert is_good or "this would change the request's path" in str(fetch.error)


async def test_a_fixed_url_stays_below_the_base_url(fetched: Fetch) -> None:
    fetch = await fetched(
        api({"/x": [{"id": 1}]}), "{+url}", below("url", {"values": ["https://a.example/api/x"]})
    )
    assert (fetch.error, fetch.ids) == (None, [1])
    fetch = await fetched(api({}), "{+url}", below("url", {"values": ["https://a.example/x"]}))
    assert isinstance(fetch.error, ResourceError)
    assert (
        "path_parameters.url.values has 'https://a.example/x', which is not below baseUrl. "
        "Remove it, or write its path"
    ) in str(fetch.error)


async def test_several_sources_of_a_parameter_are_joined(fetched: Fetch) -> None:
    """Values that several sources have are requested once."""
    answers = {
        "/users": [{"id": 1}, {"id": 2}],
        "/bots": [{"key": 2}, {"key": "b"}],
        **{f"/logs?by={by}": [{"id": str(by)}] for by in (1, 2, "b", "root")},
    }
    sources = [
        {"endpoint": "/users", "field": ".id"},
        {"endpoint": "/bots", "field": ".key"},
        {"values": ["root", 1]},
    ]
    fetch = await fetched(api(answers), "/logs?by={by}", below("by", *sources))
    assert fetch.error is None
    assert fetch.ids == ["1", "2", "b", "root"]
    assert len(fetch.urls) == 6


async def test_each_source_accounts_for_its_own_parents(fetched: Fetch) -> None:
    answers: dict[str, Any] = {"/users": 500, "/bots": [{"key": None}, {"key": "b"}], "/logs/b": [{"id": 1}]}
    sources = [{"endpoint": "/users", "field": ".id"}, {"endpoint": "/bots", "field": ".key"}]
    fetch = await fetched(api(answers), "/logs/{by}", below("by", *sources))
    assert isinstance(fetch.error, ExceptionGroup)
    failure, doubt = fetch.error.exceptions
    assert isinstance(failure, TransientError)
    assert (
        "1 of 2 parents have no by and were skipped. Exclude them with path_parameters.by[1].filter"
        in str(doubt)
    )
    assert fetch.ids == [1]
    answers |= {"/users": [{"name": "x"}], "/bots": [{"key": "b"}]}
    fetch = await fetched(api(answers), "/logs/{by}", below("by", *sources))
    assert "path_parameters.by[0]: field .id is null or empty in each of the 1 parent items" in str(
        fetch.error
    )


async def test_a_source_may_depend_on_another_parameter(fetched: Fetch) -> None:
    answers = {
        "/orgs": [{"id": "o"}],
        "/orgs/o/users": [{"id": 1}],
        "/admins": [{"id": 9}],
        "/orgs/o/logs/1": [{"id": 1}],
        "/orgs/o/logs/9": [{"id": 9}],
    }
    parameters = {
        "user": [{"endpoint": "/orgs/{org}/users", "field": ".id"}, {"endpoint": "/admins", "field": ".id"}],
        "org": {"endpoint": "/orgs", "field": ".id"},
    }
    fetch = await fetched(api(answers), "/orgs/{org}/logs/{user}", {"path_parameters": parameters})
    assert (fetch.error, fetch.ids) == (None, [1, 9])


def users(count: int, **more: Any) -> dict[str, Any]:
    return {"values": list(range(count)), **more}


def echo(request: httpx.Request) -> Any:
    """Respond with an item for each ID of the query."""
    return [{"id": each} for ids in request.url.params.get_list("id") for each in ids.split(",")]


async def test_a_batch_is_one_request(fetched: Fetch) -> None:
    fetch = await fetched(echo, "/users?id={id}", below("id", users(5, batch=2)))
    assert fetch.error is None
    assert sorted(fetch.urls) == ["/users?id=0,1", "/users?id=2,3", "/users?id=4"]
    assert fetch.ids == ["0", "1", "2", "3", "4"]


async def test_items_of_a_batch_do_not_get_the_value(fetched: Fetch) -> None:
    parameters = {"id": users(3, batch=2), "kind": {"values": ["k"]}}
    fetch = await fetched(echo, "/users?id={id}&kind={kind}", {"path_parameters": parameters})
    assert {tuple(item) for item in fetch.items} == {("kind", "id", "__kind")}


async def test_duplicates_are_removed_before_batches_are_formed(fetched: Fetch) -> None:
    sources = [{"values": [1, 2, 1, "2"], "batch": 3}, {"values": [2, 3], "batch": 3}]
    fetch = await fetched(echo, "/users?id={id}", below("id", *sources))
    assert fetch.urls == ["/users?id=1,2,3"]


async def test_a_batch_is_divided_where_its_url_would_be_too_long(fetched: Fetch) -> None:
    values = [f"{number:0100}" for number in range(90)]
    fetch = await fetched(echo, "/users?id={id}", below("id", {"values": values, "batch": 100}))
    assert fetch.error is None
    assert fetch.ids == values
    assert len(fetch.urls) == 2
    assert all(len(url) < 7000 for url in fetch.urls)
    body = await fetched(
        lambda _: [{"id": 1}], "/users", below("id", {"values": values, "batch": 100}, body=["{id}"])
    )
    assert len(body.urls) == 1


async def test_a_value_longer_than_the_limit_is_alone(fetched: Fetch) -> None:
    fetch = await fetched(echo, "/users?id={id}", below("id", {"values": ["a" * 9000, "b"], "batch": 9}))
    assert sorted(map(len, fetch.urls)) == [len("/users?id=b"), len("/users?id=") + 9000]


async def test_a_value_that_contains_the_separator_is_alone(fetched: Fetch) -> None:
    fetch = await fetched(echo, "/users?id={id}", below("id", {"values": [1, "a,b", 2], "batch": 9}))
    assert sorted(fetch.urls) == ["/users?id=1,2", "/users?id=a%2Cb"]


async def test_a_404_of_a_batch_is_a_failure(fetched: Fetch) -> None:
    """It does not tell which of the values are missing. The other batches are read."""
    answers = {"/users?id=0,1": [{"id": 1}]}
    fetch = await fetched(api(answers), "/users?id={id}", below("id", users(4, batch=2)))
    assert isinstance(fetch.error, RefusedError)
    assert (fetch.error.status, fetch.ids) == (404, [1])


async def test_a_parent_that_is_requested_in_batches_must_exist(fetched: Fetch) -> None:
    answers = {"/teams?ids=0,1": [{"id": "t"}], "/teams/t": [{"id": 1}]}
    parameters = {"id": users(4, batch=2), "team": {"endpoint": "/teams?ids={id}", "field": ".id"}}
    fetch = await fetched(api(answers), "/teams/{team}", {"path_parameters": parameters})
    assert isinstance(fetch.error, RefusedError)
    assert fetch.ids == [1]


async def test_batches_are_formed_below_each_value_of_another_parameter(fetched: Fetch) -> None:
    answers = {
        "/orgs": [{"id": "a"}, {"id": "b"}],
        "/a/users": [{"id": 1}, {"id": 2}],
        "/b/users": [{"id": 3}],
        "/a/logs?of=1,2": [{"id": "a"}],
        "/b/logs?of=3": [{"id": "b"}],
    }
    parameters = {
        "org": {"endpoint": "/orgs", "field": ".id"},
        "user": {"endpoint": "/{org}/users", "field": ".id", "batch": 50},
    }
    fetch = await fetched(api(answers), "/{org}/logs?of={user}", {"path_parameters": parameters})
    assert (fetch.error, fetch.ids) == (None, ["a", "b"])


async def test_a_dot_segment_in_a_batch_is_not_requested(fetched: Fetch) -> None:
    """The other batches are read."""
    answers = {"/parents": [{"id": "a/../z"}, {"id": "b"}, {"id": "c"}], "/a/c": [{"id": 1}]}
    source = {"endpoint": "/parents", "field": ".id", "batch": 2}
    fetch = await fetched(api(answers), "/a/{+id}", below("id", source))
    assert isinstance(fetch.error, ResourceError)
    assert fetch.urls == ["/parents", "/a/c"]
