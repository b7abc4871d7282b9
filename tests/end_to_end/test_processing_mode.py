"""Ocean's two processing modes, and a change of the mode during a resync."""

from typing import Any, override

import pytest

pytestmark = pytest.mark.process

# Ocean requests the feature flags for each batch.
NO_CACHE = {"OCEAN__PORT__FEATURE_FLAGS_CACHE_TTL_SECONDS": "0"}
DSP = {"OCEAN__PROCESSING_MODE": "dsp"}
# Two pages are more than a batch. When the third page is requested, Ocean has the first batch.
SIZE = 300
FEW = 10


def entry(kind: str, **port: Any) -> dict[str, Any]:
    name = kind.strip("/")
    return {
        "kind": kind,
        "selector": {
            "query": "true",
            "pagination": {"type": "page", "page_size": SIZE, "size_param": "size"},
        },
        "port": {
            "entity": {"mappings": {"identifier": ".id", "blueprint": f'"{name}"', "properties": {}}},
            **port,
        },
    }


class Answers(dict[str, Any]):
    """Full pages of the first kind, and one short page of each other kind.

    at: the page of the first kind whose request changes Port's feature flags.
    """

    def __init__(self, port: Any, *kinds: str, at: int = 0, pages: int = 3, processing: str = "dsp") -> None:
        super().__init__()
        self._port, self._processing = port, processing
        self._at = f"{kinds[0]}?size={SIZE}&page={at}"
        for kind in kinds:
            for page in range(1, 5):
                last, size = (pages, SIZE) if kind == kinds[0] else (1, FEW)
                self[f"{kind}?size={SIZE}&page={page}"] = [
                    {"id": f"{page}-{number}"} for number in range(size if page <= last else 0)
                ]

    @override
    def __contains__(self, target: object) -> bool:
        return super().__contains__(_sorted(str(target)))

    @override
    def get(self, target: str, default: Any = None) -> Any:
        if _sorted(target) == self._at:
            set_processing(self._port, self._processing)
        return super().get(_sorted(target), default)


def _sorted(target: str) -> str:
    """Return a target with its parameters in a fixed order."""
    path, _, query = target.partition("?")
    return f"{path}?{'&'.join(sorted(query.split('&'), reverse=True))}"


def set_processing(port: Any, processing: str) -> None:
    port.http.patch("/_sandbox/settings", json={"processing": processing}).raise_for_status()


@pytest.fixture(autouse=True)
def _ocean_mode(port: Any) -> Any:
    set_processing(port, "ocean")
    yield
    set_processing(port, "ocean")


@pytest.fixture
def installed(install: Any, loopback: Any, port: Any) -> Any:
    """Return a function that creates an installation and syncs it once in ocean-core mode."""

    def make(*kinds: str, pages: int = 3, **more: Any) -> Any:
        api = loopback({})
        mapping = {"entityDeletionThreshold": 1, "resources": [entry(kind, **more) for kind in kinds]}
        port.prepare(mapping)
        api.answers = Answers(port, *kinds, pages=pages)
        installation = install({"baseUrl": api.url}, environ={**NO_CACHE, **DSP})
        assert installation.sync(mapping).failed == []
        return installation, api

    return make


@pytest.mark.parametrize("page", [1, 3, 4])
def test_a_change_of_the_mode_during_a_kind_fails_the_kind(installed: Any, port: Any, page: int) -> None:
    installation, api = installed("/a", "/b")
    api.answers = Answers(port, "/a", "/b", at=page)
    run = installation.sync()
    assert port.counts() == {"a": 3 * SIZE, "b": FEW}
    assert "changed the processing mode during this resync" in run.log
    assert "Deleting" not in run.log


def test_a_change_of_the_mode_is_detected_with_items_to_parse(installed: Any, port: Any) -> None:
    """itemsToParse is slow in Ocean, so there are only two pages."""
    installation, api = installed("/a", pages=0, itemsToParse="[.]", itemsToParseTopLevelTransform=False)
    api.answers = Answers(port, "/a", at=3, pages=2)
    assert "changed the processing mode during this resync" in installation.sync().log


@pytest.mark.parametrize("page", [1, 3])
def test_a_change_from_dsp_to_ocean_core_fails_the_kind(installed: Any, port: Any, page: int) -> None:
    installation, api = installed("/a")
    set_processing(port, "dsp")
    api.answers = Answers(port, "/a", at=page, processing="ocean")
    run = installation.sync()
    assert "changed the processing mode during this resync" in run.log
    assert port.counts() == {"a": 3 * SIZE}


def test_dsp_mode_sends_all_items_to_port_and_logs_it(installed: Any, port: Any) -> None:
    installation, _ = installed("/a")
    set_processing(port, "dsp")
    done = installation.sail()
    assert "DSP mode: Port maps the items and deletes entities" in done.stdout
    assert "changed the processing mode" not in done.stdout
    raw = port.http.get("/_sandbox/raw", params={"integration": installation.identifier}).json()
    assert sum(batch["items"] for batch in raw) == 3 * SIZE


def test_a_failed_kind_fails_the_resync_in_dsp_mode(installed: Any, port: Any) -> None:
    installation, api = installed("/a", "/b")
    set_processing(port, "dsp")
    api.answers = Answers(port, "/b")
    assert "status 404" in installation.sail().stdout
    sync = port.http.get("/_sandbox/syncs", params={"integration": installation.identifier}).json()[0]
    assert sync["resyncState"]["status"] == "failed"
