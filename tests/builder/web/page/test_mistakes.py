"""Mistakes of users on the page: the first line says what is wrong, the second what to do."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.loopback_server import Request, Response, serving

pytestmark = pytest.mark.process

type Steps = list[tuple[str, Mapping[str, str]]]

_CONNECTION = {"baseUrl": "{api}", "authType": "none", "paginationType": "auto", "verifySsl": "true"}
_USERS = {"number": "1", "kind": "/users"}
_CONNECTED: Steps = [("/connection", _CONNECTION)]
_SAMPLED: Steps = [*_CONNECTED, ("/endpoint/fetch", _USERS)]
_RELATED: Steps = [*_SAMPLED, ("/choice/relation", {"number": "1"})]
_RELATION = {"number": "1", "own-relation-0-name": "team", "own-relation-0-expression": ".team"}
_PORT = {"client_id": "sandbox", "client_secret": "sandbox"}


def _api(request: Request) -> Response:
    """Answer as an API with one listing and a login page."""
    if request.path == "/users" and request.headers.get("Authorization") == "Bearer wrong":
        return Response({"message": "Bad credentials"}, 401)
    if request.path == "/users":
        return Response([{"id": 1, "team": "a"}, {"id": 2, "team": "a"}])
    if request.path == "/login":
        return Response("<!DOCTYPE html><title>Sign in</title>", 200, {"Content-Type": "text/html"})
    return Response({"message": "No such path"}, 404)


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """Starts the API and returns its address."""
    with serving(_api) as address:
        yield address


def _test(base_url: str) -> Steps:
    return [("/connection/test", {**_CONNECTION, "baseUrl": base_url})]


def _fetch(kind: str) -> Steps:
    return [*_CONNECTED, ("/endpoint/fetch", {"number": "1", "kind": kind})]


def _port(url: str, secret: str) -> Steps:
    inputs = {"region": "other", "port_base_url": url}
    return [*_SAMPLED, ("/installation", inputs), ("/port/review", {**_PORT, "client_secret": secret})]


_WRONG_TOKEN = {**_CONNECTION, "authType": "bearer_token", "apiToken": "wrong"}

# The posted forms, the input to correct, and words of the two lines.
_MISTAKES: dict[str, tuple[Steps, str, str, str]] = {
    "URL without a scheme": (_test("api.example.com"), "baseUrl", "got 'api.example.com'", "https://"),
    "URL of another scheme": (_test("ftp://a.example"), "baseUrl", "got 'ftp://a.example'", "https://"),
    "https for plain http": (_test("{tls}"), "baseUrl", "does not speak TLS", "write http:// in baseUrl"),
    "unknown host": (_test("http://a.invalid"), "baseUrl", "a.invalid is not found", "Check the spelling"),
    "refused port": (_test("http://127.0.0.1:9"), "baseUrl", "nothing listens at", "host and port"),
    "wrong token": (
        [("/connection", _WRONG_TOKEN), ("/endpoint/fetch", _USERS)],
        "apiToken",
        "Bad credentials (status 401",
        "Check authType and its secret",
    ),
    "URL as a path": (_fetch("{api}/users"), "kind", "a URL instead of a path", "the part after the base"),
    "path with a typo": (_fetch("/user"), "kind", "No such path (status 404", "Check baseUrl and the kind"),
    "web page": (_fetch("/login"), "kind", "a web page with the title 'Sign in'", "not a web page"),
    "placeholder without values": (
        _fetch("/teams/{team}/users"),
        "p-team-endpoint",
        "Its values are not known",
        "Enter the endpoint that lists them",
    ),
    "pasted text that is not JSON": (
        [("/endpoint", _USERS), ("/endpoint/paste", {**_USERS, "pasted": '{"a": [1,}'})],
        "pasted",
        "the response is not JSON",
        "line 1 column 10",
    ),
    "items that do not exist": (
        [*_SAMPLED, ("/choice/items", {"number": "1", "data_path-choice": "own", "data_path": ".data"})],
        "data_path",
        "cannot read .data of a list",
        "Correct data_path",
    ),
    "jq that is cut off": (
        [*_SAMPLED, ("/choice", {"number": "1", "identifier-choice": "own", "identifier": ".id |"})],
        "identifier",
        "Invalid jq: syntax error",
        "where it is marked",
    ),
    "identifier that is not unique": (
        [*_SAMPLED, ("/choice", {"number": "1", "identifier-choice": "own", "identifier": ".team"})],
        "identifier",
        "Duplicate identifier 'a'",
        "Choose a field that is unique",
    ),
    "illegal blueprint": (
        [*_SAMPLED, ("/choice", {"number": "1", "blueprint": "my user"})],
        "blueprint",
        "Invalid characters: ' '",
        "Enter another identifier",
    ),
    "relation to nothing": (
        [*_RELATED, ("/choice", _RELATION)],
        "own-relation-0-target",
        "The relation has no target",
        "Enter the identifier of a blueprint",
    ),
    "interval in words": (
        [("/installation", {"resync_minutes": "soon"})],
        "resync_minutes",
        "not a number of minutes",
        "Enter a whole number",
    ),
    "wrong secret of Port": (_port("{port}", "wrong"), "client_secret", "Port returned 401", "Settings >"),
    "URL that is not of Port": (
        _port("{api}", "sandbox"),
        "port_base_url",
        "Port returned 404",
        "Correct the URL",
    ),
}


@pytest.mark.parametrize(("steps", "field", "first", "second"), _MISTAKES.values(), ids=_MISTAKES)
async def test_a_mistake_is_told_beside_its_input(
    browser: httpx.AsyncClient,
    api: str,
    port_server: str,
    steps: Steps,
    field: str,
    first: str,
    second: str,
) -> None:
    known = {"api": api, "tls": api.replace("http:", "https:"), "port": port_server}
    for path, inputs in steps:
        answer = (await browser.post(path, data=_filled_in(inputs, known))).raise_for_status().text
    lines = _lines(answer, field) or _lines((await browser.get("/overview")).text, field)
    assert len(lines) == 2, answer
    assert first in lines[0]
    assert second in lines[1]


def _filled_in(inputs: Mapping[str, str], known: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs with the addresses of the servers."""
    filled = {}
    for name, text in inputs.items():
        for key, address in known.items():
            text = text.replace(f"{{{key}}}", address)  # noqa: PLW2901
        filled[name] = text
    return filled


def _lines(answer: str, field: str) -> list[str]:
    """Return the lines of the issue of an input."""
    for entry in re.findall(r"<li>(.*?)</li>", answer, re.DOTALL):
        if f'href="#{field}"' in entry and 'class="advice"' in entry:
            text, _, advice = entry.partition("</a>")[2].partition('<span class="advice">')
            return [html.unescape(re.sub(r"<[^>]*>", "", each)).strip(": ") for each in (text, advice)]
    return []
