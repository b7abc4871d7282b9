"""The project's own folder, name and version."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Project:
    """Name and version, as `ocean sail` reports them to Port."""

    name: str
    version: str


def read_project() -> Project:
    """Read pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Project(str(project["name"]), str(project["version"]))
