"""The examples of the README are valid."""

import re
from pathlib import Path
from typing import Any

import yaml

from configuration.mapping_entry import read_resource
from configuration.settings import Settings

_README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
_PREFIX = "OCEAN__INTEGRATION__CONFIG__"


def _block(language: str, first_word: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", _README, re.DOTALL)
    return next(block for block in blocks if block.startswith(first_word))


def test_the_mapping_of_the_readme_is_valid() -> None:
    mapping: dict[str, Any] = yaml.safe_load(_block("yaml", "resources:"))
    for entry in mapping["resources"]:
        resource = read_resource(entry["kind"], entry["selector"], Settings(base_url="https://x").pagination)
        assert [parameter.name for parameter in resource.parameters] == ["project_id"]
        assert resource.incremental is not None
        assert resource.endpoint.pagination.param == "after"


def test_the_docker_command_of_the_readme_has_valid_settings() -> None:
    variables = dict(re.findall(rf'{_PREFIX}(\w+)="([^"]*)"', _block("bash", "docker build")))
    settings = Settings.from_config({name.lower(): value for name, value in variables.items()}, {})
    assert settings.pagination.type == "page"
    assert settings.bearer_token == "<YOUR_API_TOKEN>"
