"""Fixtures: the simulated APIs, and examples that are ready to run against them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.end_to_end.conftest import SHARED, Installation, PortSandbox, port
from tests.examples.example import SETTING, Example
from tests.servers import Command, server

__all__ = ["port"]

_EXPECTED = Path(__file__).with_name("expected")
_CONTRACTS = SHARED / "contracts"
_SMALL_PAGES = {f"{SETTING}PAGE_SIZE": "40"}


@pytest.fixture(scope="session")
def simulations() -> Iterator[str]:
    """Start the simulated APIs and yield their URL."""
    contracts = ["--contracts", str(_CONTRACTS)] if _CONTRACTS.is_dir() else []
    with server("tests.examples.simulations", *contracts) as url:
        yield url


@dataclass(frozen=True)
class Ready:
    """An example whose settings point to its simulation, with the expected entities."""

    example: Example
    port: PortSandbox
    ocean: Command
    expected: dict[str, Any]

    def installation(self, *, small_pages: bool) -> Installation:
        """Return the installation. small_pages: every listing has several pages."""
        environ = {**self.example.settings, **(_SMALL_PAGES if small_pages else {})}
        return Installation(
            self.port, self.ocean, {}, self.example.mapping, identifier=self.example.name, environ=environ
        )

    def create_blueprints(self) -> None:
        """Create the blueprints with Port's API, in the order of the file."""
        login = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = self.port.http.post("/v1/auth/access_token", json=login).json()["accessToken"]
        for blueprint in self.example.blueprints:
            answer = self.port.http.post(
                "/v1/blueprints", json=blueprint, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.is_success, answer.text

    def created(self) -> dict[str, dict[str, str]]:
        """Return the creation time of each entity, by blueprint and identifier."""
        return {
            blueprint["identifier"]: {
                identifier: entity["createdAt"]
                for identifier, entity in self.port.entities(blueprint["identifier"]).items()
            }
            for blueprint in self.example.blueprints
        }

    def refused(self) -> list[str]:
        """Return the entity requests that Port refused completely or in part."""
        requests = self.port.http.get("/_sandbox/requests").raise_for_status().json()
        return [
            f"{request['status']} {request['path']}"
            for request in requests
            if "/entities" in request["path"] and request["status"] >= httpx.codes.MULTI_STATUS
        ]


@pytest.fixture
def ready(port: PortSandbox, ocean_command: Command, simulations: str) -> Callable[[str], Ready]:
    """Return a function that completes an example. Skips the test if the API's contract is missing."""

    def fill(name: str) -> Ready:
        expected: dict[str, Any] = yaml.safe_load((_EXPECTED / f"{name}.yml").read_text(encoding="utf-8"))
        if expected.get("contract") and not _CONTRACTS.is_dir():
            pytest.skip("the folder of the simulated contracts is missing")
        filled = {text: value.replace("{SIM}", simulations) for text, value in expected["filled"].items()}
        return Ready(Example(name, filled), port, ocean_command, expected)

    return fill
