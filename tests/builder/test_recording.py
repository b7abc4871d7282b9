"""The record of the requests of a sample."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from builder.recording import MASK, Exchange
from builder.sampling import FailedRequest, fetch_next_page, fetch_sample
from rest.errors import SyncError
from tests.loopback_server import NOT_FOUND, Ending, Request, Response, serving

pytestmark = pytest.mark.process

_SECRET = "a-secret-token"
PAGES = {"type": "offset", "param_location": "body", "page_size": 5}
_PARENTS = {"endpoint": "/teams", "data_path": ".", "field": ".id"}


def _answer(request: Request) -> Response | Ending:
    match request.path:
        case "/users":
            return Response([{"id": 1}], headers={"Set-Cookie": "session=abc", "X-Total": "1"})
        case "/old":
            return Response(None, 307, {"Location": "/users"})
        case "/teams":
            return Response([{"id": "a"}, {"id": "b"}])
        case "/teams/a/users" | "/teams/b/users":
            return Response([{"id": request.path.split("/")[2]}])
        case "/monitors" if request.method == "POST":
            return Response([{"id": request.body.decode()}])
        case "/login":
            return Response({"session": _SECRET})
        case "/echo":
            return Response({"error": f"wrong token {_SECRET}"}, 403)
        case "/closed":
            return Ending.CLOSE
    return NOT_FOUND


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with serving(_answer) as url:
        yield url


def _config(url: str, **settings: Any) -> dict[str, Any]:
    return {
        "baseUrl": url,
        "authType": "bearer_token",
        "apiToken": _SECRET,
        "paginationType": "none",
    } | settings


async def test_a_sample_has_its_request_and_response(api: str) -> None:
    answer = await fetch_sample(_config(api), "/users", {"query_params": {"a": "b c"}})
    ((exchange,),) = answer.exchanges
    assert (exchange.method, exchange.url, exchange.status) == ("GET", f"{api}/users?a=b%20c", 200)
    assert exchange.content == '[{"id": 1}]'
    assert exchange.size == len(exchange.content)
    assert 0 < exchange.seconds < 60
    assert dict(exchange.headers)["authorization"] == f"Bearer {MASK}"
    assert dict(exchange.response_headers)["set-cookie"] == MASK
    assert dict(exchange.response_headers)["x-total"] == "1"
    assert _SECRET not in repr(exchange)


async def test_redirects_come_first(api: str) -> None:
    answer = await fetch_sample(_config(api), "/old", {})
    assert [each.status for each in answer.exchanges[0]] == [307, 200]


async def test_each_parent_has_its_own_request(api: str) -> None:
    selector: dict[str, Any] = {"path_parameters": {"team": _PARENTS}}
    answer = await fetch_sample(_config(api), "/teams/{team}/users", selector)
    assert [each[-1].url for each in answer.exchanges] == [f"{api}/teams/a/users", f"{api}/teams/b/users"]


async def test_a_post_request_is_matched_by_its_body(api: str) -> None:
    answer = await fetch_sample(_config(api), "/users", {"method": "POST", "body": {"page": 1}})
    assert answer.exchanges[0][-1].body == '{"page":1}'


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [("/nobody", 404, '{"error": "not found"}'), ("/echo", 403, f'{{"error": "wrong token {MASK}"}}')],
)
async def test_the_request_of_a_failed_fetch_is_kept(api: str, path: str, status: int, content: str) -> None:
    failed = FailedRequest()
    with pytest.raises(SyncError):
        await fetch_sample(_config(api), path, {}, failed)
    assert (failed.exchanges[-1].status, failed.exchanges[-1].content) == (status, content)


async def test_a_closed_connection_has_no_status(api: str) -> None:
    failed = FailedRequest()
    with pytest.raises(SyncError):
        await fetch_sample(_config(api, maxRetries="0"), "/closed", {}, failed)
    assert failed.exchanges[-1].status is None
    assert failed.exchanges[-1].error


async def test_nothing_is_recorded_if_the_settings_are_wrong(api: str) -> None:
    failed = FailedRequest()
    with pytest.raises(SyncError):
        await fetch_sample(_config(api, pageSize="many"), "/users", {}, failed)
    assert failed.exchanges == ()


async def test_the_tokens_of_a_login_are_not_recorded(api: str) -> None:
    login = f'{{"endpoint": "{api}/login", "body": {{"password": "a-password"}}}}'
    template = '{"headers": {"X-Session": "{{.session}}"}}'
    config = _config(api, authType="custom", customAuthRequest=login, customAuthRequestTemplate=template)
    failed = FailedRequest()
    await fetch_sample(config, "/users", {}, failed)
    assert dict(failed.exchanges[-1].headers)["x-session"] == MASK
    with pytest.raises(SyncError):
        await fetch_sample(
            {**config, "customAuthRequest": login.replace("/login", "/none")}, "/users", {}, failed
        )
    last: Exchange = failed.exchanges[-1]
    assert (last.is_login, last.status, last.body) == (True, 404, "")


async def test_basic_credentials_are_masked(api: str) -> None:
    config = _config(api, authType="basic", username="me", password="open sesame")
    answer = await fetch_sample(config, "/users", {})
    headers = dict(answer.exchanges[0][-1].headers)
    assert headers["authorization"] == f"Basic {MASK}"
    assert base64.b64encode(b"me:open sesame").decode() not in repr(answer.exchanges)


AQL = "find({}).offset({offset}).limit({limit})"


@pytest.mark.parametrize(
    ("selector", "sent"),
    [
        ({"body_type": "form", "body": {"q": "a b"}}, "q=a+b"),
        ({"body_type": "text", "body": AQL, "pagination": PAGES}, "find({}).offset(0).limit(5)"),
    ],
)
async def test_body_is_recorded_and_requested_again_as_it_was_sent(
    api: str, selector: dict[str, Any], sent: str
) -> None:
    answer = await fetch_sample(_config(api), "/monitors", {"method": "POST", **selector})
    page = answer.samples[0].page
    assert page
    again = await fetch_next_page(_config(api), page.request)
    assert [each.body for found in (answer, again) for each in found.exchanges[0]] == [sent, sent]
