"""A process that has Ocean and the engine loaded, and forks one run of the `ocean` command for each request.

`ocean sail` spends 1.2 s of processor time on its imports, which hundreds of runs need not do again. A forked
run executes `integration.py` and `main.py` from their files, with the environment and the arguments of its
request, as a newly started one does. Tests of starting, signals and killing start real processes.

A request is one line of JSON on the standard input. The run's process id and its exit code are written to the
request's `result`, a named pipe.
"""

import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

_LOADED = ("port_ocean.cli.cli", "port_ocean.run", "port_ocean.bootstrap", "uvicorn", "extraction", "mapping")
_ADAPTER = ("comparison", "environment", "mapped", "probe", "processor", "resources", "runtime", "selector")


def load() -> None:
    """Imports what each run would import."""
    sys.path.append(os.getcwd())  # where Ocean puts the working folder
    for name in (*_LOADED, *(f"ocean_adapter.{each}" for each in _ADAPTER)):
        importlib.import_module(name)


def become_ocean(request: dict[str, Any]) -> NoReturn:
    """Runs the command in this process. Never returns."""
    from port_ocean.cli.cli import cli_start

    output = os.open(request["output"], os.O_WRONLY)
    for stream, descriptor in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
        os.dup2(descriptor, stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["ocean", *request["arguments"]]
    sys.exit(cli_start())


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


if __name__ == "__main__":
    load()
    become_ocean(serve())
