"""The guard: what it lets in, what it answers, and the attacks that it stops."""

import asyncio
import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from loguru import logger

from configuration.webhook_presets import PRESETS
from configuration.webhook_settings import WebhookSettings
from live_events.asgi import Message, Scope
from live_events.guard import Guard
from live_events.replay import SeenDeliveries
from tests.live_events.asgi_client import NOW, PATH, Application, FixedClock, Intake, request
from tests.live_events.signing import hex_mac
from tests.live_events.test_verification import webhook_for

SECRET = "s3cr3t-of-the-webhook"
GITHUB = WebhookSettings("/webhook", PRESETS["github"], (SECRET,))
SLACK = WebhookSettings("/webhook", PRESETS["slack"], (SECRET,))
HINT = WebhookSettings("/webhook", None)
BODY = b'{"action": "closed", "number": 7}'


class Door:
    """A guard, with what is around it."""

    def __init__(self, webhook: WebhookSettings = GITHUB, *, places: int = 1000, **options: Any) -> None:
        self.application, self.intake, self.clock = Application(), Intake(places), FixedClock()
        self.guard = Guard(
            self.application, webhook=webhook, path=PATH, intake=self.intake, clock=self.clock, **options
        )

    @property
    def bodies(self) -> list[Any]:
        return [event.body for event in self.intake.events]


def github(body: bytes = BODY, *, delivery: str = "1", secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return {
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Delivery": delivery,
        "Content-Type": "application/json",
    }


def slack(body: bytes, age: timedelta = timedelta()) -> dict[str, str]:
    time = str(int((NOW - age).timestamp()))
    signature = hmac.new(SECRET.encode(), f"v0:{time}:".encode() + body, "sha256").hexdigest()
    return {"X-Slack-Request-Timestamp": time, "X-Slack-Signature": f"v0={signature}"}


@pytest.fixture
def log() -> Any:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message}", level="DEBUG")
    yield lines
    logger.remove(sink)


async def test_a_verified_delivery_becomes_an_event() -> None:
    door = Door()
    answer = await request(door.guard, headers=github(), body=BODY, query="a=1&b=%20x&a=2")
    assert (answer.status, answer.json) == (200, {"status": "accepted"})
    (event,) = door.intake.events
    assert event.is_signed
    assert event.received_at == NOW
    assert event.body == {"action": "closed", "number": 7}
    assert event.query == {"a": "1", "b": " x"}
    assert event.headers["x-github-delivery"] == "1"
    assert door.application.scopes == []


async def test_a_body_in_chunks_is_one_body() -> None:
    door = Door()
    chunks = [BODY[:5], b"", BODY[5:]]
    assert (await request(door.guard, headers=github(), body=chunks)).status == 200
    assert door.bodies == [json.loads(BODY)]


async def test_with_hint_every_delivery_becomes_an_unsigned_event() -> None:
    door = Door(HINT)
    assert (await request(door.guard, body=BODY)).status == 200
    assert not door.intake.events[0].is_signed


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "lifespan"},
        {"type": "websocket", "path": PATH},
        {"type": "http", "path": "/", "method": "GET"},
        {"type": "http", "path": "/integration/webhooks", "method": "POST"},
        {"type": "http", "path": "/integration/webhook/x", "method": "POST"},
        {"type": "http", "path": "/Integration/Webhook", "method": "POST"},
        {"type": "http", "path": "/health/live", "method": "GET"},
    ],
    ids=lambda scope: f"{scope['type']} {scope.get('path', '')}",
)
async def test_everything_else_passes_untouched(scope: Scope) -> None:
    door = Door()
    before = dict(scope)
    await request(door.guard, scope=scope)
    assert door.application.scopes == [before]
    assert door.application.scopes[0] is scope


def _nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


ATTACKS: Sequence[Any] = (
    pytest.param({}, 401, id="no signature"),
    pytest.param({"headers": github(secret="guessed")}, 401, id="another secret"),
    pytest.param({"headers": github(b"{}")}, 401, id="a signature of another body"),
    pytest.param(
        {"headers": {"X-Hub-Signature-256": "sha256=", "X-Hub-Signature": "sha1=0"}}, 401, id="an empty one"
    ),
    pytest.param(
        {"headers": {**github(), "X-Hub-Signature-256": github()["X-Hub-Signature-256"].replace("256", "1")}},
        401,
        id="another algorithm",
    ),
    pytest.param(
        {"headers": {**github(), "X-Hub-Signature-256": "sha256=é" + "0" * 62}}, 401, id="not in ASCII"
    ),
    pytest.param({"method": "GET"}, 405, id="GET"),
    pytest.param({"method": "HEAD"}, 405, id="HEAD"),
    pytest.param({"method": "OPTIONS"}, 405, id="OPTIONS"),
    pytest.param({"method": "PUT", "headers": github()}, 405, id="PUT"),
    pytest.param({"method": "post", "headers": github()}, 405, id="post in lower case"),
    pytest.param({"path": PATH + "/", "headers": github()}, 404, id="a slash at the end"),
    pytest.param({"path": PATH + "//", "headers": github()}, 404, id="two slashes at the end"),
    pytest.param({"path": PATH + "\n", "headers": github()}, 404, id="a line break at the end"),
    pytest.param({"path": PATH + "/\n", "headers": github()}, 404, id="a slash and a line break"),
    pytest.param({"headers": {**github(), "Host": "[", "X-Hub-Signature-256": ""}}, 401, id="no host"),
    pytest.param({"raw_path": "/integration/%77ebhook", "headers": github()}, 404, id="an encoded letter"),
    pytest.param({"raw_path": "/integration%2Fwebhook", "headers": github()}, 404, id="an encoded slash"),
    pytest.param({"body": b" " * (2**20 + 1)}, 413, id="a body of 1 MiB and a byte"),
    pytest.param({"body": [b" " * 2**19] * 4}, 413, id="2 MiB in chunks"),
    pytest.param({"headers": {"Content-Length": "2097152"}}, 413, id="2 MiB announced"),
    pytest.param({"headers": {"Content-Length": "9" * 5000}}, 413, id="a length of 5,000 digits"),
    pytest.param({"body": _nested(10_000), "headers": github(_nested(10_000))}, 400, id="10,000 levels"),
    pytest.param({"body": _nested(201), "headers": github(_nested(201))}, 400, id="201 levels"),
    pytest.param({"body": b"{" * 9, "headers": github(b"{" * 9)}, 400, id="no JSON"),
    pytest.param({"body": b'{"a": "\xff"}', "headers": github(b'{"a": "\xff"}')}, 400, id="not in UTF-8"),
    pytest.param(
        {"body": b"[{}" + b",{}" * 2 * 10**5 + b"]", "headers": github(b"[{}" + b",{}" * 2 * 10**5 + b"]")},
        413,
        id="a small body that takes much memory",
    ),
    pytest.param({"headers": {**github(), "Content-Encoding": "gzip"}}, 400, id="a compressed body"),
    pytest.param({"query": "&".join(["a=1"] * 101), "headers": github()}, 400, id="101 parameters"),
)


@pytest.mark.parametrize(("attack", "status"), ATTACKS)
async def test_an_attack_is_refused_before_anything_is_queued(attack: dict[str, Any], status: int) -> None:
    door = Door()
    answer = await request(door.guard, **{"body": BODY, **attack})
    assert answer.status == status
    assert door.intake.events == []
    assert door.application.scopes == []
    assert door.guard.rejected == {status: 1}
    assert SECRET not in answer.body.decode()
    assert list(answer.json) == ["error"]


async def test_a_wrong_method_is_told_the_right_one() -> None:
    assert (await request(Door().guard, "DELETE")).headers["allow"] == "POST"


async def test_a_replayed_delivery_is_refused() -> None:
    door = Door()
    assert (await request(door.guard, headers=github(), body=BODY)).status == 200
    assert (await request(door.guard, headers=github(), body=BODY)).status == 409
    assert (await request(door.guard, headers=github(delivery="2"), body=BODY)).status == 200
    assert len(door.intake.events) == 2


async def test_of_equal_deliveries_at_once_one_is_accepted() -> None:
    """Long bodies are read in threads, so that all of them are verified before the first is queued."""
    door = Door()
    body = json.dumps({"text": "x" * 100_000}).encode()
    sent = [request(door.guard, headers=github(body), body=body) for _ in range(5)]
    statuses = [answer.status for answer in await asyncio.gather(*sent)]
    assert sorted(statuses) == [200, 409, 409, 409, 409]
    assert len(door.intake.events) == 1


async def test_without_an_id_the_signature_of_a_time_identifies_a_delivery() -> None:
    door = Door(SLACK)
    assert (await request(door.guard, headers=slack(BODY), body=BODY)).status == 200
    assert (await request(door.guard, headers=slack(BODY), body=BODY)).status == 409
    later = slack(BODY, timedelta(seconds=-1))
    assert (await request(door.guard, headers=later, body=BODY)).status == 200


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=900)])
async def test_a_time_stamp_beyond_the_tolerance_is_refused(age: timedelta) -> None:
    door = Door(SLACK)
    assert (await request(door.guard, headers=slack(BODY, age), body=BODY)).status == 401


@pytest.mark.parametrize("age", [timedelta(seconds=300), timedelta(seconds=-300)])
async def test_a_time_stamp_within_the_tolerance_is_accepted(age: timedelta) -> None:
    door = Door(SLACK)
    assert (await request(door.guard, headers=slack(BODY, age), body=BODY)).status == 200


async def test_a_full_intake_answers_503_and_the_delivery_may_come_again() -> None:
    door = Door(places=0)
    answer = await request(door.guard, headers=github(), body=BODY)
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    door.intake.places = 1
    assert (await request(door.guard, headers=github(), body=BODY)).status == 200


async def test_a_slow_body_is_given_up() -> None:
    door = Door(body_timeout_s=0.01)
    answers: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        answers.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [],
    }
    await door.guard(scope, receive, send)
    assert answers[0]["status"] == 408


async def test_a_sender_that_disconnects_gets_no_answer() -> None:
    door = Door()
    assert (await request(door.guard, headers=github(), body=[])).status == 0
    assert door.guard.rejected == {}


async def test_a_flood_is_logged_once_a_minute_for_each_reason(log: list[str]) -> None:
    door = Door()
    for _ in range(1000):
        await request(door.guard, body=BODY)
    await request(door.guard, "GET")
    assert len(log) == 2
    assert "Rejected webhook deliveries: 1 (401, the header x-hub-signature-256 has no signature)" in log[0]
    door.clock.time += timedelta(seconds=61)
    await request(door.guard, body=BODY)
    assert len(log) == 3
    assert "Rejected webhook deliveries: 1000 (401" in log[2]
    assert door.guard.rejected == {401: 1001, 405: 1}


async def test_a_clock_that_is_set_back_does_not_silence_the_log(log: list[str]) -> None:
    door = Door()
    await request(door.guard, body=BODY)
    door.clock.time -= timedelta(days=1)
    await request(door.guard, body=BODY)
    assert len(log) == 2


async def test_the_rest_of_a_flood_is_logged_with_the_next_event(log: list[str]) -> None:
    door = Door()
    for _ in range(10):
        await request(door.guard, body=BODY)
    door.clock.time += timedelta(minutes=5)
    await request(door.guard, headers=github(), body=BODY)
    assert "Rejected webhook deliveries: 9 (401" in log[1]


async def test_a_token_in_the_query_reaches_neither_the_server_s_log_nor_the_event() -> None:
    door = Door(WebhookSettings("/webhook", PRESETS["token"], (SECRET,)))
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": f"token={SECRET}&kind=a".encode(),
        "headers": [(b"authorization", b"Bearer other"), (b"cookie", b"a=1")],
    }
    answer = await request(door.guard, scope=scope, body=BODY)
    assert answer.status == 200
    assert scope["query_string"] == b""
    assert door.intake.events[0].as_json == {"headers": {}, "query": {"kind": "a"}, "body": json.loads(BODY)}


async def test_basic_asks_for_credentials() -> None:
    door = Door(WebhookSettings("/webhook", PRESETS["basic"], ("hook:pass",)))
    answer = await request(door.guard, body=BODY)
    assert answer.headers["www-authenticate"] == 'Basic realm="webhook"'


async def test_a_long_body_is_read_as_well() -> None:
    door = Door()
    body = json.dumps({"text": "x" * 100_000}).encode()
    assert (await request(door.guard, headers=github(body), body=body)).status == 200
    assert door.bodies == [json.loads(body)]


@pytest.mark.parametrize("max_bytes", [2**20, 5 * 2**20])
async def test_ordinary_json_of_the_allowed_size_is_no_memory_problem(max_bytes: int) -> None:
    item = {"id": 1234, "name": "text of an item", "url": "https://api.example.com/items/1234", "tags": ["a"]}
    count = (max_bytes - 20) // (len(json.dumps(item)) + 2)
    body = json.dumps({"items": [item] * count, "mood": "😀"}, ensure_ascii=False).encode()
    assert 0.98 * max_bytes < len(body) <= max_bytes
    door = Door(WebhookSettings("/webhook", None, max_bytes=max_bytes))
    assert (await request(door.guard, body=body)).status == 200


async def test_a_signed_url_is_the_public_one() -> None:
    """A proxy in front changes the scheme and the host, and the sender has signed neither."""
    scheme = webhook_for(
        {"algorithm": "sha256", "header": "X-Sig", "signed": "{method} {url} {path} {query} {body}"}, SECRET
    )
    path = f"{PATH}?a=%20b"
    for base_url, host in (("https://ocean.example.com/", "pod:8000"), ("", "pod:8000")):
        root = base_url.rstrip("/") or f"http://{host}"
        signed = f"POST {root}{path} {PATH} a=%20b ".encode() + BODY
        door = Door(scheme, base_url=base_url)
        headers = {"X-Sig": hex_mac(SECRET, signed), "Host": host}
        assert (await request(door.guard, headers=headers, body=BODY, query="a=%20b")).status == 200


async def test_bodies_that_are_being_received_share_a_limit_of_memory() -> None:
    """A thousand senders that send almost all of their body, and then wait, would take a gigabyte."""
    webhook = WebhookSettings("/webhook", None, max_bytes=40 * 2**20)
    door = Door(webhook)
    has_started, may_end = asyncio.Event(), asyncio.Event()
    first = [b" " * (40 * 2**20), b"{}"]

    async def receive() -> Message:
        if len(first) == 1:
            has_started.set()
            await may_end.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": first.pop(0), "more_body": True}

    async def send(_: Message) -> None:
        raise AssertionError

    scope: Scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": []}
    slow = asyncio.create_task(door.guard(scope, receive, send))
    await has_started.wait()
    assert (await request(door.guard, body=b" " * (30 * 2**20))).status == 503
    assert (await request(door.guard, body=BODY)).status == 200
    may_end.set()
    await slow
    assert (await request(door.guard, body=b" " * (30 * 2**20))).status == 200


def test_only_the_most_recent_deliveries_are_remembered() -> None:
    seen = SeenDeliveries(limit=3)
    for number in range(5):
        seen.note(str(number))
    assert [str(number) in seen for number in range(5)] == [False, False, True, True, True]
    seen.note("4")
    assert "2" in seen
    assert len(seen) == 3
