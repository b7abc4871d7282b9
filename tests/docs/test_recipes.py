"""docs/recipes.md: each recipe reads an API that behaves as its heading says, or has a test elsewhere."""

import ast
import re
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from client import RetryPolicy
from configuration.setting_names import field_name
from configuration.settings import Settings
from extraction import open_extractor
from extraction.system_clock import SystemClock
from mapping import EntityMapping, WorkerLimits, open_mapper
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig
from rest.errors import SyncError
from tests.docs.recipe_apis import APIS, Api
from tests.loopback_server import Request, Response, serving
from tests.tls_authority import Authority

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RECIPE = re.compile(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_RECIPES = dict(_RECIPE.findall((_ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")))
# A recipe that needs two servers to be seen: the file and the name of the test that does so.
_ELSEWHERE = {
    "Is reachable only through a proxy": (
        "tests/extraction/test_connection.py",
        "test_proxy_of_the_environment_receives_the_requests",
    ),
}
_FAILS = "Answers 204 if there is nothing"
_OVER_TLS = "Has a self-signed certificate"
# For a recipe that only has settings.
_MAPPING: Json = {
    "resources": [
        {
            "kind": "/api/items",
            "selector": {"query": "true", "data_path": ".items"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"item"'}}},
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe: its settings by the names that Ocean passes, and its mapping."""

    settings: Json = field(default_factory=dict)
    mapping: Json = field(default_factory=lambda: _MAPPING)


class _NoWait(SystemClock):
    async def sleep(self, seconds: float) -> None:
        """Return at once."""


def _read(heading: str) -> Recipe:
    blocks = [yaml.safe_load(block) for block in _BLOCK.findall(_RECIPES[heading])]
    mappings = [block for block in blocks if "resources" in block]
    settings = [block for block in blocks if "resources" not in block]
    own = {field_name(name): value for block in settings for name, value in block.items()}
    return Recipe(own, mappings[0] if mappings else _MAPPING)


async def _identifiers(recipe: Recipe, api: Api, tls: ssl.SSLContext | None = None) -> set[str]:
    """Read the API by the recipe, and return the identifiers of the entities. Port keeps one of each."""
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return api.answer(request, len(requests) - 1)

    [config] = CustomPortAppConfig.parse_obj(recipe.mapping).resources
    entry = EntityMapping(config.port.entity.mappings.dict(exclude_unset=True), config.selector.query)
    found: set[str] = set()
    with serving(answer, tls) as url:
        settings = Settings.from_config({"base_url": url, **recipe.settings}, {})
        resource = resource_from(config, settings.pagination)
        async with (
            open_mapper(WorkerLimits()) as mapper,
            open_extractor(
                settings, [resource], retry_policy=RetryPolicy(1, base_s=0), clock=_NoWait()
            ) as extractor,
        ):
            verdict = extractor.verdict(resource)
            async for batch in extractor.batches(resource, verdict):
                mapped = await mapper.map(entry, batch)
                assert not mapped.incomplete
                found |= {str(entity["identifier"]) for entity in mapped.passed}
    assert verdict.words.startswith("complete")
    return found


def test_each_recipe_has_a_test() -> None:
    assert _RECIPES.keys() == APIS.keys() | _ELSEWHERE.keys() | {_FAILS, _OVER_TLS}


@pytest.mark.parametrize("heading", APIS)
async def test_a_recipe_reads_its_api(heading: str) -> None:
    api = APIS[heading]
    assert await _identifiers(_read(heading), api) == set(api.ids)


async def test_an_empty_listing_fails_the_recipe_that_expects_items() -> None:
    nothing = Api(lambda *_: Response(b"", 204))
    with pytest.raises(SyncError, match="min_items"):
        await _identifiers(_read(_FAILS), nothing)


async def test_the_recipe_for_a_certificate_trusts_it(tmp_path: Path) -> None:
    authority, api = Authority(), Api(lambda *_: Response({"items": [{"id": 1}]}))
    trusting = replace(_read(_OVER_TLS), settings={"ca_certificate": str(tmp_path / "ca.crt")})
    assert _read(_OVER_TLS).settings.keys() == trusting.settings.keys()
    (tmp_path / "ca.crt").write_text(authority.pem, encoding="utf-8")
    assert await _identifiers(trusting, api, authority.server()) == {"1"}
    with pytest.raises(SyncError, match="certificate is not trusted"):
        await _identifiers(Recipe(), api, authority.server())


@pytest.mark.parametrize(("file", "name"), _ELSEWHERE.values())
def test_the_other_tests_exist(file: str, name: str) -> None:
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in functions
