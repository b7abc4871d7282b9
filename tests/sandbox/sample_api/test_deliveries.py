"""Deliveries: payloads, signatures, retries and storms, against a receiver."""

import asyncio
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from sandbox.sample_api.app import create_app
from sandbox.sample_api.deliveries import Webhook, pause_after, retry_after_s
from sandbox.sample_api.outbox import Outbox
from sandbox.sample_api.sample import Options, Sample
from sandbox.webhooks.sending import Answer

SECRET = "correct horse"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """An answer of the receiver."""

    text: str = '{"status": "accepted"}'
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Receiver:
    """A webhook that records its requests. replies: to the first ones; later ones are accepted."""

    url: str = "http://127.0.0.1:9/hook"
    requests: list[httpx.Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if self.replies else Reply()
        if not reply.status:
            raise httpx.ConnectError("All connection attempts failed")
        return httpx.Response(reply.status, text=reply.text, headers=reply.headers)

    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


@pytest.fixture
def receiver() -> Receiver:
    """A webhook of the sample API."""
    return Receiver()


@pytest.fixture
def app(receiver: Receiver) -> FastAPI:
    """A sample API in this process that may also send events to ocean.example.com."""
    options = Options(webhook_hosts=frozenset({"ocean.example.com"}))
    return create_app(options, receiver=httpx.MockTransport(receiver.answer))


@pytest.fixture
def sample(app: FastAPI) -> Sample:
    """The state of the sample API."""
    state: Sample = app.state.sample
    return state


@pytest.fixture
async def client(app: FastAPI, sample: Sample) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the sample API."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http_client:
        yield http_client
    await sample.close()


@pytest.fixture
def change(client: httpx.AsyncClient) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Changes an item: `change("updated", "tickets", id=101)`. Returns the changes."""

    async def make(action: str, collection: str, **item: Any) -> list[dict[str, Any]]:
        body = {"action": action, "collection": collection, "item": item}
        response = await client.post("/_control/changes", json=body)
        changes: list[dict[str, Any]] = response.raise_for_status().json()["changes"]
        return changes

    return make


async def _use(client: httpx.AsyncClient, url: str, **settings: Any) -> None:
    body = {"url": url, "secret": SECRET, "pause_s": 0, **settings}
    (await client.post("/_control/webhook", json=body)).raise_for_status()


async def _control(client: httpx.AsyncClient, path: str, until: Callable[[Any], bool]) -> Any:
    """Return what a control endpoint answers once the condition is true."""
    async with asyncio.timeout(30):
        while True:
            found = (await client.get(f"/_control/{path}")).json()
            if until(found):
                return found
            await asyncio.sleep(0.01)


async def _delivered(client: httpx.AsyncClient) -> Any:
    """Return the deliveries once none waits."""
    return await _control(client, "deliveries", lambda found: not found["waiting"])


async def _stormed(client: httpx.AsyncClient, **plan: Any) -> Any:
    """Run a storm to its end and return its counts."""
    (await client.post("/_control/storm", json={"per_second": 5000, **plan})).raise_for_status()
    return await _control(client, "storm", lambda found: not found["running"])


def _signature(request: httpx.Request) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), request.content, hashlib.sha256).hexdigest()


async def test_events_are_signed_and_name_what_changed_without_being_the_truth(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    await _use(client, receiver.url)
    [created] = await change("created", "tickets", subject="Printer on fire")
    [updated] = await change("updated", "tickets", id=101, subject="Smoke", priority="urgent")
    [comment] = await change("created", "comments", ticket_id=101)
    [deleted] = await change("deleted", "comments", **comment["item"])
    found = await _delivered(client)
    made = [created, updated, comment, deleted]
    assert [each["id"] for each in reversed(found["latest"])] == [each["delivery"] for each in made]
    by_id = {
        request.headers["X-Sample-Delivery"]: (request.headers["X-Sample-Event"], json.loads(request.content))
        for request in receiver.requests
    }
    events = [by_id[each["delivery"]] for each in made]
    assert [(event, payload["action"]) for event, payload in events] == [
        ("ticket", "created"),
        ("ticket", "updated"),
        ("comment", "created"),
        ("comment", "deleted"),
    ]
    assert events[0][1]["ticket"] == {"id": created["item"]["id"], "subject": "Printer on fire"}
    assert events[1][1]["ticket"] == {"id": 101, "subject": "Smoke"}
    assert events[1][1]["changes"]["subject"] == {"from": "Ticket 101"}
    assert events[3][1]["comment"] == {"id": comment["item"]["id"], "body": "New comment"}
    assert events[3][1]["ticket"] == {"id": 101}
    for request in receiver.requests:
        assert request.headers["X-Hub-Signature-256"] == _signature(request)
        assert request.headers["X-GitHub-Delivery"] == request.headers["X-Sample-Delivery"]
    assert found["counts"] == {"made": 4, "delivered": 4}
    assert found["statuses"] == {"200": 4}


async def test_child_names_all_of_its_parents(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    await _use(client, receiver.url)
    [task] = await change("created", "tasks", project_id="P-001")
    number = task["item"]["task_id"]
    await change("created", "subtasks", project_id="P-001", task_id=number)
    await _delivered(client)
    payload = next(each for each in receiver.payloads() if "subtask" in each)
    assert payload["task"] == {"task_id": number}
    assert payload["project"] == {"project_id": "P-001"}


async def test_stale_payload_shows_the_item_as_it_was(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    await _use(client, receiver.url, stale=True)
    await change("updated", "projects", project_id="P-001", project_name="New")
    await _delivered(client)
    assert receiver.payloads()[0]["project"] == {"project_id": "P-001", "project_name": "Project 1"}


async def test_transient_answers_are_retried_with_the_same_id(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    receiver.replies = [Reply("no", 500), Reply("full", 503, {"Retry-After": "0"})]
    await _use(client, receiver.url, pause_s=0.01)
    await change("updated", "tickets", id=101)
    found = await _delivered(client)
    assert [found["latest"][0][name] for name in ("state", "attempts", "status")] == ["delivered", 3, 200]
    assert len({request.headers["X-Sample-Delivery"] for request in receiver.requests}) == 1
    assert found["statuses"] == {"500": 1, "503": 1, "200": 1}


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [
        pytest.param(Reply("bad signature", 401), "refused", 1, id="refused"),
        pytest.param(Reply("moved", 308, {"Location": "/other"}), "refused", 1, id="redirect"),
        pytest.param(Reply("seen before", 409), "delivered", 1, id="seen before"),
        pytest.param(Reply("down", 502), "failed", 3, id="down"),
    ],
)
async def test_answer_decides_how_a_delivery_ends(
    answer: Reply,
    state: str,
    attempts: int,
    client: httpx.AsyncClient,
    receiver: Receiver,
    change: Callable[..., Any],
) -> None:
    receiver.replies = [answer] * 3
    await _use(client, receiver.url, max_attempts=3)
    await change("updated", "tickets", id=101)
    found = await _delivered(client)
    assert (found["latest"][0]["state"], found["latest"][0]["attempts"]) == (state, attempts)
    assert found["latest"][0]["answer"] == answer.text
    assert found["counts"] == {"made": 1, state: 1}
    assert len(receiver.requests) == attempts


async def test_closed_port_fails_after_all_attempts(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    receiver.replies = [Reply(status=0)] * 2
    await _use(client, receiver.url, max_attempts=2)
    await change("updated", "tickets", id=101)
    [delivery] = (await _delivered(client))["latest"]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("failed", 2, None)
    assert "connection" in delivery["answer"].lower()


async def test_delivery_can_be_repeated_with_its_id(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    await _use(client, receiver.url, scheme="standard", secret="whsec_c2VjcmV0")
    [made] = await change("updated", "tickets", id=101)
    await _delivered(client)
    (await client.post(f"/_control/deliveries/{made['delivery']}/repeat")).raise_for_status()
    await _delivered(client)
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == made["delivery"]
    assert first.content == second.content
    assert (await client.post("/_control/deliveries/none/repeat")).status_code == 404
    await client.delete("/_control/webhook")
    assert (await client.post(f"/_control/deliveries/{made['delivery']}/repeat")).status_code == 409


async def test_unsuitable_secret_is_shown_as_the_answer(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    await _use(client, receiver.url, scheme="standard", secret="not base64!")
    await change("updated", "tickets", id=101)
    [delivery] = (await _delivered(client))["latest"]
    assert (delivery["state"], delivery["status"]) == ("refused", None)
    assert "base64" in delivery["answer"]
    assert not receiver.requests


async def test_removed_webhook_drops_what_waits_and_sends_nothing_more(
    client: httpx.AsyncClient, receiver: Receiver, change: Callable[..., Any]
) -> None:
    receiver.replies = [Reply("full", 503, {"Retry-After": "3600"})]
    await _use(client, receiver.url)
    await change("updated", "tickets", id=101)
    answered = await _control(client, "deliveries", lambda found: found["statuses"])
    [waiting] = answered["latest"]
    assert (waiting["state"], waiting["retry_in_s"]) == ("waiting", 3600)
    await client.delete("/_control/webhook")
    await change("updated", "tickets", id=101)
    found = await _delivered(client)
    assert found["counts"] == {"made": 1, "dropped": 1}
    assert len(receiver.requests) == 1


async def test_storm_sends_an_event_for_each_change_and_duplicates(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await _use(client, receiver.url)
    storm = await _stormed(client, events=300, duplicates=0.2, reordered=0.2, delay_s=0.05)
    found = await _delivered(client)
    assert storm["sent"] >= 300
    assert found["counts"] == {"made": storm["sent"], "delivered": storm["sent"]}
    ids = Counter(request.headers["X-Sample-Delivery"] for request in receiver.requests)
    bodies = Counter(request.content for request in receiver.requests)
    assert 20 < storm["duplicates"] < 120
    assert sum(count - 1 for count in ids.values()) == -(-storm["duplicates"] // 2)
    assert sum(count - 1 for count in bodies.values()) >= storm["duplicates"]
    assert {payload["action"] for payload in receiver.payloads()} == {"created", "updated", "deleted"}
    ids_left = {each["id"] for each in (await client.get("/none/none/api/tickets")).json()}
    deleted = {
        payload["ticket"]["id"]
        for payload in receiver.payloads()
        if payload["action"] == "deleted" and "ticket" in payload and "comment" not in payload
    }
    assert deleted
    assert not deleted & ids_left


async def test_storm_holds_back_events_that_are_to_arrive_out_of_order(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await _use(client, receiver.url)
    storm = await _stormed(client, events=6, reordered=0.5, delay_s=60)
    found = await _control(client, "deliveries", lambda found: found["counts"].get("delivered"))
    assert 0 < found["waiting"] < storm["sent"]


async def test_events_beyond_the_limit_are_dropped_and_counted() -> None:
    outbox = Outbox(lambda: 0.0, max_waiting=2)
    assert outbox.put("ticket", "updated", b"{}") is None
    outbox.use(Webhook("http://127.0.0.1:9/", "s"))
    made = [outbox.put("ticket", "updated", b"{}", delay_s=60) for _ in range(3)]
    assert [bool(delivery) for delivery in made] == [True, True, False]
    assert (outbox.waiting, outbox.counts) == (2, {"made": 3, "dropped": 1})
    await outbox.close()


async def test_storm_without_a_webhook_changes_the_data_silently(client: httpx.AsyncClient) -> None:
    before = (await client.get("/none/none/api/tickets")).json()
    await _stormed(client, events=50, collections=["tickets"])
    assert (await client.get("/none/none/api/tickets")).json() != before
    assert (await client.get("/_control/deliveries")).json()["counts"] == {}


async def test_storm_creates_parents_if_none_is_left(client: httpx.AsyncClient) -> None:
    await client.post("/_control/data", json={name: [] for name in ("projects", "tasks", "subtasks")})
    await _stormed(client, events=40, collections=["subtasks"])
    counts = (await client.post("/_control/remove", json={"collection": "users", "ids": []})).json()
    assert counts["projects"] == 1
    assert counts["tasks"] == 1
    assert counts["subtasks"] > 0


async def test_storm_can_be_stopped_and_reset_forgets_everything(client: httpx.AsyncClient) -> None:
    await _use(client, "http://127.0.0.1:9/")
    await client.post("/_control/storm", json={"events": 10, "per_second": 0.01})
    assert (await client.delete("/_control/storm")).json() is not None
    await asyncio.sleep(0)
    assert not (await client.get("/_control/storm")).json()["running"]
    await client.post("/_control/reset")
    assert (await client.get("/_control/storm")).json() is None
    assert (await client.get("/_control/webhook")).json() is None
    found = (await client.get("/_control/deliveries")).json()
    assert found == {"waiting": 0, "counts": {}, "statuses": {}, "latest": []}


async def test_secret_is_never_shown(client: httpx.AsyncClient, sample: Sample) -> None:
    await _use(client, "http://ocean.example.com/hook")
    shown = (await client.get("/_control/webhook")).json()
    assert shown["secret"] == "***"
    assert SECRET not in repr(sample.events.outbox.webhook)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("webhook", {"url": "http://example.com/"}),
        ("webhook", {"url": "no URL"}),
        ("webhook", {"url": "http://127.0.0.1/", "scheme": "wax seal"}),
        ("webhook", {"url": "http://127.0.0.1/", "max_attempts": 0}),
        ("storm", {"events": 0}),
        ("storm", {"events": 1, "per_second": 0}),
        ("storm", {"events": 1, "duplicates": 1}),
        ("storm", {"events": 1, "collections": []}),
        ("storm", {"events": 1, "collections": ["cars"]}),
        ("changes", {"action": "deleted"}),
    ],
)
async def test_invalid_request_is_rejected(
    path: str, body: dict[str, Any], client: httpx.AsyncClient
) -> None:
    assert (await client.post(f"/_control/{path}", json=body)).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ],
    ids=repr,
)
async def test_pages_of_other_sites_cannot_use_the_control_endpoints(
    headers: dict[str, str], client: httpx.AsyncClient
) -> None:
    body = {"url": "http://127.0.0.1:9/", "secret": "s"}
    assert (await client.post("/_control/webhook", json=body, headers=headers)).status_code == 403
    assert (await client.get("/_control/webhook")).json() is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_read_as_the_standard_says(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_pauses_grow_up_to_a_minute_unless_the_answer_names_one() -> None:
    webhook = Webhook("http://127.0.0.1/", pause_s=2)
    growing = [pause_after(Answer(500, ""), attempts, webhook, NOW) for attempts in range(1, 8)]
    told = pause_after(Answer(503, "", headers={"Retry-After": "300"}), 3, webhook, NOW)
    assert growing == [2, 4, 8, 16, 32, 60, 60]
    assert told == 300
