"""How a tool runs: one at a time, in bounded time, with a bounded answer and errors without secrets."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, Concatenate, Protocol

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel

from builder.assistant.bounds import json_bytes
from builder.assistant.session import Session
from builder.cli.command import error_lines
from builder.error_groups import errors_in
from rest.errors import SyncError

MAX_ANSWER_BYTES = 120_000
_MAX_ERROR_LENGTH = 4000


class HasSession(Protocol):
    """A group of tools."""

    _session: Session


type Method[S, **P, A] = Callable[Concatenate[S, P], Coroutine[Any, Any, A]]


def tool[S: HasSession, **P, A: BaseModel](
    seconds: float,
) -> Callable[[Method[S, P, A]], Method[S, P, A]]:
    """Make a method a tool. Errors become the tool's error, which the assistant reads.

    seconds: how long it may take.
    """

    def decorate(method: Method[S, P, A]) -> Method[S, P, A]:
        @wraps(method)
        async def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> A:
            session = self._session
            async with session.lock:
                answer = await _answer(session, method(self, *args, **kwargs), seconds)
            return _checked(session, answer)

        return run

    return decorate


async def _answer[A: BaseModel](session: Session, running: Awaitable[A], seconds: float) -> A:
    """Return the answer. Raises ToolError: the tool failed, or took too long."""
    try:
        async with asyncio.timeout(seconds):
            return await running
    except TimeoutError as error:
        raise ToolError(
            f"the tool took longer than {seconds:g} s, and was stopped. Ask for less, for example one kind"
        ) from error
    except SyncError as error:
        raise _failure(session, [error]) from None
    except BaseExceptionGroup as group:
        _, others = group.split(SyncError)
        if others:
            raise _unexpected(session, group) from None
        raise _failure(session, [each for each in errors_in(group) if isinstance(each, SyncError)]) from None
    except (ToolError, asyncio.CancelledError):
        raise
    except Exception as error:  # the SDK would log its message, which may have secrets
        raise _unexpected(session, error) from None


def _failure(session: Session, errors: Iterable[SyncError]) -> ToolError:
    lines = [". ".join(filter(None, line)) for error in errors for line in error_lines(error)]
    return ToolError(session.masked_text("\n".join(lines))[:_MAX_ERROR_LENGTH])


def _unexpected(session: Session, error: BaseException) -> ToolError:
    """Return the error for a mistake in the tool itself. Its details are for the user, on stderr."""
    sys.stderr.write(session.redact("".join(traceback.format_exception(error))))
    return ToolError(f"internal error ({type(error).__name__}). The details are on the server's stderr")


def _checked[A: BaseModel](session: Session, answer: A) -> A:
    """Return the answer without secrets. Raises ToolError: it is too large."""
    document = session.without_secrets(answer.model_dump(mode="json"))
    if (size := json_bytes(document)) > MAX_ANSWER_BYTES:
        raise ToolError(
            f"the answer has {size} bytes, more than {MAX_ANSWER_BYTES}. Ask for less, for example one kind"
        )
    return type(answer).model_validate(document)
