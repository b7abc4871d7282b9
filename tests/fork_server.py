"""A process that has a command and the engine loaded, and forks one run of it for each request.

`ocean sail` spends 1.2 s of processor time on its imports, and `ocean-custom` spends 2 s, which hundreds of
runs need not do again. A forked run of `ocean` executes `integration.py` and `main.py` from their files, with
the environment and the arguments of its request, as a newly started one does. Tests of starting, signals and
killing start real processes.

Two more things would cost as much as the run itself: to copy each page of memory that the garbage collection
marks, and to take all modules apart at the end. What is loaded is frozen, and what ends leaves at once.

The argument is the command's name. A request is one line of JSON on the standard input. The run's process id
and its exit code are written to the request's `result`, a named pipe.

A variable of ours in the environment says how many seconds a jq program of ours may take: tests of those that
have no end would wait for the product's 30.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

_JQ_TIMEOUT = "TESTED_JQ_TIMEOUT_S"
# What is imported when the first connection is made or taken.
_WEB = ("anyio._backends._asyncio", "httpcore", "uvicorn.lifespan.on", "uvicorn.protocols.http.auto")
_OCEAN = ("port_ocean.cli.cli", "port_ocean.run", "port_ocean.bootstrap", "extraction", "mapping")
_ADAPTER = (
    "applier",
    "engine",
    "entity_diff",
    "environment",
    "mapping_check",
    "probe",
    "processor",
    "resources",
    "selector",
    "startup_settings",
)


class Exit:
    """Ends the process without taking its modules apart, when all other exit handlers are done."""

    def __init__(self) -> None:
        self._code = 0
        atexit.register(self._leave)  # the first that is registered is the last that is called

    @contextmanager
    def seen(self) -> Iterator[None]:
        """Keeps the code that the process is about to end with."""
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
    """Imports what each run would import."""
    sys.path.append(os.getcwd())  # where Ocean puts the working folder
    ocean_s = (*_OCEAN, *(f"ocean_adapter.{each}" for each in _ADAPTER))
    for name in (*_WEB, *(ocean_s if command == "ocean" else ["builder.cli.main"])):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def shorten_jq(seconds: float) -> None:
    """So long may a jq program of ours take from now on."""
    from expressions.program import JqProgram

    [limits] = [each.default for each in fields(JqProgram) if each.name == "limits"]
    object.__setattr__(limits, "timeout_s", seconds)


def become(command: str, request: dict[str, Any]) -> None:
    """Runs the command in this process, which is then to end. As a rule the command ends it."""
    streams = (os.devnull, os.O_RDONLY), (request["output"], os.O_WRONLY), (request["errors"], os.O_WRONLY)
    for stream, (path, mode) in enumerate(streams):
        # Both may be one file: each then writes at its end.
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
    """Forks the run, and tells how it ended. Returns in the run's own process alone."""
    run = os.fork()
    if run == 0:
        return
    with Path(request["result"]).open("w", encoding="ascii", buffering=1) as result:
        print(run, file=result)
        _, status = os.waitpid(run, 0)
        print(os.waitstatus_to_exitcode(status), file=result)
    os._exit(0)


def reap() -> None:
    """Lets the watchers that have ended go."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def serve() -> dict[str, Any]:
    """Returns the request in the process that is to run it. Exits when there are no more requests."""
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
    """Ends with the last request."""
    leaving = Exit()
    load(command)
    with leaving.seen():
        become(command, serve())


if __name__ == "__main__":
    main(sys.argv[1])
