"""jq of the mapping in the mapper: no environment, no files, an end, and nobody else is harmed."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapping import EntityMapping, WorkerLimits, open_mapper
from rest.errors import ResourceError
from tests.security.programs import CURIOUS, ENDING, ENDLESS, GREEDY

pytestmark = pytest.mark.process

type Json = dict[str, Any]

SECRET = "hunter22-of-the-process"
LIMITS = WorkerLimits(count=1, timeout_s=1, memory_bytes=300 * 2**20)
LONGEST_S = 10
NAMED = {"identifier": ".id", "blueprint": '"item"'}


def written(expression: str) -> EntityMapping:
    return EntityMapping({**NAMED, "properties": {"told": expression}}, "true")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_CLIENT_SECRET", SECRET)


@pytest.mark.usefixtures("environment")
async def test_no_expression_sees_more_than_its_item(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in what it gives, nor in what it fails with, nor in what it writes."""
    async with open_mapper(LIMITS) as mapper:
        for name, expression in CURIOUS.items():
            mapped = await mapper.map(written(expression), [{"id": "a"}])
            told = f"{mapped} {await mapper.first(expression, {'id': 'a'})}"
            assert SECRET not in told, name
            assert "PATH" not in told, name
            assert [entity["identifier"] for entity in mapped.passed] == ["a"], name
    output = capfd.readouterr()
    assert output.out + output.err == ""


@pytest.mark.usefixtures("environment")
async def test_no_file_is_read_where_the_environment_is_not(tmp_path: Path) -> None:
    """With it, jq may import: that goes with Ocean's setting, and is said so."""
    (tmp_path / "found.json").write_text('"made-up-content"')
    expression = f'import "found" as $found {{search: "{tmp_path}"}}; $found | tostring'
    told = {}
    for sees in (False, True):
        async with open_mapper(replace(LIMITS, sees_environment=sees)) as mapper:
            told[sees] = "made-up-content" in str(await mapper.first(expression, {}))
    assert told == {False: False, True: True}


@pytest.mark.parametrize("expression", [*ENDLESS.values(), *GREEDY.values()], ids=[*ENDLESS, *GREEDY])
async def test_what_takes_too_much_fails_its_batch_and_no_other(expression: str) -> None:
    start = time.monotonic()
    async with open_mapper(LIMITS) as mapper:
        with pytest.raises(
            ResourceError, match=r"took longer than 1 s|the process that ran the mapping ended"
        ):
            await mapper.map(written(expression), [{"id": "a"}])
        after = await mapper.map(written(".id | ascii_upcase"), [{"id": "a"}])
    assert after.passed[0]["properties"] == {"told": "A"}
    assert time.monotonic() - start < LONGEST_S


@pytest.mark.parametrize("place", ["identifier", "blueprint", "query", "relations"])
async def test_what_takes_too_much_fails_wherever_it_stands(place: str) -> None:
    endless = ENDLESS["recursion"]
    fields: Json = {**NAMED, place: {"of": endless} if place == "relations" else endless}
    query = fields.pop("query", "true")
    async with open_mapper(LIMITS) as mapper:
        with pytest.raises(ResourceError, match="took longer"):
            await mapper.map(EntityMapping(fields, query), [{"id": "a"}])


async def test_this_process_goes_on_meanwhile() -> None:
    async with open_mapper(LIMITS) as mapper:
        mapping = asyncio.create_task(mapper.map(written(ENDLESS["recursion"]), [{"id": "a"}]))
        turns = 0
        while not mapping.done():
            await asyncio.wait([mapping], timeout=0.05)
            turns += 1
        assert isinstance(mapping.exception(), ResourceError)
    assert turns > 5


@pytest.mark.parametrize("expression", ENDING.values(), ids=ENDING)
async def test_what_ends_the_program_leaves_out_no_item_unseen(expression: str) -> None:
    """Each item has its entity, or is told of; items would be deleted that are there."""
    items: list[Json] = [{"id": name} for name in "abc"]
    async with open_mapper(LIMITS) as mapper:
        mapped = await mapper.map(written(expression), items)
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
async def test_deep_nesting_ends(expression: Callable[[int], str]) -> None:
    async with open_mapper(LIMITS) as mapper:
        for depth in (1_000, 100_000):
            try:
                mapped = await mapper.map(written(expression(depth)), [{"id": "a"}])
            except ResourceError:
                continue
            assert [entity["identifier"] for entity in mapped.passed] == ["a"]
