"""Partitions of parents: each child is read by one installation, and an empty share is not a failure."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from rest.errors import ItemsError, RefusedError, TransientError

type Fetch = Callable[..., Awaitable[Any]]

_TEAMS = [{"id": number} for number in range(40)]


def api(answers: Mapping[str, Any]) -> Callable[[httpx.Request], Any]:
    """Respond by path below the base URL. A child of an unknown team has no answer."""

    def answer(request: httpx.Request) -> Any:
        path = request.url.raw_path.decode().removeprefix("/api")
        if path in answers:
            return answers[path]
        head, _, name = path.partition("?")[0].rpartition("/")
        return [{"id": f"{name}-{number}"} for number in range(2)] if head.startswith("/teams") else 404

    return answer


def share(index: int, of: int, **more: Any) -> dict[str, Any]:
    source = {"endpoint": "/teams", "field": ".id"}
    return {"path_parameters": {"id": source}, "partition": {"index": index, "of": of}, **more}


async def test_each_child_is_read_in_one_share(fetched: Fetch) -> None:
    fetches = [await fetched(api({"/teams": _TEAMS}), "/teams/{id}", share(index, 3)) for index in range(3)]
    assert all(fetch.error is None for fetch in fetches)
    urls = [url for fetch in fetches for url in fetch.urls if url.startswith("/teams/")]
    assert sorted(urls) == sorted(f"/teams/{number}" for number in range(40))
    assert all(len(fetch.items) > 10 for fetch in fetches)


async def test_a_share_of_one_reads_all(fetched: Fetch) -> None:
    fetch = await fetched(api({"/teams": _TEAMS}), "/teams/{id}", share(0, 1))
    assert len(fetch.items) == 80


async def test_numbers_texts_and_duplicates_are_one_parent(fetched: Fetch) -> None:
    parents = [{"id": value} for number in range(10) for value in (number, str(number), number)]
    fetches = [await fetched(api({"/teams": parents}), "/teams/{id}", share(index, 2)) for index in range(2)]
    urls = [url for fetch in fetches for url in fetch.urls if url.startswith("/teams/")]
    assert sorted(urls) == [f"/teams/{number}" for number in range(10)]


async def test_values_that_urls_encode_are_divided(fetched: Fetch) -> None:
    names = ["a/b", "ü", "日本", "%", "a b", True, False, 1.5, -3, "?", "null", "\U0001f600"]
    source = {"values": names}
    fetches = [
        await fetched(api({}), "/teams/{id}", share(index, 4, path_parameters={"id": source}))
        for index in range(4)
    ]
    assert all(fetch.error is None for fetch in fetches)
    urls = [url for fetch in fetches for url in fetch.urls]
    assert len(urls) == len(set(urls)) == len(names)


async def test_a_batch_has_parents_of_one_share_only(fetched: Fetch) -> None:
    source = {"endpoint": "/teams", "field": ".id", "batch": 10}
    asked: list[str] = []
    for index in range(2):
        selector = share(index, 2, path_parameters={"id": source})
        fetch = await fetched(api({"/teams": _TEAMS}), "/teams/x?ids={id}", selector)
        assert fetch.error is None
        batches = [url.partition("ids=")[2].split(",") for url in fetch.urls if "ids=" in url]
        assert all(len(batch) == 10 for batch in batches[:-1])
        asked += [name for batch in batches for name in batch]
    assert sorted(map(int, asked)) == list(range(40))


async def test_nested_parents_are_divided_by_all_their_values(fetched: Fetch) -> None:
    """One organization with all the repositories is no uneven share."""
    answers = {"/orgs": [{"id": "big"}], "/orgs/big/repos": [{"id": f"r{number}"} for number in range(40)]}
    parameters = {
        "org": {"endpoint": "/orgs", "field": ".id"},
        "repo": {"endpoint": "/orgs/{org}/repos", "field": ".id"},
    }
    fetches = [
        await fetched(api(answers), "/teams/{org}/{repo}", share(index, 2, path_parameters=parameters))
        for index in range(2)
    ]
    counts = [sum(url.startswith("/teams/") for url in fetch.urls) for fetch in fetches]
    assert sum(counts) == 40
    assert min(counts) > 10


async def test_a_child_below_two_parents_is_read_in_one_share(fetched: Fetch) -> None:
    """Both installations would write and delete its items otherwise."""
    repos = [{"id": f"r{number}"} for number in range(12)]
    answers = {"/groups": [{"id": "a"}, {"id": "b"}], "/groups/a/repos": repos, "/groups/b/repos": repos}
    parameters = {
        "group": {"endpoint": "/groups", "field": ".id"},
        "repo": {"endpoint": "/groups/{group}/repos", "field": ".id"},
    }
    urls: list[set[str]] = []
    for index in range(2):
        selector = share(index, 2, path_parameters=parameters)
        fetch = await fetched(api(answers), "/teams/{repo}", selector)
        assert fetch.error is None
        urls.append({url for url in fetch.urls if url.startswith("/teams/")})
    assert not urls[0] & urls[1]
    assert len(urls[0] | urls[1]) == 12


async def test_several_sources_are_divided_together(fetched: Fetch) -> None:
    sources = [{"endpoint": "/teams", "field": ".id"}, {"values": ["39", "x", "y"]}]
    selectors = [share(index, 3, path_parameters={"id": sources}) for index in range(3)]
    fetches = [await fetched(api({"/teams": _TEAMS}), "/teams/{id}", selector) for selector in selectors]
    urls = [url for fetch in fetches for url in fetch.urls if url.startswith("/teams/")]
    assert len(urls) == len(set(urls)) == 42


async def test_windows_of_children_are_divided(fetched: Fetch) -> None:
    windows = {"from": "2d", "size": "1d", "start_param": "since", "end_param": "until"}
    selectors = [share(index, 2, windows=windows) for index in range(2)]
    fetches = [await fetched(api({"/teams": _TEAMS[:10]}), "/teams/{id}", selector) for selector in selectors]
    assert all(fetch.error is None for fetch in fetches)
    paths = [{url.partition("?")[0] for url in fetch.urls} - {"/teams"} for fetch in fetches]
    assert paths[0] | paths[1] == {f"/teams/{number}" for number in range(10)}
    assert not paths[0] & paths[1]


async def test_an_empty_share_is_complete(fetched: Fetch, logged: list[str]) -> None:
    answers = {"/teams": _TEAMS[:3]}
    fetches = [await fetched(api(answers), "/teams/{id}", share(n, 10, min_items=1)) for n in range(10)]
    assert all(fetch.error is None for fetch in fetches)
    assert sum(len(fetch.items) for fetch in fetches) == 6
    assert sum("no parent is in partition" in line for line in logged) >= 7
    assert not any("the complete listing has no items" in line for line in logged)


async def test_an_empty_parent_listing_stays_what_it_is(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(api({"/teams": []}), "/teams/{id}", share(0, 2))
    assert fetch.error is None
    assert any("the complete listing has no items" in line for line in logged)
    fetch = await fetched(api({"/teams": []}), "/teams/{id}", share(0, 2, min_items=1))
    assert isinstance(fetch.error, ItemsError)


async def test_min_items_counts_the_items_of_the_share(fetched: Fetch) -> None:
    fetch = await fetched(api({"/teams": _TEAMS}), "/teams/{id}", share(0, 2, min_items=80))
    assert isinstance(fetch.error, ItemsError)
    assert "fewer than min_items: 80" in str(fetch.error)


async def test_a_share_whose_children_are_all_missing_is_empty_if_others_have_children(
    fetched: Fetch, logged: list[str]
) -> None:
    """A team without a child returns 404. A share with few teams may have only such teams."""
    answers: dict[str, Any] = {"/teams": _TEAMS, **{f"/teams/{number}": 404 for number in range(1, 40)}}
    fetches = [await fetched(api(answers), "/teams/{id}", share(index, 2)) for index in range(2)]
    assert all(fetch.error is None for fetch in fetches)
    assert sorted(len(fetch.items) for fetch in fetches) == [0, 2]
    assert any("treated as no items" in line for line in logged)


async def test_a_path_that_no_parent_has_fails_in_every_share(fetched: Fetch) -> None:
    answers: dict[str, Any] = {"/teams": _TEAMS, **{f"/teams/{number}": 404 for number in range(40)}}
    for index in range(2):
        fetch = await fetched(api(answers), "/teams/{id}", share(index, 2))
        assert isinstance(fetch.error, RefusedError)
        assert "endpoints of /teams/{id} returns 404" in str(fetch.error)


async def test_an_error_of_another_share_proves_nothing(fetched: Fetch) -> None:
    def answer(request: httpx.Request) -> Any:
        if request.url.path == "/api/teams":
            return _TEAMS
        return 404 if request.url.path in own else 500

    whole = await fetched(api({"/teams": _TEAMS}), "/teams/{id}", share(0, 2))
    own = {f"/api{url}" for url in whole.urls}
    fetch = await fetched(answer, "/teams/{id}", share(0, 2))
    assert isinstance(fetch.error, RefusedError)
    assert "returns 404" in str(fetch.error)


async def test_windows_of_other_shares_are_asked_for_missing_children(fetched: Fetch) -> None:
    windows = {"from": "2d", "size": "1d", "start_param": "since", "end_param": "until"}

    def answer(request: httpx.Request) -> Any:
        path = request.url.path
        return _TEAMS[:20] if path == "/api/teams" else [{"id": 1}] if path == "/api/teams/0" else 404

    fetches = [await fetched(answer, "/teams/{id}", share(index, 2, windows=windows)) for index in range(2)]
    assert [fetch.error for fetch in fetches] == [None, None]


async def test_a_failed_child_of_the_share_fails_the_kind(fetched: Fetch) -> None:
    answers = {"/teams": _TEAMS, "/teams/7": 500}
    errors = [(await fetched(api(answers), "/teams/{id}", share(index, 2))).error for index in range(2)]
    assert [type(error) for error in errors if error] == [TransientError]


@pytest.mark.parametrize("index", [0, 1])
async def test_parents_without_a_value_are_a_doubt_in_every_share(fetched: Fetch, index: int) -> None:
    fetch = await fetched(api({"/teams": [*_TEAMS, {"id": None}]}), "/teams/{id}", share(index, 2))
    assert "1 of 41 parents have no id" in str(fetch.error)


async def test_a_few_children_of_other_shares_are_enough_to_ask(fetched: Fetch) -> None:
    """A path that no parent has fails, however many parents there are."""
    answers: dict[str, Any] = {"/teams": [{"id": number} for number in range(300)]}
    answers |= {f"/teams/{number}": 404 for number in range(300)}
    fetch = await fetched(api(answers), "/teams/{id}", share(0, 2))
    assert isinstance(fetch.error, RefusedError)
    # Its own share, and a hundred of the other one.
    assert 200 < len(fetch.urls) < 300
