"""The `event` command on a loopback API: what it prints, and its exit codes."""

import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from builder.cli.main import main
from tests.loopback_server import NOT_FOUND, Request, Response, serving

_SECRET = "sender and receiver know it"
_BODY: dict[str, Any] = {"action": "opened", "task": {"id": 7, "list": "red"}, "list": {"slug": "red"}}
_TASKS: dict[str, Any] = {
    "kind": "/lists/{list}/tasks",
    "selector": {
        "query": '.state != "hidden"',
        "path_parameters": {"list": {"endpoint": "/lists", "field": ".slug"}},
        "webhook": {
            "when": '.headers["x-event"] == "task"',
            "items": ".body.task",
            "values": {"list": "$event.body.list.slug", "id": ".id"},
            "fetch": "/lists/{list}/tasks/{id}",
            "delete": '.body.action == "deleted"',
        },
    },
    "port": {
        "entity": {
            "mappings": {
                "identifier": ".id | tostring",
                "blueprint": '"task"',
                "properties": {"title": ".title", "list": ".__list"},
            }
        }
    },
}
_LISTS: dict[str, Any] = {
    "kind": "/lists",
    "port": {"entity": {"mappings": {"identifier": ".slug", "blueprint": '"list"'}}},
}

pytestmark = pytest.mark.process

_HEADER = ("--header", "X-Event: task")

type Run = Callable[..., Result]


def _answer(request: Request) -> Response:
    match request.path:
        case "/lists/red/tasks/7":
            return Response({"id": 7, "title": "Paint it"})
        case "/lists/red/tasks/8":
            return Response({"id": 8, "title": "Secret", "state": "hidden"})
        case "/lists/red/tasks/9":
            return Response({"error": "broken"}, 403)
    return NOT_FOUND


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs the command with a payload. settings: besides the base URL, in snake case."""
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(yaml.safe_dump({"resources": [_TASKS, _LISTS]}))
    payload = tmp_path / "payload.json"

    def run(body: Any, *options: str, **settings: str) -> Result:
        payload.write_text(body if isinstance(body, str) else json.dumps(body))
        all_settings = {"base_url": url, "webhook_verify": "github", "webhook_secret": _SECRET, **settings}
        for name, text in all_settings.items():
            monkeypatch.setenv(f"OCEAN__INTEGRATION__CONFIG__{name.upper()}", text)
        files = ("--file", str(payload), "--mapping", str(mapping))
        return CliRunner().invoke(main, ["event", *files, *options])

    with serving(_answer) as url:
        yield run


def test_event_without_a_signature_shows_request_and_entity(run: Run) -> None:
    """Verification is skipped and said to be. The kind without a webhook says so."""
    result = run(_BODY, *_HEADER)
    assert result.exit_code == 0, result.output
    output = " ".join(result.output.split())
    assert "Delivery not signed: verification skipped" in output
    assert "/lists/{list}/tasks: matches, 1 changed" in output
    assert "/lists/red/tasks/7: status 200" in output
    assert "Paint it" in output
    assert "/lists: does not match, its selector has no webhook" in output
    assert _SECRET not in output


def test_signature_of_the_headers_is_verified(run: Run) -> None:
    """A right signature verifies the delivery, and a wrong one rejects it before any request."""
    digest = hmac.digest(_SECRET.encode(), json.dumps(_BODY).encode(), "sha256").hex()
    signed = ("--header", "X-Event: task", "--header", f"X-Hub-Signature-256: sha256={digest}")
    assert "Delivery verified" in run(_BODY, *signed).output
    wrong = run({**_BODY, "action": "edited"}, *signed)
    assert wrong.exit_code == 1
    assert "Delivery rejected: status 401: the signature does not match" in wrong.output
    assert "request:" not in wrong.output


def test_deletions(run: Run) -> None:
    """A status 404, and the query, delete an entity, if it is certainly the one of the item."""
    reported = run({**_BODY, "action": "deleted", "task": {"id": 404}}, *_HEADER)
    assert "status 404" in reported.output
    assert "deleted: task 404" in reported.output
    late = run({**_BODY, "action": "deleted"}, *_HEADER)
    assert "deleted:" not in late.output
    assert "differ on whether the item exists" in late.output
    hidden = run({**_BODY, "task": {"id": 8}}, *_HEADER)
    assert "deleted: task 8" in hidden.output
    assert "query excludes 1 of the items" in hidden.output
    gone = {**_BODY, "task": {"id": 404}}
    for unproven in (run(gone, *_HEADER), run(gone, *_HEADER, webhook_verify="hint", webhook_secret="")):
        assert "left to the next resync" in unproven.output
        assert "deleted:" not in unproven.output


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        (_BODY, ("--header", "X-Event: ping"), "does not match, when returns false"),
        ({**_BODY, "task": {"id": 9}}, _HEADER, "status 403"),
        ({**_BODY, "task": {}}, _HEADER, "values.id"),
        ("{", _HEADER, "the body cannot be read"),
    ],
    ids=["no-kind", "refused", "no-value", "not-json"],
)
def test_event_that_would_be_lost_has_exit_code_1(
    run: Run, body: Any, options: tuple[str, ...], message: str
) -> None:
    """CI sees that an event would not reach the catalog."""
    result = run(body, *options)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())


def test_recorded_delivery_needs_no_options(run: Run) -> None:
    """A file with headers and body is a whole delivery."""
    result = run(f"X-Event: task\nContent-Type: application/json\n\n{json.dumps(_BODY)}", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["verification"]["status"] == "not signed"
    assert report["kinds"][0]["changes"][0]["entities"][0]["identifier"] == "7"


def test_settings_without_a_webhook_are_an_error(run: Run) -> None:
    """Without webhookVerify, no event is received."""
    result = run(_BODY, "--header", "X-Event: task", webhook_verify="", webhook_secret="")
    assert result.exit_code == 1
    assert "webhookVerify: is not set, so the integration receives no events" in result.output
    malformed = run(_BODY, "--header", "X-Event")
    assert malformed.exit_code == 2
