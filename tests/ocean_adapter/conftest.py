"""Ocean's own jq processor and ours, side by side, without the rest of Ocean."""

import asyncio
import json
import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, override

import pytest
from loguru import logger
from port_ocean.context import ocean as ocean_context
from port_ocean.context.event import EventType, event_context
from port_ocean.context.resource import resource_context
from port_ocean.core.handlers.entity_processor import jq_entity_processor, jq_entity_processor_sync
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.entity_processor.models import MappedEntity
from port_ocean.core.integrations.mixins.utils import handle_items_to_parse
from port_ocean.core.models import Blueprint
from port_ocean.core.ocean_types import CalculationResult
from port_ocean.utils.signal import SignalHandler, _signal_handler, signal_handler

from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.selector import CustomResourceConfig

_EXACT = 2**53
_DIGITS = re.compile(r"\d{16,}")


class Blueprints:
    """Port, as far as the processors ask it: a blueprint whose property `needed` is required."""

    async def get_blueprint(self, identifier: str, **_: Any) -> Blueprint:
        relations = {"owner": {"many": False, "required": True, "target": "user"}}
        schema = {"properties": {}, "required": ["needed"]}
        return Blueprint.parse_obj(
            {"identifier": identifier, "title": None, "team": None, "schema": schema, "relations": relations}
        )


@dataclass
class Configuration:
    process_in_queue_max_workers: int = 1
    process_in_queue_timeout: float = 60
    allow_environment_variables_jq_access: bool = False
    yield_items_to_parse_batch_size: int = 200


@dataclass
class App:
    """What the processors use of an Ocean, and what uses them in it."""

    config: Configuration = field(default_factory=Configuration)
    port_client: Blueprints = field(default_factory=Blueprints)
    integration: SimpleNamespace = field(default_factory=SimpleNamespace)


class OceanHere(JQEntityProcessor):
    """Ocean's processor; only, its items are mapped in this process instead of forked ones.

    Of what we do otherwise, numbers as names are done here: Ocean decides by them what becomes an entity.
    """

    # Whether what is misconfigured has Ocean's order: not where its tasks race, nor where we emptied a name.
    is_ordered = True

    @override
    async def parse_items_async(
        self, uncompiled_patterns: Any, raw_results: Any, selector_query: str, parse_all: bool = False
    ) -> Any:
        self.is_ordered &= not _expressions(uncompiled_patterns)
        return await super().parse_items_async(uncompiled_patterns, raw_results, selector_query, parse_all)

    @override
    async def parse_items_sync(
        self, compileable_patterns: Any, raw_results: Any, selector_query: str, parse_all: bool = False
    ) -> Any:
        jq_entity_processor._MULTIPROCESS_JQ_BATCH_DATA = raw_results
        jq_entity_processor._MULTIPROCESS_JQ_BATCH_MAPPINGS = compileable_patterns
        jq_entity_processor._MULTIPROCESS_JQ_BATCH_SELECTOR_QUERY = selector_query
        jq_entity_processor._MULTIPROCESS_JQ_BATCH_PARSE_ALL = parse_all
        results = [jq_entity_processor._calculate_entity(index) for index in range(len(raw_results))]
        for entities, _ in results:
            for entity in entities:
                self._name(entity, compileable_patterns)
        # Kept for ever otherwise.
        jq_entity_processor_sync._COMPILED_PATTERNS.clear()
        return results, []

    def _name(self, mapped: MappedEntity, patterns: dict[str, Any]) -> None:
        for prefix, fields, expressions in (
            ("", mapped.entity, {key: patterns.get(key) for key in ("identifier", "blueprint")}),
            ("relations.", mapped.entity.get("relations", {}), patterns.get("relations", {})),
        ):
            for key, expression in expressions.items():
                if not isinstance(expression, str) or key not in fields:
                    continue
                named = _named(fields[key])
                if named is None and fields[key] is not None:
                    self.is_ordered = False
                    mapped.misconfigurations[prefix + key] = expression
                fields[key] = named


def _expressions(patterns: Any) -> list[Any]:
    """Those of an object, but for objects without any."""
    return [each for each in patterns.values() if not isinstance(each, dict) or _expressions(each)]


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) if _is_number(each) else each for each in value]
    return None if value == "" else str(value) if _is_number(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rounded(value: Any) -> Any:
    """Ours keeps the digits of integers, where Ocean's has those of a double."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    if isinstance(value, int) and abs(value) > _EXACT:
        return (
            int(float(value)) if abs(value) < sys.float_info.max else _clamped(math.copysign(math.inf, value))
        )
    return value


def _clamped(number: float) -> float:
    """Infinity as jq prints it."""
    return max(-sys.float_info.max, min(sys.float_info.max, number))


def _name_rounded(value: Any) -> Any:
    """A number's text by what it is worth: jq prints 1.0 where Python has 1."""
    if isinstance(value, list):
        return [_name_rounded(each) for each in value]
    try:
        return repr(_clamped(float(value)) + 0.0) if isinstance(value, str) else value
    except ValueError:
        return value


@dataclass(frozen=True)
class Report:
    """What a processor made of a batch, in a form that both have in common."""

    raised: str = ""
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    misconfigured: tuple[tuple[str, Any], ...] = ()
    lines: tuple[str, ...] = ()


def _entity(entity: Any) -> str:
    """The whole entity, and what of it Ocean sends to Port."""
    return json.dumps([_fields(entity.dict()), _fields(entity.dict(exclude_unset=True, by_alias=True))])


def _fields(shown: dict[str, Any]) -> Any:
    for key in {"identifier", "blueprint", "icon", "team"} & shown.keys():
        shown[key] = _name_rounded(shown[key])
    if "relations" in shown:
        shown["relations"] = {key: _name_rounded(value) for key, value in shown["relations"].items()}
    return _rounded(shown)


def _report(result: CalculationResult, lines: list[str]) -> Report:
    failing = [line for line in lines if "Failed to calculate entities" in line]
    # Ocean asks the query again for what does not compile, and for objects: then each error stands twice.
    errors = result.errors[:: 2 if len(result.errors) == 2 * len(failing) else 1]
    return Report(
        "",
        tuple(map(_entity, result.entity_selector_diff.passed)),
        tuple(map(_entity, result.entity_selector_diff.failed)),
        tuple(_DIGITS.sub("#", f"{type(error).__name__} {error}") for error in errors),
        tuple(result.misconfigured_entity_keys.items()),
        tuple(sorted(_DIGITS.sub("#", line) for line in lines if line not in failing)),
    )


@dataclass
class Processors:
    """Both processors, each asked the same."""

    app: App
    runner: asyncio.Runner
    ocean: OceanHere
    ours: CustomEntityProcessor

    def reports(
        self, mapping: dict[str, Any], items: list[Any], *, query: str = "true", every: bool = False
    ) -> tuple[Report, Report]:
        """Ocean's and ours."""
        entry = {"selector": {"query": query}, "port": {"entity": {"mappings": mapping}}}
        self.ocean.is_ordered = True
        theirs, ours = (self.report(each, entry, items, every=every) for each in (self.ocean, self.ours))
        return (theirs, ours) if self.ocean.is_ordered else (_unordered(theirs), _unordered(ours))

    def report(
        self, processor: JQEntityProcessor, entry: dict[str, Any], items: list[Any], *, every: bool = False
    ) -> Report:
        """What one of them makes of items, for an entry of the mapping file."""
        config = CustomResourceConfig.parse_obj({"kind": "/items", **entry})
        return self.runner.run(_asked(processor, config, items, every=every))

    def found(self, item: dict[str, Any], pattern: str) -> tuple[Any, Any]:
        """What both give for itemsToParse, and the lines about it."""
        theirs, ours = (self.runner.run(_searched(each, item, pattern)) for each in (self.ocean, self.ours))
        return theirs, ours

    def parsed(self, items: list[Any], expression: str, **rules: Any) -> tuple[Any, Any]:
        """The batches that Ocean makes for itemsToParse, through each of them."""
        theirs, ours = (
            self.runner.run(_parsed(self.app, each, items, expression, **rules))
            for each in (self.ocean, self.ours)
        )
        return theirs, ours


def _unordered(report: Report) -> Report:
    passed, failed = (
        tuple(json.dumps(json.loads(entity), sort_keys=True) for entity in entities)
        for entities in (report.passed, report.failed)
    )
    misconfigured = tuple(sorted(report.misconfigured, key=str))
    return replace(report, passed=passed, failed=failed, misconfigured=misconfigured)


async def _asked(processor: JQEntityProcessor, config: Any, items: list[Any], *, every: bool) -> Report:
    async with event_context(EventType.RESYNC, trigger_type="machine"), resource_context(config, 0):
        with _lines() as lines:
            try:
                result = await processor.parse_items(config, items, every)
            except Exception as error:
                return Report(raised=f"{type(error).__name__} {error}")
        return _report(result, lines)


async def _searched(processor: JQEntityProcessor, item: dict[str, Any], pattern: str) -> Any:
    with _lines() as lines:
        value = await processor._search(item, pattern)
    return json.dumps(_rounded(value)), [_DIGITS.sub("#", line) for line in lines]


async def _parsed(
    app: App, processor: JQEntityProcessor, items: list[Any], expression: str, **rules: Any
) -> Any:
    app.integration.entity_processor = processor
    with _lines() as lines:
        batches = [batch async for batch in handle_items_to_parse(items, "part", expression, **rules)]
    return batches, lines


@contextmanager
def _lines() -> Iterator[list[str]]:
    """Lines of the log from a warning up, with what is bound to them."""
    lines: list[str] = []

    def note(message: Any) -> None:
        record = message.record
        bound = {key: record["extra"].get(key) for key in ("field", "pattern", "error")}
        lines.append(f"{record['level'].name} {record['message']} {bound}")

    # Through a queue, as Ocean's own are: lines of forked processes arrive, too.
    sink = logger.add(note, level="WARNING", enqueue=True)
    try:
        yield lines
    finally:
        logger.remove(sink)


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    """Ocean's context."""
    app = App()
    ocean_context.initialize_port_ocean_context(app)  # type: ignore[arg-type] # the part of it that is used
    _signal_handler.push(SignalHandler())
    logger.remove()
    yield app
    _signal_handler.pop()
    ocean_context._port_ocean = ocean_context.PortOceanContext(None)


@pytest.fixture(scope="session")
def processors(app: App) -> Iterator[Processors]:
    """Both, without the environment."""
    with asyncio.Runner() as runner:
        yield Processors(
            app, runner, OceanHere(ocean_context.ocean), CustomEntityProcessor(ocean_context.ocean)
        )
        runner.run(signal_handler.exit())
