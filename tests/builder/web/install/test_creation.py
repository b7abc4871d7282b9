"""Review and writing of a draft in a sandbox of Port."""

from dataclasses import replace

import httpx
import pytest

from builder.creation import Mode
from builder.draft import Blueprint, Draft, Property, Source
from builder.port_account import Credentials, PortError, open_account
from builder.web.install.creation import review, wanted_of, write_reviewed

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


async def _written(draft: Draft, port: httpx.ASGITransport, mode: Mode = "merge") -> list[tuple[str, str]]:
    wanted = wanted_of(draft)
    reviewed = await review(wanted, _CREDENTIALS, port)
    written = await write_reviewed(wanted, _CREDENTIALS, mode, reviewed.difference.fingerprint, port)
    return [(result.name, result.outcome) for result in written.results]


async def test_a_review_writes_nothing(draft: Draft, port: httpx.ASGITransport) -> None:
    first = await review(wanted_of(draft), _CREDENTIALS, port)
    assert [each.state for each in first.difference.blueprints] == ["new"]
    assert await review(wanted_of(draft), _CREDENTIALS, port) == first


async def test_a_second_creation_changes_nothing(draft: Draft, port: httpx.ASGITransport) -> None:
    assert await _written(draft, port) == [
        ("blueprint user", "created"),
        ("integration ocean-custom", "stored"),
    ]
    assert (await review(wanted_of(draft), _CREDENTIALS, port)).difference.is_empty
    assert await _written(draft, port) == [
        ("blueprint user", "unchanged"),
        ("integration ocean-custom", "unchanged"),
    ]


async def test_a_different_mapping_in_port_is_replaced_only_if_asked_for(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    await _written(draft, port)
    changed = _with_another_property(draft)
    assert await _written(changed, port) == [("integration ocean-custom", "differs")]
    assert await _written(changed, port, "overwrite") == [
        ("blueprint user", "merged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_new_entries_are_added_to_the_mapping(draft: Draft, port: httpx.ASGITransport) -> None:
    await _written(draft, port)
    team = Source("/teams", Blueprint("team", "Team"), ".id")
    assert await _written(replace(draft, sources=(*draft.sources, team)), port) == [
        ("blueprint team", "created"),
        ("blueprint user", "unchanged"),
        ("integration ocean-custom", "stored"),
    ]


async def test_nothing_is_written_if_port_has_changed_since_the_review(
    draft: Draft, port: httpx.ASGITransport
) -> None:
    wanted = wanted_of(draft)
    reviewed = await review(wanted, _CREDENTIALS, port)
    other = {"identifier": "user", "title": "Other", "schema": {"properties": {}}, "relations": {}}
    async with open_account(_CREDENTIALS, port) as account:
        await account.create_blueprint(other)
    again = await write_reviewed(wanted, _CREDENTIALS, "overwrite", reviewed.difference.fingerprint, port)
    assert (again.is_outdated, again.results) == (True, ())
    assert [each.state for each in again.difference.blueprints] == ["changed"]


async def test_wrong_credentials_are_an_error(draft: Draft, port: httpx.ASGITransport) -> None:
    with pytest.raises(PortError, match="client ID and client secret"):
        await review(wanted_of(draft), Credentials("sandbox", "", "http://127.0.0.1"), port)
