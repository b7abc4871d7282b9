"""The code blocks of the pages are valid."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.cli.main import main as ocean_custom
from configuration.certificates import CERTIFICATE_SETTINGS
from configuration.pagination import PaginationSettings
from configuration.secret_files import FILE_SETTINGS
from configuration.setting_names import field_name
from configuration.settings import Settings, setting_names
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig
from tests.keys import private_key_pem

_ROOT = Path(__file__).parents[2]
_TARGETS = set(re.findall(r"^([a-z-]+):", (_ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_SETTING = "OCEAN__INTEGRATION__CONFIG__"


def _blocks(page: Any, language: str) -> Iterator[str]:
    return (text for found, text in page.blocks if found == language)


def test_yaml_is_a_valid_mapping_or_valid_settings(page: Any) -> None:
    for block in _blocks(page, "yaml"):
        content = yaml.safe_load(block)
        assert isinstance(content, dict), block
        if "resources" in content:
            configs = CustomPortAppConfig.parse_obj(content).resources
            assert [resource_from(config, PaginationSettings()).kind for config in configs], block
        elif content.keys() & set(setting_names()):
            _check_settings({field_name(name): value for name, value in content.items()})


def _check_settings(config: Mapping[str, Any]) -> None:
    """Check settings by the names that Ocean passes. Adds a base URL if the block has none."""
    known = {field_name(name) for name in setting_names()}
    assert config.keys() <= known
    # Certificates are read at once, so that no path of an example works here.
    others = {
        name: value for name, value in _without_files(config).items() if name not in CERTIFICATE_SETTINGS
    }
    complete = {"base_url": "https://api.example.com", **others}
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)\}", str(config)), "made-up")
    Settings.from_config(complete, environ)


def _without_files(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with secrets instead of the paths of their files, which do not exist here."""
    key = json.dumps({"private_key": private_key_pem(), "token_uri": "https://login.example.com/token"})
    secrets = {secret: key if secret == "private_key" else "made-up" for secret in FILE_SETTINGS.values()}
    found = {secret: secrets[secret] for name, secret in FILE_SETTINGS.items() if name in config}
    paths = FILE_SETTINGS.keys() | CERTIFICATE_SETTINGS
    return {**{name: value for name, value in config.items() if name not in paths}, **found}


def test_json_is_valid(page: Any) -> None:
    for block in _blocks(page, "json"):
        json.loads(block)


def test_env_files_have_valid_settings(page: Any) -> None:
    for block in _blocks(page, "ini"):
        variables = dict(line.split("=", 1) for line in block.splitlines() if line)
        _check_settings(
            {
                name.removeprefix(_SETTING).lower(): text
                for name, text in variables.items()
                if _SETTING in name
            }
        )


@pytest.mark.process
def test_commands_are_valid_shell(page: Any) -> None:
    for block in _blocks(page, "bash"):
        done = subprocess.run(
            ["/bin/bash", "-n"], input=block, capture_output=True, text=True, timeout=20, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), block


def test_the_make_targets_and_ocean_custom_commands_exist(page: Any) -> None:
    wrong = [command for command in _commands(page) if not _exists(command)]
    assert wrong == []


def _commands(page: Any) -> Iterator[list[str]]:
    """Yield the words of each command that begins with make or ocean-custom."""
    lines = [line for block in _blocks(page, "bash") for line in block.replace("\\\n", " ").splitlines()]
    lines += [span for span in page.spans if "…" not in span]
    for line in lines:
        if re.match(r"(make|(\.venv/bin/)?ocean-custom) [a-z]", line):
            yield shlex.split(line, comments=True)


def _exists(words: list[str]) -> bool:
    program, name, *options = words
    if program == "make":
        return name in _TARGETS
    command = ocean_custom.commands.get(name)
    if command is None:
        return False
    own = options[: options.index("--")] if "--" in options else options
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    return {word for word in own if word.startswith("--")} <= known | {"--help"}


@pytest.mark.parametrize("name", sorted(ocean_custom.commands))
def test_every_command_is_documented(name: str, pages: dict[str, Any]) -> None:
    assert f"| `ocean-custom {name}` |" in pages["docs/builder.md"].text
