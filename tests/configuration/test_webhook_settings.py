"""The settings of live events: what they mean, and the messages about what contradicts itself."""

from typing import Any, get_args

import pytest

from configuration.settings import Settings, value_mistakes
from configuration.signed_text import BodyValue, HeaderValue, Placeholder, SignedText
from configuration.webhook_presets import PRESETS
from configuration.webhook_scheme import Algorithm, Challenge, ValueSource, VerificationScheme
from configuration.webhook_settings import WebhookSettings, decoded_key
from rest.errors import SettingsError
from rest.steps import Step

BASE = "https://x.io"
SECRET = "made-up"
HMAC = {"algorithm": "sha256", "header": "X-Signature"}


def settings(**config: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config}, {})


def webhook(verify: Any, secret: Any = SECRET, **config: Any) -> WebhookSettings:
    found = settings(webhook_verify=verify, webhook_secret=secret, **config).webhook
    assert found
    return found


def scheme(**keys: Any) -> VerificationScheme:
    found = webhook({**HMAC, **keys}).scheme
    assert found
    return found


def mistakes(**config: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings(**config)
    return [str(mistake) for mistake in caught.value.mistakes]


def object_mistakes(**keys: Any) -> list[str]:
    return mistakes(webhook_verify=keys, webhook_secret=SECRET)


def test_without_the_settings_there_are_no_live_events() -> None:
    assert settings().webhook is None
    defaults = {"webhook_path": "/webhook", "webhook_max_bytes": 2**20}
    assert settings(webhook_verify=" ", webhook_secret="", **defaults).webhook is None


def test_a_preset_needs_a_secret_and_has_defaults() -> None:
    found = webhook("github")
    assert found == WebhookSettings("/webhook", PRESETS["github"], ("made-up",), 2**20)
    assert found.is_signed
    assert "made-up" not in repr(found)


def test_hint_needs_no_secret() -> None:
    found = webhook("hint", None)
    assert (found.scheme, found.is_signed) == (None, False)


def test_path_and_size_can_be_set() -> None:
    found = webhook("hint", None, webhook_path="/hooks/v1.0_a~b", webhook_max_bytes="1e+06")
    assert (found.path, found.max_bytes) == ("/hooks/v1.0_a~b", 10**6)
    assert mistakes(webhook_max_bytes=26214401) == [
        "webhookMaxBytes: got 26214401, accepts a whole number of bytes from 1 to 26214400"
    ]


@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        ("one\n", ("one",)),
        (["one", " two"], ("one", "two")),
        ('["one", "two"]', ("one", "two")),
        ("[one", ("[one",)),
        (12345678, ("12345678",)),
    ],
)
def test_a_secret_is_a_text_or_a_list_while_it_is_rotated(given: Any, secrets: tuple[str, ...]) -> None:
    assert webhook("github", given).secrets == secrets


@pytest.mark.parametrize("given", ['["one", ""]', ["one", 2], '["one", null]', {"a": "one"}, '["one"]]'])
def test_other_secrets_are_wrong_and_not_shown(given: Any) -> None:
    words = ["webhookSecret: accepts a text, or a JSON list of texts that are not empty"]
    found = list(map(str, value_mistakes({"webhook_secret": given})))
    assert found == ([] if given == '["one"]]' else words)


def test_the_secret_can_be_in_a_file_and_every_secret_is_masked(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text('["first-secret", "hook:second-secret"]\n')
    read = settings(webhook_verify="github", webhook_secret_file=str(file))
    assert read.webhook
    assert read.webhook.secrets == ("first-secret", "hook:second-secret")
    masked = read.redactor("a first-secret, a second-secret")
    assert "first-secret" not in masked
    assert "second-secret" not in masked


def test_an_object_may_be_json_and_describes_a_scheme() -> None:
    text = (
        '{"algorithm": "HMAC-SHA512", "header": ["X-A", "X-B"], "prefix": "v1=", "encoding": "base64url",'
        ' "signed": ["{method}", "{timestamp}.{body}"], "timestampHeader": "X-Time", "timestampPrefix": "t=",'
        ' "timestampFormat": "ms", "tolerance": 60, "idPath": ".event.id", "keyEncoding": "hex",'
        ' "keyPrefix": "k_", "challenge": "asana"}'
    )
    assert webhook(text, "k_00").scheme == VerificationScheme(
        "sha512",
        ValueSource(("x-a", "x-b"), prefix="v1="),
        "base64url",
        SignedText(
            (Placeholder("method"), "\n", Placeholder("timestamp"), ".", Placeholder("body")),
        ),
        ValueSource(("x-time",), prefix="t="),
        "ms",
        60.0,
        ValueSource(body_path=(Step("event"), Step("id"))),
        "hex",
        "k_",
        "asana",
    )


@pytest.mark.parametrize(
    ("given", "form"),
    [("s", "s"), ("MS", "ms"), ("ISO", "iso"), ("epoch", "s"), ("epoch_ms", "ms"), ("iso8601", "iso")],
)
def test_a_time_format_may_have_the_mapping_s_name(given: str, form: str) -> None:
    keys = {"signed": "{timestamp}{body}", "timestampHeader": "X-T", "timestampFormat": given}
    assert scheme(**keys).timestamp_format == form


def test_basic_is_in_the_authorization_header_unless_another_is_set() -> None:
    basic = webhook({"algorithm": "basic"}, "a:b").scheme
    other = webhook({"algorithm": "basic", "header": "X-Auth"}, "a:b").scheme
    assert basic
    assert other
    assert (basic.proof.headers, other.proof.headers) == (("authorization",), ("x-auth",))
    assert not basic.is_hmac


@pytest.mark.parametrize("algorithm", [each for each in get_args(Algorithm.__value__) if each[:3] == "sha"])
def test_every_hash_signs(algorithm: str) -> None:
    assert scheme(algorithm=algorithm).is_hmac


def test_the_signed_text_may_have_parts_of_the_delivery() -> None:
    text = SignedText.read("{headers.X-Topic}:{body.a.b}:{bodySha256}")
    assert text.parts == (
        HeaderValue("x-topic"),
        ":",
        BodyValue((Step("a"), Step("b"))),
        ":",
        Placeholder("bodySha256"),
    )
    assert text.covers_body
    assert not SignedText.read("{timestamp}").covers_body


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"webhook_secret": "made-up"},
            (
                "webhookVerify: is missing (webhookSecret needs it); accepts github, gitlab, stripe, slack, "
                "standard, pagerduty, okta, msgraph, zoom, basic, token, hint, or an object"
            ),
        ),
        (
            {"webhook_path": "/hook"},
            (
                "webhookPath: has no effect without webhookVerify, which accepts github, gitlab, stripe, "
                "slack, standard, pagerduty, okta, msgraph, zoom, basic, token, hint, or an object"
            ),
        ),
        (
            {"webhook_max_bytes": 5},
            (
                "webhookMaxBytes: has no effect without webhookVerify, which accepts github, gitlab, stripe, "
                "slack, standard, pagerduty, okta, msgraph, zoom, basic, token, hint, or an object"
            ),
        ),
        ({"webhook_verify": "github"}, "webhookSecret: is missing (webhookVerify github needs it)"),
        ({"webhook_verify": HMAC}, "webhookSecret: is missing (webhookVerify algorithm sha256 needs it)"),
        (
            {"webhook_verify": "hint", "webhook_secret": "made-up"},
            "webhookSecret: has no effect with webhookVerify hint. Remove it, or choose how it is verified",
        ),
        (
            {"webhook_verify": "basic", "webhook_secret": "made-up"},
            "webhookSecret: accepts user:password for webhookVerify basic",
        ),
        (
            {"webhook_verify": "standard", "webhook_secret": "whsec_not base64"},
            "webhookSecret: is not base64, as webhookVerify standard needs it",
        ),
        (
            {"webhook_verify": "standard", "webhook_secret": ["whsec_c2VjcmV0", "whpk_c2VjcmV0!"]},
            "webhookSecret: is not base64, as webhookVerify standard needs it",
        ),
        (
            {"webhook_verify": {**HMAC, "keyEncoding": "hex"}, "webhook_secret": "xyz"},
            "webhookSecret: is not hex, as webhookVerify algorithm sha256 needs it",
        ),
    ],
)
def test_settings_that_contradict_each_other_stop_the_start(config: dict[str, Any], message: str) -> None:
    assert mistakes(**config) == [message]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Github", "; did you mean github?"),
        ("git-hub", "; did you mean github?"),
        ("hints", "; did you mean hint?"),
        ("standard-webhooks", "; did you mean standard?"),
        ("xyz", ""),
    ],
)
def test_an_unknown_preset_is_told_the_nearest_one(name: str, nearest: str) -> None:
    (message,) = mistakes(webhook_verify=name, webhook_secret=SECRET)
    assert message == (
        f"webhookVerify: got {name!r}, accepts github, gitlab, stripe, slack, standard, pagerduty, okta, "
        f"msgraph, zoom, basic, token, hint, or an object{nearest}"
    )


@pytest.mark.parametrize(
    "path",
    [
        "webhook",
        "/",
        "//webhook",
        "/webhook/",
        "/a/../b",
        "/{path}",
        "/web hook",
        "/a?b=c",
        "/a%20b",
        "/ä",
        "/a#b",
    ],
)
def test_a_path_is_static_and_needs_no_escaping(path: str) -> None:
    (message,) = mistakes(webhook_verify="hint", webhook_path=path)
    assert message == (
        f"webhookPath: got {path!r}, accepts a path like /webhook, of letters, digits, -, ., _ and ~"
    )


@pytest.mark.parametrize("verify", [["github"], 5, "{not json", '{"a"', True])
def test_verify_is_a_name_or_an_object(verify: Any) -> None:
    (message,) = mistakes(webhook_verify=verify, webhook_secret=SECRET)
    assert message.startswith("webhookVerify: got ")
    assert "accepts github" in message


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"header": "X-A"}, "webhookVerify.algorithm: is missing"),
        (
            {"algorithm": "md5", "header": "X-A"},
            "webhookVerify.algorithm: got 'md5', accepts sha1, sha256, sha384, sha512, token, basic",
        ),
        ({**HMAC, "headr": "X"}, "webhookVerify.headr: is unknown; did you mean header?"),
        ({**HMAC, "query_param": "a b"}, "webhookVerify.query_param: got 'a b', accepts the name of a query"),
        (
            {"algorithm": "sha256"},
            "webhookVerify: needs one of header, queryParam and bodyPath: where the signature or token is",
        ),
        (
            {**HMAC, "bodyPath": ".a"},
            "webhookVerify: needs one of header, queryParam and bodyPath: where the signature or token is",
        ),
        (
            {"algorithm": "basic", "queryParam": "a"},
            "webhookVerify: accepts only header with algorithm basic",
        ),
        (
            {**HMAC, "idHeader": "X-Id", "idPath": ".id"},
            "webhookVerify: accepts idHeader or idPath, not both",
        ),
        (
            {**HMAC, "signed": "{timestamp}{body}", "timestampHeader": "X-T", "timestampPath": ".t"},
            "webhookVerify: accepts timestampHeader or timestampPath, not both",
        ),
        (
            {"algorithm": "token", "header": "X-A", "keyEncoding": "hex"},
            (
                "webhookVerify.keyEncoding: has no effect with algorithm token "
                "(used by sha1, sha256, sha384, sha512)"
            ),
        ),
        (
            {**HMAC, "signed": "{timestamp}", "timestampHeader": "X-T"},
            (
                "webhookVerify.signed: does not cover the body, so anyone can change it. Add {body}, or set "
                "webhookVerify to hint if the sender does not sign it"
            ),
        ),
        (
            {**HMAC, "signed": "{timestamp}{body}"},
            "webhookVerify.signed: uses {timestamp}. Set timestampHeader or timestampPath",
        ),
        ({**HMAC, "signed": "{id}{body}"}, "webhookVerify.signed: uses {id}. Set idHeader or idPath"),
        (
            {**HMAC, "timestampHeader": "X-T"},
            (
                "webhookVerify.timestampHeader: is not covered by the signature, so it proves nothing. "
                "Add {timestamp} to signed, or remove it"
            ),
        ),
        (
            {**HMAC, "signed": "{body}{nonce}"},
            (
                "webhookVerify.signed: got '{body}{nonce}', accepts a text with placeholders like {body} and "
                "{timestamp}, or a list of its lines ({nonce} is unknown; known placeholders are {body}, "
                "{timestamp}, {id}, {method}, {url}, {path}, {query}, {form}, {bodySha256}, {secret}, "
                "{headers.<name>}, {body.<path>})"
            ),
        ),
        ({**HMAC, "signed": "{body"}, "webhookVerify.signed: got '{body', accepts a text with placeholders"),
        ({**HMAC, "signed": "{body.a|b}{body}"}, "webhookVerify.signed: got '{body.a|b}{body}', accepts"),
        ({**HMAC, "signed": "{headers.}{body}"}, "webhookVerify.signed: got '{headers.}{body}', accepts"),
        ({**HMAC, "signed": [1]}, "webhookVerify.signed: got [1], accepts a text with placeholders"),
        ({**HMAC, "header": "X A"}, "webhookVerify.header: got 'X A', accepts a header name, or a list"),
        ({**HMAC, "header": ["X-A", 1]}, "webhookVerify.header: got ['X-A', 1], accepts a header name"),
        (
            {**HMAC, "idPath": ".a | .b"},
            (
                "webhookVerify.idPath: got '.a | .b', accepts a path without functions, like .event.id or "
                ".value[].clientState"
            ),
        ),
        ({**HMAC, "timestampFormat": "x"}, "webhookVerify.timestampFormat: got 'x', accepts s, ms or iso"),
        ({**HMAC, "timestampFormat": 5}, "webhookVerify.timestampFormat: got 5, accepts s, ms or iso"),
        ({**HMAC, "idPath": 5}, "webhookVerify.idPath: got 5, accepts a path without functions"),
        ({**HMAC, "challenge": "x"}, f"accepts {', '.join(get_args(Challenge.__value__))}"),
    ],
)
def test_wrong_keys_of_an_object_are_named(keys: dict[str, Any], message: str) -> None:
    found = object_mistakes(**keys)
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize(
    ("encoding", "prefix", "secret", "key"),
    [
        ("text", "", "whsec_aGk=", b"whsec_aGk="),
        ("text", "k_", "k_a", b"a"),
        ("hex", "", "00ff", b"\0\xff"),
        ("base64", "whsec_", "whsec_aGk=", b"hi"),
        ("base64", "whsec_", "aGk", b"hi"),
        ("base64", "", "-_8=", b"\xfb\xff"),
        ("base64", "", "+/8=", b"\xfb\xff"),
        ("base64", "", "aGk==x", None),
    ],
)
def test_a_key_is_decoded(encoding: str, prefix: str, secret: str, key: bytes | None) -> None:
    valid = {"hex": "00", "base64": "aGk=", "text": "a"}[encoding]
    found = webhook({**HMAC, "keyEncoding": encoding, "keyPrefix": prefix}, valid).scheme
    assert found
    assert decoded_key(secret, found) == key
