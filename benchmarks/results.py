"""The results file: for each scenario its machine, its date and every measured value."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.port_sandbox import ROOT

RESULTS = Path(__file__).with_name("results") / "results.json"
FORMAT = 1
_PACKAGES = ("port-ocean", "httpx", "jq", "msgspec", "pydantic")


def machine() -> dict[str, Any]:
    """Return the class of this machine, without a name or an address."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory_gib),
        "processor": _processor(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Return the commit of the project, with + if files were changed, and the versions of packages."""
    commit, changes = (
        subprocess.run(
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for arguments in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    )
    changed = "+" if changes.strip() else ""
    return {"commit": (commit.strip() or "unknown") + changed, **{name: version(name) for name in _PACKAGES}}


@dataclass
class Results:
    """The scenarios of a results file by name. versions: of what is measured now."""

    path: Path
    versions: Mapping[str, str] = field(default_factory=dict)
    scenarios: dict[str, dict[str, Any]] = field(default_factory=dict)

    def record(self, name: str, values: Mapping[str, Any]) -> None:
        """Save a scenario, and replace its earlier values. The other scenarios stay."""
        self.scenarios[name] = {
            "date": datetime.now(UTC).date().isoformat(),
            "load": round(os.getloadavg()[2], 1),
            "machine": machine(),
            "versions": dict(self.versions),
            **values,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        document = {"format": FORMAT, "scenarios": dict(sorted(self.scenarios.items()))}
        text = json.dumps(rounded(document), indent=1)
        self.path.write_text(text + "\n", encoding="utf-8")


def rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON data with floats of four significant decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list | tuple) else value


def read_results(path: Path = RESULTS, versions: Mapping[str, str] = MappingProxyType({})) -> Results:
    """Return the saved results. A missing file and one of another format have none."""
    if not path.exists():
        return Results(path, versions)
    document = json.loads(path.read_text(encoding="utf-8"))
    scenarios = document["scenarios"] if document.get("format") == FORMAT else {}
    return Results(path, versions, scenarios)
