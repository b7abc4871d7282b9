"""Properties of the verification for any scheme, any delivery and any bytes."""

from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from configuration.encodings import decoded
from configuration.webhook_presets import PRESETS
from configuration.webhook_settings import WebhookSettings
from live_events.delivery import Delivery, DeliveryError
from live_events.event import read_event
from live_events.verification import proof_of, verify
from tests.live_events.asgi_client import NOW, PATH, request
from tests.live_events.signing import base64_mac, base64url_mac, hex_mac
from tests.live_events.test_guard import Door
from tests.live_events.test_verification import webhook_for

ALGORITHMS = st.sampled_from(["sha1", "sha256", "sha384", "sha512"])
ENCODINGS = {"hex": hex_mac, "base64": base64_mac, "base64url": base64url_mac}
PREFIXES = st.sampled_from(["", "sha256=", "v1=", "v1,", "HMAC ", "t:", "signature = "])
LITERALS = st.lists(st.sampled_from([".", ":", "v0:", "\n", "{method}", "{path}", "ä"]), max_size=3).map(
    "".join
)
# What a server may hand over: header values decoded as Latin-1.
HEADER_TEXTS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)
SECRETS = st.text(min_size=1, max_size=80).filter(lambda text: bool(text.strip()) and text.strip()[:1] != "[")
HEADER_NAMES = (
    *("Authorization", "X-Hub-Signature-256", "Stripe-Signature", "X-Slack-Signature", "X-Gitlab-Token"),
    *("X-Slack-Request-Timestamp", "webhook-id", "webhook-timestamp", "webhook-signature", "svix-signature"),
    *("X-PagerDuty-Signature", "x-zm-signature", "x-zm-request-timestamp", "Content-Type", "Content-Length"),
    *("Content-Encoding", "X-Okta-Verification-Challenge", "WebHook-Request-Origin", "X-Hook-Secret", "Host"),
)
HEADERS = st.lists(st.tuples(st.sampled_from(HEADER_NAMES), HEADER_TEXTS), max_size=6)
JSON_TEXTS = st.sampled_from(
    [
        b'{"value": [{"clientState": "x"}, 5, null]}',
        b'{"event": {"id": {"a": 1}}, "event_id": true}',
        b'[{"id": 1}]',
        b'{"event": "endpoint.url_validation", "payload": {"plainToken": "x"}}',
        b'{"type": "url_verification", "challenge": "\\ud800"}',
        b"payload=%7B%22a%22%3A1%7D&x",
        b"<a>&b;</a>",
        b"a: &x [*x]",
    ]
)
BODIES = st.one_of(st.binary(max_size=200), JSON_TEXTS)
SETTINGS = st.sampled_from(
    [
        WebhookSettings("/webhook", None, max_bytes=150),
        *(
            WebhookSettings("/webhook", scheme, ("a:c2VjcmV0LW9mLXRoZS1ob29r", "c2VjcmV0LW9mLXRoZS1ob29r"))
            for scheme in PRESETS.values()
        ),
    ]
)


@st.composite
def signed(draw: st.DrawFn) -> tuple[WebhookSettings, dict[str, str], bytes]:
    """Return a scheme, and the headers and the body of a delivery that is signed by it."""
    algorithm, encoding, prefix = draw(ALGORITHMS), draw(st.sampled_from(sorted(ENCODINGS))), draw(PREFIXES)
    before, after, secret, body = draw(LITERALS), draw(LITERALS), draw(SECRETS), draw(st.binary(max_size=300))
    scheme = {
        "algorithm": algorithm,
        "header": "X-Sig",
        "encoding": encoding,
        "signed": f"{before}{{body}}{after}",
        **({"prefix": prefix} if prefix else {}),
    }
    text = b"".join(
        part.replace("{method}", "POST").replace("{path}", PATH).encode() if isinstance(part, str) else part
        for part in (before, body, after)
    )
    signature = ENCODINGS[encoding](secret.strip(), text, algorithm)
    others = draw(st.lists(st.sampled_from(["v0=00", "v1=00", "v1,AAAA", "x"]), max_size=2))
    separator = next(each for each in " ,;" if each not in prefix)
    values = [*others, f"{prefix}{signature}"] if prefix else [signature]
    return webhook_for(scheme, [secret]), {"X-Sig": separator.join(values)}, body


def delivered(headers: Any, body: bytes, query: str = "") -> Delivery:
    pairs = headers.items() if isinstance(headers, dict) else headers
    return Delivery.of("POST", f"https://x{PATH}{query}", pairs, body)


@given(signed())
def test_what_a_sender_signs_is_verified(delivery: tuple[WebhookSettings, dict[str, str], bytes]) -> None:
    webhook, headers, body = delivery
    assert proof_of(delivered(headers, body), webhook, NOW).secret in webhook.secrets


@given(signed(), st.integers(0, 299), st.integers(1, 255))
def test_no_byte_of_a_signed_body_can_change(
    delivery: tuple[WebhookSettings, dict[str, str], bytes], place: int, change: int
) -> None:
    webhook, headers, body = delivery
    assume(body)
    at = place % len(body)
    changed = body[:at] + bytes([body[at] ^ change]) + body[at + 1 :]
    for other in {changed, body[:-1], body + b" ", b""} - {body}:
        with pytest.raises(DeliveryError, match="does not match"):
            verify(delivered(headers, other), webhook, NOW)


@given(SETTINGS, HEADERS, BODIES, st.text(max_size=30))
def test_other_deliveries_only_raise_delivery_errors(
    webhook: WebhookSettings, headers: list[tuple[str, str]], body: bytes, query: str
) -> None:
    with suppress(DeliveryError):
        delivery = delivered(headers, body, f"?token={query}")
        assert verify(delivery, webhook, NOW) is None or webhook.is_signed
        event = read_event(delivery, is_signed=webhook.is_signed, received_at=NOW)
        assert set(event.as_json) == {"headers", "query", "body"}


@given(
    SETTINGS,
    st.sampled_from(["POST", "GET", "HEAD", "OPTIONS", "PUT"]),
    HEADERS,
    st.lists(BODIES, min_size=1, max_size=3),
    st.text(st.characters(codec="ascii"), max_size=40),
)
async def test_the_guard_answers_every_request_and_lets_in_no_stranger(
    webhook: WebhookSettings, method: str, headers: list[tuple[str, str]], chunks: list[bytes], query: str
) -> None:
    door = Door(webhook)
    answer = await request(door.guard, method, headers=headers, body=chunks, query=query)
    assert answer.status in (200, 400, 401, 405, 413)
    assert not door.intake.events or (not webhook.is_signed and method == "POST")
    assert all("\r" not in text and "\n" not in text for text in answer.headers.values())


@given(st.binary(max_size=100))
def test_every_encoding_is_decoded_again(content: bytes) -> None:

    assert decoded(content.hex(), "hex") == decoded(content.hex().upper(), "hex") == content
    for encode in (b64encode, urlsafe_b64encode):
        text = encode(content).decode()
        assert decoded(text, "base64") == decoded(text.rstrip("="), "base64url") == content
