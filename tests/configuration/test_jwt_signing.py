"""Keys that sign tokens, the setting `jwt`, and the settings that each grant needs."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from configuration.jwt_settings import JwtSigning
from configuration.settings import Settings
from rest.errors import SettingsError
from tests.keys import private_key, private_key_pem, public_key_pem

RSA = private_key_pem()
EC = private_key_pem("ec")
BODY = RSA.splitlines()[3]


def settings(**config: Any) -> Settings:
    return Settings.from_config({"base_url": "https://x.io", "auth_type": "jwt", **config}, {})


def signing(**config: Any) -> JwtSigning:
    found = settings(**config).jwt_signing
    assert found
    return found


def message(**config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(**config)
    text = str(caught.value)
    assert BODY not in text
    return text


def google_key(**changes: Any) -> str:
    key = {
        "type": "service_account",
        "private_key_id": "key-1",
        "private_key": RSA,
        "client_email": "sync@project.example",
        "token_uri": "https://oauth2.example/token",
    }
    return json.dumps({**key, **changes})


def jwk(type_: str = "rsa") -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if type_ == "rsa" else jwt.algorithms.ECAlgorithm
    key: dict[str, Any] = json.loads(algorithm.to_jwk(private_key("rsa" if type_ == "rsa" else "ec")))  # type: ignore[arg-type]
    return key


def raw(key: Any, encoding: Encoding = Encoding.PEM, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(encoding, form, NoEncryption()).decode())


@pytest.mark.parametrize(
    "text",
    [
        RSA,
        RSA.replace("\n", "\\n"),
        RSA.replace("\n", "\\r\\n"),
        RSA.replace("\n", " "),
        RSA.replace("\n", "\r\n"),
        f'"{RSA}"',
        f"Bag Attributes\n  name: key\n{RSA}",
        f"{public_key_pem()}\n{RSA}",
        base64.b64encode(RSA.encode()).decode(),
        base64.encodebytes(RSA.encode()).decode(),
        raw(private_key(), form=PrivateFormat.TraditionalOpenSSL),
        raw(private_key(), form=PrivateFormat.OpenSSH),
        json.dumps(jwk()),
        google_key(),
    ],
    ids=[
        *("pem", "escaped", "escaped_crlf", "one_line", "crlf", "quoted", "attributes", "after_public_key"),
        *("base64", "base64_lines", "pkcs1", "openssh", "jwk", "google"),
    ],
)
def test_a_key_is_read_in_the_forms_that_people_have(text: str) -> None:
    found = signing(private_key=text)
    assert (found.algorithm, found.key.description) == ("RS256", "an RSA key of 2048 bits")
    token = jwt.encode({"a": 1}, found.key.key, "RS256")  # type: ignore[arg-type]
    assert jwt.decode(token, public_key_pem(), ["RS256"]) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "algorithm"),
    [
        (EC, "ES256"),
        (raw(ec.generate_private_key(ec.SECP384R1())), "ES384"),
        (raw(ec.generate_private_key(ec.SECP521R1())), "ES512"),
        (private_key_pem("ed25519"), "EdDSA"),
        (json.dumps(jwk("ec")), "ES256"),
    ],
    ids=["p256", "p384", "p521", "ed25519", "jwk"],
)
def test_the_algorithm_is_that_of_the_key(text: str, algorithm: str) -> None:
    assert signing(private_key=text).algorithm == algorithm


def test_a_shared_secret_signs_with_hmac() -> None:
    found = signing(auth_value="shared-secret")
    assert (found.algorithm, found.key.key) == ("HS256", b"shared-secret")


@pytest.mark.parametrize(
    ("text", "encoding", "secret"),
    [
        ("00ff10", "hex", b"\x00\xff\x10"),
        ("AP8Q", "base64", b"\x00\xff\x10"),
        ("_-8", "base64", b"\xff\xef"),
        ("00ff10", "text", b"00ff10"),
    ],
)
def test_a_shared_secret_can_be_encoded(text: str, encoding: str, secret: bytes) -> None:
    assert signing(auth_value=text, jwt={"secretEncoding": encoding}).key.key == secret


def test_an_encrypted_key_is_read_with_its_password() -> None:
    text = private_key_pem(password="passw0rd")
    assert signing(private_key=text, private_key_password="passw0rd").algorithm == "RS256"
    assert signing(private_key=RSA, private_key_password="not-needed").algorithm == "RS256"
    old = private_key().private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"passw0rd")
    )
    assert b"Proc-Type" in old
    assert signing(private_key=old.decode(), private_key_password="passw0rd").algorithm == "RS256"


def test_auth_value_can_be_a_private_key() -> None:
    assert signing(auth_value=RSA).algorithm == "RS256"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "not a key",
            "is not a private key: its 9 characters have no line -----BEGIN … PRIVATE KEY-----",
        ),
        ("/secrets/key.pem", "looks like the path of a file. Use privateKeyFile for a path"),
        ("key.json", "looks like the path of a file. Use privateKeyFile for a path"),
        (public_key_pem(), "is a public key. The private key is needed"),
        (
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "is a certificate. The private key is needed",
        ),
        (
            "-----BEGIN RSA PRIVATE KEY-----",
            "begins with -----BEGIN RSA PRIVATE KEY----- but has no matching END line in its 1 line. Write",
        ),
        (
            "\n".join(RSA.splitlines()[:5]),
            "begins with -----BEGIN PRIVATE KEY----- but has no matching END line in its 5 lines. Write its",
        ),
        (
            RSA.replace(BODY, ""),
            "has the lines of a key (PRIVATE KEY), but what is between them is damaged",
        ),
        (private_key_pem(password="passw0rd"), "is encrypted. Set privateKeyPassword"),
        ("{not json", "begins like a JSON key, but is not JSON (line 1)"),
        ("[" * 9, "is not a private key: its 9 characters have no line -----BEGIN … PRIVATE KEY-----"),
        ('{"a": 1}', "is a JSON object without private_key (a Google key) or kty (a JWK)"),
        ('{"kty": "RSA", "n": "x", "e": "AQAB"}', "is a public JWK. The private key is needed"),
        ('{"kty": "RSA", "d": "x", "n": "x", "e": "AQAB"}', "is a JWK that cannot be read"),
        (google_key(private_key="none"), "is not a private key"),
        (base64.b64encode(b"-----BEGIN \xff\xff").decode(), "begins like a PEM key in base64, but is not"),
        (
            raw(ec.generate_private_key(ec.SECP256K1())),
            "is a key that signs no tokens. RSA, EC (P-256, P-384, P-521) and Ed25519 keys do",
        ),
        (raw(x25519.X25519PrivateKey.generate()), "is a key that signs no tokens"),
    ],
    ids=[
        *("text", "path", "file_name", "public_key", "certificate", "first_line", "cut", "damaged"),
        *("encrypted", "json", "brackets", "other_json", "public_jwk", "damaged_jwk", "google", "base64"),
        *("other_curve", "other_key"),
    ],
)
def test_a_wrong_key_is_refused_with_what_was_read(text: str, reason: str) -> None:
    assert message(private_key=text).startswith(f"privateKey: {reason}")


def test_a_wrong_password_is_refused() -> None:
    text = private_key_pem(password="passw0rd")
    assert message(private_key=text, private_key_password="wr0ng-one") == (
        "privateKey: cannot be decrypted with privateKeyPassword, or is damaged"
    )


def test_a_missing_key_is_named() -> None:
    assert message() == ("privateKey: is missing (authType jwt needs privateKey, or authValue for HS256)")
    assert "privateKey: is missing ({{.jwt}} in customAuthRequest needs" in message(
        auth_type="custom", custom_auth_request={"endpoint": "/login", "body": {"token": "{{.jwt}}"}}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"algorithm": "RS257"}, "jwt.algorithm: accepts RS256, RS384"),
        ({"ttl": 1.9}, "jwt.ttl: accepts a number of seconds, from 2 to a year"),
        ({"ttl": 10**9}, "jwt.ttl: accepts a number of seconds, from 2 to a year"),
        ({"claim": {}}, "jwt.claim: is unknown; did you mean claims?"),
        ({"claims": []}, 'jwt.claims: accepts an object of claims, whose values may be {"jq": "expression"}'),
        ({"headers": {"alg": "none"}}, "jwt.headers: accepts an object of header parameters (alg is set"),
        ({"secretEncoding": "utf8"}, "jwt.secretEncoding: accepts text, base64, hex"),
        (
            {"algorithm": "ES256"},
            "jwt.algorithm: ES256 does not fit privateKey, which is an RSA key of 2048 bits. Use RS256,",
        ),
    ],
    ids=str,
)
def test_a_wrong_jwt_setting_is_named(value: Any, expected: str) -> None:
    assert message(private_key=RSA, jwt=value).startswith(expected)
    assert message(private_key=RSA, jwt=json.dumps(value)).startswith(expected)


@pytest.mark.process
def test_a_claim_that_is_no_jq_is_named() -> None:
    text = message(private_key=RSA, jwt={"claims": {"deep": [{"jq": "now + nonsense"}]}})
    assert text.startswith("jwt.claims.deep.0: got 'now + nonsense', accepts a jq expression")
    assert "nonsense/0 is not defined" in text


def test_algorithms_can_be_in_lower_case() -> None:
    assert signing(private_key=RSA, jwt={"algorithm": "ps384"}).algorithm == "PS384"


def test_a_secret_in_another_encoding_is_refused() -> None:
    assert message(auth_value="no hex", jwt={"secretEncoding": "hex"}) == (
        "authValue: is not hex, which jwt.secretEncoding names"
    )


def test_mistakes_in_the_setting_and_a_missing_key_are_reported_together() -> None:
    text = message(jwt={"algorithm": "none"})
    assert text.startswith("jwt.algorithm: accepts RS256")
    assert "privateKey: is missing" in text


def test_a_google_key_gives_the_client_and_the_token_url() -> None:
    read = settings(auth_type="oauth2", grant="jwt_bearer", private_key=google_key())
    assert (read.client_id, read.token_url) == ("sync@project.example", "https://oauth2.example/token")
    own = settings(
        auth_type="oauth2",
        grant="jwt_bearer",
        private_key=google_key(),
        client_id="own",
        token_url="/token",
    )
    assert (own.client_id, own.token_url) == ("own", "/token")


@pytest.mark.parametrize("text", [RSA.replace("\n", "\\n"), google_key(), json.dumps(jwk())])
def test_the_redactor_masks_the_lines_of_a_key(text: str) -> None:
    read = settings(private_key=text)
    shown = read.redactor(f"got {BODY} and {jwk()['d']}")
    assert BODY not in shown or jwk()["d"] not in shown
    assert "MII" not in repr(read)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, "tokenUrl: is missing (authType oauth2 needs tokenUrl); clientId: is missing"),
        (
            {"token_url": "/t", "client_id": "amy"},
            "clientSecret: is missing (authType oauth2 needs clientSecret)",
        ),
        (
            {"token_url": "/t", "grant": "password"},
            "username: is missing (grant password needs username); password: is missing",
        ),
        (
            {"token_url": "/t", "grant": "refresh_token"},
            "refreshToken: is missing (grant refresh_token needs refreshToken)",
        ),
        (
            {"token_url": "/t", "grant": "jwt_bearer"},
            "privateKey: is missing (grant jwt_bearer needs privateKey, or authValue for HS256)",
        ),
        (
            {"token_url": "/t", "client_auth": "private_key_jwt", "private_key": RSA},
            "clientId: is missing (clientAuth private_key_jwt needs clientId)",
        ),
        (
            {
                "token_url": "/t",
                "client_auth": "private_key_jwt",
                "private_key": RSA,
                "grant": "refresh_token",
                "refresh_token": "r3fresh",
            },
            "clientId: is missing (clientAuth private_key_jwt needs clientId)",
        ),
        (
            {"token_url": "/t", "client_id": "a", "client_secret": "b", "refresh_token": "r3fresh"},
            "refreshToken: has no effect with grant client_credentials (used by refresh_token)",
        ),
        (
            {"token_url": "ftp://x.io/t", "client_id": "a", "client_secret": "b"},
            "tokenUrl: accepts a path under baseUrl, or a URL of http or https",
        ),
        ({"grant": "implicit"}, "grant: got 'implicit', accepts client_credentials, password, refresh_token"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_what_a_grant_needs_is_named(config: dict[str, Any], expected: str) -> None:
    assert message(auth_type="oauth2", **config).startswith(expected)
