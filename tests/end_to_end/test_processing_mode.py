"""Both of Ocean's processing modes, and a change of the mode in the middle of a resync."""

from typing import Any, override

import pytest

pytestmark = pytest.mark.process

# Ocean asks for the flags anew for each batch.
NO_CACHE = {"OCEAN__PORT__FEATURE_FLAGS_CACHE_TTL_SECONDS": "0"}
DSP = {"OCEAN__PROCESSING_MODE": "dsp"}
# Two pages are more than a batch: when the third is requested, Ocean has the first batch.
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
    """Full pages of the first kind, and a short one of the others.

    When page `at` of the first kind is requested, Port's flags change.
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
        return super().__contains__(_ordered(str(target)))

    @override
    def get(self, target: str, default: Any = None) -> Any:
        if _ordered(target) == self._at:
            switch(self._port, self._processing)
        return super().get(_ordered(target), default)


def _ordered(target: str) -> str:
    """The parameters of a target in one order."""
    path, _, query = target.partition("?")
    return f"{path}?{'&'.join(sorted(query.split('&'), reverse=True))}"


def switch(port: Any, processing: str) -> None:
    port.http.patch("/_sandbox/settings", json={"processing": processing}).raise_for_status()


@pytest.fixture(autouse=True)
def port_as_before(port: Any) -> Any:
    switch(port, "ocean")
    yield
    switch(port, "ocean")


@pytest.fixture
def installed(install: Any, loopback: Any, port: Any) -> Any:
    """An installation that was synced once, in ocean-core mode."""

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
def test_kind_fails_where_the_mode_changes_while_it_is_read(installed: Any, port: Any, page: int) -> None:
    installation, api = installed("/a", "/b")
    api.answers = Answers(port, "/a", "/b", at=page)
    run = installation.sync()
    assert port.counts() == {"a": 3 * SIZE, "b": FEW}
    assert "changed the processing mode during this resync" in run.log
    assert "Deleting" not in run.log


def test_unfolded_items_are_seen_as_well(installed: Any, port: Any) -> None:
    """Unfolding is slow in Ocean, so there are only a batch and a part of one."""
    installation, api = installed("/a", pages=0, itemsToParse="[.]", itemsToParseTopLevelTransform=False)
    api.answers = Answers(port, "/a", at=3, pages=2)
    assert "changed the processing mode during this resync" in installation.sync().log


@pytest.mark.parametrize("page", [1, 3])
def test_change_back_from_dsp_fails_the_kind(installed: Any, port: Any, page: int) -> None:
    installation, api = installed("/a")
    switch(port, "dsp")
    api.answers = Answers(port, "/a", at=page, processing="ocean")
    run = installation.sync()
    assert "changed the processing mode during this resync" in run.log
    assert port.counts() == {"a": 3 * SIZE}


def test_dsp_mode_hands_everything_to_port_and_says_so(installed: Any, port: Any) -> None:
    installation, _ = installed("/a")
    switch(port, "dsp")
    done = installation.sail()
    assert "DSP mode: Port maps the items and deletes entities" in done.stdout
    assert "changed the processing mode" not in done.stdout
    raw = port.http.get("/_sandbox/raw", params={"integration": installation.identifier}).json()
    assert sum(batch["items"] for batch in raw) == 3 * SIZE


def test_failed_kind_fails_the_resync_in_dsp_mode(installed: Any, port: Any) -> None:
    installation, api = installed("/a", "/b")
    switch(port, "dsp")
    api.answers = Answers(port, "/b")
    assert "status 404" in installation.sail().stdout
    sync = port.http.get("/_sandbox/syncs", params={"integration": installation.identifier}).json()[0]
    assert sync["resyncState"]["status"] == "failed"
