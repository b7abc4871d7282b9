"""Digest authentication against a server that checks the responses as RFC 7616 says."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest

from auth import auth_for
from auth.digest import DigestAuth
from rest.challenges import read_challenges
from rest.errors import AuthError
from rest.request import Request
from tests.auth.fake_login import BASE, GET, open_client, settings

USER, PASSWORD = "amy", "Circle of Life"


@dataclass
class DigestApi:
    """A server that checks every response. uses: how often a nonce may be used. None: without end."""

    challenge: str = 'realm="api", qop="auth", algorithm=MD5'
    user: str = USER
    uses: int | None = None
    next_nonces: bool = False
    statuses: list[int] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    nonce: int = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        for _turn in range(3):
            await asyncio.sleep(0)
        is_valid = self._is_valid(request)
        self.statuses.append(200 if is_valid else 401)
        if is_valid:
            headers = {"Authentication-Info": f'nextnonce="{self._new_nonce()}"'} if self.next_nonces else {}
            return httpx.Response(200, json=[1], headers=headers)
        nonce = self._new_nonce()
        return httpx.Response(401, headers={"WWW-Authenticate": f'Digest {self.challenge}, nonce="{nonce}"'})

    def _new_nonce(self) -> str:
        self.nonce += 1
        return f"nonce-{self.nonce}"

    def _is_valid(self, request: httpx.Request) -> bool:
        found = read_challenges(request.headers.get("Authorization", ""))
        if not found:
            return False
        sent = found[0].params
        nonce, count = sent["nonce"], int(sent.get("nc", "0"), 16)
        is_current = not self.next_nonces or nonce == f"nonce-{self.nonce}"
        if (self.uses is not None and count > self.uses) or not is_current:
            return False
        assert sent["uri"] == request.url.raw_path.decode()
        if count:
            assert count > self.numbers[nonce], "a number must not be used twice"
            self.numbers[nonce] = count
        return sent["response"] == self._expected(sent, request)

    def _expected(self, sent: dict[str, str] | object, request: httpx.Request) -> str:
        assert isinstance(sent, dict)
        algorithm = sent["algorithm"].lower()
        name = {"md5": "md5", "sha-256": "sha256", "sha-512-256": "sha512_256", "sha": "sha1"}

        def digest(text: str) -> str:
            return hashlib.new(name[algorithm.removesuffix("-sess")], text.encode()).hexdigest()

        key = digest(f"{self.user}:{sent['realm']}:{PASSWORD}")
        if algorithm.endswith("-sess"):
            key = digest(f"{key}:{sent['nonce']}:{sent['cnonce']}")
        subject = f"{request.method}:{sent['uri']}"
        if sent.get("qop") == "auth-int":
            subject += f":{digest(request.content.decode())}"
        middle = (
            f"{sent['nonce']}:{sent['nc']}:{sent['cnonce']}:{sent['qop']}" if "qop" in sent else sent["nonce"]
        )
        return digest(f"{key}:{middle}:{digest(subject)}")


DIGEST = {"auth_type": "digest", "username": USER, "password": PASSWORD}


async def send(api: DigestApi, *requests: Request, auth: httpx.Auth | None = None) -> list[int]:
    """Send requests at once, or one GET. Return the statuses of all responses."""
    async with open_client(api, DIGEST, auth) as client:
        await asyncio.gather(*(client.send(request) for request in requests or [GET]))
    return api.statuses


@pytest.mark.parametrize(
    "challenge",
    [
        'realm="api", qop="auth", algorithm=MD5',
        'realm="api", qop="auth-int, auth", algorithm=SHA-256',
        'realm="api", qop=auth, algorithm="SHA-512-256", opaque="x\\"y"',
        'realm="api", qop="auth", algorithm=md5-sess',
        'realm="a \\"b\\" c", algorithm=SHA',
        'realm="api"',
        'realm="api", algorithm=SHA-256-SESS, qop="auth"',
        'realm="api", algorithm=SHA-999, nonce="x", Digest realm="api", qop=auth',
    ],
)
async def test_challenges_of_all_kinds_are_answered(challenge: str) -> None:
    path = Request("GET", f"{BASE}/a%20b?q=x:y&z=%2F")
    assert await send(DigestApi(challenge), path) == [401, 200]


async def test_auth_int_covers_the_body() -> None:
    search = Request("POST", f"{BASE}/search", body={"q": "ü"})
    assert await send(DigestApi('realm="api", qop="auth-int"'), search) == [401, 200]


async def test_concurrent_requests_share_one_challenge() -> None:
    """Each request has a number of its own."""
    requests = [Request("GET", f"{BASE}/{number}") for number in range(20)]
    api = DigestApi()
    assert Counter(await send(api, *requests)) == {401: 1, 200: 20}
    assert api.numbers == {"nonce-1": 20}


async def test_nonce_that_expires_is_replaced() -> None:
    api = DigestApi(uses=2)
    async with open_client(api, DIGEST) as client:
        for _ in range(5):
            await client.send(GET)
    assert api.statuses == [401, 200, 200, 401, 200, 200, 401, 200]


async def test_next_nonce_of_a_response_is_used() -> None:
    api = DigestApi(next_nonces=True)
    async with open_client(api, DIGEST) as client:
        for _ in range(4):
            await client.send(GET)
    assert api.statuses == [401, 200, 200, 200, 200]


async def test_wrong_password_is_sent_once() -> None:
    api = DigestApi(user="bob")
    with pytest.raises(AuthError):
        await send(api)
    assert api.statuses == [401, 401]


async def test_api_that_asks_for_nothing_is_asked_concurrently() -> None:
    in_flight, most = 0, 0

    async def public(_: httpx.Request) -> httpx.Response:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await asyncio.sleep(0)
        in_flight -= 1
        return httpx.Response(200, json=[1])

    async with open_client(public, DIGEST) as client:
        await client.send(GET)
        await asyncio.gather(*(client.send(GET) for _ in range(5)))
    assert most == 5


async def refused(headers: dict[str, str]) -> None:
    async with open_client(lambda _: httpx.Response(401, headers=headers), DIGEST) as client:
        await client.send(GET)


@pytest.mark.parametrize("header", ['Basic realm="x"', None])
async def test_another_scheme_is_left_to_the_caller(header: str | None) -> None:
    headers = {"WWW-Authenticate": header} if header else {}
    with pytest.raises(AuthError):
        await refused(headers)


@pytest.mark.parametrize(
    ("challenge", "shown"),
    [
        ('nonce="x", algorithm=SHA-3', "algorithm SHA-3"),
        ('nonce="x", algorithm=MD5, qop="auth-x"', "algorithm MD5, qop auth-x"),
        ('realm="x"', "without a nonce"),
    ],
)
async def test_unsupported_challenge_is_an_error(challenge: str, shown: str) -> None:
    with pytest.raises(AuthError) as caught:
        await refused({"WWW-Authenticate": f"Basic, Digest {challenge}"})
    assert f"the API asks for a kind of Digest that is not supported ({shown})" in str(caught.value)
    assert caught.value.place.request.startswith("GET https://x.io")


async def test_user_name_is_hashed_or_encoded_where_needed() -> None:
    async def header_for(challenge: str) -> str:
        request = httpx.Request("GET", "https://x.io/")
        flow = DigestAuth("j\u00e4s\u00f8n", PASSWORD).async_auth_flow(request)
        await anext(flow)
        response = httpx.Response(
            401, headers={"WWW-Authenticate": f'Digest nonce="n", realm="r", {challenge}'}
        )
        return (await flow.asend(response)).headers["Authorization"]

    hashed = hashlib.sha256("j\u00e4s\u00f8n:r".encode()).hexdigest()
    assert f'username="{hashed}", userhash=true' in await header_for("algorithm=SHA-256, userhash=true")
    assert "username*=UTF-8''j%C3%A4s%C3%B8n, " in await header_for("charset=UTF-8")


async def test_auth_value_has_user_name_and_password() -> None:
    auth = auth_for(settings({"auth_type": "digest", "auth_value": f"{USER}:{PASSWORD}"}))
    assert await send(DigestApi(), auth=auth) == [401, 200]
