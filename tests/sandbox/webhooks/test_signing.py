"""Signatures, checked against the examples that vendors publish."""

import base64
import hashlib
import hmac

import pytest

from sandbox.webhooks.signing import SCHEMES, Message, SecretError, signed_headers

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
PUBLISHED = {
    "github": (
        "It's a Secret to Everybody",
        Message(b"Hello, World!", "", "", 0),
        "X-Hub-Signature-256",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    ),
    "standard": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        Message(b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", "", 1614265330),
        "webhook-signature",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    "slack": (
        "8f742231b10e8888abcd99yyyzzz85a5",
        Message(SLACK_BODY, "", "", 1531420618),
        "X-Slack-Signature",
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    ),
}


@pytest.mark.parametrize("scheme", PUBLISHED)
def test_signature_equals_the_published_example(scheme: str) -> None:
    secret, message, header, expected = PUBLISHED[scheme]
    assert signed_headers(scheme, message, secret)[header] == expected


def test_every_scheme_uses_its_vendors_headers() -> None:
    message = Message(b'{"a": 1}', "id-1", "issue", 1700000000)
    dotted = hmac.new(b"s:t", b'1700000000.{"a": 1}', hashlib.sha256).hexdigest()
    versioned = hmac.new(b"s:t", b'v0:1700000000:{"a": 1}', hashlib.sha256).hexdigest()
    plain = hmac.new(b"s:t", b'{"a": 1}', hashlib.sha256).hexdigest()
    others = {name: signed_headers(name, message, "s:t") for name in SCHEMES if name != "standard"}
    assert others == {
        "github": {
            "X-GitHub-Event": "issue",
            "X-GitHub-Delivery": "id-1",
            "X-Hub-Signature-256": f"sha256={plain}",
        },
        "gitlab": {
            "X-Gitlab-Event": "issue",
            "X-Gitlab-Event-UUID": "id-1",
            "Idempotency-Key": "id-1",
            "X-Gitlab-Token": "s:t",
        },
        "stripe": {"Stripe-Signature": f"t=1700000000,v1={dotted}"},
        "slack": {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": f"v0={versioned}"},
        "pagerduty": {"X-PagerDuty-Signature": f"v1={plain}"},
        "zoom": {"x-zm-request-timestamp": "1700000000", "x-zm-signature": f"v0={versioned}"},
        "okta": {"Authorization": "s:t"},
        "token": {"Authorization": "Bearer s:t"},
        "basic": {"Authorization": f"Basic {base64.b64encode(b's:t').decode()}"},
        "none": {},
    }


@pytest.mark.parametrize(
    ("scheme", "secret", "words"),
    [
        ("github", "", "the secret is missing"),
        ("standard", "whsec_no base64!", "is base64, after whsec_"),
        ("basic", "no colon", "user:password"),
    ],
)
def test_unsuitable_secret_is_an_error_without_the_secret(scheme: str, secret: str, words: str) -> None:
    with pytest.raises(SecretError, match=words) as caught:
        signed_headers(scheme, Message(b"", "", "", 0), secret)
    assert not secret or secret not in str(caught.value)


def test_body_with_braces_is_signed_as_it_is() -> None:
    body = b"{moment} {0} }{"
    expected = hmac.new(b"s", body, hashlib.sha256).hexdigest()
    signed = signed_headers("github", Message(body, "{moment}", "{id}", 1), "s")
    assert signed["X-Hub-Signature-256"] == f"sha256={expected}"
    assert signed["X-GitHub-Delivery"] == "{moment}"
