"""Parsers for the printed texts, by the rules of their real readers, and the sandbox of Port."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import httpx
import pytest

from builder.draft import Blueprint, Draft, Property, Relation, Source
from rest.bodies import Json
from tests.helm.chart import setting_variables
from tests.servers import client_of, server

type Read = Callable[[str], Any]


@pytest.fixture(scope="session")
def run_printed() -> Callable[[str, str], list[list[str]]]:
    """Returns the arguments of each call of a program when bash runs the commands."""

    def run(commands: str, program: str) -> list[list[str]]:
        told = f"{program}() {{ printf '%s\\0' \"$@\"; printf '\\0\\0'; }}\n"
        words = ["bash", "--norc", "-c", told + commands]
        done = subprocess.run(words, capture_output=True, check=True, cwd="/", env={"LC_ALL": "C.UTF-8"})
        calls = done.stdout.decode().split("\0\0\0")[:-1]
        return [call.split("\0") for call in calls]

    return run


class _SetLine:
    """Parses `a.b=value` by the rules of Helm's --set and related options."""

    def __init__(self, text: str) -> None:
        self._left = text

    def until(self, stops: str) -> tuple[str, str]:
        """Return the text before the next stop character, and the stop. A backslash escapes a character."""
        found = ""
        while self._left:
            letter, self._left = self._left[0], self._left[1:]
            if letter in stops:
                return found, letter
            if letter == "\\":
                letter, self._left = self._left[:1], self._left[1:]
            found += letter
        return found, ""

    def path(self) -> list[str]:
        """Return the names before the `=`."""
        names = []
        while True:
            name, stop = self.until("=.[,")
            assert stop in ("=", "."), f"{name!r} is followed by {stop!r}"
            names.append(name)
            if stop == "=":
                return names

    def text(self) -> str:
        """Return the value, which must be a single one."""
        assert not self._left.startswith("{"), "a list"
        text, stop = self.until(",")
        assert not stop, "a second value"
        return text

    def json(self) -> Any:
        """Return the value of --set-json. Numbers are doubles, and null removes a name."""
        return json.loads(
            self._left,
            parse_int=float,
            object_pairs_hook=lambda pairs: {name: value for name, value in pairs if value is not None},
        )


def _typed(text: str) -> Any:
    word = text.casefold()
    if word in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[word]
    is_number = re.fullmatch(r"0|[+-][0-9]+|[1-9][0-9]*", text)
    return int(text) if is_number and -(2**63) <= int(text) < 2**63 else text


def _put(whole: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        whole = whole.setdefault(name, {})
    whole[path[-1]] = value


@pytest.fixture(scope="session")
def helm_values() -> Callable[[list[str]], dict[str, Any]]:
    """Returns Helm's values for the options of a command."""

    def read(words: list[str]) -> dict[str, Any]:
        whole: dict[str, Any] = {}
        for option, text in pairwise(words):
            line = _SetLine(text)
            if option == "--set":
                _put(whole, line.path(), _typed(line.text()))
            elif option == "--set-string":
                _put(whole, line.path(), line.text())
            elif option == "--set-json":
                _put(whole, line.path(), line.json())
        return whole

    return read


@pytest.fixture(scope="session")
def chart_variables() -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """Returns the variables that the port-ocean chart creates from values."""

    return lambda values: setting_variables(values["integration"])


@pytest.fixture(scope="session")
def docker_env_file() -> Read:
    """Returns the variables that Docker reads from an env file."""

    def read(content: str) -> dict[str, str]:
        variables = {}
        for each in content.split("\n"):
            line = each.removesuffix("\r").lstrip()
            if line and not line.startswith("#"):
                name, equals, value = line.partition("=")
                assert equals, f"{name} is taken from the environment"
                assert name.strip(), "a variable without a name"
                assert not re.search(r"\s", name), f"{name!r} has white space"
                variables[name] = value
        return variables

    return read


@pytest.fixture(scope="session")
def port_server() -> Iterator[httpx.Client]:
    """A client of the sandbox of Port, with a token."""
    with server("sandbox.port_api") as url, client_of(url) as http:
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = http.post("/v1/auth/access_token", json=credentials).raise_for_status().json()["accessToken"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


@pytest.fixture
def port(port_server: httpx.Client) -> httpx.Client:
    """An empty sandbox."""
    port_server.post("/_sandbox/reset").raise_for_status()
    return port_server


@pytest.fixture(scope="session")
def sample_url() -> Iterator[str]:
    """The sample company's API."""
    with server("sandbox.sample_api") as url:
        yield url


@pytest.fixture(scope="session")
def draft() -> Draft:
    """A draft with circular relations between users and projects."""
    user = Blueprint(
        "sampleUser",
        "User",
        "User",
        (
            Property("email", ".email", title="Email", format="email"),
            Property("active", ".is_active", "boolean"),
        ),
        (Relation("favourite", "sampleProject", ".favourite_project", "Favourite project"),),
    )
    project = Blueprint(
        "sampleProject",
        "Project",
        properties=(Property("budget", ".budget_amount", "number"),),
        relations=(Relation("owner", "sampleUser", ".owner.id", "Owner"),),
    )
    settings: dict[str, Json] = {
        "baseUrl": "https://api.yourcompany.com",
        "authType": "bearer_token",
        "authValue": "sample-token",
        "paginationType": "page",
        "pageSize": 50,
    }
    sources = (
        Source("/api/v1/users", user, ".id", ".name", {"data_path": ".users"}),
        Source("/api/v1/projects", project, ".project_id", None, {"data_path": ".data.projects"}),
    )
    return Draft(settings, sources)


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment of this process without Ocean's variables."""
    return {
        name: text for name, text in os.environ.items() if not name.startswith(("OCEAN__", "APPLICATION__"))
    }
