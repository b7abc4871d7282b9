"""The tools that read the API, against a real server on loopback."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.process

USERS = [{"id": f"u{number}", "name": f"User {number}", "email": f"u{number}@x.io"} for number in range(3)]
TASKS = [{"id": f"t{number}", "title": f"Task {number}", "owner_id": "u1"} for number in range(2)]


@pytest.fixture
def settings(api: Any, reply: Any) -> dict[str, str]:
    """Return the settings for an API with users and their tasks."""
    api.answers |= {"/users": reply({"users": USERS}), "/users/u0/tasks": reply({"tasks": TASKS})}
    api.answers |= {f"/users/u{number}/tasks": reply({"tasks": []}) for number in (1, 2)}
    return {"BASE_URL": api.url}


def mapping_of(kind: str, data_path: str, **mappings: Any) -> dict[str, Any]:
    fields = {"identifier": ".id", "blueprint": '"user"', **mappings}
    resource = {
        "kind": kind,
        "selector": {"data_path": data_path},
        "port": {"entity": {"mappings": fields}},
    }
    return {"resources": [resource]}


async def test_check_reports_the_root_without_endpoints(opened: Any, settings: dict[str, str]) -> None:
    async with opened(settings) as assistant:
        answer = await assistant.call("check")
    assert answer["ok"]
    assert answer["base_url"] == settings["BASE_URL"]
    assert answer["port"].startswith("no credentials")
    assert "is data" in answer["notice"].replace("are data", "is data")


async def test_check_reports_each_endpoint(opened: Any, settings: dict[str, str]) -> None:
    mapping = mapping_of("/users", ".users")
    mapping["resources"] += mapping_of("/nowhere", ".items")["resources"]
    async with opened(settings) as assistant:
        by_kind = await assistant.call("check", kinds=["/users", "/nowhere"])
        by_mapping = await assistant.call("check", mapping=mapping)
    for answer in (by_kind, by_mapping):
        assert [each["ok"] for each in answer["endpoints"]] == [True, False]
        assert not answer["ok"]
        assert "404" in answer["endpoints"][1]["message"]


async def test_sample_shows_the_response_and_where_items_may_be(
    opened: Any, settings: dict[str, str]
) -> None:
    async with opened(settings) as assistant:
        answer = await assistant.call("sample", kind="/users")
    assert answer["body"] == {"users": USERS}
    assert not answer["is_cut"]
    assert answer["items_at"][0].startswith(".users (3)")
    [request] = answer["requests"]
    assert (request["method"], request["status"]) == ("GET", 200)


async def test_a_large_sample_is_cut(opened: Any, api: Any, reply: Any, settings: dict[str, str]) -> None:
    items = [{"id": number, "text": "x" * 5000} for number in range(500)]
    api.answers["/large"] = reply({"items": items})
    async with opened(settings) as assistant:
        result = await assistant.client.call_tool("sample", {"kind": "/large"})
    assert result.structured_content["is_cut"]
    assert len(json.dumps(result.structured_content)) < 60_000


async def test_the_error_for_a_page_shows_its_start(
    opened: Any, api: Any, reply: Any, settings: dict[str, str]
) -> None:
    api.answers["/page"] = reply("<html>welcome</html>", headers={"Content-Type": "text/html"})
    async with opened(settings) as assistant:
        error = await assistant.error("sample", kind="/page")
    assert "the response is not JSON (text/html): '<html>welcome</html>'" in error


async def test_an_error_of_the_api_is_the_error_of_the_tool(opened: Any, settings: dict[str, str]) -> None:
    async with opened(settings) as assistant:
        error = await assistant.error("sample", kind="/nowhere")
    assert "404" in error
    assert "Traceback" not in error


async def test_missing_settings_are_named(opened: Any) -> None:
    async with opened({"AUTH_TYPE": "bearer_token"}) as assistant:
        error = await assistant.error("check")
    assert "baseUrl" in error
    assert "apiToken" in error


async def test_a_nested_endpoint_is_proposed_with_its_parent(opened: Any, settings: dict[str, str]) -> None:
    endpoints = [{"kind": "/users"}, {"kind": "/users/{user_id}/tasks"}]
    async with opened(settings) as assistant:
        answer = await assistant.call("propose", endpoints=endpoints)
        mapping, blueprints = answer["mapping"], answer["blueprints"]
        preview = await assistant.call("preview", mapping=mapping, blueprints=blueprints)
        validation = await assistant.call("validate", mapping=mapping, blueprints=blueprints)
    users, tasks = mapping["resources"]
    assert users["port"]["entity"]["mappings"]["identifier"] == ".id"
    assert tasks["selector"]["path_parameters"]["user_id"]["endpoint"] == "/users"
    assert tasks["selector"]["data_path"] == ".tasks"
    assert [each["items"] for each in answer["endpoints"]] == [3, 2]
    assert all(each["reasons"] for each in answer["endpoints"])
    chosen = {(each["blueprint"], each["target"]) for each in answer["relations"] if each["chosen"]}
    assert ("task", "user") in chosen
    assert preview["ok"], preview
    assert [len(each["entities"]) for each in preview["kinds"]] == [3, 2]
    assert validation["ok"], validation


async def test_own_choices_replace_proposed_ones(opened: Any, settings: dict[str, str]) -> None:
    request = {"kind": "/users", "blueprint": "person", "identifier": ".email", "title": ".id"}
    async with opened(settings) as assistant:
        answer = await assistant.call("propose", endpoints=[request])
    [resource] = answer["mapping"]["resources"]
    mappings = resource["port"]["entity"]["mappings"]
    assert mappings["identifier"] == ".email"
    assert mappings["title"] == ".id"
    assert mappings["blueprint"] == '"person"'
    assert answer["blueprints"][0]["identifier"] == "person"


async def test_pagination_is_part_of_the_proposal(opened: Any, api: Any, reply: Any) -> None:
    def page(request: str) -> Any:
        last = "cursor=two" in request
        return reply({"items": USERS[2:] if last else USERS[:2], "next_cursor": None if last else "two"})

    api.answers["/items"] = page
    async with opened({"BASE_URL": api.url}) as assistant:
        answer = await assistant.call("propose", endpoints=[{"kind": "/items"}])
        preview = await assistant.call("preview", mapping=answer["mapping"], limit=10)
    assert answer["mapping"]["resources"][0]["selector"]["pagination"]["type"] == "cursor"
    assert answer["endpoints"][0]["pagination"]["recognized"]
    assert len(preview["kinds"][0]["entities"]) == 3


async def test_doubts_name_what_is_left_to_decide(
    opened: Any, api: Any, reply: Any, settings: dict[str, str]
) -> None:
    api.answers["/colors"] = reply([{"shade": "red"}, {"shade": "red"}])
    endpoints = [{"kind": "/colors"}, {"kind": "/nowhere"}, {"kind": "/teams/{team}/users"}]
    async with opened(settings) as assistant:
        answer = await assistant.call("propose", endpoints=endpoints)
    doubts = "\n".join(answer["doubts"])
    assert "/colors: no field identifies the items" in doubts
    assert "/nowhere: left out" in doubts
    assert "no endpoint has values for {team}" in doubts
    assert [bool(each["error"]) for each in answer["endpoints"]] == [False, True, True]
    assert [each["kind"] for each in answer["mapping"]["resources"]] == ["/colors"]


async def test_a_preview_names_broken_rules(opened: Any, settings: dict[str, str]) -> None:
    mapping = mapping_of("/users", ".users", identifier='"a b"')
    async with opened(settings) as assistant:
        answer = await assistant.call("preview", mapping=mapping, limit=2)
    assert not answer["ok"]
    problems = answer["kinds"][0]["problems"]
    assert [each["field"] for each in problems] == ["identifier", "identifier", "identifier"]
    assert len(answer["kinds"][0]["entities"]) == 2


async def test_an_unknown_key_of_the_selector_is_named(opened: Any, settings: dict[str, str]) -> None:
    async with opened(settings) as assistant:
        error = await assistant.error("sample", kind="/users", selector={"headrs": {}})
    assert "headrs" in error


async def test_a_secret_in_a_file_is_used(
    opened: Any, api: Any, settings: dict[str, str], tmp_path: Path
) -> None:
    """A file that the user's settings name. The builder's page does not read such files."""
    (tmp_path / "token").write_text("t0ken-of-a-file\n")
    bearer = {"AUTH_TYPE": "bearer_token", "API_TOKEN_FILE": str(tmp_path / "token")}
    async with opened({**settings, **bearer}) as assistant:
        await assistant.call("sample", kind="/users")
    assert "Authorization: Bearer t0ken-of-a-file" in api.requests[-1]
