"""Ocean's jq processor and ours, run on the same items without the rest of Ocean."""

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
from port_ocean.config.settings import MetricsSettings
from port_ocean.context import ocean as ocean_context
from port_ocean.context.event import EventType, event_context
from port_ocean.context.resource import resource_context
from port_ocean.core.handlers.entity_processor import jq_entity_processor, jq_entity_processor_sync
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.entity_processor.models import MappedEntity
from port_ocean.core.integrations.mixins.utils import handle_items_to_parse
from port_ocean.core.models import Blueprint
from port_ocean.core.ocean_types import CalculationResult
from port_ocean.helpers.metric.metric import Metrics
from port_ocean.utils.signal import SignalHandler, _signal_handler, signal_handler

from ocean_adapter.processor import CustomEntityProcessor
from ocean_adapter.selector import CustomResourceConfig
from tests.ocean_adapter.fake_port import FakePort

_MAX_EXACT_INTEGER = 2**53
_LONG_NUMBER = re.compile(r"\d{16,}")


class Blueprints:
    """A fake Port client with one blueprint, whose property `needed` is required."""

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
    upsert_entities_batch_max_length: int = 20
    upsert_entities_batch_max_size_in_bytes: int = 1024 * 1024
    delete_entities_max_batch_size: int = 1000
    port: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(base_url="https://port.example", client_id="id")
    )
    integration: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(type="custom", identifier="mine")
    )


@dataclass
class App:
    """The parts of an Ocean application that the processors use."""

    config: Configuration = field(default_factory=Configuration)
    port_client: Blueprints = field(default_factory=Blueprints)
    integration: SimpleNamespace = field(default_factory=SimpleNamespace)
    metrics: Metrics = field(default_factory=lambda: Metrics(MetricsSettings(), Any, Any))  # type: ignore[arg-type]


class InProcessOcean(JQEntityProcessor):
    """Ocean's processor without its forked processes.

    Unlike Ocean, it accepts numbers as identifiers, as our processor does.
    """

    # Whether the misconfigured fields are in mapping order. They are not if Ocean's tasks race, or if an
    # identifier was removed here.
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
                self._convert_identifiers(entity, compileable_patterns)
        # Otherwise Ocean keeps them for the whole process.
        jq_entity_processor_sync._COMPILED_PATTERNS.clear()
        return results, []

    def _convert_identifiers(self, mapped: MappedEntity, patterns: dict[str, Any]) -> None:
        for prefix, fields, expressions in (
            ("", mapped.entity, {key: patterns.get(key) for key in ("identifier", "blueprint")}),
            ("relations.", mapped.entity.get("relations", {}), patterns.get("relations", {})),
        ):
            for key, expression in expressions.items():
                if not isinstance(expression, str) or key not in fields:
                    continue
                identifier = _identifier(fields[key])
                if identifier is None and fields[key] is not None:
                    self.is_ordered = False
                    mapped.misconfigurations[prefix + key] = expression
                fields[key] = identifier


def _expressions(patterns: Any) -> list[Any]:
    """Return the expressions of an object. Objects without expressions do not count."""
    return [each for each in patterns.values() if not isinstance(each, dict) or _expressions(each)]


def _identifier(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) if _is_number(each) else each for each in value]
    return None if value == "" else str(value) if _is_number(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rounded(value: Any) -> Any:
    """Round large integers to doubles, as Ocean does. Our processor keeps all digits."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    if isinstance(value, int) and abs(value) > _MAX_EXACT_INTEGER:
        return (
            int(float(value)) if abs(value) < sys.float_info.max else _clamped(math.copysign(math.inf, value))
        )
    return value


def _clamped(number: float) -> float:
    """Return infinity as the largest double, as jq prints it."""
    return max(-sys.float_info.max, min(sys.float_info.max, number))


def _rounded_identifier(value: Any) -> Any:
    """Return a number's text in one form: jq prints 1.0, Python 1."""
    if isinstance(value, list):
        return [_rounded_identifier(each) for each in value]
    try:
        return repr(_clamped(float(value)) + 0.0) if isinstance(value, str) else value
    except ValueError:
        return value


@dataclass(frozen=True)
class Report:
    """A processor's result for a batch, in a form that both processors share."""

    raised: str = ""
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    misconfigured: tuple[tuple[str, Any], ...] = ()
    lines: tuple[str, ...] = ()


def _entity(entity: Any) -> str:
    """Return the whole entity and the fields that Ocean sends, as JSON."""
    return json.dumps([_fields(entity.dict()), _fields(entity.dict(exclude_unset=True, by_alias=True))])


def _fields(fields: dict[str, Any]) -> Any:
    for key in {"identifier", "blueprint", "icon", "team"} & fields.keys():
        fields[key] = _rounded_identifier(fields[key])
    if "relations" in fields:
        fields["relations"] = {key: _rounded_identifier(value) for key, value in fields["relations"].items()}
    return _rounded(fields)


def _report(result: CalculationResult, lines: list[str]) -> Report:
    error_lines = [line for line in lines if "Failed to calculate entities" in line]
    # Ocean evaluates some queries twice. Each error is then in the list twice.
    errors = result.errors[:: 2 if len(result.errors) == 2 * len(error_lines) else 1]
    return Report(
        "",
        tuple(map(_entity, result.entity_selector_diff.passed)),
        tuple(map(_entity, result.entity_selector_diff.failed)),
        tuple(_LONG_NUMBER.sub("#", f"{type(error).__name__} {error}") for error in errors),
        tuple(result.misconfigured_entity_keys.items()),
        tuple(sorted(_LONG_NUMBER.sub("#", line) for line in lines if line not in error_lines)),
    )


@dataclass
class Processors:
    """Both processors. Each method runs them on the same input."""

    app: App
    runner: asyncio.Runner
    ocean: InProcessOcean
    ours: CustomEntityProcessor

    def reports(
        self, mapping: dict[str, Any], items: list[Any], *, query: str = "true", every: bool = False
    ) -> tuple[Report, Report]:
        """Return Ocean's report and ours."""
        entry = {"selector": {"query": query}, "port": {"entity": {"mappings": mapping}}}
        self.ocean.is_ordered = True
        theirs, ours = (self.report(each, entry, items, every=every) for each in (self.ocean, self.ours))
        return (theirs, ours) if self.ocean.is_ordered else (_unordered(theirs), _unordered(ours))

    def report(
        self, processor: JQEntityProcessor, entry: dict[str, Any], items: list[Any], *, every: bool = False
    ) -> Report:
        """Return one processor's report on items, for a mapping entry."""
        config = CustomResourceConfig.parse_obj({"kind": "/items", **entry})
        return self.runner.run(_run(processor, config, items, every=every))

    def search(self, item: dict[str, Any], pattern: str) -> tuple[Any, Any]:
        """Return both results of an itemsToParse expression, with their log lines."""
        theirs, ours = (self.runner.run(_search(each, item, pattern)) for each in (self.ocean, self.ours))
        return theirs, ours

    def parse(self, items: list[Any], expression: str, **rules: Any) -> tuple[Any, Any]:
        """Return the batches that Ocean makes for itemsToParse with each processor."""
        theirs, ours = (
            self.runner.run(_parse(self.app, each, items, expression, **rules))
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


async def _run(processor: JQEntityProcessor, config: Any, items: list[Any], *, every: bool) -> Report:
    async with event_context(EventType.RESYNC, trigger_type="machine"), resource_context(config, 0):
        with _log_lines() as lines:
            try:
                result = await processor.parse_items(config, items, every)
            except Exception as error:
                return Report(raised=f"{type(error).__name__} {error}")
        return _report(result, lines)


async def _search(processor: JQEntityProcessor, item: dict[str, Any], pattern: str) -> Any:
    with _log_lines() as lines:
        value = await processor._search(item, pattern)
    return json.dumps(_rounded(value)), [_LONG_NUMBER.sub("#", line) for line in lines]


async def _parse(
    app: App, processor: JQEntityProcessor, items: list[Any], expression: str, **rules: Any
) -> Any:
    app.integration.entity_processor = processor
    with _log_lines() as lines:
        batches = [batch async for batch in handle_items_to_parse(items, "part", expression, **rules)]
    return batches, lines


@contextmanager
def _log_lines() -> Iterator[list[str]]:
    """Collect log lines of level warning and above, with their bound values."""
    lines: list[str] = []

    def collect(message: Any) -> None:
        record = message.record
        bound = {key: record["extra"].get(key) for key in ("field", "pattern", "error")}
        lines.append(f"{record['level'].name} {record['message']} {bound}")

    # Through a queue like Ocean's own, so that lines of forked processes arrive too.
    sink = logger.add(collect, level="WARNING", enqueue=True)
    try:
        yield lines
    finally:
        logger.remove(sink)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Collect log lines of level info and above."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="INFO")
    yield lines
    logger.remove(sink)


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    """Initialize Ocean's context with a fake application."""
    app = App()
    ocean_context.initialize_port_ocean_context(app)  # type: ignore[arg-type] # only the parts that are used
    _signal_handler.push(SignalHandler())
    logger.remove()
    yield app
    _signal_handler.pop()
    ocean_context._port_ocean = ocean_context.PortOceanContext(None)


@pytest.fixture(scope="session")
def processors(app: App) -> Iterator[Processors]:
    """Yield both processors, without access to the environment."""
    with asyncio.Runner() as runner:
        yield Processors(
            app, runner, InProcessOcean(ocean_context.ocean), CustomEntityProcessor(ocean_context.ocean)
        )
        runner.run(signal_handler.exit())


@pytest.fixture
def fake_port(app: App, monkeypatch: pytest.MonkeyPatch) -> FakePort:
    """Let Ocean's client for Port talk to a fake Port. Its metrics start at zero."""
    port = FakePort()
    client = port.client(monkeypatch)
    monkeypatch.setattr(app, "port_client", client)
    monkeypatch.setattr(app, "metrics", Metrics(MetricsSettings(), Any, client))  # type: ignore[arg-type]
    return port
