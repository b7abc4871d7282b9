"""Live events in Ocean: from a delivery to the write, without a process of its own."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from port_ocean.core.handlers.webhook.abstract_webhook_processor import WebhookProcessorType
from port_ocean.core.handlers.webhook.webhook_event import WebhookEvent, WebhookRequestAdapter
from prometheus_client import CollectorRegistry, generate_latest

from client import RetryPolicy
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from live_events.batching import LiveBatch
from live_events.change import Change, LiveKind
from live_events.counts import LiveCounts
from live_events.fetching import Deletion, Outcome
from live_events.pipeline import LiveEvents
from ocean_adapter.engine import Engine
from ocean_adapter.live_mapping import LiveMapping
from ocean_adapter.live_metrics import LiveMetrics
from ocean_adapter.live_service import LiveService
from ocean_adapter.live_writer import LiveWriter
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig
from tests.ocean_adapter.conftest import Processors
from tests.ocean_adapter.test_live_write import Port
from tests.ocean_adapter.test_live_write import port as port  # a fixture

pytestmark = pytest.mark.process

_SECRET = "a secret of the webhook"
_MAPPING = {
    "kind": "/tasks",
    "selector": {
        "webhook": {"values": {"id": ".id"}, "fetch": "/tasks/{id}", "delete": '.body.action == "deleted"'}
    },
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"', "title": ".title"}}},
}
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _config() -> CustomPortAppConfig:
    parsed: CustomPortAppConfig = CustomPortAppConfig.parse_obj({"resources": [_MAPPING]})
    return parsed


@dataclass
class Api:
    """The API that events are about, and an engine that requests it."""

    settings: Settings
    tasks: dict[str, Any] = field(default_factory=dict)

    def open_live(self, settings: Settings) -> AbstractAsyncContextManager[Extractor]:
        transport = httpx.MockTransport(self._answer)
        return open_extractor(settings, transport=transport, retry_policy=RetryPolicy(0))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        task = self.tasks.get(request.url.path.rpartition("/")[2])
        return httpx.Response(200, json=task) if task else httpx.Response(404, json={})


@dataclass
class Host:
    """The parts of Ocean that the service uses."""

    starts: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    processors: list[Any] = field(default_factory=list)
    web: FastAPI = field(default_factory=FastAPI)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    async def get_port_app_config(self) -> CustomPortAppConfig:
        return _config()

    @property
    def metrics(self) -> str:
        """Return the page of metrics."""
        return generate_latest(self.registry).decode()


@pytest.fixture
def host(app: Any, port: Port, monkeypatch: pytest.MonkeyPatch) -> Host:  # noqa: ARG001 - it prepares the app
    host = Host()
    for name, value in {
        "max_wait_seconds_before_shutdown": 2,
        "event_listener": SimpleNamespace(should_process_webhooks=True),
        "base_url": "https://hooks.example",
        "port": SimpleNamespace(port_app_config_cache_ttl=60),
    }.items():
        monkeypatch.setattr(app.config, name, value, raising=False)
    monkeypatch.setattr(app.metrics, "registry", host.registry)
    manager = SimpleNamespace(register_processor=lambda _, processor: host.processors.append(processor))
    for name, value in {
        "route_prefix": "",
        "fast_api_app": host.web,
        "webhook_manager": manager,
    }.items():
        monkeypatch.setattr(app, name, value, raising=False)
    monkeypatch.setattr(app.integration, "on_start", host.starts.append, raising=False)
    monkeypatch.setattr(app.integration, "port_app_config_handler", host, raising=False)
    return host


def _api(**settings: Any) -> Api:
    config = {"base_url": "https://api.example", "webhook_verify": "github", "webhook_secret": _SECRET}
    return Api(Settings.from_config({**config, **settings}, {}))


def _signed(body: dict[str, Any], delivery: str) -> tuple[bytes, dict[str, str]]:
    content = json.dumps(body).encode()
    signature = hmac.new(_SECRET.encode(), content, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}", "x-github-delivery": delivery}
    return content, {**headers, "content-type": "application/json"}


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.01)


def test_signed_events_are_written_and_others_rejected(
    processors: Processors, port: Port, host: Host, logged: list[str]
) -> None:
    api = _api()
    api.tasks = {"t1": {"id": "t1", "title": "new"}}
    port.catalog = {"t2": "old"}

    async def run() -> None:
        service = LiveService(cast("Engine", api))
        service.install()
        await service.use_mapping(_config())
        await host.starts[0]()
        await service.use_mapping(_config())
        service.note_covered(0)
        transport = httpx.ASGITransport(app=host.web)
        async with httpx.AsyncClient(transport=transport, base_url="https://hooks.example") as sender:
            for number, body in enumerate([{"id": "t1"}, {"id": "t2", "action": "deleted"}]):
                content, headers = _signed(body, str(number))
                answer = await sender.post("/integration/webhook", content=content, headers=headers)
                assert answer.status_code == 200
            answer = await sender.post("/integration/webhook", json={"id": "t1"})
            assert answer.status_code == 401
        await _until(lambda: port.catalog == {"t1": "new"})
        await service.close()

    processors.runner.run(run())
    assert any(
        "Live events are received at https://hooks.example/integration/webhook" in line for line in logged
    )
    for line in (
        "ocean_custom_live_events_received_total 2.0",
        'ocean_custom_live_events_rejected_total{status="401"} 1.0',
        'ocean_custom_live_events_rejected_total{status="413"} 0.0',
        'ocean_custom_live_events_changes_total{outcome="deleted"} 1.0',
        "ocean_custom_live_events_waiting 0.0",
        "ocean_custom_live_events_latency_seconds_count 2.0",
    ):
        assert line in host.metrics


def test_deliveries_of_a_stream_are_verified_in_the_same_way(processors: Processors, host: Host) -> None:
    async def run() -> list[bool]:
        service = LiveService(cast("Engine", _api(webhook_max_bytes=1000)))
        service.install()
        [processor_class] = host.processors

        async def take(content: bytes, headers: dict[str, str]) -> bool:
            adapter = WebhookRequestAdapter(content, headers)
            processor = processor_class(WebhookEvent("trace", {}, headers, adapter, created_at=_NOW))
            assert processor.get_processor_type() == WebhookProcessorType.ACTION
            assert await processor.should_process_event(processor.event)
            assert await processor.get_matching_kinds(processor.event) == []
            is_verified: bool = await processor.authenticate({}, headers)
            if is_verified:
                assert await processor.validate_payload({})
                results = await processor.handle_event({}, None)
                assert (results.updated_raw_results, results.deleted_raw_results) == ([], [])
            return is_verified

        first = _signed({"id": "t1"}, "1")
        large = _signed({"id": "t" * 2000}, "3")
        forged = (first[0], {**first[1], "x-hub-signature-256": "sha256=0", "x-github-delivery": "2"})
        taken = [await take(*each) for each in (first, first, large, forged)]
        await service.close()
        return taken

    assert processors.runner.run(run()) == [True, False, False, False]
    assert 'ocean_custom_live_events_rejected_total{status="409"} 1.0' in host.metrics


def test_without_settings_nothing_is_installed(
    app: Any, host: Host, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    service = LiveService(cast("Engine", _api(webhook_verify="", webhook_secret="")))
    service.install()
    asyncio.run(service.use_mapping(_config()))
    service.note_covered(0)
    asyncio.run(service.close())
    assert any("selector.webhook has no effect" in line for line in logged)
    monkeypatch.setattr(app.config.event_listener, "should_process_webhooks", False)
    LiveService(cast("Engine", _api())).install()
    assert (host.starts, host.processors) == ([], [])


def test_what_is_missing_or_open_to_all_is_logged(
    app: Any, host: Host, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    monkeypatch.setattr(app.config, "base_url", None)
    LiveService(cast("Engine", _api(webhook_verify="hint", webhook_secret=""))).install()
    assert len(host.starts) == 1
    assert any("Set OCEAN__BASE_URL" in line for line in logged)
    assert any("anyone can send events" in line for line in logged)


class Pipeline:
    """Hands over one batch, after an error if there is one. It records what became of the batch."""

    def __init__(self, batch: LiveBatch, error: Exception | None = None) -> None:
        self.counts = LiveCounts()
        self.failures: list[str] = []
        self.written_batches = 0
        self._batch = batch
        self._error = error

    async def batches(self) -> AsyncIterator[LiveBatch]:
        error, self._error = self._error, None
        if error:
            raise error
        yield self._batch

    def written(self, *_: Any) -> None:
        self.written_batches += 1

    def failed(self, _: LiveBatch, error: Exception, *__: Any) -> None:
        self.failures.append(str(error))


@dataclass
class Mapping:
    """The mapping in use. config: None if it has changed, or an error of reading it."""

    config: Any
    accept: frozenset[Any] = frozenset()

    def config_of(self, _: LiveKind) -> Any:
        if isinstance(self.config, Exception):
            raise self.config
        return self.config


def _batch(*, is_signed: bool = True) -> LiveBatch:
    entry = _config().resources[0]
    kind = LiveKind(0, resource_from(entry, _api().settings.pagination))
    change = Change(kind, {"id": "t1"}, None, is_deletion=False, is_signed=is_signed, received_at=_NOW)
    gone = Deletion({"id": "t1"}, ("t1",), is_item_known=False)
    return LiveBatch(kind, changes=[change], outcomes=[Outcome(deleted=[gone])])


def _write(processors: Processors, pipeline: Pipeline, mapping: Mapping) -> None:
    metrics = LiveMetrics(cast("LiveEvents", pipeline), [])
    writer = LiveWriter(cast("LiveEvents", pipeline), cast("LiveMapping", mapping), metrics)
    processors.runner.run(writer.run())


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_gone_item_is_deleted_after_an_error_of_the_loop(
    processors: Processors, port: Port, monkeypatch: pytest.MonkeyPatch, *, is_signed: bool
) -> None:
    monkeypatch.setattr("ocean_adapter.live_writer._RESTART_S", 0)
    port.catalog = {"t1": "old", "t2": "old"}
    pipeline = Pipeline(_batch(is_signed=is_signed), RuntimeError("the loop failed"))
    _write(processors, pipeline, Mapping(_config()))
    assert (port.catalog, pipeline.written_batches, pipeline.failures) == ({"t2": "old"}, 1, [])


@pytest.mark.parametrize(
    ("config", "message"), [(None, "the mapping has changed"), (KeyError("x"), "KeyError: 'x'")]
)
@pytest.mark.usefixtures("port")
def test_a_batch_that_cannot_be_written_fails(processors: Processors, config: Any, message: str) -> None:
    pipeline = Pipeline(_batch())
    _write(processors, pipeline, Mapping(config))
    assert pipeline.written_batches == 0
    assert message in pipeline.failures[0]
