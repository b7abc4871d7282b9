"""Each example syncs a simulation of its API completely, and its entities match the blueprints."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.examples.example import names

pytestmark = pytest.mark.process

type Fill = Callable[[str], Any]


@pytest.mark.parametrize("name", names())
def test_an_example_syncs_its_api(name: str, ready: Fill) -> None:
    filled = ready(name)
    filled.create_blueprints()
    completed = [(resource["kind"], "completed") for resource in filled.example.mapping["resources"]]

    run = filled.installation(small_pages=True).sync()

    assert run.states == completed, run.log
    assert filled.refused() == []
    created = {blueprint: len(each) for blueprint, each in filled.created().items()}
    assert created == filled.expected["entities"]
    for blueprint, entity in filled.expected["spot"].items():
        found = filled.port.entities(blueprint)[entity["identifier"]]
        assert {part: found[part] for part in entity} == entity


def test_a_second_run_with_other_page_sizes_deletes_nothing(ready: Fill) -> None:
    filled = ready("github")
    filled.create_blueprints()
    assert filled.installation(small_pages=True).sync().failed == []
    created = filled.created()
    assert filled.installation(small_pages=False).sync().failed == []
    assert filled.created() == created


def test_the_commands_of_a_readme_work(ready: Fill, ocean_custom_command: Any, tmp_path: Path) -> None:
    filled = ready("okta")
    own = {
        "<PORT_CLIENT_ID>": "sandbox",
        "<PORT_CLIENT_SECRET>": "sandbox",
        "https://api.getport.io": filled.port.url,
    }
    for file in ("settings.env", "port-app-config.yml", "blueprints.json"):
        text = filled.example.text(file)
        for placeholder, value in own.items():
            text = text.replace(placeholder, value)
        (tmp_path / file).write_text(text, encoding="utf-8")
    for command in [each for each in filled.example.commands if each.startswith("ocean-custom ")]:
        _, *arguments = shlex.split(command)
        done = ocean_custom_command.run(
            arguments, {**os.environ, "OCEAN__CACHING_STORAGE_MODE": "memory"}, tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert filled.port.counts() == filled.expected["entities"]
