"""Credentials go only where the user sends them. A stranger records the requests that reach it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SettingsError, SyncError

pytestmark = pytest.mark.process

type Json = dict[str, Any]
type Fetch = Callable[..., Awaitable[str]]

SECRETS = {
    "auth_type": "bearer_token",
    "auth_value": "made-up-token",
    "custom_headers": '{"X-Custom": "made-up-header"}',
    "custom_query_params": '{"sig": "made-up-parameter"}',
}
# Ways to write a link. `stranger` and `api` are host and port. `port` is the stranger's.
LINKS = {
    "another port": "http://{stranger}/x",
    "upper case": "HTTP://{stranger}/x",
    "no scheme": "//{stranger}/x",
    "backslashes": r"\\{stranger}\x",
    "a slash and a backslash": r"/\{stranger}/x",
    "backslashes after the scheme": r"http:\\{stranger}\x",
    "three slashes": "http:///{stranger}/x",
    "one slash": "http:/{stranger}/x",
    "no slash": "http:{stranger}/x",
    "user name": "http://{api}@{stranger}/x",
    "user name and password": "http://user:{api}@{stranger}/x",
    "backslash in the user name": r"http://{api}\@{stranger}/x",
    "question mark in the user name": "http://{api}?@{stranger}/x",
    "number sign in the user name": "http://{api}#@{stranger}/x",
    "encoded at sign": "http://{api}%40{stranger}/x",
    "at sign alone": "@{stranger}/x",
    "dots and slashes": "/..//{stranger}/x",
    "spaces around": "  http://{stranger}/x  ",
    "tab in the scheme": "ht\ttp://{stranger}/x",
    "line break in the host": "http://{api}\n@{stranger}/x",
    "null in the host": "http://{api}\0@{stranger}/x",
    "wide digits": "http://\uff11\uff12\uff17.0.0.1:{port}/x",
    "wide dots": "http://127\u30020\u30020\u30021:{port}/x",
    "host as a number": "http://2130706433:{port}/x",
    "octal host": "http://0177.0.0.1:{port}/x",
    "short host": "http://127.1:{port}/x",
    "host in IPv6": "http://[::ffff:127.0.0.1]:{port}/x",
    "another name": "http://localhost:{port}/x",
    "circled letters": "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/x",
    "dot behind the name": "http://localhost.:{port}/x",
    "zeros before the port": "http://127.0.0.1:00{port}/x",
    "international name": "http://exämple.example:{port}/x",
    "another scheme": "ftp://{stranger}/x",
    "https": "https://{stranger}/x",
    "a file": "file:///etc/hostname",
}
HEADERS = {name: link for name, link in LINKS.items() if link.isprintable()}


@pytest.fixture
def fetch(api: Any, tmp_path: Any) -> Fetch:
    """Return a function that reads an endpoint of the API to its end and returns its error."""

    async def fetch(kind: str, selector: Json, **config: Any) -> str:
        settings = Settings.from_config({"base_url": api.url, "max_retries": 0, **SECRETS, **config}, {})
        try:
            resource = read_resource(kind, selector, settings.pagination)
            async with open_extractor(settings, [resource], directory=tmp_path) as extractor:
                async for _ in extractor.batches(resource):
                    pass
        except (SyncError, ExceptionGroup) as error:
            return str(error)
        return ""

    return fetch


def written(link: str, api: Any, stranger: Any) -> str:
    return link.format(stranger=stranger.place, api=api.place, port=stranger.place.partition(":")[2])


def have_credentials(requests: list[str]) -> list[bool]:
    """Return for each request whether it has the credentials."""
    return ["made-up-token" in text and "made-up-header" in text for text in requests]


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
async def test_link_in_a_body_sends_no_credential_elsewhere(
    link: str, api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    api.answers["/items"] = web_reply({"items": [{"id": 1}], "next": written(link, api, stranger)})
    await fetch("/items", {"data_path": ".items", "pagination": {"type": "next_link"}})
    assert have_credentials(api.requests)[0]
    assert stranger.requests == []


@pytest.mark.parametrize("link", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("header", ["Link", "X-Next", "Location"])
async def test_link_in_a_header_sends_no_credential_elsewhere(
    header: str, link: str, api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    target = written(link, api, stranger)
    head = {header: f'<{target}>; rel="next"' if header == "Link" else target}
    api.answers["/items"] = web_reply([{"id": 1}], 302 if header == "Location" else 200, head)
    pagination = {"type": "header_link"}
    if header == "X-Next":
        pagination = {"type": "next_link", "next_link_header": header}
    await fetch("/items", {"pagination": pagination})
    assert have_credentials(api.requests)[0]
    assert stranger.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_redirect_sends_no_credential_elsewhere(
    status: int, method: str, api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    api.answers["/items"] = web_reply({}, status, {"Location": f"{stranger.url}/x"})
    message = await fetch(
        "/items", {"method": method, "body": {"token": "made-up"} if method == "POST" else None}
    )
    assert "is not a trusted origin" in message
    assert stranger.requests == []


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("where", ["kind", "endpoint"])
async def test_path_that_is_a_url_stays_below_the_base_url(
    where: str, link: str, api: Any, stranger: Any, fetch: Fetch
) -> None:
    path = written(link, api, stranger).replace("{", "").replace("}", "")
    if where == "kind":
        await fetch(path, {})
    else:
        await fetch("/x/{id}", {"path_parameters": {"id": {"endpoint": path, "field": ".id"}}})
    assert stranger.requests == []


@pytest.mark.parametrize("kind", ["/{id}", "{id}", "/{+id}", "{+id}", "/a/{+id}/b", "/a?b={id}"])
async def test_path_value_that_is_a_url_stays_below_the_base_url(
    kind: str, api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    api.answers["/parents"] = web_reply([{"id": written(link, api, stranger)} for link in LINKS.values()])
    await fetch(kind, {"path_parameters": {"id": {"endpoint": "/parents", "field": ".id"}}})
    # {+id} alone is a whole URL. Those of another origin are refused, the others are requested.
    fewest = 10 if kind == "{+id}" else len(LINKS) / 2
    assert len(api.requests) > fewest
    assert all(have_credentials(api.requests))
    assert stranger.requests == []


async def test_trusted_origin_receives_the_credentials(
    api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    """This proves that the stranger would record them."""
    api.answers["/items"] = web_reply({"items": [{"id": 1}], "next": f"{stranger.url}/x"})
    stranger.answers["/x"] = web_reply({"items": [{"id": 2}], "next": None})
    message = await fetch(
        "/items",
        {"data_path": ".items", "pagination": {"type": "next_link"}},
        trusted_origins=[stranger.url.upper()],
    )
    assert message == ""
    assert have_credentials(stranger.requests) == [True]


OAUTH2 = {"auth_type": "oauth2", "client_id": "made-up-client", "client_secret": "made-up-secret"}


async def test_token_url_of_another_origin_receives_only_the_client_credentials(
    api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    stranger.answers["/token"] = web_reply({"access_token": "made-up-access"})
    api.answers["/items"] = web_reply([])
    message = await fetch("/items", {}, **OAUTH2, token_url=f"{stranger.url}/token")
    assert message == ""
    assert len(stranger.requests) == 1
    assert "made-up-secret" in stranger.requests[0]
    assert [name for name in ("made-up-header", "made-up-parameter") if name in stranger.requests[0]] == []
    assert "made-up-access" in api.requests[0]
    assert "made-up-secret" not in api.requests[0]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("scheme", ["oauth2", "custom"])
async def test_redirect_of_a_login_is_not_followed(
    scheme: str, status: int, api: Any, stranger: Any, web_reply: Any, fetch: Fetch
) -> None:
    api.answers["/login"] = web_reply({}, status, {"Location": f"{stranger.url}/login"})
    config: Json = {**OAUTH2, "token_url": "/login"}
    if scheme == "custom":
        config = {
            "auth_type": "custom",
            "custom_auth_request": {"endpoint": "/login", "body": {"password": "made-up-secret"}},
            "custom_auth_request_template": {"headers": {"X-Token": "{{.token}}"}},
        }
    message = await fetch("/items", {}, **config)
    assert f"the login: status {status}" in message
    assert stranger.requests == []


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
async def test_custom_login_never_reaches_another_origin(
    link: str, api: Any, stranger: Any, fetch: Fetch
) -> None:
    """A URL of another origin stops the start. Other values are paths of the API."""
    message = ""
    try:
        await fetch(
            "/items",
            {},
            auth_type="custom",
            custom_auth_request={"endpoint": written(link, api, stranger), "body": {"password": "made-up"}},
            custom_auth_request_template={"headers": {"X-Token": "{{.token}}"}},
        )
    except SettingsError as error:
        message = str(error)
    assert message == "" or "has a different origin than baseUrl" in message
    assert stranger.requests == []
