"""Nobody but the browser of whoever started the page gets anything of it."""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from builder.web.safety import MOST_BYTES, TOKEN_HEADER, Access

_PATHS = ["/", "/preview", "/archive", "/files/values.yaml", "/static/builder.js"]


async def test_the_first_address_moves_the_token_into_a_cookie_that_no_script_sees(
    stranger: httpx.AsyncClient, access: Access
) -> None:
    answer = await stranger.get(access.first_url)
    assert answer.status_code == 200
    assert access.token not in answer.text
    cookie = SimpleCookie(answer.headers["set-cookie"])[access.cookie]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (access.token, True, "strict")


async def test_the_page_is_shown_after_that(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert "Build your integration" in answer.text


@pytest.mark.parametrize("path", _PATHS)
async def test_without_the_token_there_is_nothing_to_see(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 403
    assert "the builder printed" in answer.text


async def test_a_token_of_another_start_opens_nothing(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/?token=of-another-start")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8765",
        "127.0.0.1",
        "127.0.0.1:8766",
        "localhost.evil.example:8765",
        "",
        "127.0.0.1:8765@x",
    ],
)
async def test_a_name_that_was_made_to_lead_here_is_refused(browser: httpx.AsyncClient, host: str) -> None:
    answer = await browser.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "Build your integration" not in answer.text


async def test_localhost_is_this_machine_too(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/", headers={"Host": "localhost:8765"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/connection",
        "/connection/test",
        "/import",
        "/endpoint",
        "/endpoint/fetch",
        "/choice",
        "/port",
        "/installation",
    ],
)
async def test_the_cookie_alone_posts_nothing(browser: httpx.AsyncClient, path: str) -> None:
    """A form of another page would bring the cookie at most."""
    del browser.headers[TOKEN_HEADER]
    answer = await browser.post(path, data={"baseUrl": "https://evil.example"})
    assert answer.status_code == 403
    browser.headers[TOKEN_HEADER] = "guessed"
    assert (await browser.post(path)).status_code == 403
    assert "evil.example" not in (await browser.get("/")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=["another site", "another port", "a sandboxed frame", "fetched across sites", "another local server"],
)
async def test_another_page_may_not_ask(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await browser.post("/connection", headers=headers)).status_code == 403
    assert (await browser.get("/files/values.yaml", headers=headers)).status_code == 403


async def test_the_page_s_own_origin_may_ask(browser: httpx.AsyncClient) -> None:
    own = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}
    assert (await browser.post("/connection", headers=own)).status_code == 200


async def test_more_than_a_page_may_upload_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/endpoint/paste", data={"pasted": "x" * (MOST_BYTES + 1)})
    assert answer.status_code == 413
    assert answer.text == "This is more than 32 MB: take less"


async def test_nothing_comes_from_elsewhere_and_nothing_is_cached(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    sources = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert sources
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", answer.text)


def test_each_start_has_a_token_of_its_own_that_is_not_shown() -> None:
    first, second = Access(1), Access(1)
    assert first.token != second.token
    assert len(first.token) > 30
    assert first.token not in repr(first)
