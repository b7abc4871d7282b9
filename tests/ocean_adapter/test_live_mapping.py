"""Live events use Port's present mapping, without its wrong entries."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from configuration.settings import Settings
from expressions.process import StoppedError
from extraction import Extractor
from live_events.change import LiveKind
from live_events.pipeline import LiveEvents
from ocean_adapter.engine import Engine
from ocean_adapter.live_mapping import LiveMapping
from ocean_adapter.selector import CustomPortAppConfig
from rest.errors import Mistake, SettingsError

WEBHOOK = {"values": {"id": ".id"}, "fetch": "/tasks/{id}"}
pytestmark = pytest.mark.process


def config(*webhooks: Any) -> CustomPortAppConfig:
    """Return a mapping with an entry for each webhook. None: without one."""
    port = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
    entries = [
        {"kind": "/tasks", "selector": {"webhook": webhook} if webhook else {}, "port": port}
        for webhook in webhooks
    ]
    parsed: CustomPortAppConfig = CustomPortAppConfig.parse_obj({"resources": entries})
    return parsed


class Handler:
    """Stands for Ocean's reading of the mapping. answers: a mapping or an error for each time."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    async def get_port_app_config(self) -> CustomPortAppConfig:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return cast("CustomPortAppConfig", answer)


class OpenedEngine:
    """An engine that counts its open extractors. error: of reading the settings again."""

    def __init__(self) -> None:
        self.settings = SimpleNamespace(reread=self._reread)
        self.error: SettingsError | None = None
        self.current = Settings.from_config({"base_url": "https://api.example"}, {})
        self.open = 0

    def _reread(self) -> Settings:
        if self.error:
            raise self.error
        return self.current

    @asynccontextmanager
    async def open_live(self, _: Settings) -> AsyncIterator[object]:
        self.open += 1
        yield object()
        self.open -= 1


class Pipeline:
    """Records the kinds that it is to use."""

    def __init__(self) -> None:
        self.used: list[list[int]] = []
        self.was_used_twice = asyncio.Event()

    def use(self, kinds: Sequence[LiveKind], _: Extractor) -> None:
        self.used.append([kind.index for kind in kinds])
        if len(self.used) > 1:
            self.was_used_twice.set()


@pytest.fixture
def engine() -> OpenedEngine:
    return OpenedEngine()


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline()


@pytest.fixture
def mapping(engine: OpenedEngine, pipeline: Pipeline) -> LiveMapping:
    return LiveMapping(cast("Engine", engine), cast("LiveEvents", pipeline), retry_s=0)


@pytest.mark.usefixtures("app")
async def test_wrong_entries_and_those_without_a_webhook_are_left_out(
    mapping: LiveMapping, pipeline: Pipeline, logged: list[str]
) -> None:
    await mapping.use(config(None, WEBHOOK, {"fetch": "/tasks/{other}"}))
    assert pipeline.used == [[1]]
    assert any("ignored for a mapping entry: /tasks: selector.webhook.fetch" in line for line in logged)
    await mapping.use(config(None))
    assert any("no entry of the mapping has selector.webhook" in line for line in logged)


@pytest.mark.usefixtures("app")
async def test_an_equal_mapping_is_not_read_again(
    mapping: LiveMapping, pipeline: Pipeline, engine: OpenedEngine
) -> None:
    for each in (WEBHOOK, WEBHOOK, {**WEBHOOK, "delete": "true"}, WEBHOOK):
        await mapping.use(config(each))
    assert len(pipeline.used) == 3
    assert engine.open == 2  # of the present mapping, and of the one before, whose requests may be under way
    await mapping.close()
    assert engine.open == 0


@pytest.mark.usefixtures("app")
async def test_a_renewed_secret_opens_another_connection(
    mapping: LiveMapping, pipeline: Pipeline, engine: OpenedEngine, logged: list[str]
) -> None:
    engine.error = SettingsError([Mistake("passwordFile", "empty file")])
    with pytest.raises(SettingsError):
        await mapping.use(config(WEBHOOK))
    engine.error = None
    await mapping.use(config(WEBHOOK))
    engine.current = Settings.from_config({"base_url": "https://api.example", "timeout": "7"}, {})
    await mapping.use(config(WEBHOOK))
    assert len(pipeline.used) == 2
    engine.error = SettingsError([Mistake("passwordFile", "empty file")])
    await mapping.use(config(WEBHOOK))
    assert len(pipeline.used) == 2
    assert any("use the earlier settings: passwordFile: empty file" in line for line in logged)


@pytest.mark.usefixtures("app")
async def test_a_kind_of_an_earlier_mapping_has_no_entry(mapping: LiveMapping) -> None:
    await mapping.use(config(WEBHOOK))
    kind = SimpleNamespace(index=0, resource=SimpleNamespace(kind="/tasks"))
    assert mapping.config_of(cast("LiveKind", kind)) is mapping.config
    kind.resource.kind = "/users"
    assert mapping.config_of(cast("LiveKind", kind)) is None
    kind.index = 1
    assert mapping.config_of(cast("LiveKind", kind)) is None


async def test_the_mapping_is_read_until_port_answers(
    app: Any, mapping: LiveMapping, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    monkeypatch.setattr(app.config, "port", SimpleNamespace(port_app_config_cache_ttl=0), raising=False)
    handler = Handler(
        ConnectionError("no route"), config(WEBHOOK), ValueError("resources: not a list"), config(None)
    )
    monkeypatch.setattr(app.integration, "port_app_config_handler", handler, raising=False)
    keeping = asyncio.create_task(mapping.keep())
    await asyncio.wait_for(pipeline.was_used_twice.wait(), 20)
    keeping.cancel()
    assert pipeline.used == [[0], []]
    warnings = [line for line in logged if "the mapping could not be read from Port" in line]
    assert "(no route). Events wait for it" in warnings[0]
    assert "(resources: not a list). Events use the last one" in warnings[1]


async def test_no_error_is_logged_if_jq_is_stopped_meanwhile(
    app: Any, mapping: LiveMapping, monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    """The process ends: this is no error of the mapping or of Port."""
    monkeypatch.setattr(app.config, "port", SimpleNamespace(port_app_config_cache_ttl=0), raising=False)
    handler = Handler(StoppedError())
    monkeypatch.setattr(app.integration, "port_app_config_handler", handler, raising=False)
    await asyncio.wait_for(mapping.keep(), 20)
    assert [line for line in logged if "| INFO " not in line] == []
