"""The mappings of the examples, contracts and seeds have the same result as with Ocean's processor."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from configuration.settings import Settings
from extraction import open_extractor
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "contracts"
CASES = sorted((CONTRACTS / "cases").glob("*.yml"))
SEEDS = ROOT / "tests" / "end_to_end" / "seeds"
# Each mapping, with the pagination style of the sample API that it uses.
SAMPLES = {
    SEEDS / "two-endpoints.yml": "page",
    SEEDS / "tickets.yml": "page",
    SEEDS / "comments.yml": "page",
    ROOT / "examples" / "sample_company" / "port-app-config.yml": "cursor",
}


@pytest.fixture(scope="module")
def simulator() -> httpx.AsyncBaseTransport:
    """Return a transport to the simulated public APIs, which run in this process."""
    spec = importlib.util.spec_from_file_location("simulator_public", CONTRACTS / "simulator_public.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return httpx.ASGITransport(module.app)


@pytest.fixture(scope="module")
def sample_api() -> Iterator[str]:
    """Start the sample company's API and yield its URL."""
    command = [sys.executable, "-m", "sandbox.sample_api", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield "http://" + process.stdout.readline().partition("http://")[2].split()[0].rstrip(";/")
        process.terminate()


@pytest.mark.skipif(not CASES, reason="the simulated contracts are not next to the project")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_public_apis_are_mapped_as_ocean_maps_them(
    processors: Any, simulator: httpx.AsyncBaseTransport, case: Path
) -> None:
    contract = yaml.safe_load(case.read_text())
    config = {
        _snake(name): value.replace("{SIM}", "http://simulator")
        for name, value in contract["settings"].items()
    }
    check(processors, config, contract["mapping"], simulator)


@pytest.mark.process
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_the_sample_company_is_mapped_as_ocean_maps_it(processors: Any, sample_api: str, file: Path) -> None:
    config = {
        "base_url": f"{sample_api}/bearer/{SAMPLES[file]}",
        "auth_type": "bearer_token",
        "auth_value": "sample-token",
        "pagination_type": SAMPLES[file],
    }
    check(processors, config, yaml.safe_load(file.read_text()))


def check(
    processors: Any,
    config: dict[str, Any],
    mapping: dict[str, Any],
    transport: httpx.AsyncBaseTransport | None = None,
) -> None:
    """Compare both processors on each entry's first batch. Ocean does not map empty batches."""
    config = {name: json.loads(text) if text.startswith("{") else text for name, text in config.items()}
    settings = Settings.from_config(config)
    counts = []
    for entry in mapping["resources"]:
        items = processors.runner.run(_items(settings, entry, transport))
        if not items:
            continue
        entity = entry["port"]["entity"]["mappings"]
        query = entry.get("selector", {}).get("query", "true")
        theirs, ours = processors.reports(entity, items, query=query)
        assert ours == theirs
        counts.append(len(ours.passed))
    assert any(counts)


async def _items(
    settings: Settings, entry: dict[str, Any], transport: httpx.AsyncBaseTransport | None
) -> list[Any]:
    (config,) = CustomPortAppConfig.parse_obj({"resources": [entry]}).resources
    resource = resource_from(config, settings.pagination)
    async with open_extractor(settings, [resource], transport=transport) as extractor:
        async for batch in extractor.batches(resource):
            return batch
    return []


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
