"""Containers of the image, restricted as in Kubernetes: any user, no capabilities, one writable folder.

They share the host's loopback interface, because the tests' servers listen there.
"""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

_TIMEOUT_S = 120
_GRACE_S = 30  # Kubernetes' default
_CAPABILITIES = ("bounding", "effective", "permitted", "inheritable", "ambient")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - in the container
_OCEAN_FOLDER = "/tmp/ocean"  # noqa: S108


@dataclass(frozen=True, slots=True)
class Image:
    """A built image. config: its configuration in Docker's format (Env, Cmd, User, Healthcheck, ...)."""

    root: Path
    config: Mapping[str, Any]
    bytes_: int

    @property
    def environ(self) -> dict[str, str]:
        """Return the variables that the image sets."""
        pairs = (each.partition("=") for each in self.config["Env"])
        return {name: value for name, _, value in pairs}


@dataclass(frozen=True, slots=True)
class Container:
    """A container of an image. folder: for its log and configuration.

    environ: overrides the image's environment. user: UID:GID. mounts: files by their path in the container.
    command, directory: instead of the image's. writable: whether /tmp/ocean is a writable mount.
    """

    image: Image
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    user: str = "12345:0"
    mounts: Mapping[str, Path] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    directory: str = ""
    writable: bool = True
    name: str = field(default_factory=lambda: f"ocean-custom-{uuid4().hex[:8]}")

    @property
    def log(self) -> Path:
        """The file with the container's output."""
        return self.folder / f"{self.name}.log"

    def run(self, *command: str) -> int:
        """Run until the process ends and return the exit code. Default command: the image's."""
        with self._started(command) as process:
            return process.wait(timeout=_TIMEOUT_S)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run during the block, then send SIGTERM to the first process, which must end."""
        with self._started(()) as process:
            yield
            self._runc("kill", self.name, "TERM")
            assert process.wait(timeout=_GRACE_S) in (0, 128 + signal.SIGTERM), self.log.read_text()

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the running container, as a health check does."""
        return self._runc("exec", self.name, *command)

    @contextmanager
    def _started(self, command: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
        bundle = self.folder / self.name
        bundle.mkdir()
        (bundle / "config.json").write_text(json.dumps(self._description(command)), encoding="utf-8")
        with self.log.open("w") as output:
            process = subprocess.Popen(
                [*self._program, "run", "--bundle", str(bundle), self.name],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    self._runc("delete", "--force", self.name)
                    process.kill()
                    process.wait()

    def _runc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._program, *arguments], capture_output=True, text=True, timeout=_GRACE_S, check=False
        )

    @property
    def _program(self) -> list[str]:
        return [shutil.which("runc") or "runc", "--root", str(self.folder / "runc")]

    def _description(self, command: tuple[str, ...]) -> dict[str, Any]:
        """Return the container's configuration in the OCI runtime specification's format."""
        user, _, group = self.user.partition(":")
        environ = {**self.image.environ, **self.environ}
        return {
            "ociVersion": "1.0.2",
            "process": {
                "user": {"uid": int(user), "gid": int(group)},
                "args": list(command or self.command or self.image.config["Cmd"]),
                "env": [f"{name}={value}" for name, value in environ.items()],
                "cwd": self.directory or self.image.config["WorkingDir"],
                "capabilities": {kind: [] for kind in _CAPABILITIES},
                "noNewPrivileges": True,
            },
            "root": {"path": str(self.image.root), "readonly": True},
            "mounts": [
                _mount("/proc", "proc"),
                _mount("/dev", "tmpfs", "nosuid", "mode=755"),
                _mount(_SHARED_MEMORY, "tmpfs", "nosuid", "nodev", "noexec", "mode=1777", "size=64m"),
                *([_mount(_OCEAN_FOLDER, "tmpfs", "nosuid", "mode=0777")] if self.writable else []),
                *(_file(path, source) for path, source in self.mounts.items()),
            ],
            "linux": {"namespaces": [{"type": each} for each in ("pid", "mount", "ipc", "uts")]},
        }


def _mount(path: str, kind: str, *options: str) -> dict[str, Any]:
    return {"destination": path, "type": kind, "source": kind, "options": list(options)}


def _file(path: str, source: Path) -> dict[str, Any]:
    return {"destination": path, "type": "bind", "source": str(source), "options": ["bind", "ro"]}
