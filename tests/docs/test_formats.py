"""docs/formats.md: each example gives the items that it shows."""

import json
import re
from pathlib import Path

import pytest
import yaml

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from extraction.items import extract_items
from rest.response import Response

pytestmark = pytest.mark.process

_TEXT = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
_SECTION = re.compile(
    r"^## (\w+)\n(?:(?!^## ).)*?```[\w-]+\n(.*?)```\n\n```yaml\n(.*?)```\n\n```json\n(.*?)```",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = {name: parts for name, *parts in _SECTION.findall(_TEXT)}


def test_each_format_has_an_example() -> None:
    assert EXAMPLES.keys() == {"XML", "CSV", "YAML", "Text"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_gives_the_items_that_it_shows(name: str) -> None:
    body, mapping, items = EXAMPLES[name]
    entry = yaml.safe_load(mapping)["resources"][0]
    endpoint = read_resource(entry["kind"], entry["selector"], PaginationSettings()).endpoint
    response = Response(200, {"content-type": "text/plain"}, body.encode(), format=endpoint.format)
    assert extract_items(response, endpoint.data_path).values == json.loads(items)
