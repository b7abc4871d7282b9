"""Challenges are answered in the sender's form, and only where the answer proves nothing to a stranger."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from configuration.webhook_presets import PRESETS
from configuration.webhook_settings import WebhookSettings
from tests.live_events.asgi_client import NOW, Answered, request
from tests.live_events.signing import hex_mac
from tests.live_events.test_guard import Door
from tests.live_events.test_verification import webhook_for

SECRET = "s3cr3t-of-the-webhook"
HINT = WebhookSettings("/webhook", None)


def preset(name: str) -> WebhookSettings:
    return WebhookSettings("/webhook", PRESETS[name], (SECRET,))


def v0_signed(prefix: str, body: bytes, secret: str = SECRET) -> Mapping[str, str]:
    """Return the headers of Slack and Zoom, which sign alike."""
    time = str(int(NOW.timestamp()))
    signature = f"v0={hex_mac(secret, f'v0:{time}:'.encode() + body)}"
    names = {
        "slack": ("X-Slack-Request-Timestamp", "X-Slack-Signature"),
        "zoom": ("x-zm-request-timestamp", "x-zm-signature"),
    }[prefix]
    return dict(zip(names, (time, signature), strict=True))


async def answer(webhook: WebhookSettings, *args: Any, **options: Any) -> Answered:
    door = Door(webhook)
    answered = await request(door.guard, *args, **options)
    assert door.intake.events == []
    return answered


SLACK_BODY = json.dumps({"token": "x", "challenge": "3eZbrw1aBm2r", "type": "url_verification"}).encode()
ZOOM_BODY = json.dumps(
    {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}
).encode()


async def test_slack_s_challenge_is_answered_if_it_is_signed() -> None:
    answered = await answer(preset("slack"), headers=v0_signed("slack", SLACK_BODY), body=SLACK_BODY)
    assert (answered.status, answered.json) == (200, {"challenge": "3eZbrw1aBm2r"})
    assert (await answer(preset("slack"), body=SLACK_BODY)).status == 401


async def test_zoom_s_validation_is_answered_if_it_is_signed() -> None:
    answered = await answer(preset("zoom"), headers=v0_signed("zoom", ZOOM_BODY), body=ZOOM_BODY)
    assert answered.json == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": hex_mac(SECRET, "qgg8vlvZRS6UYooatFL8Aw"),
    }


@pytest.mark.parametrize("webhook", [preset("zoom"), HINT], ids=["zoom", "hint"])
async def test_a_stranger_cannot_have_a_text_signed_by_zoom_s_validation(webhook: WebhookSettings) -> None:
    """The answer would be the signature of a forged event."""
    forged = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": 'v0:1772366400:{"event": "x"}'}}
    ).encode()
    door = Door(webhook)
    answered = await request(door.guard, body=forged, headers=v0_signed("zoom", forged, "guessed"))
    assert b"encryptedToken" not in answered.body


async def test_zoom_s_validation_is_answered_with_the_secret_that_signed_it() -> None:
    both = WebhookSettings("/webhook", PRESETS["zoom"], ("new", SECRET))
    answered = await answer(both, headers=v0_signed("zoom", ZOOM_BODY), body=ZOOM_BODY)
    assert answered.json["encryptedToken"] == hex_mac(SECRET, "qgg8vlvZRS6UYooatFL8Aw")


@pytest.mark.parametrize("webhook", [preset("msgraph"), HINT], ids=["msgraph", "hint"])
async def test_graph_s_validation_token_is_answered_as_decoded_plain_text(webhook: WebhookSettings) -> None:
    answered = await answer(webhook, query="validationToken=Validation%3a+%3Cb%3Etest%3C%2Fb%3E+%E2%82%AC")
    assert answered.status == 200
    assert answered.body.decode() == "Validation: <b>test</b> €"
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    assert answered.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("token", ["", "x" * 2001, "a%0Db"])
async def test_other_validation_tokens_are_not_reflected(token: str) -> None:
    answered = await answer(preset("msgraph"), query=f"validationToken={token}")
    assert answered.status == 401
    assert b"x" * 100 not in answered.body


async def test_graph_s_notifications_carry_the_secret_in_each_element() -> None:
    def body(*states: Any) -> bytes:
        return json.dumps({"value": [{"id": "1", "clientState": state} for state in states]}).encode()

    async def status(content: bytes) -> int:
        return (await request(Door(preset("msgraph")).guard, body=content)).status

    assert await status(body(SECRET, SECRET)) == 200
    for states in ([], [SECRET, "other"], [SECRET, None], [None], [[SECRET]]):
        assert await status(body(*states)) == 401
    assert await status(b'{"value": [{}]}') == 401
    assert await status(b'[{"clientState": "' + SECRET.encode() + b'"}]') == 401
    assert await status(b"no json") == 401


async def test_okta_s_one_time_verification_is_answered() -> None:
    headers = {"X-Okta-Verification-Challenge": "a1b2"}
    answered = await answer(preset("okta"), "GET", headers=headers)
    assert (answered.status, answered.json) == (200, {"verification": "a1b2"})
    without = await answer(preset("okta"), "GET")
    assert (without.status, without.headers["allow"]) == (405, "POST, GET")
    assert (await answer(preset("github"), "GET", headers=headers)).status == 405
    assert (await answer(preset("okta"), headers=headers, body=b"{}")).status == 401


async def test_event_grid_s_handshakes_are_answered() -> None:
    body = json.dumps(
        [
            {
                "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
                "data": {"validationCode": "512d38b6", "validationUrl": "https://x"},
            }
        ]
    ).encode()
    answered = await answer(preset("token"), query=f"token={SECRET}", body=body)
    assert answered.json == {"validationResponse": "512d38b6"}
    assert (await answer(preset("token"), query="token=guessed", body=body)).status == 401
    options = {"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "120"}
    answered = await answer(preset("token"), "OPTIONS", headers=options)
    assert answered.status == 200
    assert answered.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    assert answered.headers["webhook-allowed-rate"] == "*"
    del options["WebHook-Request-Rate"]
    answered = await answer(preset("token"), "OPTIONS", headers=options)
    assert "webhook-allowed-rate" not in answered.headers


@pytest.mark.parametrize("name", ["basic", "github", "slack", "standard"])
async def test_other_presets_answer_nothing_without_proof(name: str) -> None:
    webhook = WebhookSettings("/webhook", PRESETS[name], ("a:c2VjcmV0",))
    for method in ("GET", "HEAD", "OPTIONS"):
        headers = {
            "X-Okta-Verification-Challenge": "a",
            "WebHook-Request-Origin": "a",
            "X-Hook-Secret": "a",
        }
        answered = await answer(webhook, method, query="validationToken=a&challenge=a", headers=headers)
        assert (answered.status, answered.headers["allow"]) == (405, "POST")
    assert (await answer(webhook, query="validationToken=a", headers=headers)).status == 401


async def test_senders_that_cannot_sign_have_challenges_too() -> None:
    answered = await answer(HINT, headers={"X-Hook-Secret": "a1"})
    assert (answered.status, answered.headers["x-hook-secret"]) == (200, "a1")
    assert (await answer(HINT, "GET", query="challenge=a%20b")).body == b"a b"
    assert (await answer(HINT, "GET", query="challenge=")).status == 405
    assert (await answer(HINT, "HEAD")).status == 200
    assert (await answer(HINT, body=b'{"challenge": "a"}')).json == {"challenge": "a"}
    assert (await answer(HINT, "PATCH")).headers["allow"] == "POST, GET, HEAD, OPTIONS"


async def test_a_scheme_may_have_one_of_these_challenges() -> None:
    trello = webhook_for(
        {
            "algorithm": "sha1",
            "header": "X-Trello-Webhook",
            "encoding": "base64",
            "signed": "{body}{url}",
            "challenge": "trello",
        },
        SECRET,
    )
    assert (await answer(trello, "HEAD")).status == 200
    assert (await answer(trello, "GET", query="challenge=a")).status == 405


async def test_twitch_s_challenge_is_answered_as_plain_text() -> None:
    body = b'{"challenge": "pogchamp", "subscription": {"id": "1"}}'
    twitch = webhook_for({"algorithm": "sha256", "header": "X-Sig"}, SECRET)
    headers = {
        "X-Sig": hex_mac(SECRET, body),
        "Twitch-Eventsub-Message-Type": "webhook_callback_verification",
    }
    answered = await answer(twitch, headers=headers, body=body)
    assert (answered.body, answered.headers["content-type"]) == (b"pogchamp", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "body",
    [
        {"challenge": "a", "other": 1},
        {"challenge": 5},
        {"challenge": ""},
        {"challenge": "x" * 2001},
        {"challenge": "a\r\nb"},
        {"type": "url_verification"},
        {"event": "endpoint.url_validation", "payload": "a"},
        {"event": "endpoint.url_validation", "payload": {"plainToken": 5}},
        {"event": "other", "payload": {"plainToken": "a"}},
        [],
        ["a"],
        [{"eventType": "other", "data": {"validationCode": "a"}}],
        [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": "a"}],
        [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": 5}}],
        [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent"}, {}],
        {"challenge": "a", "type": "url_verification", "padding": "x" * 20_000},
        "text",
    ],
    ids=lambda body: str(body)[:60],
)
async def test_everything_else_is_an_event(body: Any) -> None:
    door = Door(HINT)
    content = json.dumps(body).encode()
    assert (await request(door.guard, body=content)).json == {"status": "accepted"}
    assert door.bodies == [body]
