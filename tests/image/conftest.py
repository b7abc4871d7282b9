"""The image, built once for all parallel test workers."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import port, sample
from tests.helm.conftest import company, local_values
from tests.image.container import Container, Image

__all__ = ["company", "local_values", "port", "sample"]

_ROOT = Path(__file__).parents[2]
_TOOLS = ("buildah", "runc", "debootstrap")
# Not the default, so that tests see the effect of the build argument.
TYPE = "generic-http"
_TAG = "ocean-custom-tested"
_DRIVER = "vfs"  # works on any file system and inside containers
_BUILDAH = ("buildah", "--storage-driver", _DRIVER)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Build the image of type `generic-http` on a Debian base that debootstrap creates. Pulls nothing."""
    missing = [name for name in _TOOLS if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        reason = f"the image is built by root with {', '.join(_TOOLS)}: scripts/install_image_tools.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with _build_lock(_shared_folder(tmp_path_factory) / "image") as built:
        if not built.exists():
            _build()
            built.touch()
    container = _buildah("from", "--pull-never", f"localhost/{_TAG}")
    try:
        root = Path(_buildah("mount", container))
        yield Image(root, _config(), _bytes())
    finally:
        _buildah("rm", container)


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of this test run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def _build_lock(path: Path) -> Iterator[Path]:
    """Yield the path of the marker file under a lock. The marker exists after the build."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path.with_suffix(".built")


def _build() -> None:
    """Remove the image of the previous run and build a new one."""
    _run(*_BUILDAH, "rmi", "--force", f"localhost/{_TAG}")
    done = _run(str(_ROOT / "scripts" / "build_image.sh"), TYPE, _TAG)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def _buildah(*arguments: str) -> str:
    done = _run(*_BUILDAH, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "BASE": "debootstrap", "STORAGE_DRIVER": _DRIVER}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(_buildah("inspect", "--type", "image", _TAG))["Docker"]["config"]
    return config


def _bytes() -> int:
    """Return the uncompressed size of the image's files in bytes."""
    text = _buildah("images", "--format", "{{.Size}}", f"localhost/{_TAG}")
    number, unit = text.split()
    return int(float(number) * {"MB": 10**6, "GB": 10**9}[unit])


@pytest.fixture
def container(image: Image, tmp_path: Path) -> Callable[..., Container]:
    """Return a function that creates a container. more: other fields of Container."""

    def make(environ: dict[str, str], **more: Any) -> Container:
        return Container(image, tmp_path, environ, **more)

    return make
