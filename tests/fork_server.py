"""A process that preloads a command and the engine, and forks one run of it for each request.

The imports of `ocean sail` take 1.2 s of processor time, and those of `ocean-custom` 2 s. Hundreds of runs
need not repeat them. A forked run of `ocean` executes `integration.py` and `main.py` from their files, with
the environment and the arguments of its request, like a newly started process. Tests of starting, signals and
killing start real processes.

Three other costs would be as large as the run itself. Ocean parses the specification in `.port` with Python's
YAML parser, so libyaml's takes its place: the result is the same. Garbage collection would copy each memory
page that it touches, so loaded objects are frozen. Interpreter shutdown is slow, so a run skips it.

The argument is the command's name. A request is one line of JSON on the standard input. The run's process id
and its exit code are written to the request's `result`, a named pipe.

The environment variable TESTED_JQ_TIMEOUT_S limits the seconds that a jq program may take. Without it, tests
of endless programs would wait for the product's limit of 30 s.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

_JQ_TIMEOUT = "TESTED_JQ_TIMEOUT_S"
# Modules that are otherwise imported with the first connection, and commands that Ocean looks up by name.
_MODULES = {
    "ocean": (
        "anyio._backends._asyncio",
        "encodings.utf_8_sig",
        "httpcore",
        "port_ocean.bootstrap",
        "port_ocean.cli.cli",
        "port_ocean.run",
        "uvicorn.lifespan.on",
        "uvicorn.loops.asyncio",
        "uvicorn.loops.auto",
        "uvicorn.protocols.http.auto",
        "uvicorn.protocols.websockets.auto",
        "multiprocessing.synchronize",
    ),
    "ocean-custom": ("anyio._backends._asyncio", "encodings.utf_8_sig", "httpcore"),
}
# All of their modules are imported.
_PACKAGES = {
    "ocean": ("extraction", "mapping", "live_events", "ocean_adapter"),
    "ocean-custom": ("extraction", "mapping", "builder.cli", "builder.planning"),
}


class Exit:
    """Ends the process after all other exit handlers and skips the interpreter's shutdown."""

    def __init__(self) -> None:
        self._code = 0
        atexit.register(self._leave)  # registered first, called last

    @contextmanager
    def code_kept(self) -> Iterator[None]:
        """Remember the exit code of the block."""
        try:
            yield
        except SystemExit as ended:
            self._code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            raise
        except BaseException:
            self._code = 1
            raise

    def _leave(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(self._code)


def load(command: str) -> None:
    """Import the modules that each run needs."""
    sys.path.append(os.getcwd())  # as Ocean does with the working folder
    inside = (
        each.name
        for package in _PACKAGES[command]
        for each in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
    )
    for name in (*_MODULES[command], *inside):
        importlib.import_module(name)
    if command == "ocean":
        yaml.SafeLoader = yaml.CSafeLoader  # type: ignore[misc, assignment]
    gc.collect()
    gc.freeze()


def shorten_jq(seconds: float) -> None:
    """Limit the time of jq programs in this process."""
    from expressions.program import JqProgram

    [limits] = [each.default for each in fields(JqProgram) if each.name == "limits"]
    object.__setattr__(limits, "timeout_s", seconds)


def become(command: str, request: dict[str, Any]) -> None:
    """Run the command in this process. Usually the command ends the process."""
    streams = (os.devnull, os.O_RDONLY), (request["output"], os.O_WRONLY), (request["errors"], os.O_WRONLY)
    for stream, (path, mode) in enumerate(streams):
        # Both may be one file, so each appends.
        os.dup2(os.open(path, mode | os.O_APPEND), stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = [command, *request["arguments"]]
    if seconds := os.environ.pop(_JQ_TIMEOUT, ""):
        shorten_jq(float(seconds))
    if command == "ocean":
        from port_ocean.cli.cli import cli_start

        cli_start()
    else:
        runpy.run_module("builder", run_name="__main__")


def watch(request: dict[str, Any]) -> None:
    """Fork the run and report how it ended. Returns only in the run's own process."""
    run = os.fork()
    if run == 0:
        return
    with Path(request["result"]).open("w", encoding="ascii", buffering=1) as result:
        print(run, file=result)
        _, status = os.waitpid(run, 0)
        print(os.waitstatus_to_exitcode(status), file=result)
    os._exit(0)


def reap() -> None:
    """Collect the exit status of finished watchers."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def serve() -> dict[str, Any]:
    """Return the request in the process that must run it. Exit when there are no more requests."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        watcher = os.fork()
        if watcher == 0:
            watch(request)
            return request
        reap()
    sys.exit()


def main(command: str) -> None:
    """Serve requests until the input ends."""
    ending = Exit()
    load(command)
    with ending.code_kept():
        become(command, serve())


if __name__ == "__main__":
    main(sys.argv[1])
