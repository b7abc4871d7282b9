"""The webhook blocks of the examples: an event brings the entity that a resync brings, and deletes it."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from builder.mapping_file import Entry
from extraction import open_extractor
from live_events.delivery import Delivery
from rest.page import Item
from tests.examples.example import EXAMPLES, SETTING, Example, names
from tests.live_event_runs import LiveRun, open_run
from tests.loopback_server import NOT_FOUND, Request, Response, serving
from tests.webhook_senders import secret_for, signed

pytestmark = pytest.mark.process

_CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("live_events.yml").read_text(encoding="utf-8")
)
_URL = "https://webhooks.yourcompany.com/integration/webhook"
_NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
# The API of each example, by the name in tests/webhook_senders.py.
_SENDERS = {
    "github": "GitHub",
    "github-app": "GitHub",
    "gitlab": "GitLab",
    "stripe": "Stripe",
    "pagerduty": "PagerDuty",
    "jira": "Jira Cloud",
    "slack": "Slack",
    "microsoft-graph": "Microsoft Graph",
    "okta": "Okta",
    "hubspot": "HubSpot",
    "sentry": "Sentry",
}
_LIVE_LINE = re.compile(rf"^# {SETTING}(WEBHOOK_\w+)=(.*)$", re.MULTILINE)


def _live_settings(name: str) -> dict[str, str]:
    """Return the settings of live events, which settings.env has as comments."""
    text = (EXAMPLES / name / "settings.env").read_text(encoding="utf-8")
    return {key.lower(): value for key, value in _LIVE_LINE.findall(text)}


def _kinds_with_webhook(name: str) -> list[str]:
    resources = Example(name).mapping["resources"]
    return [each["kind"] for each in resources if "webhook" in each.get("selector", {})]


def test_every_example_with_a_webhook_has_cases_for_each_of_its_kinds() -> None:
    with_webhook = {name for name in names() if _kinds_with_webhook(name)}
    assert with_webhook == _CASES.keys() == _SENDERS.keys()
    for name, cases in _CASES.items():
        kinds = {kind.replace("<YOUR_ORGANISATION>", "acme") for kind in _kinds_with_webhook(name)}
        assert {case["kind"] for case in cases} == kinds
        assert _live_settings(name).keys() == {"webhook_verify", "webhook_secret"}


@dataclass
class Proxy:
    """Passes requests on to the simulations, except for the present state of one item.

    path: of that item. answer: what the API says of it. asked: the targets of all requests.
    """

    client: httpx.Client
    path: str = ""
    answer: Response | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        """Answer a request."""
        self.asked.append(request.target)
        if self.answer and request.path == self.path:
            return self.answer
        passed = self.client.request(
            request.method,
            request.target,
            content=request.body,
            headers=[(name, text) for name, text in request.headers.items() if name != "Content-Length"],
        )
        kept = {name: text for name, text in passed.headers.items() if name in ("content-type", "link")}
        return Response(passed.content, passed.status_code, kept)


@contextmanager
def _example(filled_in: Example, simulations: str) -> Iterator[tuple[Example, Proxy, dict[str, str]]]:
    """Yield an example whose settings point to a proxy, the proxy, and the settings with the webhook."""
    with httpx.Client(base_url=simulations) as client, serving(proxy := Proxy(client)) as url:
        filled = {text: value.replace(simulations, url) for text, value in filled_in.filled.items()}
        example = Example(filled_in.name, filled)
        settings = {key.removeprefix(SETTING).lower(): text for key, text in example.settings.items()}
        secret = secret_for(_SENDERS[example.name])
        yield example, proxy, {**settings, **_live_settings(example.name), "webhook_secret": secret}


@pytest.mark.parametrize("name", _CASES)
def test_an_event_brings_the_entity_of_the_resync_and_deletes_it(
    name: str, filled: Callable[[str], Example], simulations: str
) -> None:
    with _example(filled(name), simulations) as (example, proxy, config):
        asyncio.run(_check_all(name, proxy, config, example.mapping))


async def _check_all(name: str, proxy: Proxy, config: dict[str, str], mapping: dict[str, Any]) -> None:
    async with open_run(config, mapping) as run:
        for case in _CASES[name]:
            item, entity = await _of_resync(run, case["kind"], case["identifier"])
            _use_answer(proxy, case, item)
            updated, gone = await _applied(run, name, case, case["event"])
            assert _requests(proxy, case) == [case["request"]], proxy.asked
            assert updated[case["identifier"]] == entity
            assert gone == []

            _use_answer(proxy, case, item, case["removed"])
            updated, gone = await _applied(run, name, case, case["removed"].get("event", case["event"]))
            assert _requests(proxy, case) == [case["request"]], proxy.asked
            assert gone == [case["identifier"]]
            assert case.get("listing") or not updated


async def _applied(
    run: LiveRun, name: str, case: dict[str, Any], event: Any
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Send an event, signed as the API signs it.

    Return the entities that it brings, by identifier, and the identifiers of those that it deletes. Both are
    of the kind of the case.
    """
    content, signature = signed(_SENDERS[name], event, _URL, _NOW)
    headers = {**case.get("headers", {}), **signature}
    applied = await run.apply(Delivery.of("POST", _URL, headers.items(), content), _NOW)
    updated = {entity["identifier"]: entity for kind, entity in applied.updated if kind == case["kind"]}
    gone = [identifier for kind, identifier in applied.deleted + applied.excluded if kind == case["kind"]]
    return updated, gone


def _use_answer(
    proxy: Proxy, case: dict[str, Any], item: Item, removed: dict[str, Any] | None = None
) -> None:
    """Let the API answer with the item, or as it does after the removal.

    An event that leads to the listing of the kind gets the listing of the simulation.
    """
    proxy.asked.clear()
    proxy.path = case["request"].partition("?")[0]
    proxy.answer = None if case.get("listing") else _answer(case.get("wrap"), item, removed)


def _answer(wrap: str | None, item: Item, removed: dict[str, Any] | None) -> Response:
    if removed is None:
        return Response({"ok": True, wrap: item} if wrap else item)
    if "answer" in removed:
        return Response(removed["answer"])
    if "changes" in removed:
        return _answer(wrap, {**item, **removed["changes"]}, None)
    return Response(NOT_FOUND.body, removed.get("status", NOT_FOUND.status))


def _requests(proxy: Proxy, case: dict[str, Any]) -> list[str]:
    """Return the requests for the present state: no logins, and no parameters of pages."""
    asked = [target for target in proxy.asked if target.partition("?")[0] == proxy.path]
    return [target.partition("?")[0] for target in asked[:1]] if case.get("listing") else asked


async def _of_resync(run: LiveRun, kind: str, identifier: str) -> tuple[Item, dict[str, Any]]:
    """Return an item as the API lists it, and its entity."""
    [entry] = [each for each in run.entries() if each.kind == kind]
    last = re.split(r"[/-]", identifier)[-1]
    async with (
        open_extractor(run.settings, [entry.resource]) as extractor,
        aclosing(extractor.batches(entry.resource)) as batches,
    ):
        async for batch in batches:
            candidates = [item for item in batch if last in json.dumps(item)]
            entities, excluded = await run.entities(entry.mapping, candidates)
            assert excluded == []
            for item, entity in zip(candidates, entities, strict=True):
                if entity["identifier"] == identifier:
                    return _as_listed(item, entry), entity
    raise AssertionError(f"{kind} has no {identifier}")


def _as_listed(item: Item, entry: Entry) -> Item:
    """Return an item without the values that it has from its parents."""
    added = entry.resource.value_names
    return {key: value for key, value in item.items() if key not in added and not key.startswith("__")}
