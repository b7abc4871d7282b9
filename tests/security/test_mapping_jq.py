"""jq of the mapping in the mapper: no environment, no files, and limits that fail only one batch."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapping import EntityMapping, WorkerLimits, open_mapper
from rest.errors import ResourceError
from tests.security.programs import ENDLESS, GREEDY, HALTING, PRYING

pytestmark = pytest.mark.process

type Json = dict[str, Any]

SECRET = "hunter22-of-the-process"
LIMITS = WorkerLimits(count=1, timeout_s=1, memory_bytes=300 * 2**20)
# For programs that never end. Nothing else is mapped under it.
SHORT = replace(LIMITS, timeout_s=0.3)
TIMEOUT_S = 10
NAMED = {"identifier": ".id", "blueprint": '"item"'}


def mapping_with(expression: str) -> EntityMapping:
    return EntityMapping({**NAMED, "properties": {"value": expression}}, "true")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)


@pytest.mark.usefixtures("environment")
async def test_an_expression_reads_only_its_item(capfd: pytest.CaptureFixture[str]) -> None:
    """Checked in its outputs, its errors and everything it writes."""
    async with open_mapper(LIMITS) as mapper:
        for name, expression in PRYING.items():
            mapped = await mapper.map(mapping_with(expression), [{"id": "a"}])
            text = f"{mapped} {await mapper.first(expression, {'id': 'a'})}"
            assert SECRET not in text, name
            assert "PATH" not in text, name
            assert [entity["identifier"] for entity in mapped.passed] == ["a"], name
    output = capfd.readouterr()
    assert output.out + output.err == ""


@pytest.mark.usefixtures("environment")
async def test_no_file_is_read_without_access_to_the_environment(tmp_path: Path) -> None:
    """With access, jq may import files. Ocean's setting allows both, and the documentation says so."""
    (tmp_path / "found.json").write_text('"made-up-content"')
    expression = f'import "found" as $found {{search: "{tmp_path}"}}; $found | tostring'
    is_read = {}
    for sees in (False, True):
        async with open_mapper(replace(LIMITS, sees_environment=sees)) as mapper:
            is_read[sees] = "made-up-content" in str(await mapper.first(expression, {}))
    assert is_read == {False: False, True: True}


@pytest.mark.parametrize("expression", [*ENDLESS.values(), *GREEDY.values()], ids=[*ENDLESS, *GREEDY])
async def test_a_program_that_exceeds_a_limit_fails_only_its_batch(expression: str) -> None:
    start = time.monotonic()
    async with open_mapper(LIMITS) as mapper:
        with pytest.raises(
            ResourceError, match=r"took longer than 1 s|the process that ran the mapping ended"
        ):
            await mapper.map(mapping_with(expression), [{"id": "a"}])
        after = await mapper.map(mapping_with(".id | ascii_upcase"), [{"id": "a"}])
    assert after.passed[0]["properties"] == {"value": "A"}
    assert time.monotonic() - start < TIMEOUT_S


@pytest.mark.parametrize("place", ["identifier", "blueprint", "query", "relations"])
async def test_a_program_that_exceeds_a_limit_fails_in_every_field(place: str) -> None:
    endless = ENDLESS["recursion"]
    fields: Json = {**NAMED, place: {"of": endless} if place == "relations" else endless}
    query = fields.pop("query", "true")
    async with open_mapper(SHORT) as mapper:
        with pytest.raises(ResourceError, match="took longer"):
            await mapper.map(EntityMapping(fields, query), [{"id": "a"}])


async def test_the_event_loop_continues_during_an_endless_program() -> None:
    async with open_mapper(SHORT) as mapper:
        mapping = asyncio.create_task(mapper.map(mapping_with(ENDLESS["recursion"]), [{"id": "a"}]))
        turns = 0
        while not mapping.done():
            await asyncio.wait([mapping], timeout=0.05)
            turns += 1
        assert isinstance(mapping.exception(), ResourceError)
    assert turns > 5


@pytest.mark.parametrize("expression", HALTING.values(), ids=HALTING)
async def test_a_program_that_halts_skips_no_item_silently(expression: str) -> None:
    """Each item has an entity or is reported. Otherwise, Ocean would delete entities of existing items."""
    items: list[Json] = [{"id": name} for name in "abc"]
    async with open_mapper(LIMITS) as mapper:
        mapped = await mapper.map(mapping_with(expression), items)
        refused = await mapper.map(EntityMapping(NAMED, expression), items)
    assert [entity["identifier"] for entity in mapped.passed] == ["a", "b", "c"]
    assert len(refused.refused) == len(items)


@pytest.mark.parametrize(
    "expression",
    [
        lambda depth: "[" * depth + "]" * depth,
        lambda depth: "(" * depth + "." + ")" * depth,
        lambda depth: ".a" * depth,
        lambda depth: "if . then " * depth + "." + " end" * depth,
        lambda depth: ".," * depth + ".",
    ],
    ids=["lists", "brackets", "steps", "conditions", "outputs"],
)
async def test_a_deeply_nested_program_ends(expression: Callable[[int], str]) -> None:
    async with open_mapper(LIMITS) as mapper:
        for depth in (1_000, 100_000):
            try:
                mapped = await mapper.map(mapping_with(expression(depth)), [{"id": "a"}])
            except ResourceError:
                continue
            assert [entity["identifier"] for entity in mapped.passed] == ["a"]
