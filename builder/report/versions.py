"""The versions in a report."""

import platform
from importlib.metadata import PackageNotFoundError, version

from builder.project import read_project
from builder.report.report import Part
from rest.bodies import Json

_PACKAGES = (
    "port-ocean",
    "httpx",
    "httpcore",
    "jq",
    "msgspec",
    "pydantic",
    "cryptography",
    "PyYAML",
    "uvicorn",
)


def versions_part() -> Part:
    """Return the versions of this project, of Ocean and other packages, of Python, and the platform."""
    project = read_project()
    ocean = _version("port-ocean")
    content: Json = {
        "ocean-custom": project.version,
        "type": project.name,
        "packages": {name: _version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
    }
    summary = f"ocean-custom {project.version}, Ocean {ocean}, Python {platform.python_version()}"
    return Part("versions.json", summary, content)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
