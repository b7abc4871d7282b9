"""Secrets stay where they are: in no error, whatever it is caused by, in no log line, in no file."""

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
# By scheme: its settings, and its secrets.
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


def told_back(asked: str) -> str:
    """A request, with what stands last in it first: a message shows 200 letters."""
    return "\n".join(reversed(asked.splitlines()))


def echoes(reply: Any, stranger: Any) -> dict[str, Callable[[str], Any]]:
    """Answers that repeat what they were asked, by the path that gives them."""

    def answering(make: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda asked: make(told_back(asked))

    made: dict[str, Callable[[str], Any]] = {
        "/refused": lambda told: reply({"error": told}, 400),
        "/refused_as_text": lambda told: reply(told, 403, {"Content-Type": "text/plain"}),
        "/unauthorized": lambda told: reply({"error": told}, 401),
        "/failed": lambda told: reply({"error": told}, 500, {"Retry-After": "0"}),
        "/limited": lambda told: reply({"error": told}, 429, {"Retry-After": "0"}),
        "/page_for_people": lambda told: reply(escape(told), 200, {"Content-Type": "text/html"}),
        "/redirected": lambda told: reply({}, 302, {"Location": f"{stranger.url}/{quote(told)}"}),
        "/redirected_nowhere": lambda told: reply({}, 302, {"Location": f"http://[{quote(told)}"}),
        "/linked": lambda told: reply({"items": [{}], "next": f"{stranger.url}/?{quote(told)}"}),
        "/strange_link": lambda told: reply({"items": [{}], "next": {"link": told}}),
        "/elsewhere": lambda told: reply({told: 1}),
    }
    return {path: answering(make) for path, make in made.items()}


PATHS = tuple(echoes(None, None))


@pytest.fixture
def log() -> Iterator[list[str]]:
    """All that is logged, with what is bound to it and with tracebacks."""
    lines: list[str] = []
    number = logger.add(
        lambda message: lines.append(str(message)), level=0, format="{message} {extra}", diagnose=False
    )
    yield lines
    logger.remove(number)


async def failure(api: Any, path: str, config: Json) -> SyncError:
    """What an endpoint fails with."""
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
    """Nor in what caused the error, which a traceback shows."""
    config, secrets = SCHEMES[scheme]
    api.answers |= echoes(web_reply, stranger)
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    error = await failure(api, path, config)
    logger.opt(exception=error).error("failed: {}", error)
    told = "\n".join([*traceback.format_exception(error), *log])
    assert leaks("\n".join(api.requests), [*secrets, *ALWAYS_SECRET]) != []
    assert leaks(told, [*secrets, *ALWAYS_SECRET]) == []


async def test_error_s_own_name_for_itself_shows_no_secret(api: Any, web_reply: Any, leaks: Any) -> None:
    """As a group of errors shows those in it."""
    api.answers["/elsewhere"] = lambda asked: web_reply({told_back(asked): 1})
    error = await failure(api, "/elsewhere", {})
    assert leaks(repr(error), ALWAYS_SECRET) == []


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/redirected")])
@pytest.mark.parametrize("scheme", LOGS_IN)
async def test_token_that_a_login_gave_is_in_no_error_and_no_log_line(
    scheme: str, path: str, api: Any, stranger: Any, web_reply: Any, log: list[str], leaks: Any
) -> None:
    api.answers |= echoes(web_reply, stranger)
    api.answers["/login"] = web_reply({"access_token": ACCESS})
    error = await failure(api, path, SCHEMES[scheme][0])
    told = "\n".join([*traceback.format_exception(error), *log])
    assert leaks("\n".join(api.requests), [ACCESS]) != []
    assert leaks(told, [ACCESS]) == []


@pytest.mark.parametrize("status", [200, 302, 400, 401, 500])
@pytest.mark.parametrize("scheme", LOGS_IN)
async def test_login_that_repeats_what_it_was_sent_is_shown_without_it(
    scheme: str, status: int, api: Any, web_reply: Any, log: list[str], leaks: Any
) -> None:
    config, secrets = SCHEMES[scheme]
    api.answers["/login"] = lambda asked: web_reply({"error": told_back(asked)}, status)
    error = await failure(api, "/items", config)
    told = "\n".join([*traceback.format_exception(error), *log])
    assert "the login" in told
    assert leaks("\n".join(api.requests), secrets) != []
    assert leaks(told, [*secrets, *ALWAYS_SECRET]) == []


async def test_what_is_kept_on_disk_is_for_nobody_else_and_gone_afterwards(
    api: Any, web_reply: Any, tmp_path: Path
) -> None:
    """A listing that two resources share, and a body too large for memory: no names, and mode 0600."""
    limits = Limits(memory_bytes=1000)
    api.answers["/items"] = web_reply([{"id": number} for number in range(1001)])
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
