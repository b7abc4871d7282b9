"""What the README says is true, and can be read in half a minute."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from benchmarks.readings import at_ports, values
from benchmarks.results import read_results
from benchmarks.series import paired_ratio

_ROOT = Path(__file__).parents[2]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_MOST_WORDS = 350


def test_the_readme_is_short(pages: dict[str, Any]) -> None:
    assert len(pages["README.md"].prose.split()) <= _MOST_WORDS


def test_the_command_of_ci_is_in_the_readme() -> None:
    """`.ci/run` runs the README's own test command."""
    (command,) = re.findall(r"^make .*$", (_ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"`{command}`" in _README


def test_the_image_is_one_that_a_release_publishes() -> None:
    workflow = yaml.safe_load((_ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["images"]["steps"]
    (tag,) = (step["with"]["tags"] for step in steps if step.get("id") == "custom")
    assert tag == "${{ steps.names.outputs.prefix }}custom:${{ env.VERSION }}"
    (prefix,) = (text for step in steps for text in re.findall(r'"prefix=(.*)"', step.get("run", "")))
    assert prefix == "$REGISTRY/${GITHUB_REPOSITORY,,}/port-ocean-"
    version = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f'docker pull "ghcr.io/<OWNER>/<REPOSITORY>/port-ocean-custom:{version}"' in _README


def test_there_are_as_many_examples_as_the_readme_says() -> None:
    examples = {path.parent.name: path for path in (_ROOT / "examples").glob("*/port-app-config.yml")}
    assert "More than twenty examples" in _README
    assert len(examples) > 20
    assert {"github", "gitlab", "jira", "pagerduty", "servicenow"} <= examples.keys()


def test_there_are_as_many_promises_as_the_readme_says(pages: dict[str, Any]) -> None:
    promises = re.findall(r"^\| [^|]+ \| `tests/", pages["docs/reliability.md"].text, re.MULTILINE)
    assert "More than 40\n  [promises](docs/reliability.md)" in _README
    assert len(promises) > 40


def test_the_measured_ratios_are_at_least_those_of_the_readme() -> None:
    claimed = [int(number) for number in re.findall(r"at\s+least (\d+) times", _README)]
    measured = [min(_ratios(which)) for which in ("first", "second")]
    assert len(claimed) == len(measured)
    assert all(is_at_least <= ratio for is_at_least, ratio in zip(claimed, measured, strict=True)), measured


def _ratios(which: str) -> list[float]:
    """Return the ratios to Ocean's own classes for each latency of Port."""
    return [
        paired_ratio(theirs, values(scenario, "ours", which, "seconds")).median
        for _, scenario in at_ports(read_results().scenarios)
        if (theirs := values(scenario, "stock_paged", which, "seconds"))
    ]
