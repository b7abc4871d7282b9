"""Blueprints and mapping in a Port sandbox; nothing is overwritten unasked."""

from dataclasses import replace

import httpx
import pytest

from builder.draft import Blueprint, Draft, Property, Source
from builder.port_account import Credentials, PortError
from builder.web.creating import created_in_port

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


async def _outcomes(
    draft: Draft, port: httpx.ASGITransport, *, agreed: bool = False
) -> list[tuple[str, str]]:
    results = await created_in_port(draft, _CREDENTIALS, agreed=agreed, transport=port)
    return [(result.name, result.outcome) for result in results]


async def test_everything_is_created_and_again_nothing(draft: Draft, port: httpx.ASGITransport) -> None:
    assert await _outcomes(draft, port) == [
        ("blueprint user", "created"),
        ("integration ocean-custom", "stored"),
    ]
    assert await _outcomes(draft, port) == [
        ("blueprint user", "unchanged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_another_mapping_in_port_is_replaced_only_when_agreed(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    await _outcomes(draft, port)
    changed = _with_another_property(draft)
    [result] = await created_in_port(changed, _CREDENTIALS, transport=port)
    assert (result.outcome, result.words) == (
        "differs",
        "has another mapping in Port, of /users. Nothing was written",
    )
    assert await _outcomes(changed, port, agreed=True) == [
        ("blueprint user", "merged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_a_blueprint_that_is_there_is_added_to_only_when_agreed(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    await _outcomes(draft, port)
    installation = replace(draft.installation, identifier="another")
    changed = replace(_with_another_property(draft), installation=installation)
    assert await _outcomes(changed, port) == [
        ("blueprint user", "differs"),
        ("integration another", "failed"),
    ]
    assert [outcome for _, outcome in await _outcomes(changed, port, agreed=True)] == ["merged", "stored"]


async def test_wrong_credentials_say_so(draft: Draft, port: httpx.ASGITransport) -> None:
    with pytest.raises(PortError, match="client id and secret"):
        await created_in_port(draft, Credentials("sandbox", "", "http://127.0.0.1"), transport=port)
