"""Live events with a real `ocean sail`: an API calls the webhook, and the catalog follows within seconds."""

import base64
import copy
import hmac
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis

from tests.end_to_end.conftest import free_port
from tests.loopback_server import NOT_FOUND, Request, Response, serving

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 60
_KEY = base64.b64encode(b"a key that only the API knows").decode()
_SETTINGS = {"webhookVerify": "standard", "webhookSecret": f"whsec_{_KEY}"}
_ENVIRON = {"OCEAN__EVENT_LISTENER": '{"type": "POLLING", "interval": 1}'}
# The command `ocean`, except that a missing item is requested again after seconds instead of a minute.
_OCEAN = """
from functools import partial

from ocean_adapter import live_service
from port_ocean.cli.cli import cli_start

live_service.LiveLimits = partial(live_service.LiveLimits, retry_s=5)
cli_start()
"""


@dataclass
class Api:
    """An API with the pull requests of two repositories. It signs its webhooks as Standard Webhooks do.

    targets: the requested paths. may_list: whether listings of pull requests are answered.
    """

    pulls: dict[str, dict[int, Json]]
    url: str = ""
    targets: list[str] = field(default_factory=list)
    may_list: Event = field(default_factory=Event)
    is_listing: Event = field(default_factory=Event)

    def answer(self, request: Request) -> Response:
        """Answer /repos, /repos/{repo}/pulls and /repos/{repo}/pulls/{number}."""
        self.targets.append(request.target)
        match request.path.strip("/").split("/"):
            case ["repos"]:
                return Response([{"name": name, "tier": 1} for name in self.pulls])
            case ["repos", repo, "pulls"]:
                listed = json.dumps(list(self.pulls[repo].values()))
                self.is_listing.set()
                assert self.may_list.wait(_TIMEOUT_S)
                return Response(listed)
            case ["repos", repo, "pulls", number] if pull := self.pulls[repo].get(int(number)):
                return Response(pull)
            case ["labels"]:
                return Response([])
        return NOT_FOUND


def signed(body: bytes, *, sent_at: float | None = None, key: str = _KEY, number: str = "") -> dict[str, str]:
    """Return the headers of a delivery (https://www.standardwebhooks.com)."""
    number, at = number or uuid4().hex, str(int(sent_at or time.time()))
    digest = hmac.digest(base64.b64decode(key), f"{number}.{at}.".encode() + body, "sha256")
    return {
        "webhook-id": number,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "Content-Type": "application/json",
    }


def pull_event(repo: str, number: int | str, action: str = "edited", **more: Any) -> bytes:
    pull = {"number": number, "title": "only a hint", **more}
    event = {"type": "pull", "action": action, "pull": pull, "repo": {"name": repo, "tier": 1}}
    return json.dumps(event).encode()


_PULLS: Json = {
    "kind": "/repos/{repo}/pulls",
    "selector": {
        "query": '.state != "closed"',
        "path_parameters": {
            "repo": {"endpoint": "/repos", "field": ".name", "parent_fields": {"tier": ".tier"}}
        },
        "webhook": {
            "when": '.body.type == "pull"',
            "items": ".body.pull",
            "values": {"repo": "$event.body.repo.name", "tier": "$event.body.repo.tier", "number": ".number"},
            "fetch": "/repos/{repo}/pulls/{number}",
            "delete": '.body.action == "deleted"',
        },
    },
    "port": {
        "entity": {
            "mappings": {
                "identifier": '.__repo + ":" + (.number | tostring)',
                "blueprint": '"pull"',
                "title": ".title",
                "properties": {"repo": ".repo", "tier": ".tier", "state": ".state"},
            }
        }
    },
}
_OWN_LISTING = {"fetch": "/repos/{repo}/pulls", "when": '.body.type == "refresh"', "items": ".body"}
_REFRESHED: Json = {
    **_PULLS,
    "selector": {
        **_PULLS["selector"],
        "webhook": {**_OWN_LISTING, "values": {"repo": ".repo", "tier": ".tier"}},
    },
}
_LABELS: Json = {
    "kind": "/labels",
    "selector": {"query": "true", "webhook": {"when": '.body.type == "label"', "items": ".body.labels"}},
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"label"', "title": ".name"}}},
}
_MAPPING: Json = {"entityDeletionThreshold": 1, "resources": [_PULLS, _REFRESHED, _LABELS]}


@dataclass
class Sail:
    """A running `ocean sail` with its webhook."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    path: str = "/integration/webhook"

    def send(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Deliver an event. Return the status of the answer."""
        sent = signed(body) if headers is None else dict(headers)
        return httpx.post(f"{self.url}{self.path}", content=body, headers=sent).status_code

    def wait_for(self, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + _TIMEOUT_S
        while not condition():
            assert time.monotonic() < deadline, self.log.read_text()[-6000:]
            time.sleep(0.05)

    def metric(self, line: str) -> float:
        """Return the value of a metric of live events."""
        text = httpx.get(f"{self.url}/metrics", follow_redirects=True).text
        prefix = f"ocean_custom_live_events_{line} "
        return sum(float(each.removeprefix(prefix)) for each in text.splitlines() if each.startswith(prefix))


@contextmanager
def sailing(installation: Any, log: Path) -> Iterator[Sail]:
    """Run `ocean sail` during the block, then send SIGTERM and wait until it ends."""
    environ = installation.environment()
    command = [sys.executable, "-c", _OCEAN, "sail"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=_ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT)
        prefix = environ.get("OCEAN__PATH_PREFIX", "")
        sail = Sail(process, f"http://127.0.0.1:{environ['APPLICATION__PORT']}{prefix}", log)
        try:
            sail.wait_for(lambda: _is_live(sail))
            yield sail
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_TIMEOUT_S)
        finally:
            process.kill()
            process.wait()


def _is_live(sail: Sail) -> bool:
    try:
        return httpx.get(f"{sail.url}/health/live").is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def api() -> Iterator[Api]:
    pulls = {
        repo: {number: {"number": number, "title": f"{repo} {number}", "state": "open"} for number in numbers}
        for repo, numbers in (("app", (1, 2, 3, 4)), ("lib", (7,)))
    }
    api = Api(pulls)
    api.may_list.set()
    with serving(api.answer) as url:
        api.url = url
        yield api
        api.may_list.set()


def titles(port: Any, blueprint: str = "pull") -> dict[str, str]:
    return {name: entity["title"] for name, entity in port.entities(blueprint).items()}


def entities_of_a_resync(api: Api) -> dict[str, tuple[str, Json]]:
    """Return what a resync makes of the API's present state: title and properties by identifier."""
    return {
        f"{repo}:{number}": (pull["title"], {"repo": repo, "tier": 1, "state": pull["state"]})
        for repo, pulls in api.pulls.items()
        for number, pull in pulls.items()
        if pull["state"] != "closed"
    }


def catalog(port: Any) -> dict[str, tuple[str, Json]]:
    pulls = port.entities("pull")
    return {name: (pull["title"], pull["properties"]) for name, pull in pulls.items()}


def test_the_catalog_follows_signed_events(
    install: Callable[..., Any], port: Any, api: Api, tmp_path: Path
) -> None:
    """Changes, deletions, the query, a listing and an event without a request, against one process."""
    port.prepare(_MAPPING)
    installation = install({"baseUrl": api.url, **_SETTINGS}, environ=dict(_ENVIRON))
    port.install(installation.identifier, _MAPPING)
    with sailing(installation, tmp_path / "sail.log") as sail:
        sail.wait_for(lambda: len(titles(port)) == 5)
        app = api.pulls["app"]
        app[1] |= {"title": "changed"}
        del app[2]
        app[3] |= {"state": "closed"}
        app[9] = {"number": 9, "title": "new", "state": "open"}
        gone = app.pop(4)
        assert sail.send(pull_event("app", 4, "deleted")) == 200
        assert [sail.send(pull_event("app", number)) for number in (1, 2, 3, 9)] == [200] * 4
        sail.wait_for(lambda: catalog(port) == entities_of_a_resync(api))

        # A listing: all of its items are read, and what it no longer has is left to the resync.
        app |= {1: {**app[1], "title": "listed"}, 4: gone}
        assert sail.send(json.dumps({"type": "refresh", "repo": "app", "tier": 1}).encode()) == 200
        sail.wait_for(lambda: catalog(port) == entities_of_a_resync(api))

        label = {"type": "label", "labels": [{"id": "bug", "name": "Bug"}]}
        assert sail.send(json.dumps(label).encode()) == 200
        sail.wait_for(lambda: titles(port, "label") == {"bug": "Bug"})

        assert sail.send(b'{"type": "unknown"}') == 200
        sail.wait_for(lambda: sail.metric('matched_total{matched="false"}') == 1)
        assert sail.metric("received_total") == 8
        assert sail.metric('changes_total{outcome="failed"}') == 0
        assert (sail.metric("waiting"), sail.metric("pending")) == (0, 0)
        assert sail.metric("latency_seconds_count") == 7
        check_rejections(sail, api, port)
        check_events_during_a_resync(sail, api, port, installation.identifier)


def check_rejections(sail: Sail, api: Api, port: Any) -> None:
    """Deliveries that are forged, replayed, late or unreadable lead to no request and to no write."""
    before, requests = catalog(port), len(api.targets)
    body = pull_event("app", 1)
    once = signed(body)
    assert sail.send(body, once) == 200
    sail.wait_for(lambda: len(api.targets) == requests + 1)
    deep = b"[" * 10_000 + b"]" * 10_000
    large = pull_event("app", 1, filler="x" * 2**21)
    refused = {
        "no signature": (body, {}, 401),
        "another key": (body, signed(body, key=base64.b64encode(b"wrong").decode()), 401),
        "another body": (pull_event("app", 2), signed(body), 401),
        "an old time stamp": (body, signed(body, sent_at=time.time() - 3600), 401),
        "a replay": (body, once, 409),
        "2 MiB": (large, signed(large), 413),
        "10,000 levels": (deep, signed(deep), 400),
    }
    statuses = {name: sail.send(each, headers) for name, (each, headers, _) in refused.items()}
    assert statuses == {name: status for name, (_, _, status) in refused.items()}
    assert httpx.get(f"{sail.url}/integration/webhook").status_code == 405
    assert [sail.metric(f'rejected_total{{status="{status}"}}') for status in (400, 401, 405)] == [1, 4, 1]
    for value in ("..", "../../admin", "https://other.example/1"):
        assert sail.send(pull_event("app", value)) == 200
    sail.wait_for(lambda: sail.metric("waiting") == 0)
    assert not [target for target in api.targets[requests + 1 :] if "%2F" not in target], api.targets[-5:]
    assert catalog(port) == before


def check_events_during_a_resync(sail: Sail, api: Api, port: Any, identifier: str) -> None:
    """A resync that has read the listing earlier neither overwrites nor restores what an event brought."""
    api.may_list.clear()
    api.is_listing.clear()
    port.request_resync(identifier)
    sail.wait_for(api.is_listing.is_set)
    app = api.pulls["app"]
    app[1] |= {"title": "changed while the resync runs"}
    del app[9]
    assert [sail.send(pull_event("app", number)) for number in (1, 9)] == [200, 200]
    sail.wait_for(lambda: catalog(port) == entities_of_a_resync(api))
    api.may_list.set()
    sail.wait_for(lambda: sail.log.read_text().count("Resync finished successfully") == 2)
    assert catalog(port) == entities_of_a_resync(api)


def test_unsigned_events_are_hints(install: Callable[..., Any], port: Any, api: Api, tmp_path: Path) -> None:
    """A process for webhooks alone, without a public URL, whose mapping has entries that need a signature."""
    pulls = copy.deepcopy(_PULLS)
    del pulls["selector"]["path_parameters"]["repo"]["parent_fields"]
    del pulls["selector"]["webhook"]["values"]["tier"]
    mapping = {**_MAPPING, "resources": [pulls, _REFRESHED, _LABELS]}
    port.prepare(mapping)
    environ = {"OCEAN__EVENT_LISTENER": '{"type": "WEBHOOKS_ONLY"}', "OCEAN__PATH_PREFIX": "/ocean"}
    installation = install({"baseUrl": api.url, "webhookVerify": "hint"}, environ=environ)
    port.install(installation.identifier, mapping)
    with sailing(installation, tmp_path / "sail.log") as sail:
        app = api.pulls["app"]
        assert [sail.send(pull_event("app", number), {}) for number in (1, 2, 3)] == [200] * 3
        sail.wait_for(lambda: set(catalog(port)) == {"app:1", "app:2", "app:3"})
        assert titles(port)["app:1"] == "app 1"  # from the API, not from the event

        del app[1]
        forged = pull_event("app", 2, "deleted")
        assert [sail.send(body, {}) for body in (pull_event("app", 1), forged)] == [200] * 2
        sail.wait_for(lambda: set(catalog(port)) == {"app:2", "app:3"})
        sail.wait_for(lambda: sail.metric('changes_total{outcome="fetched"}') >= 4)
        label = {"type": "label", "labels": [{"id": "bug", "name": "Bug"}]}
        assert sail.send(json.dumps(label).encode(), {}) == 200
        sail.wait_for(lambda: sail.metric('matched_total{matched="false"}') == 1)

        # SIGTERM follows at once: what was let in is written before the process ends.
        app[3] |= {"title": "the last change"}
        assert sail.send(pull_event("app", 3), {}) == 200
    assert titles(port) == {"app:2": "app 2", "app:3": "the last change"}
    assert port.entities("label") == {}
    log = sail.log.read_text()
    assert "Live events are received at the path /ocean/integration/webhook. Set OCEAN__BASE_URL" in log
    assert "webhookVerify is hint: anyone can send events" in log
    assert "Live events are ignored for a mapping entry: /labels: selector.webhook.fetch" in log


def test_after_a_kill_in_a_storm_a_resync_repairs_the_catalog(
    install: Callable[..., Any], port: Any, api: Api, tmp_path: Path
) -> None:
    port.prepare(_MAPPING)
    installation = install({"baseUrl": api.url, **_SETTINGS}, environ=dict(_ENVIRON))
    port.install(installation.identifier, _MAPPING)
    with sailing(installation, tmp_path / "sail.log") as sail:
        sail.wait_for(lambda: len(catalog(port)) == 5)
        source = random.Random(19)
        for count in range(150):
            number = change_something(api.pulls["app"], count, source)
            assert sail.send(pull_event("app", number)) == 200
        sail.process.kill()
    assert catalog(port) != entities_of_a_resync(api)
    installation.environ = {}
    assert installation.sync(_MAPPING).failed == []
    assert catalog(port) == entities_of_a_resync(api)


def change_something(pulls: dict[int, Json], count: int, source: random.Random) -> int:
    """Create, change, close or delete one of fifty pull requests. Return its number."""
    number = source.randrange(50)
    if number in pulls and source.random() < 0.2:
        del pulls[number]
    else:
        state = source.choice(("open", "open", "closed"))
        pulls[number] = {"number": number, "title": f"change {count}", "state": state}
    return number


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis server on a free port."""
    if not (server := shutil.which("redis-server")):
        if os.environ.get("CI") == "true":
            pytest.fail("redis-server is missing: scripts/install_image_tools.sh")
        pytest.skip("redis-server is missing: scripts/install_image_tools.sh installs it")
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def test_in_redis_mode_events_come_from_the_gateways_stream(
    install: Callable[..., Any], port: Any, api: Api, redis_url: str, tmp_path: Path
) -> None:
    port.prepare(_MAPPING)
    environ = {
        "OCEAN__EVENT_LISTENER": '{"type": "WEBHOOKS_ONLY"}',
        "OCEAN__BASE_URL": "https://gateway.example/live-events/1111111",
        "OCEAN__LIVE_EVENTS__IS_REDIS_STREAM_CONSUMER_ENABLED": "true",
        "OCEAN__LIVE_EVENTS__REDIS__URL": redis_url,
    }
    installation = install({"baseUrl": api.url, **_SETTINGS}, environ=environ)
    port.install(installation.identifier, _MAPPING)
    with sailing(installation, tmp_path / "sail.log") as sail, redis.Redis.from_url(redis_url) as stream:

        def add(body: bytes, headers: Mapping[str, str]) -> None:
            """Write a delivery as the gateway does (port_ocean/consumers/redis_stream_consumer.py)."""
            fields = {
                "eventId": uuid4().hex,
                "webhookPath": "/live-events/1111111/integration/webhook",
                "queuedAt": str(time.time_ns()),
                "payload": body.decode(),
                "headers": json.dumps(dict(headers)),
            }
            stream.xadd("1111111/live-events/raw/event-stream", fields)

        body = pull_event("app", 1)
        once = signed(body)
        for each, headers in (
            (body, once),
            (body, once),
            (pull_event("app", 2), {}),
            (pull_event("app", 3), once),
        ):
            add(each, headers)
        add(deleted := pull_event("app", 4), signed(deleted))
        sail.wait_for(lambda: set(catalog(port)) == {"app:1", "app:4"})
        requested = sorted(target for target in api.targets if "pulls" in target)
        assert requested == ["/repos/app/pulls/1", "/repos/app/pulls/4"]
        rejected = [sail.metric(f'rejected_total{{status="{status}"}}') for status in (401, 409)]
        assert (sail.metric("received_total"), rejected) == (2, [2, 1])
    log = sail.log.read_text()
    assert (
        "Live events are received at https://gateway.example/live-events/1111111/integration/webhook" in log
    )
