"""Secrets do not appear in errors, their causes, log lines or files."""

import os
import stat
import traceback
from collections.abc import Callable, Iterator
from contextlib import aclosing
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from loguru import logger

from client import Limits
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError
from tests.open_files import open_files

pytestmark = pytest.mark.process

type Json = dict[str, Any]

TOKEN = "Xk7+q/9=token&made up"
ACCESS = "Zr4.Access-made_up"
CUSTOM = "Hv8/header=made:up"
PARAMETER = "Pw2 param&made=up/"
VARIABLE = "Vn6+variable,made.up"
PASSWORD = 'Qs5:pass"word/ö+made up'
TOKEN_IN_HEADER = "Xk7+q/9=token&made-up"
LOGIN = {"endpoint": "/login", "body": {"user": "amy", "password": PASSWORD}}
# Settings and secrets by authentication scheme.
SCHEMES: dict[str, tuple[Json, list[str]]] = {
    "none": ({}, []),
    "bearer_token": ({"auth_type": "bearer_token", "auth_value": TOKEN_IN_HEADER}, [TOKEN_IN_HEADER]),
    "api_key": ({"auth_type": "api_key", "api_key": TOKEN_IN_HEADER}, [TOKEN_IN_HEADER]),
    "api_key_param": ({"auth_type": "api_key", "api_key": TOKEN, "api_key_param": "key"}, [TOKEN]),
    "basic": ({"auth_type": "basic", "username": "amy", "password": PASSWORD}, [PASSWORD]),
    "oauth2": (
        {"auth_type": "oauth2", "client_id": "amy", "client_secret": PASSWORD, "token_url": "/login"},
        [PASSWORD],
    ),
    "oauth2_basic": (
        {
            "auth_type": "oauth2",
            "client_id": "amy",
            "client_secret": PASSWORD,
            "token_url": "/login",
            "token_auth": "basic",
        },
        [PASSWORD],
    ),
    "custom": (
        {
            "auth_type": "custom",
            "custom_auth_request": LOGIN,
            "custom_auth_request_template": {"headers": {"X-Session": "{{.access_token}}"}},
        },
        [PASSWORD],
    ),
}
ALWAYS = {
    "custom_headers": {"X-Own": CUSTOM, "X-Var": "${MADE_UP}"},
    "custom_query_params": {"sig": PARAMETER},
}
ALWAYS_SECRET = [CUSTOM, PARAMETER, VARIABLE]
LOGS_IN = ("oauth2", "oauth2_basic", "custom")


def reversed_lines(request: str) -> str:
    """Return a request's lines in reverse order. A message shows only the first 200 characters."""
    return "\n".join(reversed(request.splitlines()))


def echoes(reply: Any, stranger: Any) -> dict[str, Callable[[str], Any]]:
    """Return responses that repeat their request, by path."""

    def answering(make: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda request: make(reversed_lines(request))

    made: dict[str, Callable[[str], Any]] = {
        "/refused": lambda text: reply({"error": text}, 400),
        "/refused_as_text": lambda text: reply(text, 403, {"Content-Type": "text/plain"}),
        "/unauthorized": lambda text: reply({"error": text}, 401),
        "/failed": lambda text: reply({"error": text}, 500, {"Retry-After": "0"}),
        "/limited": lambda text: reply({"error": text}, 429, {"Retry-After": "0"}),
        "/page_for_people": lambda text: reply(escape(text), 200, {"Content-Type": "text/html"}),
        "/redirected": lambda text: reply({}, 302, {"Location": f"{stranger.url}/{quote(text)}"}),
        "/redirected_nowhere": lambda text: reply({}, 302, {"Location": f"http://[{quote(text)}"}),
        "/linked": lambda text: reply({"items": [{}], "next": f"{stranger.url}/?{quote(text)}"}),
        "/strange_link": lambda text: reply({"items": [{}], "next": {"link": text}}),
        "/elsewhere": lambda text: reply({text: 1}),
    }
    return {path: answering(make) for path, make in made.items()}


PATHS = tuple(echoes(None, None))


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Collect all log lines with bound values and tracebacks."""
    lines: list[str] = []
    number = logger.add(
        lambda message: lines.append(str(message)), level=0, format="{message} {extra}", diagnose=False
    )
    yield lines
    logger.remove(number)


async def failure(api: Any, path: str, config: Json) -> SyncError:
    """Return the error of an endpoint."""
    settings = Settings.from_config(
        {"base_url": api.url, "max_retries": 1, **ALWAYS, **config}, {"MADE_UP": VARIABLE}
    )
    resource = read_resource(
        path, {"data_path": ".items", "pagination": {"type": "next_link"}}, settings.pagination
    )
    async with open_extractor(settings, [resource]) as extractor:
        try:
            async for _ in extractor.batches(resource):
                pass
        except SyncError as error:
            return error
    pytest.fail(f"{path} is complete")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_secret_that_the_api_repeats_is_in_no_error_and_no_log_line(
    scheme: str, path: str, api: Any, stranger: Any, web_reply: Any, log: list[str], leaks: Any
) -> None:
    """Nor in the causes of the error, which a traceback shows."""
    config, secrets = SCHEMES[scheme]
    api.answers |= echoes(web_reply, stranger)
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    error = await failure(api, path, config)
    logger.opt(exception=error).error("failed: {}", error)
    text = "\n".join([*traceback.format_exception(error), *log])
    assert leaks("\n".join(api.requests), [*secrets, *ALWAYS_SECRET]) != []
    assert leaks(text, [*secrets, *ALWAYS_SECRET]) == []


async def test_repr_of_an_error_shows_no_secret(api: Any, web_reply: Any, leaks: Any) -> None:
    """An exception group shows its members by repr."""
    api.answers["/elsewhere"] = lambda request: web_reply({reversed_lines(request): 1})
    error = await failure(api, "/elsewhere", {})
    assert leaks(repr(error), ALWAYS_SECRET) == []


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/redirected")])
@pytest.mark.parametrize("scheme", LOGS_IN)
async def test_token_of_a_login_is_in_no_error_and_no_log_line(
    scheme: str, path: str, api: Any, stranger: Any, web_reply: Any, log: list[str], leaks: Any
) -> None:
    api.answers |= echoes(web_reply, stranger)
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    error = await failure(api, path, SCHEMES[scheme][0])
    text = "\n".join([*traceback.format_exception(error), *log])
    assert leaks("\n".join(api.requests), [ACCESS]) != []
    assert leaks(text, [ACCESS]) == []


@pytest.mark.parametrize("status", [200, 302, 400, 401, 500])
@pytest.mark.parametrize("scheme", LOGS_IN)
async def test_login_error_that_repeats_its_request_shows_no_secret(
    scheme: str, status: int, api: Any, web_reply: Any, log: list[str], leaks: Any
) -> None:
    config, secrets = SCHEMES[scheme]
    api.answers["/login"] = lambda request: web_reply({"error": reversed_lines(request)}, status)
    error = await failure(api, "/items", config)
    text = "\n".join([*traceback.format_exception(error), *log])
    assert "the login" in text
    assert leaks("\n".join(api.requests), secrets) != []
    assert leaks(text, [*secrets, *ALWAYS_SECRET]) == []


async def test_temporary_files_are_private_and_removed(api: Any, web_reply: Any, tmp_path: Path) -> None:
    """A listing shared by two resources, and a body too large for memory: no file names, and mode 0600."""
    limits = Limits(memory_bytes=1000)
    api.answers["/items"] = web_reply([{"id": number} for number in range(20_001)])
    settings = Settings.from_config({"base_url": api.url}, {})
    resources = [read_resource("/items", {}, settings.pagination) for _ in range(2)]
    async with (
        open_extractor(settings, resources, directory=tmp_path, limits=limits) as extractor,
        aclosing(extractor.batches(resources[0])) as batches,
    ):
        await anext(batches)
        files = open_files(tmp_path)
        assert len(files) == 2
        assert {stat.S_IMODE(os.stat(file).st_mode) for file in files} == {0o600}
        assert os.listdir(tmp_path) == []
    assert open_files(tmp_path) == {}
