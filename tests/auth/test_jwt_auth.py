"""authType jwt: signed tokens, their claims, and when a new one is signed."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest

from auth import auth_for
from auth.jwt_auth import JwtAuth
from auth.jwt_signer import JwtSigner
from configuration.jwt_settings import JwtSigning, SigningKey
from configuration.settings import Settings
from rest.errors import AuthError, ResourceError, SettingsError
from tests.auth.fake_login import BASE, GET, Api, failure, open_client, send, settings
from tests.keys import private_key_pem, public_key_pem

CONFIG = {"auth_type": "jwt", "private_key": private_key_pem()}
SHARED = "a-shared-secret-of-at-least-32-bytes"


def claims(token: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(
        token.partition(" ")[2], public_key_pem(), ["RS256"], options={"verify_aud": False}
    )
    return decoded


async def sent_token(config: dict[str, Any]) -> str:
    api = Api()
    await send(api, {**CONFIG, **config})
    return api.tokens[0]


async def test_token_is_sent_as_bearer_with_times() -> None:
    token = await sent_token({"client_id": "app-1"})
    assert token.startswith("Bearer ")
    found = claims(token)
    assert found.keys() == {"iss", "iat", "exp"}
    assert found["iss"] == "app-1"
    assert found["exp"] - found["iat"] == 180
    assert 25 <= datetime.now(UTC).timestamp() - found["iat"] <= 90


@pytest.mark.parametrize(("ttl", "backdated_s"), [(2, 0), (6, 1), (30, 5), (33, 5), (180, 30), (1200, 30)])
def test_most_of_the_lifetime_is_still_to_come(ttl: float, backdated_s: int) -> None:
    """The time from iat to exp is at most ttl, which APIs limit."""
    now = datetime(2026, 5, 6, 7, 8, 9, 750_000, UTC)
    key = SigningKey(SHARED.encode(), "a shared secret", ("HS256",))
    token = JwtSigner(JwtSigning(key, "HS256", ttl_s=ttl)).sign(now)
    found = jwt.decode(token.text, SHARED, ["HS256"], options={"verify_exp": False, "verify_iat": False})
    assert found["exp"] - found["iat"] == ttl
    assert found["iat"] == int(now.timestamp()) - backdated_s
    assert token.lifetime_s == found["exp"] - now.timestamp()
    assert token.lifetime_s
    assert token.lifetime_s > 0


async def test_claims_headers_and_lifetime_are_those_of_the_setting() -> None:
    token = await sent_token(
        {
            "bearer_prefix": "Ghost",
            "jwt": {
                "algorithm": "RS256",
                "claims": {"iss": 12345, "aud": ["a", "b"], "bid": "com.example"},
                "headers": {"kid": 7, "cty": "x"},
                "ttl": "600",
            },
        }
    )
    assert token.startswith("Ghost ")
    found = claims(token)
    assert (found["iss"], found["aud"], found["bid"]) == ("12345", ["a", "b"], "com.example")
    assert found["exp"] - found["iat"] == 600
    header = jwt.get_unverified_header(token.partition(" ")[2])
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "7", "cty": "x"}


@pytest.mark.process
async def test_claims_can_be_computed() -> None:
    own = {
        "iat": {"jq": "now | floor"},
        "exp": {"jq": ".now + 20 * 60"},
        "sub": {"jq": '.settings.username + "@example"'},
        "access": [{"url": {"jq": ".settings.baseUrl"}}],
        "left_out": {"jq": "null"},
    }
    found = claims(await sent_token({"jwt": {"claims": own}, "username": "ann"}))
    assert (found["sub"], found["access"]) == ("ann@example", [{"url": BASE}])
    assert 1190 <= found["exp"] - found["iat"] <= 1200
    assert "left_out" not in found


@pytest.mark.process
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (".now | keys", "jwt.claims.sub: the expression fails: number"),
        ("empty", "jwt.claims.sub: the expression returns 0 values, but needs to return one. Correct empty"),
    ],
)
async def test_claim_that_fails_is_named(expression: str, expected: str) -> None:
    error = await failure(ResourceError, Api(), {**CONFIG, "jwt": {"claims": {"sub": {"jq": expression}}}})
    assert expected in str(error)


async def test_shared_secret_signs_with_hmac() -> None:
    api = Api()
    await send(api, {"auth_type": "jwt", "auth_value": SHARED, "jwt": {"claims": {"iss": "key"}}})
    token = api.tokens[0].removeprefix("Bearer ")
    assert jwt.decode(token, SHARED, ["HS256"])["iss"] == "key"


@pytest.mark.parametrize("type_", ["ec", "ed25519"])
async def test_other_keys_sign_with_their_algorithm(type_: Any) -> None:
    api = Api()
    await send(api, {"auth_type": "jwt", "private_key": private_key_pem(type_)})
    token = api.tokens[0].removeprefix("Bearer ")
    assert jwt.decode(token, public_key_pem(type_), ["ES256", "EdDSA"])


async def test_concurrent_requests_share_a_token() -> None:
    api = Api()
    async with open_client(api, CONFIG) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert len(set(api.tokens)) == 1


async def test_token_is_replaced_before_it_expires() -> None:
    checked, times, api = settings(CONFIG), [0.0], Api()
    assert checked.jwt_signing
    auth = JwtAuth(JwtSigner(checked.jwt_signing), "Bearer", checked.redactor, lambda: times[-1])
    renewals: list[float] = []
    async with open_client(api, CONFIG, auth) as client:
        for now_s in (0.0, 80.0, 100.0):  # a token of 180 s, which is 30 s old when it is signed
            times.append(now_s)
            await client.send(GET)
            assert auth._session
            assert auth._session.renew_at
            renewals.append(auth._session.renew_at)
    # Times in a token are whole seconds, so up to a second of the lifetime is lost.
    assert renewals == pytest.approx([89.5, 89.5, 189.5], abs=0.5)
    assert renewals[0] == renewals[1]


async def test_token_without_an_expiry_is_not_replaced() -> None:
    checked = settings({**CONFIG, "jwt": {"claims": {"exp": None}}})
    assert checked.jwt_signing
    assert JwtSigner(checked.jwt_signing).sign(datetime.now(UTC)).lifetime_s is None


async def test_401_causes_one_new_token() -> None:
    api = Api(status=401)
    error = await failure(AuthError, api, CONFIG)
    assert error.status == 401
    assert len(api.requests) == 2


async def test_token_and_key_are_in_no_message() -> None:
    api = Api(status=404)

    async def echo(request: httpx.Request) -> httpx.Response:
        await api(request)
        return httpx.Response(404, text=request.headers["authorization"])

    checked = settings(CONFIG)
    redact = checked.redactor
    async with httpx.AsyncClient(transport=httpx.MockTransport(echo), auth=auth_for(checked, redact)) as http:
        answer = await http.get(GET.url)
    assert answer.text == api.tokens[0]
    assert redact(answer.text) == "Bearer ***"


def test_settings_without_a_key_are_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="privateKey: is missing"):
        auth_for(Settings(base_url=BASE, auth_type="jwt"))


async def test_grant_without_a_key_is_an_error() -> None:
    unchecked = Settings(base_url=BASE, auth_type="oauth2", grant="jwt_bearer", token_url="/login")
    async with open_client(Api(), CONFIG, auth_for(unchecked)) as client:
        with pytest.raises(AuthError, match="the settings have no key"):
            await client.send(GET)
