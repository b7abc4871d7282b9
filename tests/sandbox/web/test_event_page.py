"""The page that sends events, with a real receiver."""

import hashlib
import hmac
import html
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from sandbox.port_api.access_tokens import CLIENT_ID, CLIENT_SECRET
from sandbox.port_api.app import create_app
from sandbox.port_api.port import Port, PortSettings
from sandbox.web.event_answers import answer_view
from sandbox.web.senders import EventError, Senders, read_headers
from sandbox.webhooks.sending import Answer

_BODY = {"installationAppType": "custom", "version": "0.1.0", "changelogDestination": {}, "config": {}}
_PATH = "/catalog/integrations/my%2Fown/event"
_SECRET = "correct horse"


@dataclass
class Receiver:
    """A webhook that records its requests. reply: the text and the status of its answers."""

    url: str = "http://127.0.0.1:9/integration/webhook"
    requests: list[httpx.Request] = field(default_factory=list)
    reply: tuple[str, int] = ('{"status": "accepted"}', 200)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        text, status = self.reply
        return httpx.Response(status, text=text)


@pytest.fixture
def receiver() -> Receiver:
    """A webhook that the pages send to."""
    return Receiver()


@pytest.fixture
def app(blueprints: list[dict[str, Any]], receiver: Receiver) -> Iterator[Any]:
    """A new sandbox with the blueprints service and event, whose events go to the receiver."""
    new_app = create_app(PortSettings(), httpx.MockTransport(receiver.answer))
    for blueprint in blueprints:
        new_app.state.port.blueprints.create(blueprint)
    yield new_app
    new_app.state.port.store.close()


@pytest.fixture(autouse=True)
def _mine(port: Port) -> None:
    port.integrations.create({"installationId": "my/own", **_BODY}, upsert=False)


@pytest.fixture
async def api(client: httpx.AsyncClient, app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """An authorized client of Port's API of the same sandbox."""
    body = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    token = (await client.post("/v1/auth/access_token", json=body)).json()["accessToken"]
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", headers=headers
    ) as http_client:
        yield http_client


async def _send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Submit the form and return the page that follows."""
    shown = (await client.get(_PATH)).text
    token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    response = await client.post(_PATH, data={**token, **fields})
    return await client.get(response.headers["location"]) if response.status_code == 303 else response


async def test_event_is_signed_and_its_answer_is_shown(client: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.reply = ('{"status": "<b>accepted</b>"}', 200)
    headers = "X-GitHub-Event: project\r\n\r\ncontent-type: application/json; charset=utf-8\r\n"
    shown = await _send(
        client, url=receiver.url, scheme="github", secret=_SECRET, headers=headers, payload='{"a":\r\n"ü"}'
    )
    [request] = receiver.requests
    assert request.content == '{"a":\n"ü"}'.encode()
    expected = hmac.new(_SECRET.encode(), request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert request.headers.get_list("X-GitHub-Event") == ["project"]
    assert request.headers.get_list("Content-Type") == ["application/json; charset=utf-8"]
    assert len(request.headers["X-GitHub-Delivery"]) == 36
    assert "Status 200" in shown.text
    assert "The integration accepted the event." in shown.text
    assert "&lt;b&gt;accepted" in shown.text
    assert "X-GitHub-Event: project" in shown.text
    assert html.escape('{"a":\n"ü"}', quote=False) in shown.text.replace("&#34;", '"')


async def test_secret_is_remembered_and_never_shown(
    client: httpx.AsyncClient, app: Any, receiver: Receiver
) -> None:
    shown = await _send(client, url=receiver.url, scheme="gitlab", secret=_SECRET, payload="{}")
    again = await _send(client, url=receiver.url, scheme="gitlab", secret="", payload="{}")
    assert [request.headers["X-Gitlab-Token"] for request in receiver.requests] == [_SECRET, _SECRET]
    assert receiver.requests[0].headers.get_list("X-Gitlab-Event") == []  # it has no name
    for page in (shown, again, await client.get(f"{_PATH}/live")):
        assert _SECRET not in page.text
    mounted: list[Any] = [route.app for route in app.router.routes if isinstance(route, Mount)]
    site = mounted[0].state.site
    assert _SECRET not in repr(site.senders.of("my/own"))
    refused = await _send(client, url="http://example.com/", scheme="gitlab", secret="", payload="{}")
    assert _SECRET not in refused.text


async def test_last_delivery_can_be_repeated_unchanged(client: httpx.AsyncClient, receiver: Receiver) -> None:
    await _send(client, url=receiver.url, scheme="slack", secret=_SECRET, payload="one")
    receiver.reply = ("seen", 409)
    shown = await _send(client, repeat="1", url=receiver.url, scheme="slack", payload="two")
    first, second = receiver.requests
    assert first.headers.raw == second.headers.raw
    assert first.content == second.content == b"one"
    assert "has this delivery already" in shown.text


async def test_changes_since_the_event_are_shown_live(
    client: httpx.AsyncClient, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    entities = "/v1/blueprints/service/entities"
    old = {"identifier": "old", "title": "Before", "properties": {"tier": "gold"}}
    for body in (old, {"identifier": "gone"}, {"identifier": "same", "title": "Same"}):
        await api.post(entities, json=body)
    shown = await _send(client, url=receiver.url, scheme="none", payload="{}")
    assert "Nothing yet" in shown.text
    [seen] = re.findall(r"seen=(\w+)", shown.text)
    assert (await client.get(f"{_PATH}/live", params={"seen": seen})).status_code == 204
    upsert = {"upsert": "true"}
    await api.post(entities, params=upsert, json=old | {"title": "After", "properties": {"tier": "silver"}})
    await api.post(entities, params=upsert, json={"identifier": "same", "title": "Same"})
    await api.post(f"{entities}/bulk", json={"entities": [{"identifier": "n/ew", "title": "<New>"}]})
    await api.delete(f"{entities}/gone")
    live = html.unescape((await client.get(f"{_PATH}/live", params={"seen": seen})).text)
    assert re.findall(r'class="state (\w+)"', live) == ["deleted", "created", "updated"]
    assert '<a href="/catalog/blueprints/service/entities/n%2Few"><New></a>' in live
    assert '<a href="/catalog/blueprints/service/entities/old">After</a>' in live
    assert "entities/gone" not in live
    assert re.search(r'title</code> "Before".*"After"', live)
    assert re.search(r'properties.tier</code> "gold".*"silver"', live)
    assert "same" not in live


async def test_writes_of_the_past_are_no_changes(client: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await api.post("/v1/blueprints/service/entities", json={"identifier": "old"})
    shown = await client.get(_PATH)
    assert "No event was sent" in shown.text
    assert 'class="state' not in shown.text


async def test_deletion_of_dependents_is_a_change_too(api: httpx.AsyncClient, port: Port) -> None:
    await api.post("/v1/blueprints/service/entities", json={"identifier": "a"})
    relations = {"relations": {"about": "a"}}
    await api.post("/v1/blueprints/event/entities", json={"identifier": "e", **relations})
    moment = port.now()
    await api.delete("/v1/blueprints/service/entities/a", params={"delete_dependents": "true"})
    found = port.graph.recent_changes.since(moment)
    assert sorted((each.action, each.entity.identifier) for each in found) == [
        ("deleted", "a"),
        ("deleted", "e"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"url": "http://example.com/"},
            "is not on this machine. Events are sent to loopback addresses only",
        ),
        ({"url": "http://169.254.169.254/"}, "is not on this machine"),
        ({"url": "no URL"}, "is not a URL"),
        ({"secret": ""}, "the secret is missing"),
        ({"scheme": "standard", "secret": "not base64!"}, "is base64, after whsec_"),
        ({"headers": "X-A: 1\nno header"}, "line 2 of the headers is not `Name: value`"),
        ({"headers": "Host: example.com"}, "the header Host belongs to the connection"),
        ({"repeat": "1"}, "no event was sent since the sandbox started"),
    ],
)
async def test_mistake_is_explained_and_keeps_the_form(
    fields: dict[str, str], words: str, client: httpx.AsyncClient
) -> None:
    valid = {"url": "http://127.0.0.1:9/", "scheme": "github", "secret": "s", "payload": "mine"}
    response = await _send(client, **valid | fields)
    assert response.status_code == 422
    assert words in html.unescape(response.text)
    assert 'role="alert"' in response.text
    assert "repeat" in fields or "mine</textarea>" in response.text


async def test_other_host_can_be_allowed(receiver: Receiver) -> None:
    settings = PortSettings(webhook_hosts=frozenset({"ocean.example.com"}))
    app = create_app(settings, httpx.MockTransport(receiver.answer))
    app.state.port.integrations.create({"installationId": "my/own", **_BODY}, upsert=False)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        await _send(client, url="https://ocean.example.com/integration/webhook", scheme="none")
        refused = await _send(client, url="http://example.com/", scheme="none")
    app.state.port.store.close()
    assert [request.url.host for request in receiver.requests] == ["ocean.example.com"]
    assert "restart with --webhook-host example.com" in refused.text


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Answer(202, ""), "delivered", "accepted the event"),
        (Answer(307, "", headers={"Location": "/login"}), "refused", "redirects to /login"),
        (Answer(400, ""), "refused", "cannot read the body"),
        (Answer(401, ""), "refused", "signature is missing or does not match"),
        (Answer(404, ""), "refused", "no webhook at this path"),
        (Answer(409, ""), "refused", "has this delivery already"),
        (Answer(413, ""), "refused", "webhookMaxBytes"),
        (Answer(418, ""), "refused", "refused the event"),
        (Answer(500, ""), "refused", "Its log says why"),
        (Answer(503, "", headers={"Retry-After": "5"}), "refused", "Send it again in 5 s"),
        (Answer(503, ""), "refused", "Send it again later"),
        (Answer(None, "Connection refused"), "failed", "Connection refused. Check that the integration runs"),
    ],
)
def test_answer_is_explained(answer: Answer, state: str, words: str) -> None:
    shown = answer_view(answer)
    assert shown.state == state
    assert words in shown.meaning


@pytest.mark.parametrize("path", ["event", "event/live"])
async def test_unknown_integration_is_404(path: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/catalog/integrations/nowhere/{path}")).status_code == 404


async def test_form_without_its_token_sends_nothing(client: httpx.AsyncClient) -> None:
    response = await client.post(_PATH, data={"url": "http://127.0.0.1:9/", "scheme": "none"})
    assert response.status_code == 403
    assert "No event was sent" in (await client.get(_PATH)).text


def test_senders_of_the_integrations_used_last_are_remembered() -> None:
    senders = Senders(())
    first = senders.of("0")
    for number in range(1, 100):
        senders.of(str(number))
    assert senders.of("0") is first
    second = senders.of("1")
    senders.of("100")
    senders.of("101")
    assert senders.of("0") is first
    assert senders.of("2") is not second


@pytest.mark.parametrize("text", [": value", "a b: c", "näme: x", "a\x00: b"])
def test_invalid_header_name_is_an_error(text: str) -> None:
    with pytest.raises(EventError, match="line 1"):
        read_headers(text)


def test_value_of_a_header_may_have_colons() -> None:
    assert read_headers("X-Time: 12:30: 5 \n\n X-Empty:") == {"X-Time": "12:30: 5", "X-Empty": ""}
