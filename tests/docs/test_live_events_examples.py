"""docs/live-events-examples.md: each example works as printed, against an API with the vendor's shape."""

import asyncio
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from builder.cli.main import main as ocean_custom
from configuration.setting_names import field_name
from live_events.delivery import Delivery
from live_events.value_evidence import ValueEvidence
from rest.errors import SyncError
from tests.examples.example import SETTING
from tests.live_event_runs import Applied, open_run
from tests.loopback_server import NOT_FOUND, Request, Response, serving
from tests.webhook_senders import secret_for, signed

pytestmark = pytest.mark.process

_TEXT = (Path(__file__).parents[2] / "docs" / "live-events-examples.md").read_text(encoding="utf-8")
_URL = "https://webhooks.yourcompany.com/integration/webhook"
_NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """What the API of an example does.

    request: what the event leads to. answer: the API's answer. entity: identifier and title.
    gone: what makes the entity go: the API's answer (`changes` in it, a whole `answer`, or a `status`), and
    the event, where it differs.
    """

    request: str
    answer: Any
    entity: tuple[str, str]
    gone: Mapping[str, Any]


CASES = {
    "GitHub": Case(
        "/repos/acme/website/pulls/42",
        {"number": 42, "state": "open", "title": "Add a search", "draft": True},
        ("acme/website/pull/42", "Add a search"),
        {"changes": {"state": "closed"}},
    ),
    "GitLab": Case(
        "/api/v4/projects/7/merge_requests/12",
        {
            "iid": 12,
            "state": "opened",
            "title": "Add a search",
            "draft": False,
            "references": {"short": "!12", "full": "acme/backend/api!12"},
        },
        ("acme/backend/api/-/merge_requests/12", "Add a search"),
        {"changes": {"state": "merged"}},
    ),
    "Stripe": Case(
        "/v1/customers/cus_NffrFeUfNV2Hib",
        {"id": "cus_NffrFeUfNV2Hib", "object": "customer", "name": "Jenny", "email": "jenny@example.com"},
        ("cus_NffrFeUfNV2Hib", "Jenny"),
        {
            "event": {"type": "customer.deleted"},
            "answer": {"id": "cus_NffrFeUfNV2Hib", "object": "customer", "deleted": True},
        },
    ),
    "PagerDuty": Case(
        "/incidents/PGR0VU2",
        {
            "incident": {
                "id": "PGR0VU2",
                "status": "acknowledged",
                "title": "A bump",
                "service": {"id": "PF9"},
            }
        },
        ("PGR0VU2", "A bump"),
        {
            "changes": {
                "incident": {"id": "PGR0VU2", "status": "resolved", "title": "A bump", "service": None}
            }
        },
    ),
    "Jira Cloud": Case(
        "/rest/api/3/issue/20042?fields=summary,status,project",
        {
            "id": "20042",
            "key": "WEB-42",
            "fields": {"summary": "Add a search", "status": {"name": "Done"}, "project": {"key": "WEB"}},
        },
        ("WEB-42", "Add a search"),
        {"event": {"webhookEvent": "jira:issue_deleted"}, "status": 404},
    ),
    "Slack": Case(
        "/api/conversations.info?channel=C00000042",
        {"ok": True, "channel": {"id": "C00000042", "name": "search", "is_archived": False, "topic": {}}},
        ("C00000042", "search"),
        {
            "event": {"event": {"type": "channel_deleted", "channel": "C00000042"}},
            "answer": {"ok": False, "error": "channel_not_found"},
        },
    ),
    "Microsoft Graph": Case(
        "/v1.0/users/6e7b768e-07e2-4810-8459-485f84f8f204?$select=id,displayName,userPrincipalName,mail",
        {"id": "6e7b768e-07e2-4810-8459-485f84f8f204", "displayName": "Adele Vance", "mail": None},
        ("6e7b768e-07e2-4810-8459-485f84f8f204", "Adele Vance"),
        {"status": 404},
    ),
    "An internal service that cannot sign": Case(
        "/api/services/payments",
        {"id": "payments", "name": "Payments", "owner": "team-money"},
        ("payments", "Payments"),
        {"status": 410},
    ),
}
each_case = pytest.mark.parametrize("name", CASES)


@dataclass(frozen=True, slots=True)
class Example:
    """What the page prints for an API. headers: those of the command."""

    settings: dict[str, Any]
    mapping: dict[str, Any]
    event: dict[str, Any]
    command: list[str]

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the event, from the command."""
        texts = [text for option, text in pairwise(self.command) if option == "--header"]
        return dict(text.split(": ", 1) for text in texts)


def _example(name: str) -> Example:
    section = _TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    secret = secret_for(name)
    blocks = [
        (language, text.replace("<WEBHOOK_SECRET>", secret))
        for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)
    ]
    settings, mapping = (yaml.safe_load(text) for language, text in blocks if language == "yaml")
    [event] = (json.loads(text) for language, text in blocks if language == "json")
    [command] = (text for language, text in blocks if "ocean-custom event" in text)
    return Example(settings, mapping, event, shlex.split(command.replace("\\\n", "")))


def _apply(
    name: str, event: dict[str, Any], answer: Response, evidence: ValueEvidence | None = None
) -> tuple[Applied, list[str]]:
    """Send an event to the example, in front of an API that gives this answer to the request of the case.

    evidence: of an earlier event.
    """
    example, asked = _example(name), list[str]()

    def api(request: Request) -> Response:
        asked.append(request.target)
        return answer if request.target == CASES[name].request else NOT_FOUND

    content, headers = signed(name, event, _URL, _NOW)
    delivery = Delivery.of("POST", _URL, {**example.headers, **headers}.items(), content)
    with serving(api) as url:
        config = {field_name(key): value for key, value in example.settings.items()}
        return asyncio.run(_run({**config, "base_url": url}, example.mapping, delivery, evidence)), asked


async def _run(
    config: dict[str, Any], mapping: dict[str, Any], delivery: Delivery, evidence: ValueEvidence | None
) -> Applied:
    async with open_run(config, mapping, evidence) as run:
        return await run.apply(delivery, _NOW)


@each_case
def test_the_command_shows_the_request_and_the_entity(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, example = CASES[name], _example(name)
    with serving(lambda _: Response(case.answer)) as url:
        settings = {**example.settings, "baseUrl": url}
        lines = [f"{SETTING}{field_name(key).upper()}={_text(value)}" for key, value in settings.items()]
        (tmp_path / "my.env").write_text("\n".join(lines), encoding="utf-8")
        (tmp_path / "port-app-config.yml").write_text(json.dumps(example.mapping), encoding="utf-8")
        (tmp_path / "event.json").write_text(json.dumps(example.event), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        done = CliRunner().invoke(ocean_custom, example.command[1:])
    assert done.exit_code == 0, done.output
    assert f"{url}{case.request.partition('?')[0]}" in done.output
    assert all(text in done.output for text in case.entity)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_each_section_is_a_case() -> None:
    sections = re.findall(r"^## (.*)$", _TEXT, re.MULTILINE)
    assert sections == [*CASES, "Other APIs"]


@each_case
def test_the_event_brings_the_entity_that_the_api_shows(name: str) -> None:
    case, example = CASES[name], _example(name)
    applied, asked = _apply(name, example.event, Response(case.answer))
    assert asked == [case.request]
    [(kind, entity)] = applied.updated
    assert kind == example.mapping["resources"][0]["kind"]
    assert (entity["identifier"], entity["title"]) == case.entity
    assert (applied.excluded, applied.deleted) == ([], [])


@each_case
def test_the_entity_goes_when_the_item_goes(name: str) -> None:
    case, example = CASES[name], _example(name)
    event = {**example.event, **case.gone.get("event", {})}
    answer = case.gone.get("answer", {**case.answer, **case.gone.get("changes", {})})
    evidence = ValueEvidence()
    _apply(name, example.event, Response(case.answer), evidence)
    applied, asked = _apply(name, event, Response(answer, case.gone.get("status", 200)), evidence)
    assert asked == [case.request]
    assert applied.updated == []
    assert [identifier for _, identifier in applied.excluded + applied.deleted] == [case.entity[0]]


@each_case
def test_an_error_of_the_api_deletes_nothing(name: str) -> None:
    with pytest.raises(SyncError, match="403"):
        _apply(name, _example(name).event, Response({"message": "forbidden"}, 403))
