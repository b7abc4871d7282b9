"""Several installations divide the parents of a nested kind, with real processes at the same time."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_KIND = "/teams/{team}/members"
_TEAMS = [*range(30), "a/b", "ü", "日本", "x y", True, 1.5]
_SIZE = 3


def _mapping(index: int = 0, of: int = 1) -> Json:
    return {
        "entityDeletionThreshold": 1,
        "resources": [
            {
                "kind": _KIND,
                "selector": {
                    "query": "true",
                    "path_parameters": {"team": {"endpoint": "/teams", "field": ".id"}},
                    "partition": {"index": index, "of": of},
                },
                "port": {
                    "entity": {
                        "mappings": {
                            "identifier": ".id",
                            "title": ".__team",
                            "blueprint": '"member"',
                        }
                    }
                },
            }
        ],
    }


def _target(team: Any) -> str:
    encoded = {"a/b": "a%2Fb", "ü": "%C3%BC", "日本": "%E6%97%A5%E6%9C%AC", "x y": "x%20y", True: "true"}
    return f"/teams/{encoded.get(team, team) if isinstance(team, str | bool) else team}/members"


def _answers(teams: Sequence[Any]) -> Json:
    members = {
        _target(team): [{"id": f"m{number}-{member}"} for member in range(_SIZE)]
        for number, team in enumerate(teams)
    }
    return {"/teams": [{"id": team} for team in teams], **members}


def _expected(api: Any) -> set[str]:
    targets = [_target(team["id"]) for team in api.answers["/teams"]]
    return {member["id"] for target in targets for member in api.answers[target]}


@pytest.fixture
def api(loopback: Callable[[Json], Any]) -> Any:
    """Return an API of teams, whose ids have all kinds of values."""
    return loopback(_answers(_TEAMS))


@pytest.fixture
def installed(install: Callable[..., Any], port: Any, api: Any) -> Callable[[int], list[Any]]:
    """Return a function that creates installations of the API, without syncing them."""
    port.prepare(_mapping())
    return lambda number: [install({"baseUrl": api.url}) for _ in range(number)]


def _sync(installations: Sequence[Any], of: int | None = None) -> list[Any]:
    """Run one resync of each installation, all at once. of: of all partitions, by default as many."""
    shares = [_mapping(index, of or len(installations)) for index in range(len(installations))]
    return _sync_with(list(zip(installations, shares, strict=True)))


def _sync_with(pairs: Sequence[tuple[Any, Json]]) -> list[Any]:
    with ThreadPoolExecutor() as processes:
        runs = list(processes.map(lambda pair: pair[0].sync(pair[1]), pairs))
    for run in runs:
        assert run.states == [(_KIND, "completed")], run.log
    return runs


def _owners(port: Any) -> Counter[str]:
    """Return how many entities each installation wrote last."""
    return Counter(entity["datasource"].split("/")[-2] for entity in port.entities("member").values())


@pytest.mark.parametrize("number", [2, 4])
def test_installations_lose_nothing_and_delete_nothing_twice(
    installed: Callable[[int], list[Any]], port: Any, api: Any, number: int
) -> None:
    installations = installed(number)
    _sync(installations)
    assert set(port.entities("member")) == _expected(api)
    children = [target for target in api.targets if target.endswith("/members")]
    assert sorted(children) == sorted(_target(team) for team in _TEAMS)
    owners = _owners(port)
    assert len(owners) == number

    gone, shrunk = api.answers["/teams"].pop(3), _target(7)
    lost = set(port.entities("member")) - _expected(api)
    lost.add(api.answers[shrunk].pop()["id"])
    by_owner = {name: port.entities("member")[name]["datasource"].split("/")[-2] for name in lost}
    runs = _sync(installations)
    assert gone == {"id": 3}
    assert set(port.entities("member")) == _expected(api)
    for installation, run in zip(installations, runs, strict=True):
        own = sum(owner == installation.identifier for owner in by_owner.values())
        deleted = "" if not own else f"Deleting {own} entit"
        assert deleted in run.log
        assert ("Deleting" in run.log) == bool(own)
    _sync(installations)
    assert set(port.entities("member")) == _expected(api)


def test_an_empty_share_deletes_nothing(installed: Callable[[int], list[Any]], port: Any, api: Any) -> None:
    api.answers = _answers(_TEAMS[:2])
    installations = installed(5)
    for _ in range(2):
        _sync(installations)
        assert set(port.entities("member")) == _expected(api)


def test_a_new_installation_takes_parents_over_without_a_loss(
    installed: Callable[[int], list[Any]], port: Any, api: Any
) -> None:
    """The order of docs/several-installations.md: stop the others, let the new one sync, then change them."""
    installations = installed(3)
    _sync(installations[:2])
    _sync_with([(installations[2], _mapping(2, 3))])
    assert _owners(port)[installations[2].identifier] > 0
    for run in _sync_with([(installations[index], _mapping(index, 3)) for index in range(2)]):
        assert "Deleting" not in run.log
    assert set(port.entities("member")) == _expected(api)


def test_the_parents_of_a_removed_installation_go_to_the_others_without_a_loss(
    installed: Callable[[int], list[Any]], port: Any, api: Any
) -> None:
    installations = installed(3)
    _sync(installations)
    for run in _sync(installations[:2]):
        assert "Deleting" not in run.log
    assert set(port.entities("member")) == _expected(api)
    assert installations[2].identifier not in _owners(port)


def test_a_change_of_all_installations_at_once_is_complete_after_the_next_resync(
    installed: Callable[[int], list[Any]], port: Any, api: Any
) -> None:
    """An installation can delete what another one is about to take over."""
    installations = installed(3)
    _sync(installations[:2])
    _sync(installations)
    _sync(installations)
    assert set(port.entities("member")) == _expected(api)
    for run in _sync(installations):
        assert "Deleting" not in run.log


def test_two_partitions_of_a_kind_in_one_installation_are_the_whole_kind(
    installed: Callable[[int], list[Any]], port: Any, api: Any
) -> None:
    (installation,) = installed(1)
    mapping = _mapping(0, 2)
    mapping["resources"] += _mapping(1, 2)["resources"]
    for _ in range(2):
        run = installation.sync(mapping)
        assert run.states == [(_KIND, "completed")] * 2, run.log
        assert set(port.entities("member")) == _expected(api)
        assert "Deleting" not in run.log
