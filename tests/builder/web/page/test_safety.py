"""Only the browser of the user who started the builder has access to the page."""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from builder.web.page.entrance import Entrance
from builder.web.page.safety import MAX_BYTES, TOKEN_HEADER, Access

_PATHS = ["/", "/preview", "/archive", "/files/values.yaml", "/static/builder.js"]


async def test_an_address_is_exchanged_for_a_cookie_that_scripts_cannot_read(
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


async def test_an_address_works_once(
    stranger: httpx.AsyncClient, entrance: Entrance, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be in a browser history or a log."""
    address = entrance.address()
    (await stranger.get(address)).raise_for_status()
    printed = capsys.readouterr().out
    stranger.cookies.clear()
    again = await stranger.get(address)
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert "the last address that the builder printed" in again.text
    assert capsys.readouterr().out == ""
    found = re.fullmatch(r"To open the builder in another browser: (\S+)\n", printed)
    assert found
    assert found[1] != address
    (await stranger.get(found[1])).raise_for_status()
    assert (await stranger.get("/")).status_code == 200


async def test_an_admitted_browser_may_open_a_used_address_again(
    stranger: httpx.AsyncClient, entrance: Entrance, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reload or a step back does so."""
    address = entrance.address()
    for _ in range(2):
        answer = await stranger.get(address)
        assert answer.status_code == 200
        assert "Open the builder" in answer.text
    assert capsys.readouterr().out.count("http://") == 1


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
async def test_other_methods_do_not_use_up_an_address(
    stranger: httpx.AsyncClient, entrance: Entrance, method: str
) -> None:
    """Link previews send such requests before the user opens the link."""
    address = entrance.address()
    assert (await stranger.request(method, address)).status_code == 403
    assert (await stranger.get(address)).status_code == 200


async def test_cookie_and_token_are_not_interchangeable(browser: httpx.AsyncClient, access: Access) -> None:
    browser.headers[TOKEN_HEADER] = access.session
    assert (await browser.post("/anew")).status_code == 403
    browser.headers[TOKEN_HEADER] = access.token
    browser.cookies.clear()
    browser.cookies.set(access.cookie, access.token)
    assert (await browser.post("/anew")).status_code == 403


async def test_an_admitted_browser_sees_the_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert "Build your integration" in answer.text


@pytest.mark.parametrize("path", _PATHS)
async def test_nothing_is_available_without_a_token(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 403
    assert "the builder printed" in answer.text


async def test_a_token_of_another_start_is_rejected(stranger: httpx.AsyncClient) -> None:
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
async def test_a_foreign_host_name_is_rejected(browser: httpx.AsyncClient, host: str) -> None:
    answer = await browser.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert "Build your integration" not in answer.text


async def test_localhost_is_accepted(browser: httpx.AsyncClient) -> None:
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
async def test_a_post_request_needs_the_token(browser: httpx.AsyncClient, path: str) -> None:
    """A form on another page can send the cookie at most."""
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
async def test_requests_from_other_pages_are_rejected(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await browser.post("/connection", headers=headers)).status_code == 403
    assert (await browser.get("/files/values.yaml", headers=headers)).status_code == 403


async def test_requests_from_the_page_itself_are_accepted(browser: httpx.AsyncClient) -> None:
    own = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}
    assert (await browser.post("/connection", headers=own)).status_code == 200


async def test_a_large_upload_is_rejected(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/endpoint/paste", data={"pasted": "x" * (MAX_BYTES + 1)})
    assert answer.status_code == 413
    assert answer.text == "The upload exceeds 32 MB. Use a smaller sample"


async def test_everything_comes_from_this_server_and_nothing_is_cached(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    sources = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert sources
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", answer.text)


def test_each_start_has_its_own_secrets_which_its_repr_hides() -> None:
    first, second = Access(1), Access(1)
    for each in ("token", "session"):
        assert getattr(first, each) != getattr(second, each)
        assert len(getattr(first, each)) > 30
        assert getattr(first, each) not in repr(first)
    assert first.token != first.session
