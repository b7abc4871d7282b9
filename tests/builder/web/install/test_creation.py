"""Creation of blueprints and mapping in a sandbox of Port."""

from dataclasses import replace

import httpx
import pytest

from builder.draft import Blueprint, Draft, Property, Source
from builder.port_account import Credentials, PortError
from builder.web.install.creation import create_in_port

_CREDENTIALS = Credentials("sandbox", "sandbox", "http://127.0.0.1")


@pytest.fixture
def draft() -> Draft:
    blueprint = Blueprint("user", "User", properties=(Property("email", ".email"),))
    return Draft({"baseUrl": "https://api.example.com"}, (Source("/users", blueprint, ".id"),))


def _with_another_property(draft: Draft) -> Draft:
    source = draft.sources[0]
    properties = (*source.blueprint.properties, Property("age", ".age", "number"))
    return replace(
        draft, sources=(replace(source, blueprint=replace(source.blueprint, properties=properties)),)
    )


async def _outcomes(draft: Draft, port: httpx.ASGITransport, *, merge: bool = False) -> list[tuple[str, str]]:
    results = await create_in_port(draft, _CREDENTIALS, merge=merge, transport=port)
    return [(result.name, result.outcome) for result in results]


async def test_a_second_creation_changes_nothing(draft: Draft, port: httpx.ASGITransport) -> None:
    assert await _outcomes(draft, port) == [
        ("blueprint user", "created"),
        ("integration ocean-custom", "stored"),
    ]
    assert await _outcomes(draft, port) == [
        ("blueprint user", "unchanged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_a_different_mapping_in_port_is_replaced_only_with_merge(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    await _outcomes(draft, port)
    changed = _with_another_property(draft)
    [result] = await create_in_port(changed, _CREDENTIALS, transport=port)
    assert (result.outcome, result.message) == (
        "differs",
        "Port has a different mapping, with the kinds /users. Nothing was changed",
    )
    assert await _outcomes(changed, port, merge=True) == [
        ("blueprint user", "merged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_properties_are_added_to_a_blueprint_only_with_merge(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    await _outcomes(draft, port)
    installation = replace(draft.installation, identifier="another")
    changed = replace(_with_another_property(draft), installation=installation)
    assert await _outcomes(changed, port) == [
        ("blueprint user", "differs"),
        ("integration another", "failed"),
    ]
    assert [outcome for _, outcome in await _outcomes(changed, port, merge=True)] == ["merged", "stored"]


async def test_wrong_credentials_are_an_error(draft: Draft, port: httpx.ASGITransport) -> None:
    with pytest.raises(PortError, match="client ID and client secret"):
        await create_in_port(draft, Credentials("sandbox", "", "http://127.0.0.1"), transport=port)
