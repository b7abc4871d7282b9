"""Fixtures: the simulated APIs, and examples that are ready to run against them."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.end_to_end.conftest import SHARED, Installation, PortSandbox, port
from tests.examples.example import SETTING, Example
from tests.keys import private_key_pem, public_key_pem
from tests.servers import Command, server
from tests.tls_authority import Authority

__all__ = ["port"]

_EXPECTED = Path(__file__).with_name("expected")
_CONTRACTS = SHARED / "contracts"
_SMALL_PAGES = {f"{SETTING}PAGE_SIZE": "40"}


@pytest.fixture(scope="session")
def simulations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the simulated APIs and yield their URL."""
    contracts = ["--contracts", str(_CONTRACTS)] if _CONTRACTS.is_dir() else []
    key = tmp_path_factory.mktemp("keys") / "public.pem"
    key.write_text(public_key_pem(), encoding="utf-8")
    with server("tests.examples.simulations", *contracts, "--public-key", str(key)) as url:
        yield url


@pytest.fixture(scope="session")
def secure_simulations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start the simulated APIs with TLS and client certificates. Yield what an example needs for them."""
    folder, authority = tmp_path_factory.mktemp("tls"), Authority()
    server_side, client = authority.issue("server"), authority.issue("client")
    (folder / "server.pem").write_text(server_side.key + server_side.certificate)
    (folder / "clients.pem").write_text(authority.pem)
    pems = {
        "{CLIENT_CERTIFICATE}": client.certificate,
        "{CLIENT_KEY}": client.key,
        "{CA_CERTIFICATE}": authority.pem,
    }
    with server("tests.examples.simulations", "--tls", str(folder)) as url:
        encoded = {name: b64encode(pem.encode()).decode() for name, pem in pems.items()}
        yield {"{TLS}": url.replace("http://", "https://"), **encoded}


def _keys(token_url: str) -> dict[str, str]:
    """Return the keys of examples that sign tokens, on one line as in a settings file."""
    google = {
        "type": "service_account",
        "private_key_id": "example-key-id",
        "private_key": private_key_pem(),
        "client_email": "sync@example.iam.gserviceaccount.com",
        "token_uri": token_url,
    }
    return {"[PRIVATE_KEY]": private_key_pem().replace("\n", "\\n"), "[GOOGLE_KEY]": json.dumps(google)}


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
def filled(simulations: str, request: pytest.FixtureRequest) -> Callable[[str], Example]:
    """Return a function that fills in an example. Skips the test if the API's contract is missing."""

    def fill(name: str) -> Example:
        expected = _expected(name)
        if expected.get("contract") and not _CONTRACTS.is_dir():
            pytest.skip("the folder of the simulated contracts is missing")
        keys = _keys(f"{simulations}/google-cloud/token")
        filled = {text: keys.get(value, value) for text, value in expected["filled"].items()}
        filled = {text: value.replace("{SIM}", simulations) for text, value in filled.items()}
        if any(value.startswith("{") for value in expected["filled"].values()):
            for part, value in request.getfixturevalue("secure_simulations").items():
                filled = {text: each.replace(part, value) for text, each in filled.items()}
        return Example(name, filled)

    return fill


@pytest.fixture
def ready(
    port: PortSandbox, ocean_command: Command, filled: Callable[[str], Example]
) -> Callable[[str], Ready]:
    """Return a function that completes an example."""
    return lambda name: Ready(filled(name), port, ocean_command, _expected(name))


def _expected(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = yaml.safe_load((_EXPECTED / f"{name}.yml").read_text(encoding="utf-8"))
    return expected
