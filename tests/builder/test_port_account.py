"""The client of Port's API, against the sandbox."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from builder.port_account import (
    Credentials,
    PortAccount,
    PortError,
    integration_datasource,
    open_account,
)

CREDENTIALS = Credentials("sandbox", "sandbox", "http://localhost:3010")
TASK: dict[str, Any] = {
    "identifier": "task",
    "title": "Task",
    "schema": {"properties": {"name": {"type": "string"}}},
}


def request(mapping: dict[str, Any]) -> dict[str, Any]:
    return {
        "installationId": "mine",
        "installationAppType": "custom",
        "version": "0.1.0",
        "changelogDestination": {},
        "config": mapping,
    }


@pytest.fixture
async def account(port: httpx.ASGITransport) -> AsyncIterator[PortAccount]:
    async with open_account(CREDENTIALS, port) as account:
        yield account


async def test_a_blueprint_is_created_read_and_changed(account: PortAccount) -> None:
    assert await account.blueprint("task") is None
    await account.create_blueprint(TASK)
    await account.change_blueprint("task", {"title": "Work"})
    found = await account.blueprint("task")
    assert found
    assert (found["title"], list(found["schema"]["properties"])) == ("Work", ["name"])


async def test_an_error_has_the_message_of_port(account: PortAccount) -> None:
    await account.create_blueprint(TASK)
    with pytest.raises(PortError, match=r"Port returned 409: .*task"):
        await account.create_blueprint(TASK)


async def test_an_integration_is_stored_with_its_mapping_and_changed(account: PortAccount) -> None:
    assert await account.integration("mine") is None
    await account.store_integration(request({"resources": []}))
    entity = {"mappings": {"identifier": ".id", "blueprint": '"task"'}}
    resource = {"kind": "/tasks", "selector": {"query": "true"}, "port": {"entity": entity}}
    await account.store_integration(request({"resources": [resource]}))
    found = await account.integration("mine")
    assert found
    assert [each["kind"] for each in found["config"]["resources"]] == ["/tasks"]


async def test_entities_of_an_integration_are_read_page_by_page(
    account: PortAccount, port: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.port_account._PAGE_SIZE", 2)
    await account.create_blueprint(TASK)
    async with httpx.AsyncClient(transport=port, base_url="http://localhost:3010") as http:
        for agent, names in (("mine", "abcde"), ("other", "xy")):
            header = {
                "Authorization": account._http.headers["Authorization"],
                "User-Agent": f"port-ocean/custom/0.1.0/{agent}/exporter",
            }
            body = {"entities": [{"identifier": name} for name in names]}
            answer = await http.post(
                "/v1/blueprints/task/entities/bulk?upsert=true", json=body, headers=header
            )
            answer.raise_for_status()
    rules = integration_datasource("mine", "custom")
    found = [entity["identifier"] async for entity in account.entities("task", rules)]
    assert sorted(found) == list("abcde")


async def test_wrong_credentials_are_an_error_with_a_hint(port: httpx.ASGITransport) -> None:
    with pytest.raises(PortError, match="Check the client ID and client secret") as caught:
        async with open_account(Credentials("sandbox", "wr0ng-secret", CREDENTIALS.base_url), port):
            pass
    assert "wr0ng" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.getport.io",
        "http://api.getport.io",
        "ftp://localhost",
        "https://",
        "http://x:y",
        "https://a b",
    ],
)
async def test_credentials_are_sent_unencrypted_to_loopback_only(address: str) -> None:
    with pytest.raises(PortError, match="not a valid URL of Port's API"):
        async with open_account(Credentials("a", "b", address)):
            pass


async def test_a_connection_error_names_the_host() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(PortError, match=r"cannot reach Port at https://api\.getport\.io \(ConnectError"):
        async with open_account(Credentials("a", "b"), httpx.MockTransport(refuse)):
            pass


async def test_a_response_that_is_not_from_port_is_an_error() -> None:
    page = httpx.MockTransport(lambda _request: httpx.Response(200, text="<html>"))
    with pytest.raises(PortError, match="is not Port's API: it returned 200"):
        async with open_account(Credentials("a", "b"), page):
            pass


def test_the_repr_of_credentials_has_no_secret() -> None:
    assert "s3cret" not in repr(Credentials("id", "s3cret"))
