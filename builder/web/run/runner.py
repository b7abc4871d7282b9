"""Runs one resync at a time."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import aclosing, suppress

from loguru import logger

from builder.cli.resync import run_resync
from builder.creation import Mode
from builder.draft import Draft
from builder.existing import Wanted
from builder.guarded_process import ProcessLog
from builder.install import environment, is_local
from builder.port_account import Credentials, PortError, open_account
from builder.web.install.creation import write_now
from builder.web.run.run import Run
from rest.errors import SyncError
from rest.origin import Redactor

# Short words are not masked in the log: the secret of the sandbox is `sandbox`.
_MIN_SECRET_LENGTH = 8
_OWN_VARIABLES = ("OCEAN__", "APPLICATION__")


class BusyError(SyncError):
    """A run is in progress."""


class Runner:
    """The runs of a session. Only the latest one is kept."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self._task: asyncio.Task[None] | None = None

    def start(
        self, draft: Draft, wanted: Wanted, credentials: Credentials, redact: Redactor, mode: Mode = "create"
    ) -> None:
        """Start a run in the background. draft: with real secrets, which the process gets in its environment.

        wanted: what is written to Port before the resync. mode: whether it may change what exists there.
        Raises BusyError: a run is in progress.
        """
        if self.run and not self.run.is_over:
            raise BusyError("A run is in progress", hint="Wait until it has ended, or cancel it")
        secret = credentials.client_secret
        own = Redactor.of([secret] if len(secret) >= _MIN_SECRET_LENGTH else [])
        number = self.run.number + 1 if self.run else 1
        self.run = Run(number, draft, ProcessLog((redact, own)))
        self._task = asyncio.create_task(_finish(self.run, wanted, credentials, mode))

    def forget(self) -> None:
        """Forget the latest run, unless it is in progress."""
        if self.run and self.run.is_over:
            self.run = None

    async def cancel(self) -> None:
        """Cancel the run in progress, and wait until its process has ended."""
        if self._task and self.run and not self.run.is_over:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


async def _finish(run: Run, wanted: Wanted, credentials: Credentials, mode: Mode) -> None:
    """Run to the end. Errors end the run, and are shown on the page."""
    try:
        await _create_and_resync(run, wanted, credentials, mode)
    except asyncio.CancelledError:
        run.end("cancelled")
        raise
    except PortError as error:
        if error.status is None and is_local(run.port_url):
            run.fail(f"There is no sandbox at {run.port_url}. Start a sandbox, then run again")
        else:
            run.fail(str(error))
    except SyncError as error:
        run.fail(str(error))
    except Exception:  # the run must not stay in progress, and nobody awaits its task
        logger.exception("The run failed")
        run.fail("The builder failed to run the integration. See the terminal for details")


async def _create_and_resync(run: Run, wanted: Wanted, credentials: Credentials, mode: Mode) -> None:
    run.results = await write_now(wanted, credentials, mode)
    if not all(result.is_good for result in run.results):
        run.fail("Nothing was run, because Port does not have the required blueprints and mapping")
        return
    identifier = run.draft.installation.identifier
    async with open_account(credentials) as account:
        resyncs = run_resync(account, identifier, _variables(run.draft, credentials), run.log)
        async with aclosing(resyncs) as states:
            async for state in states:
                run.note(state)
    run.finish(state)


def _variables(draft: Draft, credentials: Credentials) -> Mapping[str, str]:
    """Return the environment of the process. Variables of another integration are not passed on."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(_OWN_VARIABLES)}
    return {
        **inherited,
        **environment(draft, with_secrets=True),
        "OCEAN__PORT__CLIENT_ID": credentials.client_id,
        "OCEAN__PORT__CLIENT_SECRET": credentials.client_secret,
        "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
        # All processes of a machine share the cache on disk.
        "OCEAN__CACHING_STORAGE_MODE": "memory",
    }
