"""The SBOM lists exactly the packages of the lock file."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from scripts.sbom import normal, packages_in, sbom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return sbom()


def locked() -> dict[str, Requirement]:
    """Return the requirements of the lock file, as pip reads it."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith((" ", "#"))]
    return {normal(each.name): each for each in found}


def test_the_sbom_has_the_required_fields_of_cyclonedx(document: dict[str, Any]) -> None:
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    assert document["serialNumber"].startswith("urn:uuid:")
    components = [document["metadata"]["component"], *document["components"]]
    assert all(each["type"] and each["name"] and each["version"] for each in components)
    references = [each["bom-ref"] for each in components]
    assert len(set(references)) == len(references)
    assert {each["ref"] for each in document["dependencies"]} <= {*references}
    assert {on for each in document["dependencies"] for on in each["dependsOn"]} <= {*references}


def test_the_sbom_has_each_package_of_the_lock_file_with_its_hashes(document: dict[str, Any]) -> None:
    packages = {each["name"]: each for each in document["components"] if each["purl"].startswith("pkg:pypi/")}
    assert {normal(name): f"=={each['version']}" for name, each in packages.items()} == {
        name: str(each.specifier) for name, each in locked().items()
    }
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    listed = [hashed["content"] for each in packages.values() for hashed in each["hashes"]]
    assert len(listed) == text.count("--hash=sha256:")
    assert all(f"--hash=sha256:{content}" in text for content in listed)
    marked = {normal(name) for name, each in packages.items() if "properties" in each}
    assert marked == {name for name, each in locked().items() if each.marker}


def test_every_component_is_needed_by_another(document: dict[str, Any]) -> None:
    """All components are reachable from the integration itself."""
    needs = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    reached, queue = set[str](), [document["metadata"]["component"]["bom-ref"]]
    while queue:
        ref = queue.pop()
        if ref not in reached:
            reached.add(ref)
            queue += needs.get(ref, [])
    assert reached == {document["metadata"]["component"]["bom-ref"]} | {
        each["bom-ref"] for each in document["components"]
    }


def test_third_party_files_are_listed_with_their_hash(document: dict[str, Any]) -> None:
    """The builder and the sandbox have identical copies of htmx."""
    files = [each for each in document["components"] if each["purl"].startswith("pkg:npm/")]
    listed = {each["hashes"][0]["content"]: each["name"] for each in files}
    for folder in ("builder/web", "sandbox/web"):
        for file in (ROOT / folder / "static").glob("*.min.js"):
            assert hashlib.sha256(file.read_bytes()).hexdigest() in listed, file
    htmx = next(each for each in files if each["name"] == "htmx.org")
    assert htmx["version"].encode() in (ROOT / "builder/web/static/htmx.min.js").read_bytes()


@pytest.mark.process
def test_the_output_is_reproducible(document: dict[str, Any]) -> None:
    command = [sys.executable, "-I", str(ROOT / "scripts" / "sbom.py")]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == document


@pytest.mark.parametrize(
    "lock", ["a==1.0\n", "a==1.0 \\\n    # via custom (pyproject.toml)\n", "a==1.0 ; sys_platform == 'x'\n"]
)
def test_a_package_without_a_hash_is_an_error(lock: str) -> None:
    with pytest.raises(ValueError, match="a has no hash"):
        list(packages_in(lock))


def test_a_file_without_a_license_is_an_error(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    file = tmp_path / "builder" / "web" / "static" / "htmx.min.js"
    file.parent.mkdir(parents=True)
    file.write_text("var htmx")
    with pytest.raises(ValueError, match=r"the version of htmx\.min\.js"):
        sbom(tmp_path)
