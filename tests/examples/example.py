"""An example with its placeholders replaced."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTING = "OCEAN__INTEGRATION__CONFIG__"
_DEMO = "sample_company"  # the demo has its own settings


def names() -> list[str]:
    """Return the folders of `examples/`, without the demo's."""
    return sorted(each.name for each in EXAMPLES.iterdir() if each.is_dir() and each.name != _DEMO)


@dataclass(frozen=True, slots=True)
class Example:
    """A folder of `examples/`. filled: texts and their replacements, in this order."""

    name: str
    filled: Mapping[str, str] = field(default_factory=dict)

    def text(self, file: str) -> str:
        """Return a file with the replacements."""
        text = (EXAMPLES / self.name / file).read_text(encoding="utf-8")
        for placeholder, value in self.filled.items():
            text = text.replace(placeholder, value)
        return text

    @property
    def variables(self) -> dict[str, str]:
        """The variables of settings.env, as Docker reads them."""
        lines = [line for line in self.text("settings.env").splitlines() if line and line[0] != "#"]
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    @property
    def settings(self) -> dict[str, str]:
        """The variables that are settings of the integration."""
        return {name: value for name, value in self.variables.items() if name.startswith(SETTING)}

    @property
    def mapping(self) -> dict[str, Any]:
        """The mapping file."""
        found: dict[str, Any] = yaml.safe_load(self.text("port-app-config.yml"))
        return found

    @property
    def blueprints(self) -> list[dict[str, Any]]:
        """The blueprints, in the order of the file."""
        found: list[dict[str, Any]] = json.loads(self.text("blueprints.json"))
        return found

    def mappings(self) -> Iterator[dict[str, Any]]:
        """Yield the mappings of each resource."""
        for resource in self.mapping["resources"]:
            yield resource["port"]["entity"]["mappings"]

    @property
    def commands(self) -> list[str]:
        """The shell commands of the README, without comments."""
        blocks = self.text("README.md").split("```bash\n")[1:]
        lines = [line for block in blocks for line in block.partition("```")[0].splitlines()]
        return [line for line in lines if line and not line.startswith("#")]
