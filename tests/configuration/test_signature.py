"""The settings `signature` and `aws`: accepted values, and the messages for others."""

from typing import Any

import pytest

from configuration.settings import Settings
from rest.errors import SettingsError

SIGNATURE = {"signed": "{{.path}}", "header": "X-Signature"}
_NOWHERE = (
    "signature: sends the signature nowhere. Set header, or use {{.signature}} in headers or queryParams"
)
_STEPS = 'accepts a list of texts, or of objects like {"hex": "{{.nonce}}"}'
AWS = {"auth_type": "aws", "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "made-up"}


def settings(environ: dict[str, str] | None = None, /, **config: Any) -> Settings:
    return Settings.from_config({"base_url": "https://x.io", **config}, environ or {})


def signing(environ: dict[str, str] | None = None, /, **signature: Any) -> Settings:
    return settings(environ, auth_type="signature", auth_value="hunter22", signature=signature)


def test_signature_has_defaults() -> None:
    rule = signing(**SIGNATURE).signing
    assert rule
    assert (rule.algorithm, rule.encoding, rule.key, rule.key_encoding) == (
        "hmac-sha256",
        "hex",
        "{{.secret}}",
        "text",
    )
    assert rule.sent_headers == {"X-Signature": "{{.signature}}"}


def test_variables_are_substituted_and_masked() -> None:
    environ = {"APP_KEY": "app-key-value", "OTHER": "other-value"}
    texts = {"signed": ["{{.path}}", "${APP_KEY}"], "key": "${OTHER}", "queryParams": {"app": "${APP_KEY}"}}
    read = signing(environ, **texts, headers={"X": "{{.signature}} ${OTHER}"})
    rule = read.signing
    assert rule
    assert (rule.signed, rule.key) == ("{{.path}}\napp-key-value", "other-value")
    assert (rule.query_params, rule.headers) == (
        {"app": "app-key-value"},
        {"X": "{{.signature}} other-value"},
    )
    assert read.redactor("app-key-value other-value hunter22") == "*** *** ***"
    assert "app-key-value" not in repr(read)


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ({}, "signature: is missing (authType signature needs it)"),
        ({"header": "X"}, "signature.signed: is missing"),
        ({**SIGNATURE, "signed": []}, "signature.signed: got [], accepts a text, or a list of its lines"),
        ({**SIGNATURE, "headr": "X"}, "signature.headr: is unknown; did you mean header?"),
        (
            {**SIGNATURE, "algorithm": "sha3"},
            (
                "signature.algorithm: got 'sha3', accepts hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1, "
                "hmac-md5, sha256, sha384, sha512, sha1, md5"
            ),
        ),
        ({**SIGNATURE, "encoding": "b64"}, "signature.encoding: got 'b64', accepts hex, base64, base64url"),
        (
            {"signed": "x"},
            _NOWHERE,
        ),
        (
            {"signed": "x", "headers": {"X": ".signature"}},
            _NOWHERE,
        ),
        ({**SIGNATURE, "headers": {"X Y": "1"}}, "signature.headers: 'X Y' is not a valid header name"),
        (
            {**SIGNATURE, "algorithm": "md5", "derivedKey": ["x"]},
            "signature.derivedKey: needs an hmac algorithm, but algorithm is md5",
        ),
        (
            {**SIGNATURE, "derivedKey": "x"},
            f"signature.derivedKey: got 'x', {_STEPS}",
        ),
        (
            {**SIGNATURE, "derivedKey": [{"oct": "x"}]},
            f"signature.derivedKey: got 'oct', {_STEPS}",
        ),
        (
            {**SIGNATURE, "derivedKey": [5]},
            'signature.derivedKey: got 5, accepts a list of texts, or of objects like {"hex": "{{.nonce}}"}',
        ),
        (
            {**SIGNATURE, "key": "${NOT_SET}"},
            "signature: uses ${NOT_SET}, but this environment variable is not set",
        ),
        (
            {**SIGNATURE, "key": '{{.secret + "${HOME}"}}'},
            ("signature: has ${...} within {{...}}. Put environment variables outside of the braces"),
        ),
    ],
)
def test_wrong_signature_is_named(signature: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        signing({"HOME": "hunter22"}, **signature)
    assert str(caught.value) == message


def test_signature_needs_its_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        settings(auth_type="signature", signature=SIGNATURE)
    assert str(caught.value) == "authValue: is missing (authType signature needs authValue, the secret)"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "aws: is missing (authType aws needs its keys region and service)"),
        ({"aws": {"region": "eu-west-1"}}, "aws.service: is missing"),
        (
            {"aws": {"region": "eu-west-1", "service": "es", "zone": "a"}},
            "aws.zone: is unknown; known keys are region, service",
        ),
        ({"aws": "eu-west-1"}, "aws: got 'eu-west-1', accepts a JSON object"),
        (
            {"aws": {"region": "eu-west-1", "service": "es"}, "aws_access_key_id": ""},
            "awsAccessKeyId: is missing (authType aws needs awsAccessKeyId)",
        ),
        (
            {"aws": {"region": "eu-west-1", "service": "es"}, "aws_secret_access_key": None},
            "awsSecretAccessKey: is missing (authType aws needs awsSecretAccessKey)",
        ),
        (
            {"aws": {"region": "eu-west-1", "service": "es"}, "aws_session_token": "a\nb"},
            "awsSessionToken: has line breaks or characters outside ASCII",
        ),
    ],
)
def test_wrong_aws_settings_are_named(config: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(**{**AWS, **config})
    assert str(caught.value) == message


def test_objects_of_other_auth_types_are_not_checked() -> None:
    read = settings(aws={"x": 1}, signature={"y": 2})
    assert (read.signing, read.aws_target) == (None, None)
