"""max_shrink compares a kind with the last resync in which it completed."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from port_ocean.context.event import EventType, event_context
from port_ocean.context.resource import resource_context

from configuration.settings import Settings
from ocean_adapter.previous_resyncs import check_shrink
from ocean_adapter.processing_mode import processing_record
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig
from rest.errors import ItemsError

PORT = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
SETTINGS = Settings.from_config({"base_url": "https://api.example"}, {})


def kind_record(kind: str, items: int, state: str = "completed", index: int = 0) -> dict[str, Any]:
    extract = {"object_count_type": {"raw_extracted": {"object_count": items}}}
    return {
        "kind": kind,
        "kindIndex": index,
        "syncState": state,
        "metrics": {"phase": {"extract": extract}},
    }


class Port:
    """A fake Port client. resyncs: the records of each resync, newest last."""

    def __init__(self, *resyncs: list[dict[str, Any]]) -> None:
        self.resyncs = resyncs
        self.requests: list[str] = []
        self.auth = SimpleNamespace(api_url="https://port.example/v1", headers=self._headers)
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._respond))

    async def _headers(self) -> dict[str, str]:
        return {}

    async def get_current_integration(self) -> dict[str, Any]:
        return {"_id": "integration/1"}

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.raw_path.decode())
        if request.url.path.endswith("syncsMetadata"):
            syncs = [
                {"createdAt": f"2026-01-{day:02}", "eventId": str(day)}
                for day in range(1, len(self.resyncs) + 1)
            ]
            return httpx.Response(200, json={"data": syncs})
        number = int(request.url.params["resyncId"])
        return httpx.Response(200, json={"data": self.resyncs[number - 1]})


type Check = Callable[..., Any]


@pytest.fixture
def check(app: Any, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check a kind's item counts, by mapping index, against a fake Port."""

    async def run(
        port: Any,
        *counts: int,
        kinds: tuple[str, ...] = ("/tasks",),
        enable_delete: bool = True,
        dsp: bool = False,
    ) -> None:
        monkeypatch.setattr(app, "port_client", port)
        entries = [
            {"kind": kind, "selector": {"max_shrink": "50%"}, "enableDelete": enable_delete, "port": PORT}
            for kind in kinds
        ]
        mapping = CustomPortAppConfig.parse_obj({"resources": entries})
        async with event_context(EventType.RESYNC) as event:
            event.port_app_config = mapping
            processing_record(event.attributes).started_in_dsp = dsp
            for index, (config, count) in enumerate(zip(mapping.resources, counts, strict=True)):
                async with resource_context(config, index):
                    await check_shrink(resource_from(config, SETTINGS.pagination), count)

    return run


async def test_a_kind_that_lost_too_many_items_fails(check: Check) -> None:
    with pytest.raises(ItemsError, match="has 40 items, and the last complete one had 1000"):
        await check(Port([kind_record("/tasks", 1000)]), 40)


async def test_a_kind_within_the_limit_passes(check: Check) -> None:
    await check(Port([kind_record("/tasks", 1000)]), 600)


async def test_failed_resyncs_are_skipped(check: Check) -> None:
    port = Port([kind_record("/tasks", 1000)], [kind_record("/tasks", 1, "failed")], [])
    with pytest.raises(ItemsError, match="had 1000"):
        await check(port, 1)
    assert len(port.requests) == 4


async def test_port_is_asked_once_per_resync(check: Check) -> None:
    port = Port([kind_record("/tasks", 10), kind_record("/users", 10)])
    await check(port, 10, 10, kinds=("/tasks", "/users"))
    assert port.requests == [
        "/v1/integration/integration%2F1/syncsMetadata",
        "/v1/integration/integration%2F1/syncMetrics?resyncId=1",
    ]


async def test_entries_of_one_kind_are_told_apart_by_their_order(check: Check) -> None:
    records = [kind_record("/tasks", 1000, index=1), kind_record("/tasks", 10, index=0)]
    with pytest.raises(ItemsError, match="had 1000"):
        await check(Port(records), 10, 10, kinds=("/tasks", "/tasks"))


async def test_a_kind_is_not_checked_if_its_number_of_entries_changed(check: Check) -> None:
    records = [kind_record("/tasks", 1000, index=0), kind_record("/tasks", 1000, index=1)]
    await check(Port(records), 1)


async def test_a_new_kind_is_not_checked(check: Check) -> None:
    await check(Port([kind_record("/users", 1000)]), 1)


@pytest.mark.parametrize("options", [{"enable_delete": False}, {"dsp": True}], ids=str)
async def test_kinds_without_deletion_and_dsp_mode_are_not_checked(
    check: Check, options: dict[str, Any]
) -> None:
    port = Port([kind_record("/tasks", 1000)])
    await check(port, 1, **options)
    assert port.requests == []


async def test_a_kind_is_not_checked_if_port_returns_no_counts(check: Check) -> None:
    record = kind_record("/tasks", 1000)
    del record["metrics"]
    await check(Port([record]), 1)
