"""Fixtures that run `ocean sail` with the environment that the chart creates. No other variables are set."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.builder.install.conftest import helm_values, run_printed
from tests.end_to_end.conftest import PortSandbox, port, sample
from tests.helm.values import filled_in, values_of
from tests.servers import Command

__all__ = ["helm_values", "port", "run_printed", "sample"]

_ROOT = Path(__file__).parents[2]
_GRACE_S = 30  # Kubernetes' default


@dataclass(frozen=True, slots=True)
class Pod:
    """A container with these variables. type_: the integration type of its image."""

    ocean: Command
    environ: dict[str, str]
    log: Path
    type_: str = "custom"

    def run(self) -> int:
        """Run until the process ends. Return the exit code."""
        done = self.ocean.run(["sail"], self._environment())
        self.log.write_text(done.stdout, encoding="utf-8")
        return done.returncode

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run during the block, then send SIGTERM. The process must end within the grace period."""
        with self._started() as process:
            yield
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=_GRACE_S)

    @contextmanager
    def _started(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("w") as output:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("ocean")), "sail"],
                cwd=_ROOT,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "OCEAN__INTEGRATION__TYPE": self.type_} | self.environ


@pytest.fixture
def pod(tmp_path: Path, ocean_command: Command) -> Callable[..., Pod]:
    """Return a function that creates a pod with its own log from variables."""

    def make(environ: dict[str, str], type_: str = "custom") -> Pod:
        log = tmp_path / f"{environ['OCEAN__INTEGRATION__IDENTIFIER']}.log"
        return Pod(ocean_command, environ, log, type_)

    return make


@pytest.fixture
def local_values(port: PortSandbox, sample: httpx.Client) -> Callable[[str], dict[str, Any]]:
    """Return a function that reads an installation's values and inserts the URLs of the test's servers."""
    return lambda name: filled_in(values_of(name), port.url, str(sample.base_url))


@pytest.fixture(scope="session")
def company() -> dict[str, Any]:
    """Return the mapping of the sample company. Three of its six resources are nested."""
    file = _ROOT / "examples" / "sample_company" / "port-app-config.yml"
    mapping: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return mapping
