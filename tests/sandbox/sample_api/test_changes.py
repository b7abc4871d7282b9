"""Changes to single items, through /_control/changes, and what the company's API shows then."""

from typing import Any

import httpx
import pytest

from sandbox.sample_api.company import COLLECTIONS
from sandbox.sample_api.item_ids import ItemIds

_IDS: dict[str, dict[str, Any]] = {
    "users": {"id": 1},
    "projects": {"project_id": "P-005"},
    "tasks": {"project_id": "P-005", "task_id": 1006},
    "subtasks": {"project_id": "P-005", "task_id": 1006, "id": 10010},
    "tickets": {"id": 101},
    "comments": {"ticket_id": 101, "id": 5001},
    "events": {"id": 2**63 - 1},
}


async def _change(api: httpx.AsyncClient, action: str, collection: str, **item: Any) -> httpx.Response:
    body = {"action": action, "collection": collection, "item": item}
    return await api.post("/_control/changes", json=body)


def _path(collection: str, ids: dict[str, Any]) -> str:
    """Return the path of an item's detail endpoint."""
    described = COLLECTIONS[collection]
    return f"/none/none{described.path.format(**ids)}/{ids[described.id_field]}"


@pytest.fixture
async def family(api: httpx.AsyncClient) -> None:
    """One item of each collection with known ids."""
    items = {
        name: [{**ids, COLLECTIONS[name].title_field: "Old", "updated_at": "2024-01-01T00:00:00Z"}]
        for name, ids in _IDS.items()
    }
    (await api.post("/_control/data", json=items)).raise_for_status()


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("collection", COLLECTIONS)
async def test_detail_endpoint_shows_changes_and_is_404_after_the_deletion(
    collection: str, api: httpx.AsyncClient
) -> None:
    ids, title = _IDS[collection], COLLECTIONS[collection].title_field
    path = _path(collection, ids)
    assert (await api.get(path)).json()[title] == "Old"
    changed = await _change(api, "updated", collection, **ids, **{title: "New"})
    assert changed.json()["changes"][0]["delivery"] is None  # there is no webhook
    assert (await api.get(path)).json()[title] == "New"
    listing = (await api.get(path.rpartition("/")[0])).text
    assert '"New"' in listing
    assert '"Old"' not in listing
    assert (await _change(api, "deleted", collection, **ids)).status_code == 200
    assert (await api.get(path)).status_code == 404
    assert '"New"' not in (await api.get(path.rpartition("/")[0])).text


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("collection", COLLECTIONS)
async def test_created_item_gets_an_id_defaults_and_its_parents(
    collection: str, api: httpx.AsyncClient
) -> None:
    described = COLLECTIONS[collection]
    # Forms send ids as text.
    parents = {name: str(_IDS[collection][name]) for name in described.parents}
    created = await _change(api, "created", collection, **parents, **{described.title_field: "New"})
    item = created.json()["changes"][0]["item"]
    assert item[described.id_field] != _IDS[collection][described.id_field]
    assert {name: item[name] for name in described.parents} == {
        name: _IDS[collection][name] for name in described.parents
    }
    shown = (await api.get(_path(collection, item))).json()
    assert shown[described.title_field] == "New"
    assert not {*described.hidden} & shown.keys()
    for name in described.filters:
        assert (await api.get(f"{_path(collection, item).rpartition('/')[0]}?{name}=true")).status_code in (
            200,
            400,
        )


async def test_deletion_deletes_children_with_a_change_for_each(api: httpx.AsyncClient) -> None:
    tasks = (await api.get("/none/none/api/v1/projects/P-005/tasks")).json()["tasks"]
    subtasks = [
        subtask
        for task in tasks
        for subtask in (
            await api.get(f"/none/none/api/v1/projects/P-005/tasks/{task['task_id']}/subtasks")
        ).json()
    ]
    before = (await api.post("/_control/remove", json={"collection": "users", "ids": []})).json()
    changes = (await _change(api, "deleted", "projects", project_id="P-005")).json()["changes"]
    after = (await api.post("/_control/remove", json={"collection": "users", "ids": []})).json()
    assert [each["collection"] for each in changes].count("subtasks") == len(subtasks) > 0
    assert [each["collection"] for each in changes].count("tasks") == len(tasks) > 0
    assert changes[-1]["item"]["project_id"] == "P-005"
    assert {name: before[name] - after[name] for name in after if before[name] != after[name]} == {
        "projects": 1,
        "tasks": len(tasks),
        "subtasks": len(subtasks),
    }


async def test_update_sets_the_time_of_change_unless_it_is_given(api: httpx.AsyncClient) -> None:
    old = (await api.get("/none/none/api/tickets/101")).json()
    await _change(api, "updated", "tickets", id=101, subject="x")
    new = (await api.get("/none/none/api/tickets/101")).json()
    await _change(api, "updated", "tickets", id="101", updated_at="2020-01-01T00:00:00Z")
    given = (await api.get("/none/none/api/tickets/101")).json()
    assert old["updated_at"] < new["updated_at"]
    assert given == new | {"updated_at": "2020-01-01T00:00:00Z"}


async def test_update_keeps_ids(api: httpx.AsyncClient) -> None:
    await _change(api, "updated", "tickets", id="101", subject="x")
    assert (await api.get("/none/none/api/tickets/101")).json()["id"] == 101


@pytest.mark.parametrize(
    ("action", "collection", "item", "status", "words"),
    [
        ("updated", "cars", {}, 422, "Known: users"),
        ("updated", "tickets", {}, 422, "lacks id"),
        ("updated", "tasks", {"task_id": 1}, 422, "lacks project_id"),
        ("updated", "tickets", {"id": 1}, 404, "not found in tickets: 1"),
        ("deleted", "tasks", {"project_id": "P-001", "task_id": 9}, 404, "not found in tasks"),
        ("created", "tickets", {"id": 101}, 409, "already has the item 101"),
        ("created", "tickets", {"id": None}, 422, "must be a number or a text"),
        ("created", "tickets", {"id": True}, 422, "must be a number or a text"),
        ("created", "tickets", {"id": ""}, 422, "must be a number or a text"),
        ("created", "comments", {"ticket_id": 1}, 404, "not found in tickets: 1"),
        ("created", "comments", {}, 422, "lacks ticket_id"),
        ("renamed", "tickets", {"id": 101}, 422, "created"),
    ],
)
async def test_impossible_change_is_explained_and_changes_nothing(
    action: str, collection: str, item: dict[str, Any], status: int, words: str, api: httpx.AsyncClient
) -> None:
    before = (await api.get("/none/none/api/tickets")).json()
    response = await _change(api, action, collection, **item)
    assert response.status_code == status
    assert words in response.text
    assert (await api.get("/none/none/api/tickets")).json() == before


@pytest.mark.parametrize(
    ("used", "following"),
    [
        ([], ["ticket-1", "ticket-2"]),
        ([7, 3], [8, 9]),
        (["P-009"], ["P-010", "P-011"]),
        (["a"], ["a1", "a2"]),
        ([2**63 - 1, 2**63 - 2], [2**63 - 3, 2**63 - 4]),
    ],
    ids=repr,
)
def test_new_ids_continue_the_existing_ones(used: list[Any], following: list[Any]) -> None:
    ids = ItemIds("ticket")
    for own_id in used:
        ids.note(own_id)
    found = []
    for _ in following:
        found.append(ids.next())
        ids.note(found[-1])
    assert found == following


async def test_id_of_a_deleted_item_is_not_used_again(api: httpx.AsyncClient) -> None:
    created = (await _change(api, "created", "projects")).json()["changes"][0]["item"]["project_id"]
    await _change(api, "deleted", "projects", project_id=created)
    again = (await _change(api, "created", "projects")).json()["changes"][0]["item"]["project_id"]
    assert (created, again) == ("P-041", "P-042")
