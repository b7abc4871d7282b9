"""Relations are found among the items of several pages, in the page and in the terminal alike."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from builder.cli.main import main
from tests.loopback_server import NOT_FOUND, Request, Response, serving

type Post = Callable[..., Any]

pytestmark = pytest.mark.process


def _answer(request: Request) -> Response:
    match request.path:
        case "/users":
            number = 2 if "page=2" in request.target else 1
            users = [{"id": f"user-{number}{letter}", "name": f"User {letter}"} for letter in "ab"]
            return Response({"items": users, "next_page": 2 if number == 1 else None})
        case "/tasks":
            return Response([{"id": f"task-{letter}", "owner_id": f"user-2{letter}"} for letter in "ab"])
    return NOT_FOUND


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with serving(_answer) as url:
        yield url


async def test_a_relation_to_items_of_the_second_page_is_found_on_the_page(post: Post, api: str) -> None:
    await post("/connection", baseUrl=api, authType="none", paginationType="auto")
    await post("/endpoint/fetch", number="1", kind="/users")
    await post("/endpoints/add")
    found = await post("/endpoint/fetch", number="2", kind="/tasks")
    assert "2 of 2 values of .owner_id are identifiers of user" in found


def test_the_same_relation_is_found_in_the_terminal(api: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = ["init", "--base-url", api, "--endpoint", "/users", "--endpoint", "/tasks", "--yes"]
    result = CliRunner().invoke(main, [*command, "--output", str(folder)])
    blueprints = json.loads((folder / "resources" / "blueprints.json").read_text())
    relations = {each["identifier"]: list(each["relations"]) for each in blueprints}
    assert relations == {"user": [], "task": ["owner"]}, result.output
