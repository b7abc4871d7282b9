"""Nobody but the browser of whoever started the page gets anything of it."""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from builder.web.entrance import Entrance
from builder.web.safety import MOST_BYTES, TOKEN_HEADER, Access

_PATHS = ["/", "/preview", "/archive", "/files/values.yaml", "/static/builder.js"]


async def test_the_first_address_is_exchanged_for_a_cookie_that_no_script_sees(
    stranger: httpx.AsyncClient, access: Access, entrance: Entrance
) -> None:
    address = entrance.address()
    answer = await stranger.get(address)
    assert answer.status_code == 200
    cookie = SimpleCookie(answer.headers["set-cookie"])[access.cookie]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (access.session, True, "strict")
    page = await stranger.get("/")
    for text in (answer.text, page.text):
        assert address.partition("=")[2] not in text
        assert access.session not in text
    assert access.token in page.text


async def test_an_address_lets_in_once(
    stranger: httpx.AsyncClient, entrance: Entrance, capsys: pytest.CaptureFixture[str]
) -> None:
    """A history, a log or an onlooker may have kept it."""
    address = entrance.address()
    (await stranger.get(address)).raise_for_status()
    printed = capsys.readouterr().out
    stranger.cookies.clear()
    again = await stranger.get(address)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "the builder printed last" in again.text
    assert capsys.readouterr().out == ""
    found = re.fullmatch(r"For another browser, or when this one was closed: (\S+)\n", printed)
    assert found
    assert found[1] != address
    (await stranger.get(found[1])).raise_for_status()
    assert (await stranger.get("/")).status_code == 200


async def test_who_is_inside_may_open_the_used_address_again(
    stranger: httpx.AsyncClient, entrance: Entrance, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a reload does, or a step back."""
    address = entrance.address()
    for _ in range(2):
        answer = await stranger.get(address)
        assert answer.status_code == 200
        assert "To the builder" in answer.text
    assert capsys.readouterr().out.count("http://") == 1


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
async def test_other_methods_use_no_address_up(
    stranger: httpx.AsyncClient, entrance: Entrance, method: str
) -> None:
    """What looks a link up before a person opens it asks so."""
    address = entrance.address()
    assert (await stranger.request(method, address)).status_code == 403
    assert (await stranger.get(address)).status_code == 200


async def test_the_cookie_is_no_token_and_the_token_no_cookie(
    browser: httpx.AsyncClient, access: Access
) -> None:
    browser.headers[TOKEN_HEADER] = access.session
    assert (await browser.post("/anew")).status_code == 403
    browser.headers[TOKEN_HEADER] = access.token
    browser.cookies.clear()
    browser.cookies.set(access.cookie, access.token)
    assert (await browser.post("/anew")).status_code == 403


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
    for each in ("token", "session"):
        assert getattr(first, each) != getattr(second, each)
        assert len(getattr(first, each)) > 30
        assert getattr(first, each) not in repr(first)
    assert first.token != first.session
