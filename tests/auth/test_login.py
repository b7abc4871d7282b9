"""Schemes that log in, against an API that counts logins: who logs in, when again, and what is told."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from auth import ClientCredentialsAuth, CustomAuth, auth_for
from auth.login import Login, LoginAuth
from client import RateGate, RetryPolicy, UrlPolicy, bound_small_body
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.settings import Settings
from extraction import open_extractor
from http_client import HttpClient
from rest.bodies import Json
from rest.errors import AuthError, RefusedError, SettingsError, TransientError
from rest.origin import Origin
from rest.request import Request
from rest.response import Response

BASE = "https://x.io/api"
SECRET = "hunter22"
GET = Request("GET", f"{BASE}/users")
OAUTH2 = {"auth_type": "oauth2", "token_url": "/login", "client_id": "amy", "client_secret": SECRET}
CUSTOM = {
    "auth_type": "custom",
    "custom_auth_request": {"endpoint": "/login", "body": {"user": "amy", "password": SECRET}},
    "custom_auth_request_template": {"headers": {"Authorization": "Bearer {{.access_token}}"}},
}
SCHEMES = pytest.mark.parametrize("config", [OAUTH2, CUSTOM], ids=["oauth2", "custom"])

type Answer = httpx.Response | Exception


def numbered(number: int) -> httpx.Response:
    """The n-th login's answer: another token each time."""
    return httpx.Response(200, json={"access_token": f"t0ken-{number}", "expires_in": 3600})


@dataclass
class Api:
    """A login and what is behind it; a request has to wait its turn in the event loop, as on a network.

    answer: what the n-th login gives, n from 1. revoked: tokens that get a 401.
    """

    answer: Callable[[int], Answer] = numbered
    revoked: set[str] = field(default_factory=set)
    status: int = 200
    logins: list[httpx.Request] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        is_login = request.url.path.endswith("/login")
        (self.logins if is_login else self.asked).append(request)
        number = len(self.logins)
        for _turn in range(5):
            await asyncio.sleep(0)
        if is_login:
            answer = self.answer(number)
            if isinstance(answer, Exception):
                raise answer
            return answer
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return httpx.Response(401 if token in self.revoked else self.status, json=[token])

    @property
    def tokens(self) -> list[str]:
        return [request.headers["authorization"] for request in self.asked]


def always(answer: httpx.Response) -> Callable[[int], Answer]:
    return lambda _: httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def in_order(*answers: Answer) -> Callable[[int], Answer]:
    """These, and then logins that succeed."""
    return lambda number: answers[number - 1] if number <= len(answers) else numbered(number)


def settings(config: Mapping[str, Any], **more: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config, **more}, {})


def scheme(config: Mapping[str, Any], **more: Any) -> LoginAuth:
    auth = auth_for(settings(config, **more))
    assert isinstance(auth, LoginAuth)
    return auth


@asynccontextmanager
async def opened(
    api: Api, config: Mapping[str, Any], auth: httpx.Auth | None = None
) -> AsyncIterator[HttpClient]:
    read = settings(config)
    url_policy = UrlPolicy(Origin.of(BASE), read.trusted, {}, read.redactor)
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(api),
        auth=auth or auth_for(read),
        event_hooks={"response": [bound_small_body]},
    ) as http:
        yield HttpClient(http, RateGate(50), RetryPolicy(max_retries=2, base_s=0), url_policy)


async def send(api: Api, config: Mapping[str, Any], request: Request = GET) -> Response:
    async with opened(api, config) as client:
        return await client.send(request)


async def failure[E: Exception](kind: type[E], api: Api, config: Mapping[str, Any]) -> E:
    with pytest.raises(kind) as caught:
        await send(api, config)
    assert SECRET not in str(caught.value)
    return caught.value


def form_of(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


# When it logs in.


@SCHEMES
async def test_the_first_request_logs_in_and_the_next_use_its_token(config: dict[str, Any]) -> None:
    api = Api()
    async with opened(api, config) as client:
        for _ in range(3):
            assert (await client.send(GET)).body == ["t0ken-1"]
    assert len(api.logins) == 1


@SCHEMES
async def test_twenty_requests_at_once_share_one_login(config: dict[str, Any]) -> None:
    api = Api()
    async with opened(api, config) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert len(api.logins) == 1
    assert api.tokens == ["Bearer t0ken-1"] * 20


@SCHEMES
async def test_twenty_requests_with_a_login_at_its_end_cause_one_new_login(config: dict[str, Any]) -> None:
    api, auth = Api(), scheme(config)
    auth._login = Login({"access_token": "old"}, renew_at=time.monotonic())
    async with opened(api, config, auth) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert len(api.logins) == 1
    assert api.tokens == ["Bearer t0ken-1"] * 20


@SCHEMES
async def test_twenty_requests_with_a_token_that_was_revoked_cause_one_new_login(
    config: dict[str, Any],
) -> None:
    api = Api()
    async with opened(api, config) as client:
        await client.send(GET)
        api.revoked.add("t0ken-1")
        answers = await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert [answer.body for answer in answers] == [["t0ken-2"]] * 20
    assert len(api.logins) == 2
    assert len(api.asked) == 1 + 2 * 20


@SCHEMES
async def test_a_401_that_a_new_login_does_not_cure_fails_at_once(config: dict[str, Any]) -> None:
    api = Api(status=401)
    error = await failure(AuthError, api, config)
    assert error.status == 401
    assert str(error).startswith(f"GET {BASE}/users: status 401 Unauthorized")
    assert (len(api.logins), len(api.asked)) == (2, 2)


@SCHEMES
async def test_another_status_is_no_reason_to_log_in_again(config: dict[str, Any]) -> None:
    api = Api(status=403)
    await failure(RefusedError, api, config)
    assert (len(api.logins), len(api.asked)) == (1, 1)


@SCHEMES
async def test_a_request_is_sent_again_with_its_body(config: dict[str, Any]) -> None:
    api = Api(revoked={"t0ken-1"})
    await send(api, config, Request("POST", f"{BASE}/users", body={"a": 1}))
    assert [json.loads(request.content) for request in api.asked] == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("expires_in", "logins"),
    [(1e-9, 3), ("0.000000001", 3), (3600, 1), ("3600", 1), (0, 1), (-5, 1), ("soon", 1), (None, 1), ([], 1)],
    ids=str,
)
async def test_a_token_is_renewed_before_expires_in(expires_in: Json, logins: int) -> None:
    """What is no time above 0 says nothing: a 401 will tell."""
    api = Api(always(httpx.Response(200, json={"access_token": "t", "expires_in": expires_in})))
    async with opened(api, OAUTH2) as client:
        for _ in range(3):
            await client.send(GET)
    assert len(api.logins) == logins


@pytest.mark.parametrize(("interval", "logins"), [(1e-9, 3), ("1e-9", 3), (3600, 1), (None, 1)])
async def test_a_custom_login_is_renewed_by_its_interval(interval: float | str | None, logins: int) -> None:
    """expires_in is another scheme's word."""
    request = {"endpoint": "/login", "reauthenticateIntervalSeconds": interval}
    answer = httpx.Response(200, json={"access_token": "t", "expires_in": 1e-9})
    api = Api(always(answer))
    async with opened(api, {**CUSTOM, "custom_auth_request": request}) as client:
        for _ in range(3):
            await client.send(GET)
    assert len(api.logins) == logins


@pytest.mark.parametrize(
    ("seconds", "renewed_after"), [(3600.0, 3540.0), (130.0, 70.0), (120.0, 60.0), (60.0, 30.0), (1.0, 0.5)]
)
def test_a_login_is_renewed_a_minute_before_its_end_and_a_short_one_at_its_half(
    seconds: float, renewed_after: float
) -> None:
    before = time.monotonic()
    login = Login.lasting({}, seconds)
    assert login.renew_at is not None
    assert before + renewed_after <= login.renew_at <= time.monotonic() + renewed_after
    assert not login.is_stale()


def test_a_login_without_an_end_is_never_renewed() -> None:
    assert not Login.lasting({}, None).is_stale()
    assert Login({}, renew_at=time.monotonic()).is_stale()


# When the login fails.


@SCHEMES
@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
async def test_a_refused_login_is_asked_once_and_fails_every_request(
    config: dict[str, Any], status: int
) -> None:
    api = Api(always(httpx.Response(status, json={"error": "invalid_client", "got": SECRET})))
    async with opened(api, config) as client:
        errors = await asyncio.gather(*(client.send(GET) for _ in range(20)), return_exceptions=True)
        errors += await asyncio.gather(client.send(GET), return_exceptions=True)
    assert {type(error) for error in errors} == {AuthError}
    shown = '{"error":"invalid_client","got":"***"}'
    (told,) = {str(error) for error in errors}
    assert told == (
        f"POST {BASE}/login: the login: status {status}: {shown!r}. "
        "Check the credentials, and the address of the login"
    )
    assert (len(api.logins), len(api.asked)) == (1, 0)


@SCHEMES
@pytest.mark.parametrize(
    "trouble", [httpx.Response(503), httpx.Response(429), httpx.ConnectError("refused")], ids=str
)
async def test_a_login_that_may_succeed_later_is_asked_again(config: dict[str, Any], trouble: Answer) -> None:
    api = Api(in_order(trouble))
    assert (await send(api, config)).body == ["t0ken-2"]
    assert len(api.logins) == 2


@SCHEMES
async def test_a_login_that_stays_away_is_given_up_after_the_last_attempt(config: dict[str, Any]) -> None:
    api = Api(always(httpx.Response(503)))
    error = await failure(TransientError, api, config)
    assert str(error).startswith(
        f"GET {BASE}/users: POST {BASE}/login: the login answered status 503, 3 times. Nothing is deleted"
    )
    assert (len(api.logins), len(api.asked)) == (3, 0)


@SCHEMES
async def test_a_login_that_stays_away_is_asked_for_again_by_the_next_request(config: dict[str, Any]) -> None:
    api = Api(in_order(*(httpx.Response(503) for _ in range(3))))
    async with opened(api, config) as client:
        with pytest.raises(TransientError):
            await client.send(GET)
        assert (await client.send(GET)).body == ["t0ken-4"]


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": None}, {"access_token": ""}, {"access_token": 5}, [], "t", None],
    ids=str,
)
async def test_an_answer_without_an_access_token_is_an_error(answer: Json) -> None:
    api = Api(always(httpx.Response(200, json=answer)))
    error = await failure(AuthError, api, OAUTH2)
    assert str(error) == (
        f"POST {BASE}/login: the login: the token endpoint's answer has no access_token. Check tokenUrl"
    )
    assert len(api.logins) == 1


@SCHEMES
@pytest.mark.parametrize("status", [200, 201])
async def test_an_answer_that_is_no_json_is_an_error_without_secrets(
    config: dict[str, Any], status: int
) -> None:
    api = Api(always(httpx.Response(status, html=f"<p>Hello {SECRET}")))
    error = await failure(AuthError, api, config)
    assert "the login: the response is not JSON (text/html): '<p>Hello ***'" in str(error)
    assert len(api.logins) == 1


@SCHEMES
async def test_a_refused_login_shows_no_beginning_of_a_secret(config: dict[str, Any]) -> None:
    api = Api(always(httpx.Response(400, text="x" * 195 + SECRET)))
    assert SECRET[:5] not in str(await failure(AuthError, api, config))


async def test_a_refused_login_shows_no_credentials_as_basic_sends_them() -> None:
    def echoed(_: int) -> httpx.Response:
        return httpx.Response(401, text=api.logins[-1].headers["authorization"])

    api = Api(echoed)
    error = await failure(AuthError, api, {**OAUTH2, "token_auth": "basic"})
    assert b64encode(f"amy:{SECRET}".encode()).decode() not in str(error)


async def test_a_custom_login_without_the_value_names_the_expression() -> None:
    api = Api(always(httpx.Response(200, json={"token": "t0ken", "got": SECRET})))
    error = await failure(AuthError, api, CUSTOM)
    assert str(error) == (
        f"POST {BASE}/login: the login: the login's answer has nothing at .access_token. "
        "Correct customAuthRequestTemplate"
    )


async def test_a_lifetime_beyond_all_numbers_is_none() -> None:
    answer = f'{{"access_token": "t", "expires_in": {"9" * 400}}}'
    assert (await send(Api(always(httpx.Response(200, text=answer))), OAUTH2)).status == 200


# OAuth 2.0.


async def test_the_client_s_credentials_go_into_the_form() -> None:
    api = Api()
    await send(api, {**OAUTH2, "client_secret": "p/w &=é"})
    (login,) = api.logins
    assert (login.method, str(login.url)) == ("POST", f"{BASE}/login")
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert login.headers["accept"] == "application/json"
    assert "authorization" not in login.headers
    assert form_of(login) == {
        "grant_type": "client_credentials",
        "client_id": "amy",
        "client_secret": "p/w &=é",
    }


async def test_the_client_s_credentials_go_by_basic_form_encoded() -> None:
    """RFC 6749 §2.3.1: encoded before Basic, so that a colon in the id is none between the two."""
    api = Api()
    await send(api, {**OAUTH2, "client_id": "a:b", "client_secret": "p/w &=é", "token_auth": "basic"})
    (login,) = api.logins
    pair = "a%3Ab:p%2Fw+%26%3D%C3%A9"
    assert login.headers["authorization"] == "Basic " + b64encode(pair.encode()).decode()
    assert form_of(login) == {"grant_type": "client_credentials"}


@pytest.mark.parametrize("where", ["body", "basic"])
async def test_token_params_are_further_fields_of_the_form(where: str) -> None:
    params = {"scope": "read write", "audience": "https://x.io/&"}
    api = Api()
    await send(api, {**OAUTH2, "token_auth": where, "token_params": json.dumps(params)})
    assert form_of(api.logins[0]).items() >= {"grant_type": "client_credentials", **params}.items()


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/login", f"{BASE}/login"),
        ("oauth/login", f"{BASE}/oauth/login"),
        ("https://id.example.com/login", "https://id.example.com/login"),
        ("HTTPS://id.example.com/login?tenant=1", "https://id.example.com/login?tenant=1"),
    ],
)
async def test_the_token_url_is_a_url_or_a_path_under_the_base_url(address: str, url: str) -> None:
    api = Api()
    await send(api, {**OAUTH2, "token_url": address})
    assert str(api.logins[0].url) == url


async def test_the_token_goes_after_the_prefix_that_the_api_wants() -> None:
    api = Api()
    await send(api, {**OAUTH2, "bearer_prefix": "Token"})
    assert api.tokens == ["Token t0ken-1"]


# Logins of the API's own making.


def custom(request: Mapping[str, Any] | None = None, **template: Any) -> dict[str, Any]:
    return {
        **CUSTOM,
        "custom_auth_request": {"endpoint": "/login", **(request or {})},
        "custom_auth_request_template": template or {"headers": {"X-Session": "{{.access_token}}"}},
    }


async def test_a_login_sends_its_headers_parameters_and_json() -> None:
    api = Api()
    request = {
        "method": "put",
        "headers": {"X-Key": "k"},
        "queryParams": {"tenant": "a&b", "v": 2},
        "body": {"user": "amy", "n": 5, "deep": [None]},
    }
    await send(api, custom(request))
    (login,) = api.logins
    assert (login.method, str(login.url)) == ("PUT", f"{BASE}/login?tenant=a%26b&v=2")
    assert (login.headers["x-key"], login.headers["accept"]) == ("k", "application/json")
    assert login.headers["content-type"] == "application/json"
    assert json.loads(login.content) == {"user": "amy", "n": 5, "deep": [None]}


async def test_a_login_sends_a_form() -> None:
    api = Api()
    await send(api, custom({"bodyForm": {"user": "amy & co", "n": 5}}))
    (login,) = api.logins
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form_of(login) == {"user": "amy & co", "n": "5"}


async def test_a_login_by_get_sends_no_body() -> None:
    api = Api()
    await send(api, custom({"method": "GET"}))
    assert (api.logins[0].method, api.logins[0].content) == ("GET", b"")
    assert "content-type" not in api.logins[0].headers


async def test_a_login_s_own_accept_header_wins_in_any_case() -> None:
    api = Api()
    await send(api, custom({"headers": {"accept": "application/vnd.x+json"}}))
    assert api.logins[0].headers.get_list("accept") == ["application/vnd.x+json"]


async def test_a_login_may_be_at_a_trusted_origin() -> None:
    api = Api()
    config = custom({"endpoint": "https://id.example.com/login"})
    await send(api, {**config, "trusted_origins": ["https://id.example.com"]})
    assert str(api.logins[0].url) == "https://id.example.com/login"


async def test_values_of_the_answer_are_merged_into_headers_and_parameters() -> None:
    api = Api(always(httpx.Response(200, json={"session": {"id": "s&1"}, "n": 5})))
    config = custom(
        headers={"X-Session": "{{.session.id}}", "x-count": "{{.n}}", "Accept": "text/csv"},
        queryParams={"sid": "{{.session.id}}", "n": "no {{.n}}"},
    )
    request = Request("GET", f"{BASE}/users?q=%2F+x&sid=old", headers=(("accept", "a"), ("X-H", "h")))
    await send(api, config, request)
    (asked,) = api.asked
    assert str(asked.url) == f"{BASE}/users?q=%2F+x&sid=s%261&n=no%205"
    assert asked.headers.get_list("accept") == ["text/csv"]
    assert (asked.headers["x-session"], asked.headers["x-count"], asked.headers["x-h"]) == ("s&1", "5", "h")


async def test_a_parameter_of_the_template_stands_once_after_a_new_login() -> None:
    api = Api(status=401)
    await failure(AuthError, api, custom(queryParams={"sid": "{{.access_token}}"}))
    assert [str(asked.url) for asked in api.asked] == [
        f"{BASE}/users?sid=t0ken-1",
        f"{BASE}/users?sid=t0ken-2",
    ]


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        (
            Request("POST", f"{BASE}/users", body={"filter": {"open": True}, "n": 1}),
            {"filter": {"open": True}, "n": 5, "session": {"id": "é", "on": False}},
        ),
        (Request("POST", f"{BASE}/users"), {"n": 5, "session": {"id": "é", "on": False}}),
        (GET, {"n": 5, "session": {"id": "é", "on": False}}),
    ],
    ids=["beside_others", "post_alone", "get_alone"],
)
async def test_the_template_s_body_is_merged_and_keeps_its_types(request_: Request, sent: Json) -> None:
    api = Api(always(httpx.Response(200, json={"id": "é", "n": 5, "on": False})))
    await send(api, custom(body={"n": "{{.n}}", "session": {"id": "{{.id}}", "on": "{{.on}}"}}), request_)
    (asked,) = api.asked
    assert json.loads(asked.content) == sent
    assert asked.headers.get_list("content-length") == [str(len(asked.content))]
    assert asked.headers.get_list("content-type") == ["application/json"]


async def test_a_request_without_a_body_gets_none_by_a_template_without_one() -> None:
    api = Api()
    await send(api, custom())
    (asked,) = api.asked
    assert asked.content == b""
    assert not {"content-type", "content-length"} & set(asked.headers)


async def test_a_body_is_sent_as_it_is_by_a_template_without_one() -> None:
    api = Api()
    await send(api, custom(), Request("POST", f"{BASE}/users", body=[1, {"a": "é"}]))
    (asked,) = api.asked
    assert asked.content == '[1,{"a":"é"}]'.encode()
    assert asked.headers["content-length"] == str(len(asked.content))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            {"headers": {"A": "{{.a[}}"}},
            ("customAuthRequestTemplate: syntax error, unexpected end of file; it accepts jq in {{.braces}}"),
        ),
        (
            {"body": {"a": ["{{nonsense}}"]}},
            "customAuthRequestTemplate: nonsense/0 is not defined; it accepts jq in {{.braces}}",
        ),
    ],
)
def test_a_template_that_is_no_jq_stops_the_start(template: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        scheme(custom(**template))
    assert str(caught.value) == message


def test_settings_that_were_not_checked_have_no_login() -> None:
    with pytest.raises(SettingsError, match="customAuthRequest and customAuthRequestTemplate: are missing"):
        auth_for(Settings(base_url=BASE, auth_type="custom"))


def test_each_scheme_has_its_class() -> None:
    assert isinstance(scheme(OAUTH2), ClientCredentialsAuth)
    assert isinstance(scheme(CUSTOM), CustomAuth)


@SCHEMES
async def test_no_secret_is_in_a_repr(config: dict[str, Any]) -> None:
    read = settings(config, token_params={"resource": SECRET})
    auth = auth_for(read)
    async with opened(Api(), config, auth) as client:
        await client.send(GET)
    shown = f"{read!r} {read.client_credentials!r} {auth!r}"
    assert SECRET not in shown
    assert "t0ken" not in shown


def test_what_a_login_gave_is_not_in_its_repr() -> None:
    assert "t0ken" not in repr(Login({"access_token": "t0ken-1"}))


# The cookies that a login sets.


async def cookies_sent(config: Mapping[str, Any], status: int = 200, **more: Any) -> list[str | None]:
    """The Cookie header of each request of a resync, the logins' left out; every answer sets a cookie.

    status: of the first answer; the others succeed.
    """
    logins: list[httpx.Request] = []
    sent: list[str | None] = []

    def api(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/login"):
            logins.append(request)
            number = len(logins)
            cookies = [("set-cookie", f"session=s3ssion-{number}; Path=/; HttpOnly"), ("set-cookie", "a=b")]
            return httpx.Response(200, headers=cookies, json={"access_token": "t0ken"})
        sent.append(request.headers.get("cookie"))
        answer = [{"id": 1, "got": sent[-1]}]
        first = status if len(sent) == 1 else 200
        return httpx.Response(first, headers={"set-cookie": "tracking=other"}, json=answer)

    async with open_extractor(settings(config, **more), transport=httpx.MockTransport(api)) as extractor:
        for kind in ("/users", "/teams"):
            resource = read_resource(kind, {}, PaginationSettings())
            assert [len(batch) async for batch in extractor.batches(resource)] == [1]
    return sent


@SCHEMES
async def test_a_login_s_cookies_go_with_every_later_request_and_no_others(config: dict[str, Any]) -> None:
    sent = await cookies_sent(config)
    assert len(sent) >= 2
    assert set(sent) == {"session=s3ssion-1; a=b"}


@pytest.mark.parametrize("config", [OAUTH2, CUSTOM], ids=["oauth2", "custom"])
async def test_a_new_login_s_cookies_replace_those_of_the_old(config: dict[str, Any]) -> None:
    first, *others = await cookies_sent(config, status=401)
    assert first == "session=s3ssion-1; a=b"
    assert set(others) == {"session=s3ssion-2; a=b"}


@SCHEMES
async def test_a_request_s_own_cookies_stay_beside_those_of_the_login(config: dict[str, Any]) -> None:
    sent = await cookies_sent(config, custom_headers={"Cookie": "theme=dark"})
    assert set(sent) == {"theme=dark; session=s3ssion-1; a=b"}


@SCHEMES
async def test_a_login_without_cookies_adds_no_cookie_header(config: dict[str, Any]) -> None:
    api = Api()
    await send(api, config)
    assert "cookie" not in api.asked[0].headers


@SCHEMES
async def test_a_login_s_cookies_are_in_no_message(config: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        await cookies_sent(config, status=404)
    assert "session=***" in str(caught.value)
    assert "s3ssion" not in str(caught.value)
