#!/usr/bin/env python3
"""Print the SBOM of a release in CycloneDX 1.6: scripts/sbom.py >sbom.cdx.json

It lists the packages of requirements.lock with the hashes that pip verifies, their dependencies, and the
third-party files in this repository. The output is reproducible, so it has no timestamp. The script needs
only Python 3.12.
"""

import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PACKAGE = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?\n((?:[ \t]+.*\n?)*)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"#(?:\s+via)?\s+(\S+)(?: \(pyproject\.toml\))?$", re.MULTILINE)
_STATIC = Path("builder/web/static")
# "htmx.min.js is htmx 2.0.11 as its npm package `htmx.org` has it"
_LIBRARY = re.compile(
    r"^(?P<file>\S+\.min\.js) is [^`]*?(?P<version>\d+\.\d+\.\d+)\s+as its npm package"
    r"\s+`(?P<package>[^`]+)`",
    re.MULTILINE,
)

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a lock file. marker: its environment marker, or "". needed_by: names of packages."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package URL (package-url.org). Its name is in lower case with dashes."""
        return f"pkg:pypi/{normal(self.name)}@{self.version.replace('+', '%2B')}"


def normal(name: str) -> str:
    """Return the normalized form of a package name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages_in(lock: str) -> Iterator[Package]:
    """Yield the packages of a lock file. Raises ValueError: a package has no hash."""
    for name, version, marker, rest in _PACKAGE.findall(lock):
        hashes = tuple(_HASH.findall(rest))
        if not hashes:
            raise ValueError(f"{name} has no hash")
        needed_by = (each for each in _VIA.findall(rest) if each != "via")
        yield Package(name, version, marker, hashes, tuple(needed_by))


def sbom(root: Path = ROOT) -> Json:
    """Return the SBOM."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = list(packages_in((root / "requirements.lock").read_text(encoding="utf-8")))
    itself = f"pkg:pypi/{normal(project['name'])}@{project['version']}"
    files = list(_third_party_files(root / _STATIC))
    needs: dict[str, list[str]] = {itself: [each["bom-ref"] for each in files]}
    needs |= {each.purl: [] for each in packages}
    by_name = {normal(project["name"]): itself, **{normal(each.name): each.purl for each in packages}}
    for each in packages:
        for parent in each.needed_by:
            needs[by_name[normal(parent.partition("[")[0])]].append(each.purl)
    components = [*map(_component, packages), *files]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([itself, components]))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(found))} for ref, found in needs.items()],
    }


def _component(package: Package) -> Json:
    found: Json = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        # The hashes of all files that the lock file allows: the wheels of each platform and the source.
        "hashes": [{"alg": "SHA-256", "content": each} for each in package.hashes],
    }
    if package.marker:
        found["properties"] = [{"name": "python:marker", "value": package.marker}]
    return found


def _third_party_files(folder: Path) -> Iterator[Json]:
    """Yield the minified libraries of a page. The license beside each file names its package and version."""
    licenses = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("LICENSE.*.txt")))
    stated = {match["file"]: match for match in _LIBRARY.finditer(licenses)}
    for file in sorted(folder.glob("*.min.js")):
        if file.name not in stated:
            raise ValueError(f"no license file states the package and the version of {file.name}")
        name, version = stated[file.name]["package"], stated[file.name]["version"]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}],
        }


if __name__ == "__main__":
    json.dump(sbom(), sys.stdout, indent=2)
    print()
