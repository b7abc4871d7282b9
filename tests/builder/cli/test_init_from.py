"""`init --from`: documents of all formats, and mappings that exist already."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from builder.cli.documents import read_document
from builder.cli.main import main
from builder.imports import DocumentError
from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

BODIES: Mapping[str, Any] = {
    "/users": [{"id": f"u-{n}", "name": f"User {n}", "score": n} for n in range(3)],
    "/orders": {
        "data": [
            {"id": f"o-{n}", "state": "open", "buyer": f"u-{n}", "lines": [{"sku": f"s-{n}", "count": n}]}
            for n in range(3)
        ]
    },
}


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    def answer(request: Request) -> Response:
        if request.path == "/tasks/search":
            return _tasks(request)
        if request.path == "/depots":
            return Response({"depots": [{"id": "d-1"}, {"id": "d-2"}], "paging": {"next": "b2Zm"}})
        return Response(BODIES[request.path]) if request.path in BODIES else NOT_FOUND

    with serving(answer) as url:
        yield url


def _tasks(request: Request) -> Response:
    page = json.loads(request.body)["page"]
    tasks = [{"id": f"t-{page}-{n}", "name": f"Task {n}"} for n in range(3)]
    return Response({"tasks": tasks, "page": page, "total_pages": 2})


def postman(api: str) -> str:
    """Return a Postman collection."""
    requests = [{"name": path, "request": {"method": "GET", "url": api + path}} for path in BODIES]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return json.dumps({"info": {"name": "Acme", "schema": schema}, "item": requests})


def insomnia(api: str) -> str:
    """Return an Insomnia export."""
    requests = [
        {"_id": f"req_{path}", "_type": "request", "name": path, "method": "GET", "url": api + path}
        for path in BODIES
    ]
    return json.dumps({"_type": "export", "__export_format": 4, "resources": requests})


def curl(api: str) -> str:
    """Return curl commands."""
    return "\n".join(f"$ curl -s '{api}{path}'" for path in BODIES)


def entry(kind: str, selector: Any, mappings: Any, **port: Any) -> dict[str, Any]:
    """Return an entry of a mapping."""
    return {"kind": kind, "selector": selector, "port": {**port, "entity": {"mappings": mappings}}}


USERS = entry(
    "/users",
    {"query": "true"},
    {
        "identifier": '.name | gsub(" "; "-")',
        "blueprint": '"person"',
        "properties": {"points": ".score", "upper": ".name | ascii_upcase", "long": ".name | length > 99"},
    },
)
ORDERS = entry(
    "/orders",
    {"query": '.state == "open"', "data_path": ".data"},
    {
        "identifier": ".id",
        "blueprint": '"order"',
        "properties": {"count": ".lines | length"},
        "relations": {"buyer": ".buyer"},
    },
)


def settings_and_mapping(api: str, *resources: Any) -> str:
    """Return an integration as Port's API returns it."""
    return json.dumps({"integration": {"config": {"baseUrl": api, "resources": resources}}})


def init(tmp_path: Path, text: str, *arguments: str) -> Result:
    """Run init with a document."""
    document = tmp_path / "document"
    document.write_text(text)
    output = str(tmp_path / "built")
    return CliRunner().invoke(
        main, ["init", "--yes", "--from", str(document), "--output", output, *arguments]
    )


def written(tmp_path: Path, name: str = "port-app-config.yml") -> Any:
    """Return a file that init has written."""
    return yaml.safe_load((tmp_path / "built" / "resources" / name).read_text())


@pytest.mark.parametrize("document", [postman, insomnia, curl])
def test_the_formats_of_the_page_are_read(document: Any, api: str, tmp_path: Path) -> None:
    built = init(tmp_path, document(api))
    assert built.exit_code == 0, built.output
    entries = {each["kind"]: each for each in written(tmp_path)["resources"]}
    assert set(entries) == {"/users", "/orders"}
    assert entries["/orders"]["selector"]["data_path"] == ".data"


def test_pages_of_a_post_request_are_selected_in_its_body(api: str, tmp_path: Path) -> None:
    built = init(tmp_path, f"""curl {api}/tasks/search --json '{{"page": 1}}'""")
    assert built.exit_code == 0, built.output
    (endpoint,) = written(tmp_path)["resources"]
    assert endpoint["selector"]["body"] == {"page": 1}
    assert endpoint["selector"]["pagination"]["param_location"] == "body"


def test_pagination_of_the_settings_is_not_doubted(api: str, tmp_path: Path) -> None:
    """A cursor that is called `next` is doubtful only as long as nobody has named its parameter."""
    output = str(tmp_path / "built")
    words = ["init", "--yes", "--base-url", api, "--endpoint", "/depots", "--output"]
    guessed = CliRunner().invoke(main, [*words, str(tmp_path / "guessed")])
    assert guessed.exit_code == 1
    assert "does not say which parameter takes it" in guessed.output
    settings = {
        "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "cursor",
        "OCEAN__INTEGRATION__CONFIG__PAGINATION_PARAM": "after",
        "OCEAN__INTEGRATION__CONFIG__CURSOR_PATH": ".paging.next",
    }
    defined = CliRunner().invoke(main, [*words, output], env=settings)
    assert defined.exit_code == 0, defined.output
    assert "Pagination: .paging.next is sent as the parameter after" in defined.output


def test_an_existing_mapping_is_kept_as_it_is(api: str, tmp_path: Path) -> None:
    """The sample gives the types. The target of `buyer` is proposed, and no other relation is added."""
    people = entry("/users", {"query": "true"}, {"identifier": ".id", "blueprint": '"user"'})
    orders = {**ORDERS, "port": {**ORDERS["port"], "note": "kept"}}
    built = init(tmp_path, settings_and_mapping(api, USERS, people, orders))
    assert built.exit_code == 0, built.output
    assert written(tmp_path)["resources"] == [USERS, people, orders]
    blueprints = {each["identifier"]: each for each in written(tmp_path, "blueprints.json")}
    properties = blueprints["person"]["schema"]["properties"]
    types = {name: definition["type"] for name, definition in properties.items()}
    assert types == {"points": "number", "upper": "string", "long": "boolean"}
    assert blueprints["order"]["schema"]["properties"]["count"]["type"] == "number"
    assert blueprints["order"]["relations"]["buyer"]["target"] == "user"


def test_an_unknown_target_of_a_relation_is_doubtful(api: str, tmp_path: Path) -> None:
    built = init(tmp_path, settings_and_mapping(api, ORDERS))
    assert built.exit_code == 1
    expected = "Doubtful: /orders: a mapping does not say the target of a relation. Correct that of buyer"
    assert expected in built.output


def test_a_relation_that_the_blueprint_cannot_get_is_doubtful(api: str, tmp_path: Path) -> None:
    """A search query names its target nowhere. The entry keeps it."""
    search = {"combinator": '"and"', "rules": []}
    mappings = {"identifier": ".id", "blueprint": '"order"', "relations": {"buyer": search}}
    order = entry("/orders", {"query": "true", "data_path": ".data"}, mappings)
    built = init(tmp_path, settings_and_mapping(api, order))
    assert built.exit_code == 1
    assert "buyer: The blueprint has no such relation" in built.output
    assert written(tmp_path)["resources"] == [order]


def test_the_elements_of_items_are_previewed(api: str, tmp_path: Path) -> None:
    mappings = {
        "identifier": ".item.sku",
        "blueprint": '"line"',
        "properties": {"count": ".item.count", "order": ".id"},
    }
    lines = entry("/orders", {"query": "true", "data_path": ".data"}, mappings, itemsToParse=".lines")
    built = init(tmp_path, settings_and_mapping(api, lines))
    assert built.exit_code == 0, built.output
    assert "s-2" in built.output
    assert written(tmp_path)["resources"] == [lines]
    (blueprint,) = written(tmp_path, "blueprints.json")
    assert blueprint["schema"]["properties"]["count"]["type"] == "number"


def test_an_entry_that_cannot_be_taken_over_is_left_out_with_a_doubt(api: str, tmp_path: Path) -> None:
    computed = entry("/orders", {"data_path": ".data"}, {"identifier": ".id", "blueprint": ".state"})
    built = init(tmp_path, settings_and_mapping(api, USERS, computed))
    assert built.exit_code == 1
    assert "Doubtful: /orders: left out, because its mapping cannot be taken over" in built.output
    assert written(tmp_path)["resources"] == [USERS]


def test_a_mapping_without_settings_takes_them_from_the_options(api: str, tmp_path: Path) -> None:
    built = init(tmp_path, yaml.safe_dump({"resources": [USERS]}), "--base-url", api)
    assert built.exit_code == 0, built.output
    assert written(tmp_path)["resources"] == [USERS]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The document is empty"),
        ('{"data": []}', "this is a response of the API"),
        ("<html></html>", "document: "),
        ('{"openapi": "3.1.0", "paths": {}}', "has no endpoint that lists items"),
    ],
)
def test_an_error_names_the_file(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_text(text)
    with pytest.raises(DocumentError, match=message) as raised:
        read_document(path)
    assert str(path) in raised.value.what
    assert raised.value.hint


def test_a_binary_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(path)
