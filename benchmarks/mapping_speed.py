"""Compare the speed of our entity processor with Ocean's own, in items per second.

10,000 items of 13 fields are mapped in batches of 500, without logging. The results are medians.
Run with `PYTHONPATH=. python benchmarks/mapping_speed.py` on an idle machine.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loguru import logger
from port_ocean.context import ocean as context
from port_ocean.context.event import EventType, event_context
from port_ocean.context.resource import resource_context
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.utils.misc import get_cgroup_cpu_limit
from port_ocean.utils.signal import init_signal_handler, signal_handler

from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.selector import CustomResourceConfig

ITEMS = 10_000
BATCH = 500
RUNS = 5
# A run of Ocean's own takes half a minute and varies little.
OCEAN_RUNS = 3

NAMED = {"identifier": ".id | tostring", "title": ".name", "blueprint": '"task"'}
PLAIN = {
    "state": ".state",
    "created": ".created_at",
    "updated": ".updated_at",
    "email": ".owner.email",
    "score": ".score",
    "url": ".url",
    "text": ".description",
    "deep": ".nested.a.b",
    "priority": '.priority // "none"',
}
HEAVY = {
    "state": 'if .state == "open" then "OPEN" else "DONE" end',
    "created": ".created_at | fromdate",
    "tags": ".tags | map(.name)",
    "labels": '[.tags[] | select(.name != "x") | .name] | join(",")',
    "email": '.owner.email // "none" | ascii_upcase',
    "score": ".score * 2",
    "page": '.url | split("/") | last',
    "length": ".description | length",
    "sum": "[.nested.a.b, .priority] | add",
}
MAPPINGS: Mapping[str, Mapping[str, str]] = {
    "plain paths": PLAIN,
    "one field of jq": PLAIN | {"tags": ".tags | map(.name)"},
    "jq in all": HEAVY,
}


@dataclass
class Configuration:
    """Ocean's defaults."""

    process_in_queue_max_workers: int = field(default_factory=get_cgroup_cpu_limit)
    process_in_queue_timeout: int = 120
    allow_environment_variables_jq_access: bool = True


@dataclass
class App:
    """The parts of an Ocean application that the processors use."""

    config: Configuration = field(default_factory=Configuration)


def items() -> list[dict[str, Any]]:
    """Return items of thirteen fields and half a kilobyte each."""
    return [
        {
            "id": number,
            "name": f"Task {number}",
            "state": "open" if number % 2 else "done",
            "created_at": "2024-01-01T00:00:00Z",
            "updated_at": "2024-02-01T00:00:00Z",
            "owner": {"id": number % 7, "email": f"user{number}@example.com"},
            "tags": [{"name": "x"}, {"name": "y"}],
            "score": number * 1.5,
            "url": f"https://example.com/tasks/{number}",
            "description": "What there is to do. " * 8,
            "nested": {"a": {"b": number}},
            "archived": False,
            "priority": number % 5,
        }
        for number in range(ITEMS)
    ]


def entry(properties: Mapping[str, str]) -> CustomResourceConfig:
    """Return a mapping entry with thirteen expressions, including the query."""
    mappings = {**NAMED, "properties": dict(properties)}
    return CustomResourceConfig.parse_obj({"kind": "/tasks", "port": {"entity": {"mappings": mappings}}})


async def mapped(
    processor: JQEntityProcessor, config: CustomResourceConfig, found: Sequence[dict[str, Any]]
) -> float:
    """Return the mapped items per second."""
    start = time.perf_counter()
    async with event_context(EventType.RESYNC, trigger_type="machine"), resource_context(config, 0):
        for first in range(0, len(found), BATCH):
            result = await processor.parse_items(config, list(found[first : first + BATCH]))
            if len(result.entity_selector_diff.passed) != BATCH:
                raise RuntimeError("an item was not mapped")
    return len(found) / (time.perf_counter() - start)


@contextmanager
def processors() -> Iterator[tuple[asyncio.Runner, CustomEntityProcessor, JQEntityProcessor]]:
    """Yield both processors and their event loop."""
    init_signal_handler()
    context.initialize_port_ocean_context(App())  # type: ignore[arg-type] # only the parts that are used
    with asyncio.Runner() as runner:
        yield runner, CustomEntityProcessor(context.ocean), JQEntityProcessor(context.ocean)
        runner.run(signal_handler.exit())


def main() -> None:
    """Print a line for each mapping."""
    logger.remove()
    found = items()
    with processors() as (runner, ours, oceans):
        for name, properties in MAPPINGS.items():
            config = entry(properties)
            fast = statistics.median(runner.run(mapped(ours, config, found)) for _ in range(RUNS))
            slow = statistics.median(runner.run(mapped(oceans, config, found)) for _ in range(OCEAN_RUNS))
            print(f"{name}: {fast:,.0f} items/s, Ocean's own {slow:,.0f} items/s: {fast / slow:.1f} x")


if __name__ == "__main__":
    main()
